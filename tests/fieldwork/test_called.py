"""What colleagues note about call-backs, and that the places in the slots always add up."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.acting import acting
from tests.fieldwork.calling_back import begin, centre, planned, taken, wish
from tests.fieldwork.office import Office
from tests.fieldwork.test_crowd import together
from tonval.fieldwork.calling_back.call_backs import NotFree
from tonval.fieldwork.calling_back.called import (
    DONE,
    MISSED,
    NEXT,
    PLANNED,
    STATES,
    Mark,
    NoSuchCallBack,
    TooLate,
    mark,
    plan_anew,
)
from tonval.store.tables import call_backs
from tonval.store.unit import Unit

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def office(unit: Unit) -> Office:
    """One place in each hour."""
    return Office(unit, centre())


def call_back_of(interview: str) -> str:
    """The id of the interview's call-back."""
    return interview.replace("itv_", "cbk_")


def wished(office: Office, moment: datetime = MONDAY) -> str:
    """A planned call-back; its id."""
    interview = begin(office)
    wish(office, interview, moment)
    return call_back_of(interview)


def standing(office: Office, call_back: str) -> tuple[str, str | None, str | None]:
    """Its state, its author and its note."""
    with office.field.unit.read() as tx:
        row = tx.execute(select(call_backs).where(call_backs.c.id == call_back)).one()
    return row.state, row.author, row.note


@pytest.mark.parametrize("state", [DONE, MISSED])
def test_a_word_is_kept_with_its_author_and_note_and_can_be_taken_back(office: Office, state: str) -> None:
    call_back = wished(office)
    mark(office.field, call_back, Mark(state, acting("Sam"), "asked for Bo", PLANNED))
    assert standing(office, call_back) == (state, "Sam", "asked for Bo")
    mark(office.field, call_back, Mark(PLANNED, acting("Eva"), seen=state))
    assert standing(office, call_back) == (PLANNED, "Eva", None)
    assert taken(office) == {MONDAY: 1}


def test_of_two_who_press_the_second_is_told_who_was_first(office: Office) -> None:
    call_back, told = wished(office), Counter[str]()

    def press(name: str) -> None:
        try:
            mark(office.field, call_back, Mark(DONE, acting(name), seen=PLANNED))
            told["kept"] += 1
        except TooLate as late:
            told[f"{late.author} had {late.state}"] += 1

    together([lambda name=f"person {n}": press(name) for n in range(8)])  # type: ignore[misc]
    assert told == {"kept": 1, f"{standing(office, call_back)[1]} had done": 7}


def test_the_same_word_again_without_looking_changes_nothing(office: Office) -> None:
    call_back = wished(office)
    for name in ("crm", "another"):
        mark(office.field, call_back, Mark(DONE, acting(name)))
    assert standing(office, call_back) == (DONE, "crm", None)


@pytest.mark.parametrize(("before", "after"), [(old, new) for old in STATES for new in STATES if old != new])
def test_only_what_can_follow_is_kept(office: Office, before: str, after: str) -> None:
    interview = begin(office)
    wish(office, interview, MONDAY)
    call_back = call_back_of(interview)
    if before == "withdrawn":
        wish(office, interview, None)
    elif before != PLANNED:
        mark(office.field, call_back, Mark(before, acting("Sam")))
    if after in NEXT[before]:
        mark(office.field, call_back, Mark(after, acting("Eva")))
        assert standing(office, call_back)[0] == after
    else:
        with pytest.raises(TooLate):
            mark(office.field, call_back, Mark(after, acting("Eva")))
        assert standing(office, call_back)[0] == before


def test_nobody_can_note_what_nobody_wished_for(office: Office) -> None:
    with pytest.raises(NoSuchCallBack):
        mark(office.field, "cbk_none", Mark(DONE, acting("Sam")))


def test_whom_nobody_reached_is_planned_anew_and_keeps_the_note(office: Office) -> None:
    call_back = wished(office)
    office.time = MONDAY + timedelta(hours=4)
    mark(office.field, call_back, Mark(MISSED, acting("Sam"), "busy"))
    plan_anew(office.field, call_back, Mark(PLANNED, acting("Sam"), seen=MISSED), TUESDAY)
    assert standing(office, call_back) == (PLANNED, "Sam", "busy")
    assert (set(planned(office).values()), taken(office)) == ({TUESDAY}, {TUESDAY: 1})


def test_planning_anew_for_a_time_that_is_taken_changes_nothing(office: Office) -> None:
    call_back = wished(office)
    wished(office, TUESDAY)
    mark(office.field, call_back, Mark(MISSED, acting("Sam")))
    with pytest.raises(NotFree):
        plan_anew(office.field, call_back, Mark(PLANNED, acting("Sam"), seen=MISSED), TUESDAY)
    assert standing(office, call_back)[0] == MISSED
    assert taken(office) == {MONDAY: 1, TUESDAY: 1}


def test_a_customer_who_takes_back_what_was_done_changes_nothing(office: Office) -> None:
    interview = begin(office)
    wish(office, interview, MONDAY)
    mark(office.field, call_back_of(interview), Mark(DONE, acting("Sam")))
    wish(office, interview, None)
    assert standing(office, call_back_of(interview))[0] == DONE
    assert taken(office) == {MONDAY: 1}


def in_slots(office: Office) -> dict[datetime, int]:
    """How many call-backs stand in each slot, but for those that were withdrawn."""
    wanted = (
        select(call_backs.c.opens_at, func.count().label("n"))
        .where(call_backs.c.state != "withdrawn")
        .group_by(call_backs.c.opens_at)
    )
    with office.field.unit.read() as tx:
        return {row.opens_at: row.n for row in tx.execute(wanted)}


def act(office: Office, chance: random.Random, interviews: list[str]) -> None:
    """Something that a customer or a colleague may do, or that time does."""
    interview = chance.choice(interviews)
    moment = MONDAY + timedelta(days=chance.randrange(3), hours=chance.randrange(-1, 4))
    match chance.choice(["wish", "wish", "withdraw", DONE, MISSED, PLANNED, "anew", "wait"]):
        case "wish":
            wish(office, interview, moment)
        case "withdraw":
            wish(office, interview, None)
        case "anew":
            plan_anew(office.field, call_back_of(interview), Mark(PLANNED, acting("Sam")), moment)
        case "wait":
            office.pass_time(minutes=chance.randrange(90))
        case state:
            mark(office.field, call_back_of(interview), Mark(state, acting("Sam")))


@pytest.mark.parametrize("seed", range(3))
def test_a_slot_has_as_many_places_taken_as_call_backs_whatever_happens(unit: Unit, seed: int) -> None:
    office, chance, refused = Office(unit, centre(places=2)), random.Random(seed), 0
    interviews = [begin(office) for _ in range(6)]
    for _ in range(120):
        try:
            act(office, chance, interviews)
        except (NotFree, TooLate, NoSuchCallBack):
            refused += 1
        assert in_slots(office) == taken(office)
        assert all(n <= 2 for n in taken(office).values())
    assert 0 < refused < 110
