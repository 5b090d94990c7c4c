"""Calls from the report to their end: placed once, tried again by the ladder, and ended by the customer's word."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.acting import acting
from tests.fieldwork.dialling.house import EVA, TRUNK, call_up, dialled, due, ending, hang_up, pick_up, states
from tests.fieldwork.dialling.house import house as house
from tests.fieldwork.office import Office
from tonval.fieldwork import asking, conduct
from tonval.fieldwork.calls import dialling
from tonval.fieldwork.calls.dialling import NotPlaced, ToDial
from tonval.fieldwork.conduct import ReplyRejected
from tonval.fieldwork.optouts import block, opt_out
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.store.tables import opt_outs
from tonval.surveys.turns import Digits, TimedOut


def test_she_is_called_when_her_time_has_come_and_not_before(house: Office) -> None:
    decision = hang_up(house)
    assert (decision["outcome"], decision["channel"], decision["call"]) == ("invited", "keypad", True)
    assert decision["due_at"] == "2026-11-22T09:10:00Z"
    assert due(house) == []
    house.pass_time(minutes=10)
    (call,) = due(house)
    assert call == ToDial(call.id, EVA, TRUNK, "support", "sv", timedelta(seconds=30))
    assert due(house) == []


def test_the_survey_begins_when_she_presses_the_key(house: Office) -> None:
    call = call_up(house)
    guard = pick_up(house, call)
    assert [said.slot for said in guard.says] == ["reception.guard"]
    turn = conduct.resume(house.field, guard.leg, Digits("1"), 1)
    assert "question.helped" in [said.slot for said in turn.says]
    conduct.resume(house.field, guard.leg, Digits("5"), turn.turn_no)
    conduct.end_leg(house.field, guard.leg, "hangup")
    dialling.ended(house.field, call.id, "answered")
    assert ending(house) == ("asked", "complete")
    assert states(house) == ["talked"]


def test_who_wants_no_more_calls_is_opted_out_and_told(house: Office) -> None:
    guard = pick_up(house, call_up(house))
    house.pass_time(seconds=9)
    turn = conduct.resume(house.field, guard.leg, Digits("9"), 1)
    assert ([said.slot for said in turn.says], turn.wait) == (["reception.never"], None)
    with house.field.unit.read() as tx:
        (row,) = tx.execute(select(opt_outs)).all()
    assert (row.address, row.channel, row.source) == (EVA, "keypad", "keypad")
    assert (ending(house), states(house)) == (("asked", "refused"), ["never"])
    house.pass_time(days=40)
    assert hang_up(house, "b")["rule"] == "opted_out"


def test_a_nine_that_nobody_can_have_meant_yet_is_asked_for_again(house: Office) -> None:
    guard = pick_up(house, call_up(house))
    house.pass_time(seconds=1.9)
    again = conduct.resume(house.field, guard.leg, Digits("9"), 1)
    assert ([said.slot for said in again.says], states(house)) == (["reception.guard"], ["answered"])
    house.pass_time(seconds=0.1)
    turn = conduct.resume(house.field, guard.leg, Digits("9"), again.turn_no)
    assert ([said.slot for said in turn.says], states(house)) == (["reception.never"], ["never"])


def test_a_machine_whose_greeting_holds_tones_opts_nobody_out(house: Office) -> None:
    guard = pick_up(house, call_up(house))
    again = conduct.resume(house.field, guard.leg, Digits("9"), 1)
    house.pass_time(seconds=20)
    assert conduct.resume(house.field, guard.leg, TimedOut(), again.turn_no).wait is None
    with house.field.unit.read() as tx:
        assert tx.execute(select(opt_outs)).all() == []
    assert states(house) == ["nobody", "waiting"]


@pytest.mark.parametrize("cause", ["no_answer", "busy"])
def test_the_ladder_has_its_rungs_and_an_end(house: Office, cause: str) -> None:
    call = call_up(house)
    for pause in (timedelta(hours=2), timedelta(days=1)):
        dialling.placed(house.field, call.id, call.id)
        dialling.ended(house.field, call.id, cause)
        dialling.ended(house.field, call.id, cause)
        assert ending(house) == ("waiting", "pending")
        house.time += pause - timedelta(seconds=1)
        assert due(house) == []
        house.pass_time(seconds=1)
        (call,) = due(house)
    dialling.ended(house.field, call.id, cause)
    assert ending(house) == ("asked", "no-answer")
    house.pass_time(days=9)
    assert due(house) == []
    assert [row.attempt for row in dialled(house)] == [1, 2, 3]


def test_a_machine_presses_no_key_and_is_tried_again_later(house: Office) -> None:
    guard = pick_up(house, call_up(house))
    again = conduct.resume(house.field, guard.leg, TimedOut(), 1)
    turn = conduct.resume(house.field, guard.leg, TimedOut(), again.turn_no)
    assert turn.wait is None
    assert (states(house), ending(house)) == (["nobody", "waiting"], ("waiting", "pending"))


def test_who_hangs_up_on_us_has_refused_and_is_left_alone(house: Office) -> None:
    guard = pick_up(house, call_up(house))
    conduct.end_leg(house.field, guard.leg, "hangup")
    assert (states(house), ending(house)) == (["hung-up"], ("asked", "refused"))


def test_a_call_that_cannot_be_placed_is_given_up_and_she_has_not_been_asked(house: Office) -> None:
    call = call_up(house)
    dialling.ended(house.field, call.id, "failed", "The number is not in use.")
    assert (ending(house), states(house)) == (("dropped", "not-offered"), ["failed"])
    assert dialled(house)[0].why == "The number is not in use."
    assert hang_up(house, "b")["outcome"] == "invited"


def test_who_was_rung_in_vain_counts_as_asked(house: Office) -> None:
    call = call_up(house)
    for _ in range(3):
        dialling.ended(house.field, call.id, "no_answer")
        house.pass_time(days=1)
        (call,) = due(house) or (call,)
    assert hang_up(house, "b")["rule"] == "frequency_cap"


def test_who_was_asked_on_the_line_meanwhile_is_not_called(house: Office) -> None:
    hang_up(house)
    coming = conduct.Call("sip", "1", "support", queue="support", caller=EVA)
    assert conduct.begin_call(house.field, coming).wait is not None
    house.pass_time(minutes=10)
    assert (due(house), states(house)) == ([], ["dropped"])
    assert ending(house)[0] == "asked"


@pytest.mark.parametrize("first", ["she comes in", "she answers"])
def test_who_is_asked_on_the_line_while_we_ring_is_asked_once(house: Office, first: str) -> None:
    call = call_up(house)
    coming = conduct.Call("sip", "1", "support", queue="support", caller=EVA, interaction="a")
    if first == "she comes in":
        assert conduct.begin_call(house.field, coming).wait is not None
        assert pick_up(house, call).wait is None
        return
    guard = pick_up(house, call)
    assert conduct.begin_call(house.field, coming).wait is not None
    assert conduct.resume(house.field, guard.leg, Digits("1"), 1).wait is None


def test_a_call_that_is_answered_after_all_takes_the_place_of_the_next_one(house: Office) -> None:
    call = call_up(house)
    dialling.ended(house.field, call.id, "no_answer")
    pick_up(house, call)
    assert states(house) == ["answered", "dropped"]


@pytest.mark.parametrize("who", ["opted out", "blocked"])
def test_who_has_said_no_meanwhile_is_not_called(house: Office, who: str) -> None:
    hang_up(house)
    if who == "blocked":
        block(house.field, EVA, "by letter")
    else:
        with house.field.unit.begin() as tx:
            opt_out(tx, EVA, "keypad", house.time, "page")
    house.pass_time(minutes=10)
    assert due(house) == []
    assert ending(house) == ("dropped", "suppressed")


def test_nobody_is_called_at_night_and_every_rung_keeps_to_the_hours(house: Office) -> None:
    house.pass_time(hours=9, minutes=55)  # 19:55 in Stockholm: the call is due at 20:05
    assert hang_up(house)["due_at"] == "2026-11-23T08:00:00Z"
    house.pass_time(minutes=30)
    assert due(house) == []
    house.time = house.time.replace(day=23, hour=18, minute=59)
    (call,) = due(house)
    dialling.ended(house.field, call.id, "busy")
    assert dialled(house)[1].due_at.isoformat() == "2026-11-24T08:00:00+00:00"


def test_a_call_that_became_due_in_the_hours_and_was_not_placed_waits_for_the_next(house: Office) -> None:
    hang_up(house)
    house.pass_time(hours=12)
    assert due(house) == []
    house.time = house.time.replace(day=23, hour=8, minute=0)
    assert len(due(house)) == 1


def test_the_limits_of_the_minute_and_of_the_day_hold(house: Office) -> None:
    for each in range(5):
        hang_up(house, str(each), phone=f"+4670174062{each}", queue="sales")
    house.pass_time(minutes=10)
    assert len(due(house, "twilio")) == 2
    house.pass_time(seconds=59)
    assert due(house, "twilio") == []
    house.pass_time(seconds=2)
    assert len(due(house, "twilio")) == 1
    house.pass_time(minutes=5)
    assert due(house, "twilio") == []
    house.time = house.time.replace(day=23)
    assert len(due(house, "twilio")) == 2


def test_each_way_out_claims_its_own(house: Office) -> None:
    hang_up(house)
    house.pass_time(minutes=10)
    assert due(house, "twilio") == []
    assert len(due(house, "sip")) == 1


def test_a_crash_between_claim_and_call_leaves_a_doubt_and_never_a_second_call(house: Office) -> None:
    call = call_up(house)  # and the process dies
    house.pass_time(minutes=3)
    assert dialling.settle_doubtful(house.field) == 1
    assert [each.to_dial.id for each in dialling.in_doubt(house.field, "sip")] == [call.id]
    house.pass_time(minutes=13)
    dialling.settle_doubtful(house.field)
    assert (states(house), ending(house)) == (["lost"], ("asked", "no-answer"))
    house.pass_time(days=3)
    assert due(house) == []


def test_a_doubt_is_resolved_by_news_of_the_call(house: Office) -> None:
    call = call_up(house)
    dialling.ended(house.field, call.id, "unknown")
    dialling.placed(house.field, call.id, "CA1")
    dialling.ended(house.field, call.id, "busy")
    assert states(house) == ["busy", "waiting"]


def test_a_call_that_was_surely_not_placed_is_tried_anew_but_not_forever(house: Office) -> None:
    call = call_up(house)
    for _ in range(dialling.MOST_TRIES - 1):
        dialling.put_back(house.field, call.id, timedelta(seconds=61), "The trunk is away.")
        assert due(house) == []
        house.pass_time(seconds=61)
        assert [each.id for each in due(house)] == [call.id]
    dialling.put_back(house.field, call.id, timedelta(seconds=61), "The trunk is away.")
    assert states(house) == ["failed"]


def raising(error: Exception) -> Any:
    def place(call: ToDial) -> str:
        raise error

    return place


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (NotPlaced("no such number"), "failed"),
        (NotPlaced("too many at once", timedelta(minutes=1)), "waiting"),
        (TimeoutError(), "unknown"),
    ],
)
def test_what_the_provider_says_decides_whether_a_call_may_have_been_placed(
    house: Office, error: Exception, state: str
) -> None:
    hang_up(house)
    house.pass_time(minutes=10)
    assert dialling.place_due(house.field, "sip", raising(error), 10) == 1
    assert states(house) == [state]


def test_what_is_placed_has_the_providers_id(house: Office) -> None:
    hang_up(house)
    house.pass_time(minutes=10)
    dialling.place_due(house.field, "sip", lambda call: "CA7", 10)
    assert [(row.state, row.ref) for row in dialled(house)] == [("placed", "CA7")]


def test_the_wait_for_callers_does_not_end_while_there_is_a_call_to_make(house: Office) -> None:
    call = call_up(house)
    dialling.ended(house.field, call.id, "no_answer")
    house.pass_time(hours=2)
    (call,) = due(house)
    dialling.ended(house.field, call.id, "no_answer")
    house.pass_time(hours=23)
    assert asking.close_unclaimed(house.field) == 0


def test_a_call_nothing_is_heard_of_after_the_answer_is_over(house: Office) -> None:
    pick_up(house, call_up(house))
    house.pass_time(minutes=16)
    dialling.settle_doubtful(house.field)
    assert states(house) == ["hung-up"]


def test_news_of_calls_nobody_made_change_nothing(house: Office) -> None:
    dialling.placed(house.field, "dial_none", "CA1")
    dialling.ended(house.field, "dial_none", "answered")
    with house.field.unit.begin() as tx:
        assert dialling.answered(tx, house.field, "dial_none", "CA1") is None
    assert dialled(house) == []


def test_who_is_erased_while_she_hears_the_guard_is_promised_nothing(house: Office) -> None:
    guard = pick_up(house, call_up(house))
    erase(house.field, Order((EVA,), acting("admin")))
    with pytest.raises(ReplyRejected):
        conduct.resume(house.field, guard.leg, Digits("9"), 1)
    with house.field.unit.read() as tx:
        assert tx.execute(select(opt_outs)).all() == []


def test_who_is_blocked_while_her_telephone_rings_is_not_asked(house: Office) -> None:
    call = call_up(house)
    block(house.field, EVA, "by letter")
    guard = pick_up(house, call)
    assert guard.wait is None
    assert [said.slot for said in guard.says] == ["goodbye"]
    assert ending(house) == ("dropped", "suppressed")


def test_who_is_erased_while_her_telephone_rings_is_not_called_again(house: Office) -> None:
    call = call_up(house)
    dialling.placed(house.field, call.id, "ref")
    erase(house.field, Order((EVA,), acting("admin")))
    assert hang_up(house, "b")["rule"] == "frequency_cap"
