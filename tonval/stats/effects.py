"""What putting an answer right would do to its agent's score, before it is done."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tonval.stats.methods import Measure, measures
from tonval.stats.queries import Filter, by_scale
from tonval.stats.scope import Scope
from tonval.stats.scores import ENOUGH, Histogram
from tonval.store.unit import Unit

USUAL = timedelta(days=29)


@dataclass(frozen=True, slots=True)
class Change:
    """An answer of ``agent`` on ``scale`` of the ``day`` (UTC); ``before`` is ``None`` where there is none."""

    agent: str
    scale: str
    day: date
    before: int | None


@dataclass(frozen=True, slots=True)
class Effects:
    """The score of the days ``start`` to ``end`` as it stands, and as it would be with each value instead."""

    start: date
    end: date
    now: Measure
    then: Mapping[int | None, Measure]


def effects(
    unit: Unit, scope: Scope, change: Change, values: Iterable[int | None], today: date, enough: int = ENOUGH
) -> Effects:
    """Of the last 30 days where the answer is of these, else of the month it is of. ``None``: no answer at all."""
    start, end = _period(change.day, today)
    with unit.read() as connection:
        found = by_scale(connection, scope, Filter(start, end), agent=change.agent)
    histogram = {score: n for score, n in found.get((), {}).get(change.scale, {}).items() if n}
    then = {value: _measured(change.scale, _with(histogram, change.before, value), enough) for value in values}
    return Effects(start, end, _measured(change.scale, histogram, enough), then)


def _period(day: date, today: date) -> tuple[date, date]:
    if today - USUAL <= day <= today:
        return today - USUAL, today
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def _with(histogram: Histogram, before: int | None, value: int | None) -> Histogram:
    found = dict(histogram)
    for score, n in ((before, -1), (value, 1)):
        if score is not None:
            found[score] = max(0, found.get(score, 0) + n)
    return {score: n for score, n in found.items() if n}


def _measured(scale: str, histogram: Histogram, enough: int) -> Measure:
    return measures(scale, histogram, enough)[0]
