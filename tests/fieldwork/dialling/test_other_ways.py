"""Whom no call has reached is asked by the next way of her queue: once, by its rules, and never beside a call."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.fieldwork.dialling.house import EVA, FILE, due, ending, hang_up, pick_up, states
from tests.fieldwork.dialling.test_crowd import together
from tests.fieldwork.office import Office
from tests.invariants import faults_of
from tonval.fieldwork import asking, conduct
from tonval.fieldwork.calls import dialling
from tonval.fieldwork.conduct import Conducted
from tonval.fieldwork.messaging import messages as texts
from tonval.fieldwork.optouts import block
from tonval.fieldwork.respondents import Customer
from tonval.fieldwork.routing import read_centre
from tonval.sms import inbound
from tonval.stats.decisions import explain
from tonval.stats.ledger import Entry, Wanted, entries
from tonval.stats.scope import EVERYTHING
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.surveys.turns import Digits, TimedOut
from tonval.web.desk.why import headline, outcome

OURS, MAIL = "+46701740605", "eva@example.com"
RESCUE = 'rescue: {channel: keypad, from: "+46701740605", fallback: [sms, email], call: {retry: [2h]}}'
WIDE = FILE.replace("  plain: ", f"  {RESCUE}\n  plain: ")


def centre(unit: Unit, file: str = WIDE) -> Office:
    """A centre that writes to whom it has called in vain, with a mail server."""
    office = Office(unit, read_centre(file))
    office.field = replace(office.field, mail_from="care@nordlys.example", public_url="https://n.example")
    return office


@pytest.fixture
def house(unit: Unit) -> Office:
    """The same."""
    return centre(unit)


def report(office: Office, ref: str = "a", **more: Any) -> dict[str, Any]:
    """She has hung up on a queue that calls, and then writes."""
    return hang_up(office, ref, queue="rescue", **more)


def call_in_vain(office: Office, cause: str = "no_answer") -> None:
    """Two calls that came to nothing."""
    office.pass_time(minutes=10)
    for _ in range(2):
        (call,) = due(office)
        dialling.placed(office.field, call.id, f"ref-{call.id}")
        dialling.ended(office.field, call.id, cause)
        office.pass_time(hours=2)


def questions(office: Office) -> list[tuple[str, str]]:
    """Whom was written to, and how, in order."""
    wanted = select(t.messages.c.channel, t.messages.c.recipient).where(t.messages.c.direction == "out")
    with office.field.unit.read() as tx:
        found = tx.execute(
            wanted.where(t.messages.c.purpose == "question").order_by(
                t.messages.c.created_at, t.messages.c.channel.desc()
            )
        )
        return [(row.channel, row.recipient) for row in found]


def write(office: Office, body: str, ref: str = "MO-1") -> None:
    """She writes to our number."""
    told = {"provider": "twilio", "ref": ref, "sender": EVA, "recipient": OURS, "body": body, "at": office.time}
    inbound.receive(office.field, **told)


def ring_back(office: Office, ref: str = "CA9") -> Conducted:
    """She rings the number that has called her."""
    return conduct.begin_call(office.field, conduct.Call("twilio", ref, OURS, caller=EVA))


def interviews(office: Office) -> list[Any]:
    """Every interview with the channel it went by."""
    with office.field.unit.read() as tx:
        return list(tx.execute(select(t.interviews).order_by(t.interviews.c.started_at)))


@pytest.mark.parametrize("cause", ["no_answer", "busy"])
def test_after_the_last_rung_she_is_asked_by_sms_once(house: Office, cause: str) -> None:
    report(house)
    call_in_vain(house, cause)
    assert ending(house) == ("waiting", "pending")
    for _ in range(3):
        asking.ask_due(house.field)
        house.pass_time(minutes=5)
    assert questions(house) == [("sms", EVA)]
    assert ending(house) == ("asked", "pending")
    write(house, "4")
    assert ending(house) == ("asked", "complete")
    house.pass_time(days=4)
    assert (due(house), faults_of(house.field.unit)) == ([], [])


def test_a_machine_on_every_rung_is_no_conversation(house: Office) -> None:
    report(house)
    house.pass_time(minutes=10)
    for _ in range(2):
        (call,) = due(house)
        guard = pick_up(house, call)
        again = conduct.resume(house.field, guard.leg, TimedOut(), 1)
        conduct.resume(house.field, guard.leg, TimedOut(), again.turn_no)
        house.pass_time(hours=2)
    asking.ask_due(house.field)
    assert (states(house), questions(house)) == (["nobody", "nobody"], [("sms", EVA)])


def test_a_number_that_cannot_be_called_may_still_be_written_to(house: Office) -> None:
    report(house)
    house.pass_time(minutes=10)
    (call,) = due(house)
    dialling.ended(house.field, call.id, "failed", "The telephone network said 404.")
    asking.ask_due(house.field)
    assert questions(house) == [("sms", EVA)]
    assert hang_up(house, "b")["rule"] == "frequency_cap"


@pytest.mark.parametrize("keys", ["", "9", "1", "15"])
def test_whom_we_have_spoken_with_is_not_written_to(house: Office, keys: str) -> None:
    """She hangs up, wants no more calls, hangs up on the first question, answers it."""
    report(house)
    house.pass_time(minutes=10)
    (call,) = due(house)
    turn = pick_up(house, call)
    house.pass_time(seconds=9)
    for key in keys:
        turn = conduct.resume(house.field, turn.leg, Digits(key), turn.turn_no)
    conduct.end_leg(house.field, turn.leg, "hangup")
    dialling.ended(house.field, call.id, "no_answer")
    house.pass_time(days=2)
    dialling.settle_doubtful(house.field)
    asking.ask_due(house.field)
    assert (questions(house), due(house)) == ([], [])
    assert ending(house)[1] == {"": "refused", "9": "refused", "1": "break-off", "15": "complete"}[keys]


def test_a_call_nothing_was_heard_of_is_not_made_good_by_a_message(house: Office) -> None:
    report(house)
    house.pass_time(minutes=10)
    due(house)
    for _ in range(2):
        house.pass_time(minutes=16)
        dialling.settle_doubtful(house.field)
    asking.ask_due(house.field)
    assert (states(house), ending(house), questions(house)) == (["lost"], ("asked", "no-answer"), [])


@pytest.mark.parametrize("when", ["before the end of the ladder", "after it"])
def test_who_is_blocked_meanwhile_is_not_written_to_and_counts_as_rung(house: Office, when: str) -> None:
    report(house)
    house.pass_time(minutes=10)
    (call,) = due(house)
    dialling.ended(house.field, call.id, "no_answer")
    house.pass_time(hours=2)
    (call,) = due(house)
    if when == "before the end of the ladder":
        block(house.field, EVA, "by letter")
    dialling.ended(house.field, call.id, "no_answer")
    block(house.field, EVA, "by letter")
    asking.ask_due(house.field)
    assert (ending(house), questions(house)) == (("asked", "no-answer"), [])
    found = explain(house.field.unit, EVERYTHING, "call", "a")
    assert found is not None
    assert headline(found) == "The customer was called and did not answer"


def test_a_message_that_waits_is_not_sent_to_whom_is_blocked_by_then(house: Office) -> None:
    report(house)
    call_in_vain(house)
    asking.ask_due(house.field)
    block(house.field, EVA, "by letter")
    assert not texts.claim_due(house.field, 10)


def test_the_cap_of_the_channel_holds_and_the_way_after_it_is_taken(unit: Unit) -> None:
    texts_too = '  texts: {channel: sms, from: "+46701740605"}\n  plain: '
    office = centre(unit, WIDE.replace("cap: 30d", "cap: {person: 0, channel: 30d}").replace("  plain: ", texts_too))
    eva = Customer(phone=EVA, email=MAIL, language="sv")
    hang_up(office, "before", queue="texts", customer=eva)
    asking.ask_due(office.field)
    write(office, "5")
    report(office, customer=eva)
    call_in_vain(office)
    asking.ask_due(office.field)
    assert questions(office) == [("sms", EVA), ("email", MAIL)]


def test_no_message_goes_out_in_the_quiet_hours_after_the_last_call(unit: Unit) -> None:
    office = centre(
        unit,
        WIDE.replace("call: {retry: [2h]}", 'quiet_hours: "21:00-08:00", call: {retry: [2h], hours: "09:00-23:00"}'),
    )
    office.pass_time(hours=9)  # 19:00 in Stockholm
    report(office)
    call_in_vain(office)  # until after 23
    asking.ask_due(office.field)
    assert (ending(office), questions(office)) == (("waiting", "pending"), [])
    office.time = office.time.replace(day=23, hour=7, minute=1)
    asking.ask_due(office.field)
    assert questions(office) == [("sms", EVA)]


def test_a_message_that_does_not_arrive_is_followed_by_the_way_after_it(house: Office) -> None:
    report(house, customer=Customer(phone=EVA, email=MAIL, language="sv"))
    call_in_vain(house)
    asking.ask_due(house.field)
    with house.field.unit.read() as tx:
        message = tx.execute(select(t.messages.c.id)).scalar_one()
    texts.status_changed(house.field, "twilio", None, message, "undelivered", "gone")
    asking.fall_back_due(house.field)
    asking.ask_due(house.field)
    assert questions(house) == [("sms", EVA), ("email", MAIL)]
    assert ending(house) == ("asked", "pending")


def test_without_another_way_the_end_is_as_before(house: Office) -> None:
    report(house, customer=Customer(phone="+46846500120", language="sv"))  # a land line: no SMS goes there
    call_in_vain(house)
    assert ending(house) == ("asked", "no-answer")


@pytest.mark.parametrize("written", [False, True])
def test_who_answers_the_last_call_after_all_is_asked_in_one_way(house: Office, written: bool) -> None:
    report(house)
    house.pass_time(minutes=10)
    (first,) = due(house)
    dialling.ended(house.field, first.id, "busy")
    house.pass_time(hours=2)
    (call,) = due(house)
    dialling.ended(house.field, call.id, "no_answer")
    if written:
        asking.ask_due(house.field)
    guard = pick_up(house, call)
    asking.ask_due(house.field)  # she hears the guard: the message waits
    if not written:
        conduct.resume(house.field, guard.leg, Digits("1"), 1)
    house.pass_time(hours=1)
    asking.ask_due(house.field)
    assert [row.channel for row in interviews(house)] == (["sms"] if written else ["keypad"])
    assert (guard.wait is None) == written
    assert questions(house) == ([("sms", EVA)] if written else [])


def test_who_hangs_up_on_that_call_is_not_written_to(house: Office) -> None:
    report(house)
    call_in_vain(house)
    with house.field.unit.read() as tx:
        last = tx.execute(select(t.dials).order_by(t.dials.c.attempt.desc()).limit(1)).one()
    coming = conduct.Call("sip", str(last.ref), "rescue", caller=EVA, dial=last.id)
    conduct.end_leg(house.field, conduct.begin_call(house.field, coming).leg, "hangup")
    asking.ask_due(house.field)
    assert (ending(house), questions(house)) == (("asked", "refused"), [])


def test_news_that_take_back_the_end_of_a_call_begin_no_second_way(house: Office) -> None:
    report(house)
    house.pass_time(minutes=10)
    (call,) = due(house)
    for cause in ("failed", "busy", "failed", "no_answer"):
        dialling.ended(house.field, call.id, cause)
    house.pass_time(hours=3)
    asking.ask_due(house.field)
    assert (due(house), states(house), questions(house)) == ([], ["no-answer"], [("sms", EVA)])


def test_the_page_why_tells_of_the_calls_and_of_the_way_after_them(house: Office) -> None:
    report(house)
    call_in_vain(house)
    asking.ask_due(house.field)
    found = explain(house.field.unit, EVERYTHING, "call", "a")
    assert found is not None
    told = [(event.name, str(event.sentence), event.error) for event in found.events]
    assert headline(found) == "The customer was asked by SMS and has not answered yet"
    assert told[:4] == [
        ("invited", "Invited to the survey nki", None),
        ("called", "Call 1: nobody answered", None),
        ("called", "Call 2: nobody answered", "No call has reached her: she is asked by SMS."),
        ("asked", "Asked by SMS", told[3][2]),
    ]


def test_who_rings_back_at_any_time_is_asked_there_and_not_called_again(house: Office) -> None:
    report(house)
    house.pass_time(minutes=10)
    (call,) = due(house)
    dialling.ended(house.field, call.id, "no_answer")
    house.pass_time(minutes=95)
    survey = ring_back(house)
    assert "question.helped" in [said.slot for said in survey.says]
    house.pass_time(hours=5)
    asking.ask_due(house.field)
    assert (due(house), states(house), questions(house)) == ([], ["no-answer", "dropped"], [])
    assert ending(house)[0] == "asked"
    assert ring_back(house, "CA10").wait is None


def test_who_rings_back_before_the_message_goes_out_is_asked_on_the_line_alone(house: Office) -> None:
    report(house)
    call_in_vain(house)
    assert ring_back(house).wait is not None
    asking.ask_due(house.field)
    assert ([row.channel for row in interviews(house)], questions(house)) == (["keypad"], [])


def test_who_rings_back_after_the_message_went_out_is_thanked(house: Office) -> None:
    report(house)
    call_in_vain(house)
    asking.ask_due(house.field)
    assert ring_back(house).wait is None
    write(house, "4")
    assert ending(house) == ("asked", "complete")


@pytest.mark.parametrize("first", ["she rings back", "our call is answered"])
def test_who_rings_back_while_her_telephone_rings_is_asked_once(house: Office, first: str) -> None:
    report(house)
    house.pass_time(minutes=10)
    (call,) = due(house)
    dialling.ended(house.field, call.id, "no_answer")
    house.pass_time(hours=2)
    (call,) = due(house)
    if first == "she rings back":
        assert (ring_back(house).wait is None, pick_up(house, call).wait is None) == (False, True)
    else:
        guard = pick_up(house, call)
        assert ring_back(house).wait is not None
        assert conduct.resume(house.field, guard.leg, Digits("1"), 1).wait is None
    dialling.ended(house.field, call.id, "answered")
    assert len(interviews(house)) == 1


def test_the_key_the_ring_back_and_the_message_in_one_moment_make_one_interview(house: Office) -> None:
    for each in range(6):
        phone = f"+4670174061{each}"
        report(house, str(each), phone=phone)
        house.pass_time(minutes=10)
        (call,) = due(house)
        guard = pick_up(house, call)
        coming = conduct.Call("twilio", f"CA{each}", OURS, caller=phone)
        together(
            [
                lambda leg=guard.leg: conduct.resume(house.field, leg, Digits("1"), 1),  # type: ignore[misc]
                lambda call=coming: conduct.begin_call(house.field, call),  # type: ignore[misc]
                lambda dial=call.id: dialling.ended(house.field, dial, "no_answer"),  # type: ignore[misc]
                lambda: asking.ask_due(house.field),
            ]
        )
        assert len(interviews(house)) == each + 1


@pytest.mark.parametrize("second", ["after the first", "before the provider has named the call"])
def test_of_two_that_bear_the_name_of_one_call_the_first_hears_the_guard(house: Office, second: str) -> None:
    report(house)
    house.pass_time(minutes=10)
    (call,) = due(house)
    if second == "after the first":
        dialling.placed(house.field, call.id, "one")
    heard = [
        conduct.begin_call(house.field, conduct.Call("sip", ref, "rescue", caller=EVA, dial=call.id))
        for ref in ("one", "two", "one")
    ]
    assert [[said.slot for said in each.says] for each in heard] == [
        ["reception.guard"],
        ["goodbye"],
        ["reception.guard"],
    ]
    assert heard[2].leg == heard[0].leg
    conduct.end_leg(house.field, heard[1].leg, "hangup")
    assert conduct.resume(house.field, heard[0].leg, Digits("1"), 1).wait is not None
    assert len(interviews(house)) == 1


def test_two_that_bear_one_name_in_one_moment_hear_one_guard(house: Office) -> None:
    report(house)
    house.pass_time(minutes=10)
    (call,) = due(house)
    heard: list[Conducted] = []

    def answer(ref: str) -> None:
        coming = conduct.Call("twilio", ref, "rescue", caller=EVA, dial=call.id)
        heard.append(conduct.begin_call(house.field, coming))

    together([lambda ref=f"CA{each}": answer(ref) for each in range(8)])  # type: ignore[misc]
    assert sorted(each.says[0].slot for each in heard) == ["goodbye"] * 7 + ["reception.guard"]


def test_who_has_written_stop_is_not_called_but_may_be_asked_on_her_own_call(house: Office) -> None:
    write(house, "STOPP")
    decision = report(house)
    assert (decision["rule"], decision["detail"]) == ("opted_out", "opted out of sms on 2026-11-22")
    coming = conduct.Call("sip", "1", "support", queue="support", caller=EVA)
    assert conduct.begin_call(house.field, coming).wait is not None
    write(house, "START", "MO-2")
    house.pass_time(days=31)
    assert report(house, "b")["call"] is True


def test_who_has_written_stop_is_asked_by_the_way_that_she_has_not_refused(house: Office) -> None:
    write(house, "STOPP")
    decision = report(house, customer=Customer(phone=EVA, email=MAIL, language="sv"))
    assert decision["channel"] == "email"


@pytest.mark.parametrize("when", ["it waits", "it rings", "it waits again"])
def test_a_stop_ends_the_calls_that_wait_and_who_answers_by_then_is_not_asked(house: Office, when: str) -> None:
    report(house)
    if when != "it waits":
        house.pass_time(minutes=10)
        (call,) = due(house)
    if when == "it waits again":
        dialling.ended(house.field, call.id, "no_answer")
    write(house, "STOPP")
    if when == "it rings":
        assert pick_up(house, call).wait is None
    house.pass_time(hours=3)
    assert (due(house), ending(house)) == ([], ("dropped", "suppressed"))
    asking.ask_due(house.field)
    assert questions(house) == []


def test_a_stop_to_everything_ends_them_too(house: Office) -> None:
    report(house)
    told = {"provider": "twilio", "ref": "MO-1", "sender": EVA, "recipient": OURS, "at": house.time}
    inbound.receive(house.field, **told, body="STOPP ALLT")  # type: ignore[arg-type]
    house.pass_time(hours=1)
    assert (due(house), ending(house)) == ([], ("dropped", "suppressed"))


def test_the_list_of_who_was_asked_follows_the_way_she_is_asked_by(house: Office) -> None:
    report(house)
    said = [outcome(listed(house))]
    call_in_vain(house)
    said.append(outcome(listed(house)))
    asking.ask_due(house.field)
    said.append(outcome(listed(house)))
    assert said == ["To be called, not done yet", "Invited, not done yet", "Invited, not done yet"]
    write(house, "4")
    assert outcome(listed(house)) == "Answered everything"


def listed(office: Office) -> Entry:
    """Her contact as the list Asked has it."""
    (row,) = entries(office.field.unit, EVERYTHING, Wanted()).rows
    return row
