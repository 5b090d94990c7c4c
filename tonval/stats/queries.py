"""Reading counts: which answers are meant, and their histograms by whatever one asks, tally and deltas together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Table, func, select, true, union_all

from tonval.stats.scope import Scope, below
from tonval.store.tables import events, tally, tally_deltas
from tonval.store.unit import Unit

RECENT: Final = 256


@dataclass(frozen=True, slots=True)
class Filter:
    """Which answers: those of the UTC days ``start`` to ``end``, both included.

    Where given, only those of one queue, survey, unit (with all below it), channel or language.
    """

    start: date
    end: date
    queue: str | None = None
    survey: str | None = None
    unit: str | None = None
    channel: str | None = None
    language: str | None = None

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.end - self.start).days + 1

    @property
    def narrowed(self) -> bool:
        """Whether only some of an agent's answers are meant."""
        return any((self.queue, self.survey, self.channel, self.language))

    def before(self) -> Filter:
        """The same for the period of equal length that ended the day before this one starts."""
        length = timedelta(days=self.days)
        return replace(self, start=self.start - length, end=self.end - length)

    def places(self, table: Table) -> ColumnElement[bool]:
        """The conditions other than the period, on a table with columns of these names."""
        wanted: ColumnElement[bool] = true()
        for name in ("queue", "survey", "channel", "language"):
            value = getattr(self, name)
            wanted = wanted if value is None else wanted & (table.c[name] == value)
        return wanted if self.unit is None else wanted & below(table.c.unit, self.unit)


@dataclass(frozen=True, slots=True)
class Histograms:
    """Answers counted by score, for each scale of one row; empty where none was given."""

    nki: Mapping[int, int]
    nps: Mapping[int, int]


NOTHING: Final = Histograms({}, {})
Counted = dict[tuple[Any, ...], Histograms]


def counted(connection: Connection, scope: Scope, wanted: Filter, *by: str, agent: str | None = None) -> Counted:
    """Histograms for each combination of the tally's columns ``by``; combinations without answers are absent.

    One statement, hence one snapshot: an answer is counted once even while it is squashed.
    """
    found = by_scale(connection, scope, wanted, *by, agent=agent)
    return {key: Histograms(_some(scales.get("nki")), _some(scales.get("nps"))) for key, scales in found.items()}


def by_scale(
    connection: Connection, scope: Scope, wanted: Filter, *by: str, agent: str | None = None
) -> Mapping[tuple[Any, ...], Mapping[str, Mapping[int, int]]]:
    """The same with a histogram for every scale that was answered on, by its name."""
    halves = [_grouped(table, scope, wanted, by, agent) for table in (tally, tally_deltas)]
    sums: dict[tuple[Any, ...], dict[str, dict[int, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for *key, scale, score, n in connection.execute(union_all(*halves)):
        sums[tuple(key)][scale][score] += int(n)
    return sums


def _grouped(table: Table, scope: Scope, wanted: Filter, by: tuple[str, ...], agent: str | None) -> Select[Any]:
    columns = [table.c[name] for name in (*by, "scale", "score")]
    where = table.c.day.between(wanted.start, wanted.end) & wanted.places(table)
    where &= scope.allows(table.c.unit, table.c.agent)
    if agent is not None:
        where &= table.c.agent == agent
    return select(*columns, func.sum(table.c.n)).where(where).group_by(*columns)


def _some(histogram: Mapping[int, int] | None) -> dict[int, int]:
    return {score: n for score, n in sorted((histogram or {}).items()) if n}


def version(unit: Unit) -> int:
    """A number that changes whenever an event was written, cheap enough to ask every second.

    The sum of the latest ids, not the highest alone: on PostgreSQL a smaller id may be committed after a greater one.
    """
    latest = select(events.c.id).order_by(events.c.id.desc()).limit(RECENT).subquery()
    with unit.read() as connection:
        return int(connection.execute(select(func.coalesce(func.sum(latest.c.id), 0))).scalar_one())
