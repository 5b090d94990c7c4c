"""Who is asked, and why somebody is not."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.fieldwork.office import Office
from tests.fieldwork.reporting import CUSTOMER, OURS, decide, interaction
from tonval.fieldwork import asking, conduct, invitations, optouts
from tonval.fieldwork.centre import Caps
from tonval.fieldwork.invitations import UnknownInteraction, UnknownQueue
from tonval.fieldwork.messaging import messages
from tonval.store import tables as t

NO_CAP = Caps(timedelta(0))
SUPPRESSED: list[tuple[str, dict[str, Any]]] = [
    ("min_talk", {"talk": timedelta(seconds=9)}),
    ("no_address", {"phone": None}),
    ("not_mobile", {"phone": "+4684650001"}),
]


@pytest.mark.parametrize(("rule", "changes"), SUPPRESSED, ids=[rule for rule, _ in SUPPRESSED])
def test_a_rule_that_forbids_asking_is_named_with_its_facts(office: Office, rule: str, changes: dict[str, Any]) -> None:
    decision = decide(office, **changes)
    assert (decision["outcome"], decision["rule"]) == ("suppressed", rule)
    assert decision["detail"] and decision["config"] == office.field.centre.config
    assert invitations.reported(office.field, "call", "call-1")["disposition"] == "suppressed"


def test_the_talk_time_rule_tells_both_times(office: Office) -> None:
    assert decide(office, talk=timedelta(seconds=9))["detail"] == "talk time 9 s is under 15 s"


def test_an_invited_customer_is_asked_after_the_delay_and_once(office: Office) -> None:
    queue = replace(office.field.centre.queues["sales"], delay=timedelta(minutes=2))
    field = office.with_centre(replace(office.field.centre, queues={"sales": queue}))
    first = invitations.report(field, interaction(office))
    assert first.body["decision"]["due_at"] == "2026-11-22T09:02:00Z"
    assert asking.ask_due(field) == 0
    office.pass_time(minutes=2)
    assert asking.ask_due(field) == 1
    assert asking.ask_due(field) == 0
    (question,) = messages.claim_due(field, 10)
    assert (question.sender, question.recipient) == (OURS, CUSTOMER)
    assert question.body == "Hur troligt? Svara 0–10."


def test_the_same_interaction_reported_again_gives_the_same_body(office: Office) -> None:
    first = invitations.report(office.field, interaction(office))
    office.pass_time(days=40)
    again = invitations.report(office.field, interaction(office, talk=timedelta(0)))
    assert first.created and not again.created
    assert again.body == first.body


def test_nobody_is_asked_twice_within_the_cap_and_again_after_it(office: Office) -> None:
    assert decide(office, "call-1")["outcome"] == "invited"
    office.pass_time(days=29)
    assert decide(office, "call-2")["rule"] == "frequency_cap"
    office.pass_time(days=2)
    assert decide(office, "call-3")["outcome"] == "invited"


def test_a_blocked_number_and_an_opted_out_one_are_not_asked(office: Office) -> None:
    optouts.block(office.field, CUSTOMER, "asked us by letter")
    assert decide(office, "call-1")["rule"] == "blocked"
    optouts.unblock(office.field, CUSTOMER)
    conduct.receive_message(
        office.field, conduct.Inbound("twilio", "SM1", CUSTOMER, OURS, "STOPP", office.time, "stop")
    )
    assert decide(office, "call-2")["rule"] == "opted_out"


def test_whoever_opts_out_after_being_invited_is_not_asked(office: Office) -> None:
    assert decide(office)["outcome"] == "invited"
    with office.field.unit.begin() as tx:
        optouts.opt_out(tx, CUSTOMER, "sms", office.time, "message")
    assert asking.ask_due(office.field) == 1
    assert messages.claim_due(office.field, 10) == ()
    after = invitations.reported(office.field, "call", "call-1")
    assert (after["disposition"], after["decision"]["rule"]) == ("suppressed", "opted_out")


def test_an_invitation_to_a_survey_that_is_gone_is_dropped_and_holds_nobody_up(office: Office) -> None:
    decide(office, "call-1")
    decide(office, "call-2", phone="+46701740607", queue="depth")
    forms = {name: form for name, form in office.field.centre.forms.items() if name != "sales-nps"}
    office.field = replace(office.field, centre=replace(office.field.centre, forms=forms))
    assert asking.ask_due(office.field) == 2
    assert [message.recipient for message in messages.claim_due(office.field, 10)] == ["+46701740607"]
    assert invitations.reported(office.field, "call", "call-1")["decision"]["rule"] == "survey_off"


def test_whoever_opts_out_while_the_question_waits_is_not_sent_it(office: Office) -> None:
    decide(office)
    asking.ask_due(office.field)
    with office.field.unit.begin() as tx:
        optouts.opt_out(tx, CUSTOMER, "*", office.time, "page")
    assert messages.claim_due(office.field, 10) == ()


def test_a_second_survey_waits_while_the_first_is_open(office: Office) -> None:
    office.field = replace(
        office.field,
        centre=replace(
            office.field.centre,
            queues={name: replace(queue, caps=NO_CAP) for name, queue in office.field.centre.queues.items()},
        ),
    )
    decide(office, "call-1", queue="depth")
    decide(office, "call-2", queue="sales")
    asking.ask_due(office.field)
    assert len(messages.claim_due(office.field, 10)) == 1
    conduct.receive_message(office.field, conduct.Inbound("twilio", "SM1", CUSTOMER, OURS, "8", office.time))
    conduct.receive_message(office.field, conduct.Inbound("twilio", "SM2", CUSTOMER, OURS, "fint", office.time))
    office.pass_time(minutes=16)
    asking.ask_due(office.field)
    waiting = [message.body for message in messages.claim_due(office.field, 10)]
    assert "Hur troligt? Svara 0–10." in waiting


def test_one_in_so_many_is_asked_and_the_same_one_each_time(office: Office) -> None:
    queue = replace(office.field.centre.queues["sales"], sample=4, caps=NO_CAP)
    field = office.with_centre(replace(office.field.centre, queues={"sales": queue}))
    asked = [
        invitations.report(field, interaction(office, f"call-{number}")).body["decision"]["outcome"] == "invited"
        for number in range(200)
    ]
    assert 30 < sum(asked) < 70


def test_an_unknown_queue_and_an_unknown_interaction_are_errors(office: Office) -> None:
    with pytest.raises(UnknownQueue, match="slaes"):
        invitations.report(office.field, interaction(office, queue="slaes"))
    with pytest.raises(UnknownInteraction, match="call-9"):
        invitations.reported(office.field, "call", "call-9")


def test_many_reports_at_once_invite_each_person_exactly_once(office: Office) -> None:
    people, triggers = 12, 5
    outcomes: list[str] = []

    def trigger(number: int) -> None:
        for person in range(people):
            phone = f"+467017406{person + 10:02d}"
            ref = f"call-{person}-{number}"
            body = invitations.report(office.field, interaction(office, ref, phone=phone)).body
            outcomes.append(body["decision"].get("rule", "invited"))

    threads = [threading.Thread(target=trigger, args=(number,)) for number in range(triggers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("invited") == people
    assert outcomes.count("frequency_cap") == people * (triggers - 1)


def test_the_same_report_from_many_at_once_is_one_interaction(office: Office) -> None:
    bodies: list[Any] = []
    reports = [
        threading.Thread(target=lambda: bodies.append(invitations.report(office.field, interaction(office)).body))
        for _ in range(6)
    ]
    for thread in reports:
        thread.start()
    for thread in reports:
        thread.join()
    assert len(bodies) == 6 and all(body == bodies[0] for body in bodies)
    with office.field.unit.read() as tx:
        assert tx.execute(select(func.count()).select_from(t.invitations)).scalar_one() == 1


def test_every_interaction_has_exactly_one_disposition(office: Office) -> None:
    decide(office, "call-1")
    decide(office, "call-2", talk=timedelta(seconds=1))
    conduct.begin_call(office.field, conduct.Call("sip", "abc", "support"))
    with office.field.unit.read() as tx:
        rows = tx.execute(select(t.interactions.c.disposition)).scalars().all()
    assert sorted(rows) == ["pending", "pending", "suppressed"]
