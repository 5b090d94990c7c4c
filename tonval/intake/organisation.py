"""Files of units and of agents: their columns by our names, read whole, since they are taken whole or not at all.

A column that is not known is refused: a heading with a slip of the pen would lose what stands beneath it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Final

from tonval.fieldwork.places import Crooked, Line, Misfit
from tonval.intake.headings import normalised
from tonval.intake.refusals import unescaped
from tonval.intake.tables import BadFile, Row, RowFault, open_table
from tonval.surveys.sentences import chain, sentence

MOST: Final = 100_000
"""Rows a file may have."""

UNITS: Final[Mapping[str, str]] = {
    "unit": "unit",
    "path": "unit",
    "id": "id",
    "unit id": "id",
    "parent": "parent",
    "parent id": "parent",
    "belongs to": "parent",
    "name": "name",
    "unit name": "name",
}
AGENTS: Final[Mapping[str, str]] = {
    "agent": "agent",
    "agent id": "agent",
    "id": "agent",
    "name": "name",
    "agent name": "name",
    "unit": "unit",
    "team": "unit",
    "path": "unit",
}
"""What columns may be called, and what we call them."""


def read_units_file(path: Path, name: str) -> list[Line]:
    """The rows of a file of units. Raises ``BadFile``, and ``Crooked`` for rows that cannot be read."""
    return _read(path, name, UNITS, ("unit", "id"))


def read_agents_file(path: Path, name: str) -> list[Line]:
    """The rows of a file of agents. Raises ``BadFile``, and ``Crooked`` for rows that cannot be read."""
    return _read(path, name, AGENTS, ("agent",))


def _read(path: Path, name: str, known: Mapping[str, str], needed: tuple[str, ...]) -> list[Line]:
    with open_table(path, name) as table:
        headings = _headings(table.headings, known)
        if not set(needed) & set(headings.values()):
            raise BadFile(
                sentence(
                    "The first row must name the columns, and one of them must be %(needed)s.",
                    needed=" or ".join(needed),
                ),
                1,
            )
        rows = list(islice(table.rows(), MOST + 1))
    if len(rows) > MOST:
        raise BadFile(sentence("The file has more than %(MOST)s rows.", MOST=f"{MOST:,}"))
    return _lines(rows, headings)


def _headings(theirs: Sequence[str], known: Mapping[str, str]) -> dict[str, str]:
    """Each heading of the file with our name of it. Raises ``BadFile`` for one not known, and for two of one."""
    ours = {normalised(each): mine for each, mine in known.items()}
    named = [heading for heading in theirs if heading.strip()]
    if strange := [_strange(heading, ours) for heading in named if normalised(heading) not in ours]:
        raise BadFile(chain(*strange, between=" "), 1)
    found: dict[str, str] = {}
    for heading in named:
        mine = ours[normalised(heading)]
        if mine in found.values():
            raise BadFile(sentence("Two columns say the same: %(name)s.", name=mine), 1)
        found[heading] = mine
    return found


def _strange(heading: str, ours: Mapping[str, str]) -> str:
    alike = get_close_matches(normalised(heading), ours, n=1)
    if not alike:
        return sentence("Column “%(name)s” is not known.", name=heading)
    return sentence("Column “%(name)s” is not known; did you mean “%(alike)s”?", name=heading, alike=alike[0])


def _lines(rows: Iterable[Row | RowFault], headings: Mapping[str, str]) -> list[Line]:
    lines, misfits = [], []
    for row in rows:
        if isinstance(row, RowFault):
            misfits.append(Misfit(row.number, None, row.sentence))
        else:
            lines.append(Line(row.number, {mine: _cell(row, theirs) for theirs, mine in headings.items()}))
    if misfits:
        raise Crooked(misfits)
    return lines


def _cell(row: Row, heading: str) -> str:
    return unescaped((row.cells.get(heading) or "").strip())
