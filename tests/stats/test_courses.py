"""The line beside each agent."""

from __future__ import annotations

from datetime import date, timedelta

from tests.stats.giving import NOON, Giver
from tonval.stats.courses import courses
from tonval.stats.queries import Filter
from tonval.stats.scope import EVERYTHING, Scope
from tonval.stats.squash import squash

DAY = date(2026, 11, 22)


def test_a_course_has_a_point_for_each_step_with_answers(giver: Giver) -> None:
    giver.answers(5, 4)
    giver.answers(10, 9, 8, 6, scale="nps")
    giver.answers(1, at=NOON - timedelta(days=3))
    period = Filter(DAY - timedelta(days=3), DAY)
    for _ in range(2):
        course = courses(giver.unit, EVERYTHING, period, steps=2)["anna"]
        assert (list(course.nki), list(course.nps)) == ([0.0, 87.5], [None, 25.0])
        squash(giver.unit, limit=3)


def test_a_course_stays_in_scope(giver: Giver) -> None:
    giver.answers(5)
    assert courses(giver.unit, Scope(units=("fi",)), Filter(DAY, DAY)) == {}
