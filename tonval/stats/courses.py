"""The rough course of every agent's scores over a period: a few steps each, enough to draw a line without axes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, case, func, literal_column, select, text, union_all

from tonval.stats.queries import Filter
from tonval.stats.scope import Scope
from tonval.store.tables import tally, tally_deltas
from tonval.store.unit import Unit

STEPS: Final = 10


@dataclass(frozen=True, slots=True)
class Course:
    """NKI index and NPS for each step of the period, oldest first; ``None`` where a step has no answers."""

    nki: Sequence[float | None]
    nps: Sequence[float | None]


@dataclass(slots=True)
class _Sums:
    n: int = 0
    points: int = 0


def courses(unit: Unit, scope: Scope, wanted: Filter, steps: int = STEPS) -> dict[str, Course]:
    """Each agent's course, the period cut into at most ``steps`` steps of equal length."""
    steps = min(steps, wanted.days)
    sums: dict[str, dict[str, list[_Sums]]] = defaultdict(lambda: {scale: _row(steps) for scale in ("nki", "nps")})
    with unit.read() as connection:
        halves = [_summed(table, scope, wanted, steps) for table in (tally, tally_deltas)]
        for agent, scale, step, n, points in connection.execute(union_all(*halves)):
            cell = sums[agent][scale][step]
            cell.n, cell.points = cell.n + int(n), cell.points + int(points)
    return {agent: _course(scales) for agent, scales in sums.items()}


def _row(steps: int) -> list[_Sums]:
    return [_Sums() for _ in range(steps)]


def _step(table: Table, wanted: Filter, steps: int) -> ColumnElement[int]:
    """Which step a row's day falls in; the database counts, so that few rows come back."""
    ends = [(step, wanted.start + timedelta(days=wanted.days * (step + 1) // steps)) for step in range(steps)]
    return case(*((table.c.day < end, literal_column(str(step))) for step, end in ends), else_=literal_column("0"))


def _summed(table: Table, scope: Scope, wanted: Filter, steps: int) -> Select[Any]:
    """Answers and points: 1-5 for the NKI; one up, one down or none for the NPS."""
    nps = case((table.c.score >= 9, 1), (table.c.score <= 6, -1), else_=0)
    points = func.sum(table.c.n * case((table.c.scale == "nps", nps), else_=table.c.score))
    step = _step(table, wanted, steps).label("step")
    where = table.c.day.between(wanted.start, wanted.end) & wanted.places(table) & table.c.scale.in_(("nki", "nps"))
    where &= scope.allows(table.c.unit, table.c.agent)
    columns = (table.c.agent, table.c.scale, step)
    return (
        select(*columns, func.sum(table.c.n), points).where(where).group_by(table.c.agent, table.c.scale, text("step"))
    )


def _course(scales: Mapping[str, Sequence[_Sums]]) -> Course:
    return Course(
        [25 * (cell.points / cell.n - 1) if cell.n else None for cell in scales["nki"]],
        [100 * cell.points / cell.n if cell.n else None for cell in scales["nps"]],
    )
