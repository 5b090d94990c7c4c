"""Files of units and of agents: their columns by our names, read whole, since they are taken whole or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from tonval.fieldwork.places import Crooked, Line, Misfit
from tonval.intake.headings import normalised
from tonval.intake.refusals import unescaped
from tonval.intake.tables import BadFile, Row, RowFault, open_table
from tonval.surveys.sentences import sentence

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
    ours = {normalised(theirs): mine for theirs, mine in known.items()}
    with open_table(path, name) as table:
        headings = {heading: ours[normalised(heading)] for heading in table.headings if normalised(heading) in ours}
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
