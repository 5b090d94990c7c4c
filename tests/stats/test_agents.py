"""What stands beside each agent, for whom, and over time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.stats.giving import NOON, Giver
from tonval.stats.agents import Step, agent_row, agent_rows, agent_trend
from tonval.stats.queries import Filter, version
from tonval.stats.queues import queue_rows
from tonval.stats.scope import EVERYTHING, Scope

DAY = date(2026, 11, 22)
TODAY = Filter(DAY, DAY)


def _n(giver: Giver, wanted: Filter = TODAY, scope: Scope = EVERYTHING) -> dict[str, tuple[int, int]]:
    return {row.agent: (row.nki.n, row.nps.n) for row in agent_rows(giver.unit, scope, wanted)}


def test_a_row_has_name_place_scores_and_histograms(giver: Giver) -> None:
    giver.agent("anna", "Anna Ek", "se/sthlm", demo=True)
    giver.answers(5, 5, 4, 2)
    giver.answers(10, 9, 8, 0, scale="nps")
    (row,) = agent_rows(giver.unit, EVERYTHING, TODAY, enough=4)
    assert (row.agent, row.name, row.unit, row.known, row.demo) == ("anna", "Anna Ek", "se/sthlm", True, True)
    assert row.nki_histogram == {2: 1, 4: 1, 5: 2}
    assert row.nps_histogram == {0: 1, 8: 1, 9: 1, 10: 1}
    assert (row.nki.n, row.nki.mean, row.nki.index, row.nki.enough) == (4, 4.0, 75.0, True)
    assert (row.nps.n, row.nps.score, row.nps.promoters, row.nps.passives, row.nps.detractors) == (4, 25.0, 2, 1, 1)


def test_answers_to_several_questions_of_a_scale_are_counted_together(giver: Giver) -> None:
    talk = giver.interview()
    talk.answer(5, question="helped")
    talk.answer(3, question="manner")
    assert _n(giver) == {"anna": (2, 0)}


def test_agents_without_answers_are_listed_unless_the_filter_narrows(giver: Giver) -> None:
    giver.agent("anna")
    giver.agent("bo")
    giver.answers(5)
    assert _n(giver) == {"anna": (1, 0), "bo": (0, 0)}
    for narrow in ({"queue": "support"}, {"survey": "care"}, {"channel": "keypad"}):
        assert _n(giver, Filter(DAY, DAY, **narrow)) == {"anna": (1, 0)}
    assert _n(giver, Filter(DAY, DAY, queue="sales")) == {}


def test_the_unknown_agent_is_listed_last_and_only_with_answers(giver: Giver) -> None:
    giver.agent("unknown", "Unknown")
    giver.agent("zoe")
    assert _n(giver) == {"zoe": (0, 0)}
    giver.answers(4, agent="unknown", unit="")
    rows = agent_rows(giver.unit, EVERYTHING, TODAY)
    assert [(row.agent, row.known) for row in rows] == [("zoe", True), ("unknown", False)]


def test_an_agent_whom_only_answers_name_is_listed_by_id(giver: Giver) -> None:
    giver.answers(4, agent="ext-17")
    assert [(row.name, row.known) for row in agent_rows(giver.unit, EVERYTHING, TODAY)] == [("ext-17", True)]


def test_both_ends_of_the_period_count(giver: Giver) -> None:
    for days in range(-2, 3):
        giver.answers(5, at=NOON + timedelta(days=days))
    assert _n(giver, Filter(DAY - timedelta(days=1), DAY + timedelta(days=1))) == {"anna": (3, 0)}


def test_queue_survey_channel_and_unit_narrow(giver: Giver) -> None:
    giver.answers(5, queue="support", survey="care", channel="keypad", unit="se/sthlm")
    giver.answers(9, scale="nps", queue="sales", survey="offer", channel="sms", unit="se/gbg")
    giver.answers(1, queue="sales", survey="offer", channel="sms", unit="sea")
    assert _n(giver, Filter(DAY, DAY, queue="sales")) == {"anna": (1, 1)}
    assert _n(giver, Filter(DAY, DAY, survey="care")) == {"anna": (1, 0)}
    assert _n(giver, Filter(DAY, DAY, channel="sms", unit="se")) == {"anna": (0, 1)}
    assert _n(giver, Filter(DAY, DAY, unit="se")) == {"anna": (1, 1)}
    assert _n(giver, Filter(DAY, DAY, unit="se/gbg")) == {"anna": (0, 1)}


def test_a_unit_filter_lists_the_agents_of_the_unit(giver: Giver) -> None:
    giver.agent("anna", unit="se/sthlm")
    giver.agent("bo", unit="fi")
    assert _n(giver, Filter(DAY, DAY, unit="se")) == {"anna": (0, 0)}


@pytest.fixture
def places(giver: Giver) -> Giver:
    for agent, unit in (("anna", "se/sthlm"), ("bo", "se"), ("cia", "sea"), ("dan", "se_x/y"), ("eva", "")):
        giver.agent(agent, unit=unit)
        giver.answers(5, agent=agent, unit=unit)
    return giver


@pytest.mark.parametrize(
    ("scope", "seen"),
    [
        (EVERYTHING, {"anna", "bo", "cia", "dan", "eva"}),
        (Scope(units=("se",)), {"anna", "bo"}),
        (Scope(units=("se/sthlm", "sea")), {"anna", "cia"}),
        (Scope(units=("se_x",)), {"dan"}),
        (Scope(units=("s%",)), set()),
        (Scope(units=("",)), {"eva"}),
        (Scope(units=()), set()),
        (Scope(agent="anna"), {"anna"}),
        (Scope(units=("sea",), agent="anna"), set()),
    ],
)
def test_a_scope_shows_its_units_with_all_below_them_and_nothing_else(
    places: Giver, scope: Scope, seen: set[str]
) -> None:
    assert set(_n(places, scope=scope)) == seen
    everyone = ("anna", "bo", "cia", "dan", "eva")
    assert {agent for agent in everyone if agent_row(places.unit, scope, TODAY, agent)} == seen
    assert sum(row.nki.n for row in queue_rows(places.unit, scope, TODAY)) == len(seen)
    assert sum(point.nki.n for point in agent_trend(places.unit, scope, TODAY, None)) == len(seen)


def test_one_agents_row_is_her_row_of_the_report(places: Giver) -> None:
    rows = {row.agent: row for row in agent_rows(places.unit, EVERYTHING, TODAY)}
    assert agent_row(places.unit, EVERYTHING, TODAY, "bo") == rows["bo"]
    assert agent_row(places.unit, EVERYTHING, TODAY, "nobody") is None


def test_an_agent_in_scope_without_answers_still_has_a_row(giver: Giver) -> None:
    giver.agent("anna", unit="se")
    row = agent_row(giver.unit, Scope(units=("se",)), TODAY, "anna")
    assert row is not None
    assert (row.nki.n, row.nki.index) == (0, None)


def test_an_agent_only_answers_name_has_a_row_of_her_own(giver: Giver) -> None:
    giver.answers(4, agent="ext-17")
    assert agent_row(giver.unit, EVERYTHING, TODAY, "ext-17") == agent_rows(giver.unit, EVERYTHING, TODAY)[0]


def test_a_trend_has_a_point_for_every_day(giver: Giver) -> None:
    giver.answers(5, 4)
    giver.answers(1, agent="bo")
    giver.answers(3, at=NOON - timedelta(days=2))
    points = agent_trend(giver.unit, EVERYTHING, Filter(DAY - timedelta(days=3), DAY), "anna")
    assert [(point.start.day, point.nki.n) for point in points] == [(19, 0), (20, 1), (21, 0), (22, 2)]


def test_a_trend_by_week_begins_on_mondays(giver: Giver) -> None:
    giver.answers(5)  # a Sunday
    giver.answers(4, at=NOON + timedelta(days=1))
    giver.answers(4, at=NOON - timedelta(days=10))
    period = Filter(DAY - timedelta(days=9), DAY + timedelta(days=1))
    points = agent_trend(giver.unit, EVERYTHING, period, None, Step.WEEK)
    assert [(point.start.isoformat(), point.nki.n) for point in points] == [
        ("2026-11-09", 0),
        ("2026-11-16", 1),
        ("2026-11-23", 1),
    ]


def test_queues_have_rows_by_name(giver: Giver) -> None:
    giver.answers(5, 1, queue="support")
    giver.answers(9, queue="sales", scale="nps")
    rows = queue_rows(giver.unit, EVERYTHING, TODAY)
    assert [(row.queue, row.nki_histogram, row.nps_histogram) for row in rows] == [
        ("sales", {}, {9: 1}),
        ("support", {1: 1, 5: 1}, {}),
    ]


def test_the_version_changes_with_every_event_and_only_then(giver: Giver) -> None:
    seen = [version(giver.unit)]
    for _ in range(3):
        giver.answers(5)
        seen.append(version(giver.unit))
    assert len(set(seen)) == 4
    assert version(giver.unit) == seen[-1]
