"""The first page: how we are doing, against what it was, who needs help, and what is on fire."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.stats.giving import NOON, Giver
from tonval.stats.agents import agent_rows
from tonval.stats.queries import Filter
from tonval.stats.scope import EVERYTHING, Scope
from tonval.stats.today import behind, low_answers, overview, standing
from tonval.surveys.interview import Comment

DAY = date(2026, 11, 22)
TODAY = Filter(DAY, DAY)


def test_the_period_before_has_the_same_length_and_place() -> None:
    before = Filter(date(2026, 11, 1), date(2026, 11, 30), queue="sales").before()
    assert before == Filter(date(2026, 10, 2), date(2026, 10, 31), queue="sales")


def test_a_rise_that_can_be_told_from_chance_is_clear(giver: Giver) -> None:
    giver.answers(*[5] * 12)
    giver.answers(*[2] * 12, at=NOON - timedelta(days=1))
    found = standing(giver.unit, EVERYTHING, TODAY)
    assert (found.nki.index, found.nki_change.amount, found.nki_change.clear) == (100.0, 75.0, True)
    assert (found.nps.n, found.nps_change.amount, found.nps_change.clear) == (0, None, False)


def test_an_agents_own_standing_leaves_the_others_out(giver: Giver) -> None:
    giver.answers(5, 5)
    giver.answers(1, agent="bo")
    assert standing(giver.unit, EVERYTHING, TODAY, agent="anna").nki_histogram == {5: 2}


def test_only_those_distinguishably_below_are_named(giver: Giver) -> None:
    giver.answers(*[5] * 20, *[4] * 20, agent="anna")
    giver.answers(*[5] * 20, *[4] * 20, agent="bo")
    giver.answers(*[2] * 15, agent="cia")
    giver.answers(*[1] * 9, agent="dan")
    giver.answers(*[1] * 30, agent="unknown")
    (found,) = behind(agent_rows(giver.unit, EVERYTHING, TODAY))
    assert (found.row.agent, found.nps) == ("cia", None)
    assert found.nki is not None
    assert found.nki.clear
    assert found.nki.amount == pytest.approx(25 - 100 * (369 / 89 - 1) / 4)


def test_nobody_is_named_when_all_are_alike(giver: Giver) -> None:
    for agent in ("anna", "bo", "cia"):
        giver.answers(5, 4, 3, 5, 4, 5, 2, 5, 4, 5, 5, agent=agent)
    assert behind(agent_rows(giver.unit, EVERYTHING, TODAY)) == ()


def test_low_answers_of_the_last_hour_come_with_their_words(giver: Giver) -> None:
    giver.agent("anna", "Anna Ek")
    old, fine, low = (giver.interview() for _ in range(3))
    old.answer(1, at=NOON - timedelta(minutes=61))
    fine.answer(3, at=NOON)
    low.answer(2, at=NOON - timedelta(minutes=5))
    low.comment("Cut off twice", at=NOON - timedelta(minutes=4))
    giver.interview().answer(6, scale="nps", at=NOON - timedelta(minutes=1))
    giver.interview().answer(7, scale="nps", at=NOON - timedelta(minutes=1))
    found = low_answers(giver.unit, EVERYTHING, TODAY, NOON)
    assert [(each.answer.scale, each.answer.value) for each in found] == [("nps", 6), ("nki", 2)]
    assert (found[1].comments, found[1].agent_name) == ((Comment("why", "Cut off twice"),), "Anna Ek")
    assert low_answers(giver.unit, Scope(units=("fi",)), TODAY, NOON) == ()
    assert low_answers(giver.unit, EVERYTHING, Filter(DAY, DAY, queue="sales"), NOON) == ()
    assert len(low_answers(giver.unit, EVERYTHING, TODAY, NOON, limit=1)) == 1


def test_the_overview_answers_all_four_questions(giver: Giver) -> None:
    giver.answers(5, 1)
    month = overview(giver.unit, EVERYTHING, Filter(DAY - timedelta(days=29), DAY), NOON + timedelta(minutes=5))
    assert (month.standing.nki.n, len(month.trend), month.behind, len(month.low)) == (2, 30, (), 1)
    quarter = overview(giver.unit, EVERYTHING, Filter(DAY - timedelta(days=89), DAY), NOON)
    assert len(quarter.trend) == 13


def test_a_low_answer_that_was_corrected_is_not_on_fire_and_one_that_became_low_is(giver: Giver) -> None:
    better, worse, gone = (giver.interview(channel="link", agent=name, at=NOON) for name in ("anna", "bo", "cia"))
    for talk, value in ((better, 1), (worse, 5), (gone, 1)):
        talk.answer(value)
    better.correct(4)
    worse.correct(1)
    gone.take_back()
    found = low_answers(giver.unit, EVERYTHING, TODAY, NOON)
    assert [(row.agent, row.answer.value) for row in found] == [("bo", 1)]
