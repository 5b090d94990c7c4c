"""Wishes to be called back: what is offered, what is kept with the answer, and who comes too late."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.fieldwork.calling_back import PHONE, begin, centre, planned, send, taken, times, wish
from tests.fieldwork.office import Office
from tests.fieldwork.test_crowd import together
from tonval.fieldwork.calling_back.call_backs import NotFree
from tonval.store.tables import call_backs
from tonval.store.unit import Unit
from tonval.surveys.events import CallBackWished
from tonval.surveys.turns import Entry

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""The first hour, 09:00 in Sweden; the office's clock begins on the Sunday before."""


def hour(n: int) -> datetime:
    """The n-th hour on Monday, counted from nought."""
    return MONDAY + timedelta(hours=n)


@pytest.fixture
def office(unit: Unit) -> Office:
    """One place in each hour."""
    return Office(unit, centre())


def test_a_wish_becomes_a_planned_call_back_with_its_answer(office: Office) -> None:
    interview = begin(office)
    wish(office, interview, hour(1))
    with office.field.unit.read() as tx:
        row = tx.execute(select(call_backs)).one()
    assert (row.id, row.interview) == (interview.replace("itv_", "cbk_"), interview)
    assert (row.state, row.phone, row.question, row.agent, row.queue) == ("planned", PHONE, "call", "anna", "care")
    assert (row.opens_at, row.closes_at) == (hour(1), hour(2))
    assert CallBackWished("call", hour(1), PHONE) in office.events(interview)


def test_a_time_that_is_taken_is_offered_to_nobody_but_the_one_who_holds_it(office: Office) -> None:
    first, second = begin(office), begin(office)
    wish(office, first, hour(0))
    assert hour(0) in {slot.opens for slot in times(office, first)}
    assert {slot.opens for slot in times(office, first)} - {slot.opens for slot in times(office, second)} == {hour(0)}


def test_a_time_that_is_held_stays_on_the_page_after_its_notice(office: Office) -> None:
    interview = begin(office)
    wish(office, interview, hour(0))
    office.time = hour(0) - timedelta(minutes=5)
    assert times(office, interview)[0].opens == hour(0)
    assert times(office, begin(office))[0].opens == hour(1)


def test_whoever_comes_too_late_is_told_and_nothing_of_the_page_is_kept(office: Office) -> None:
    first, second = begin(office), begin(office)
    wish(office, first, hour(0))
    before = office.events(second)
    with pytest.raises(NotFree) as refused:
        wish(office, second, hour(0))
    assert (refused.value.question, refused.value.moment) == ("call", hour(0))
    assert office.events(second) == before
    assert planned(office) == {first: hour(0)}


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param(MONDAY - timedelta(hours=1), id="before the centre opens"),
        pytest.param(MONDAY + timedelta(minutes=30), id="within a slot"),
        pytest.param(MONDAY - timedelta(days=3), id="past"),
        pytest.param(MONDAY + timedelta(days=7), id="too far ahead"),
        pytest.param(MONDAY - timedelta(days=1), id="closed that day"),
    ],
)
def test_a_time_that_is_not_offered_is_refused(office: Office, moment: datetime) -> None:
    interview = begin(office)
    with pytest.raises(NotFree):
        wish(office, interview, moment)
    assert (planned(office), taken(office)) == ({}, {})


def test_a_time_whose_notice_is_over_is_refused(office: Office) -> None:
    interview = begin(office)
    office.time = hour(0) - timedelta(minutes=59)
    with pytest.raises(NotFree):
        wish(office, interview, hour(0))


def test_a_queue_that_calls_nobody_back_offers_nothing_and_takes_no_wish(office: Office) -> None:
    interview = begin(office, "other")
    assert times(office, interview, "other") == ()
    with pytest.raises(NotFree):
        wish(office, interview, hour(0))


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0)])
def test_another_time_frees_the_one_that_was_held(office: Office, first: int, second: int) -> None:
    interview = begin(office)
    wish(office, interview, hour(first))
    wish(office, interview, hour(second))
    assert (planned(office), taken(office)) == ({interview: hour(second)}, {hour(second): 1})


def test_another_time_that_is_taken_leaves_the_one_that_is_held(office: Office) -> None:
    first, second = begin(office), begin(office)
    wish(office, first, hour(1))
    wish(office, second, hour(0))
    for one, other in ((first, hour(0)), (second, hour(1))):
        with pytest.raises(NotFree):
            wish(office, one, other)
    assert (planned(office), taken(office)) == ({first: hour(1), second: hour(0)}, {hour(0): 1, hour(1): 1})


def test_another_number_keeps_the_place(office: Office) -> None:
    interview = begin(office)
    wish(office, interview, hour(0))
    wish(office, interview, hour(0), "+46701740612")
    with office.field.unit.read() as tx:
        assert tx.execute(select(call_backs.c.phone)).scalar_one() == "+46701740612"
    assert taken(office) == {hour(0): 1}


def test_a_wish_that_is_taken_back_frees_its_place_and_can_be_made_anew(office: Office) -> None:
    interview = begin(office)
    wish(office, interview, hour(0))
    wish(office, interview, None)
    assert (planned(office), taken(office)) == ({}, {})
    wish(office, interview, hour(2))
    assert (planned(office), taken(office)) == ({interview: hour(2)}, {hour(2): 1})


def test_other_answers_leave_the_wish_alone(office: Office) -> None:
    interview = begin(office)
    wish(office, interview, hour(0))
    send(office, interview, Entry("helped", (1,)), at="helped")
    assert planned(office) == {interview: hour(0)}


def test_of_a_crowd_that_wants_the_same_hour_exactly_as_many_get_it_as_there_are_places(unit: Unit) -> None:
    office = Office(unit, centre(places=5))
    interviews, outcomes = [begin(office) for _ in range(32)], Counter[str]()

    def choose(interview: str) -> None:
        try:
            wish(office, interview, hour(0))
            outcomes["planned"] += 1
        except NotFree:
            outcomes["told"] += 1

    together([lambda mine=mine: choose(mine) for mine in interviews])  # type: ignore[misc]
    assert outcomes == {"planned": 5, "told": 27}
    assert len(planned(office)) == 5
    assert taken(office) == {hour(0): 5}


def test_two_who_change_places_again_and_again_never_wait_for_each_other(unit: Unit) -> None:
    office = Office(unit, centre(places=2))
    first, second = begin(office), begin(office)

    def hop(interview: str, start: int) -> None:
        for step in range(20):
            wish(office, interview, hour((start + step) % 2))

    together([lambda: hop(first, 0), lambda: hop(second, 1)])
    assert sum(taken(office).values()) == 2
