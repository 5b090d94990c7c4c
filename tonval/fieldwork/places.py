"""The organisation read from rows, and checked whole: a tree of places, and the agents who belong to them. Pure.

A place is a path such as ``se/sthlm``: every place above it is a prefix. Rows name it so, or by ``id`` and ``parent``,
as personnel systems do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, Final

from tonval.surveys.sentences import sentence

PART: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")
"""One part of a path."""

DEEPEST: Final = 12
LONGEST_NAME: Final = 100
LONGEST_ID: Final = 100
NOBODY: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a file: ``number`` as a spreadsheet counts, ``cells`` by our names, blank as ``""``."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a row cannot be taken."""

    row: int
    field: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Place:
    """A unit: its path, and what people call it."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """An agent by the id the telephone system knows her by, her name, and the path of her unit."""

    id: str
    name: str
    unit: str


class Crooked(Exception):
    """Rows cannot be taken; nothing was written. ``misfits`` says why, row by row."""

    def __init__(self, misfits: Sequence[Misfit]) -> None:
        super().__init__(sentence("%(n)s rows cannot be taken", n=len(misfits)))
        self.misfits = tuple(misfits)


def read_places(lines: Iterable[Line], known: Mapping[str, str] = NOBODY) -> tuple[Place, ...]:
    """The places that the rows name, by path. Raises ``Crooked``: a double, an unknown parent, a circle, a bad name.

    A place may lie below one of the ``known``, names by their paths; every place above it must be known or named. Who
    is given no name keeps the one she has.
    """
    rows, misfits = list(lines), list[Misfit]()
    paths = _paths(rows, misfits)
    there = {*known, *paths.values()}
    for row in rows:
        path = paths.get(row.number)
        if path is not None:
            _check_place(row, path, there, misfits)
    _refuse_doubles([(row, paths[row.number]) for row in rows if row.number in paths], "unit", misfits)
    if misfits:
        raise Crooked(sorted(misfits, key=lambda each: each.row))
    named = ((row, paths[row.number]) for row in rows)
    found = (Place(path, row.cells.get("name") or known.get(path) or path.rpartition("/")[2]) for row, path in named)
    return tuple(sorted(found, key=lambda place: place.path))


def read_members(
    lines: Iterable[Line],
    places: Iterable[str],
    managed: Iterable[str] = (),
    known: Mapping[str, Member] = NOBODY,
) -> tuple[Member, ...]:
    """The agents that the rows name. Raises ``Crooked``: a double, an unknown unit, one whom the file manages.

    Of what rows leave out, an agent among the ``known`` keeps what she has.
    """
    rows, misfits, there, fixed = list(lines), list[Misfit](), set(places), set(managed)
    for row in rows:
        _check_member(row, there, fixed, misfits)
    _refuse_doubles([(row, row.cells.get("agent", "")) for row in rows if row.cells.get("agent")], "agent", misfits)
    if misfits:
        raise Crooked(sorted(misfits, key=lambda each: each.row))
    return tuple(_member(row, known.get(row.cells["agent"])) for row in rows)


def near(unit: str, paths: Iterable[str]) -> list[str]:
    """The paths that somebody who wrote ``unit`` may have meant, at most three: of the same last part, or alike."""
    all_paths = sorted(paths)
    last = unit.casefold().rpartition("/")[2]
    same = [path for path in all_paths if path.rpartition("/")[2] == last]
    return [*dict.fromkeys([*same, *get_close_matches(unit.casefold(), all_paths, n=3)])][:3]


def _paths(rows: Sequence[Line], misfits: list[Misfit]) -> dict[int, str]:
    """The path of each row by its number: as it is written, or put together from ``id`` and ``parent``."""
    parents = {row.cells["id"]: row.cells.get("parent", "") for row in rows if row.cells.get("id")}
    paths = {}
    for row in rows:
        path = row.cells.get("unit") or _climb(row, parents, misfits)
        if path:
            paths[row.number] = path
    return paths


def _climb(row: Line, parents: Mapping[str, str], misfits: list[Misfit]) -> str | None:
    """From the row's id up to the place that has no parent, or to a path that is known already."""
    own = row.cells.get("id", "")
    if not own:
        misfits.append(Misfit(row.number, "unit", sentence("names no unit")))
        return None
    chain, above = [own], parents.get(own, "")
    while above in parents:
        if above in chain:
            circle = " → ".join([*chain[chain.index(above) :], above])
            misfits.append(Misfit(row.number, "parent", sentence("lies within itself: %(circle)s", circle=circle)))
            return None
        chain.append(above)
        above = parents[above]
    return "/".join([*([above] if above else []), *reversed(chain)])


def _check_place(row: Line, path: str, there: Iterable[str], misfits: list[Misfit]) -> None:
    parts = path.split("/")
    above = path.rpartition("/")[0]
    wrong = next((part for part in parts if not PART.fullmatch(part)), None)
    if wrong is not None:
        words = sentence(
            "“%(wrong)s” is no name for a unit: small letters, digits, and - _ . after the first", wrong=wrong
        )
        misfits.append(Misfit(row.number, "unit", words))
    elif len(parts) > DEEPEST:
        misfits.append(
            Misfit(
                row.number, "unit", sentence("lies %(n)s deep; %(DEEPEST)s is the most", n=len(parts), DEEPEST=DEEPEST)
            )
        )
    elif above and above not in there:
        misfits.append(Misfit(row.number, "parent", sentence("there is no unit “%(above)s” above it", above=above)))
    _check_name(row, misfits)


def _member(row: Line, before: Member | None) -> Member:
    agent = row.cells["agent"]
    named, placed = (before.name, before.unit) if before else (agent, "")
    return Member(agent, row.cells.get("name") or named, row.cells.get("unit", placed))


def _check_name(row: Line, misfits: list[Misfit]) -> None:
    if len(row.cells.get("name", "")) > LONGEST_NAME:
        misfits.append(
            Misfit(row.number, "name", sentence("has more than %(LONGEST_NAME)s characters", LONGEST_NAME=LONGEST_NAME))
        )


def _check_member(row: Line, known: set[str], fixed: set[str], misfits: list[Misfit]) -> None:
    agent, unit = row.cells.get("agent", ""), row.cells.get("unit", "")
    if not agent:
        misfits.append(Misfit(row.number, "agent", sentence("names no agent")))
    elif len(agent) > LONGEST_ID:
        misfits.append(
            Misfit(row.number, "agent", sentence("has more than %(LONGEST_ID)s characters", LONGEST_ID=LONGEST_ID))
        )
    elif agent in fixed:
        misfits.append(
            Misfit(
                row.number, "agent", sentence("“%(agent)s” is managed by queues.yaml; change her there", agent=agent)
            )
        )
    if unit and unit not in known:
        misfits.append(Misfit(row.number, "unit", sentence("there is no unit “%(unit)s”", unit=unit)))
    _check_name(row, misfits)


def _refuse_doubles(named: Iterable[tuple[Line, str]], field: str, misfits: list[Misfit]) -> None:
    first: dict[str, int] = {}
    for row, key in named:
        if key in first:
            misfits.append(
                Misfit(
                    row.number, field, sentence("“%(key)s” stands in row %(key2)s already", key=key, key2=first[key])
                )
            )
        first.setdefault(key, row.number)
