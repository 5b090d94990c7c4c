"""Sparklines for a whole table, read at most once a minute: a trend over weeks does not move with one answer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from tonval.fieldwork.field import Field
from tonval.stats.courses import Course, courses
from tonval.stats.queries import Filter
from tonval.stats.scope import Scope
from tonval.web.desk.marks import Spark, spark

KEPT: Final = timedelta(minutes=1)
MOST: Final = 64


class Sparks:
    """The latest sparklines of each view, kept for a minute."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._kept: dict[tuple[Scope, Filter], tuple[datetime, Mapping[str, Spark]]] = {}

    def of(self, scope: Scope, wanted: Filter) -> Mapping[str, Spark]:
        """Agent to sparkline; agents with fewer than two points have none."""
        now = self._field.now()
        at, found = self._kept.get((scope, wanted), (None, None))
        if at is not None and found is not None and now - at < KEPT:
            return found
        drawn = {agent: _draw(course) for agent, course in courses(self._field.unit, scope, wanted).items()}
        fresh = {agent: line for agent, line in drawn.items() if line}
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[scope, wanted] = (now, fresh)
        return fresh


def _draw(course: Course) -> Spark | None:
    """The NKI where there is one, else the NPS."""
    if any(value is not None for value in course.nki):
        return spark(course.nki, 0.0, 100.0)
    return spark(course.nps, -100.0, 100.0)
