"""Each rule of who is asked, through a report and its decision; and what comes between that and the question."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.fieldwork.office import Office
from tests.fieldwork.reporting import CUSTOMER, OURS
from tonval.fieldwork import asking, conduct, doubles, invitations, mailing, optouts
from tonval.fieldwork.conduct import Call
from tonval.fieldwork.interactions import read_interaction
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.reading import Faulty, Reading
from tonval.fieldwork.routing import read_centre
from tonval.sms import inbound
from tonval.store import tables as t
from tonval.store.unit import Unit

FILE = """
brand: Nordlys
country: SE
numbers: {"+46701740605": {provider: twilio}}
defaults: {cap: {person: 10d}, languages: [sv, en]}
queues:
  sales:    {survey: nps, channel: sms, from: "+46701740605"}
  care:     {survey: nps, channel: sms, from: "+46701740605", templates: {complaint: complaints}, cap: 0}
  away:     {survey: nps, channel: sms, from: "+46701740605", off: true}
  paused:   {survey: paused, channel: sms, from: "+46701740605"}
  few:      {survey: nps, channel: sms, from: "+46701740605", agent_quota: 2, cap: 0}
  ours:     {survey: nps, channel: sms, from: "+46701740605", internal: ["20??", "+46701740699", "*@nordlys.example"]}
  letters:  {survey: nps, channel: link, from: "+46701740605", prefer_email: true, fallback: [sms], cap: 0}
  fallback: {survey: nps, channel: sms, from: "+46701740605", fallback: [email], cap: 0}
  nights:   {survey: nps, channel: sms, from: "+46701740605", quiet_hours: "21:00-08:00", quiet_days: [sunday], cap: 0}
  scoped:   {survey: nps, channel: sms, from: "+46701740605", cap: {person: 0, channel: 1d, survey: 5d, queue: 20d}}
  scoped2:  {survey: complaints, channel: sms, from: "+46701740605", cap: {person: 0, survey: 5d, queue: 20d}}
  phone:    {survey: nki, channel: keypad}
surveys:
  nps: {questions: [{id: recommend, scale: nps, text: {sv: "Hur troligt? STOPP slutar.", en: "How likely? STOP"}}]}
  complaints: {questions: [{id: recommend, scale: nps, text: {sv: "Efter klagomålet? STOPP.", en: "After that? STOP"}}]}
  paused: {off: true, questions: [{id: recommend, scale: nps, text: {sv: "Hur? STOPP.", en: "How? STOP"}}]}
  nki: {questions: [{id: helped, scale: nki, text: {sv: "Hur bra hjälp fick du?", en: "How well were you helped?"}}]}
"""
NIGHT = datetime(2026, 11, 20, 21, 30, tzinfo=UTC)  # a Friday, 22:30 in Sweden


@pytest.fixture
def office(unit: Unit) -> Office:
    """A centre with a queue for every rule."""
    return Office(unit, read_centre(FILE))


def report(office: Office, ref: str = "a", queue: str = "sales", kind: str = "call", **more: Any) -> dict[str, Any]:
    """Report as the API would, and give the decision."""
    customer = {"phone": CUSTOMER, "language": "sv"} | more.pop("customer", {})
    document = {"id": ref, "kind": kind, "queue": queue, "agent": "anna", "customer": customer, **more}
    interaction = read_interaction(Reading(document, ""), office.field.centre)
    decision: dict[str, Any] = invitations.report(office.field, interaction).body["decision"]
    return decision


def ticket(**more: Any) -> dict[str, Any]:
    return {"queue": "care", "kind": "ticket", "reply_sent": True, **more}


OWN = "the caller is one of the centre's own"
SUPPRESSED: list[tuple[str, str, dict[str, Any]]] = [
    ("queue_off", "the queue away asks nobody", {"queue": "away"}),
    ("survey_off", "the survey paused is switched off", {"queue": "paused"}),
    ("auto_closed", "the ticket was closed automatically", ticket(auto_closed=True)),
    ("no_reply_sent", "no reply was sent", ticket(reply_sent=False)),
    ("no_reply_sent", "the report does not say that a reply was sent", ticket(reply_sent=None)),
    ("min_talk", "talk time 9 s is under 15 s", {"talk_seconds": 9}),
    ("internal", OWN, {"queue": "ours", "customer": {"phone": "2041"}}),
    ("internal", OWN, {"queue": "ours", "customer": {"phone": "+46701740699"}}),
    (
        "internal",
        "the caller is one of the centre's own",
        {"queue": "ours", "customer": {"email": "a@nordlys.example"}},
    ),
    ("no_address", "the customer has no telephone number", {"customer": {"phone": None}}),
    ("no_address", "the customer has no telephone number", {"customer": {"phone": "Anonymous"}}),
    ("not_mobile", "the customer's number is not a mobile number", {"customer": {"phone": "+4684650001"}}),
    ("invalid_address", "the customer's number is not in use in its country", {"customer": {"phone": "+46999999999"}}),
    (
        "invalid_address",
        "no mail can reach the customer's address",
        {"queue": "letters", "customer": {"phone": None, "email": "eva@mail.invalid"}},
    ),
]


@pytest.mark.parametrize(("rule", "detail", "changes"), SUPPRESSED)
def test_a_rule_forbids_asking_and_says_so(office: Office, rule: str, detail: str, changes: dict[str, Any]) -> None:
    decision = report(office, **changes)
    assert (decision["outcome"], decision["rule"], decision["detail"]) == ("suppressed", rule, detail)
    told = invitations.reported(office.field, changes.get("kind", "call"), "a")
    assert (told["disposition"], told["decision"]) == ("suppressed", decision)


@pytest.mark.parametrize("written", ["12", "call me", "x20701740606"])
def test_a_number_that_is_none_and_no_extension_is_a_typing_error(office: Office, written: str) -> None:
    with pytest.raises(Faulty, match=r"customer\.phone cannot be used"):
        report(office, queue="ours", customer={"phone": written})


def test_a_ticket_is_asked_about_with_the_survey_of_its_template(office: Office) -> None:
    assert report(office, "t1", **ticket(template="complaint"))["survey"] == "complaints"
    assert report(office, "t2", **ticket(template="other"))["survey"] == "nps"


def test_a_ticket_is_asked_about_once_however_many_of_its_contacts_are_reported(office: Office) -> None:
    assert report(office, "t1", **ticket())["outcome"] == "invited"
    assert report(office, "c1", queue="care", ticket="t1")["rule"] == "already_invited"
    assert report(office, "c2", queue="care", ticket="t2")["outcome"] == "invited"


def test_an_agent_s_quota_is_for_a_day_of_the_centre(office: Office) -> None:
    office.time = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)  # 23:30 in Sweden
    outcomes = [report(office, f"c{number}", "few").get("rule") for number in range(3)]
    assert outcomes == [None, None, "agent_quota"]
    assert report(office, "other", "few", agent="bo")["outcome"] == "invited"
    office.pass_time(hours=1)
    assert report(office, "c4", "few")["outcome"] == "invited"


def test_each_scope_of_the_cap_counts_on_its_own(office: Office) -> None:
    assert report(office, "a", "scoped")["outcome"] == "invited"
    office.pass_time(days=3)
    assert report(office, "b", "scoped2")["outcome"] == "invited"
    decision = report(office, "c", "scoped")
    assert (decision["rule"], decision["detail"]) == (
        "frequency_cap",
        "the customer was asked by sms within the last day",
    )
    assert decision["facts"] == {"scope": "channel:sms", "asked_at": "2026-11-25T09:00:00Z", "cap_seconds": 86400.0}
    office.pass_time(days=1.5)
    assert "with the survey nps" in report(office, "d", "scoped")["detail"]
    office.pass_time(days=1)
    assert "for the queue scoped" in report(office, "e", "scoped")["detail"]
    office.pass_time(days=15)
    assert report(office, "f", "scoped")["outcome"] == "invited"


def test_a_customer_with_an_address_is_asked_by_mail_first_where_the_queue_says_so(office: Office) -> None:
    assert report(office, "a", "letters", customer={"email": "eva@example.com"})["channel"] == "email"
    assert report(office, "b", "letters", customer={"phone": "+46701740607"})["channel"] == "link"


def test_the_next_channel_is_taken_when_the_first_cannot_reach_the_customer(office: Office) -> None:
    land_line = {"phone": "+4684650001", "email": "eva@example.com"}
    assert report(office, "a", "fallback", customer=land_line)["channel"] == "email"


def test_the_next_channel_is_taken_when_the_customer_has_refused_the_first(office: Office) -> None:
    with office.field.unit.begin() as tx:
        optouts.opt_out(tx, CUSTOMER, "sms", office.time, "message")
    assert report(office, "a", "fallback")["rule"] == "opted_out"
    assert report(office, "b", "fallback", customer={"email": "eva@example.com"})["channel"] == "email"


def test_without_a_mail_server_e_mail_gives_way_to_the_next_channel_when_it_is_due(office: Office) -> None:
    decision = report(office, "a", "letters", customer={"email": "eva@example.com"})
    assert asking.ask_due(office.field) == 1
    (message,) = messages.claim_due(office.field, 10)
    assert message.recipient == CUSTOMER
    with office.field.unit.read() as tx:
        row = tx.execute(select(t.invitations)).one()
    assert (row.id, row.channel, row.state) == (decision["invitation"], "link", "asked")
    assert [way["channel"] for way in row.ways] == ["sms"]


def test_without_any_way_to_send_the_invitation_is_dropped_and_the_place_is_free(office: Office) -> None:
    land_line = {"phone": "+4684650001", "email": "eva@example.com"}
    first = report(office, "a", "fallback", customer=land_line)
    asking.ask_due(office.field)
    told = invitations.reported(office.field, "call", "a")
    assert (told["disposition"], told["decision"]["rule"], told["decision"]["was"]) == (
        "suppressed",
        "survey_off",
        first,
    )
    assert told["decision"]["detail"] == "no mail server is set up to send a survey by email"
    assert report(office, "a", "fallback", customer=land_line) == first
    with office.field.unit.read() as tx:
        assert tx.execute(select(t.caps.c.asked)).scalars().all() == [{}]


def test_a_question_that_cannot_be_delivered_goes_the_next_way(office: Office) -> None:
    office.field = replace(office.field, mail_from="Nordlys <care@nordlys.example>")
    report(office, "a", "fallback", customer={"email": "eva@example.com"})
    asking.ask_due(office.field)
    (message,) = messages.claim_due(office.field, 10)
    messages.mark_failed(office.field, message.id, message.attempt, "The number does not exist.")
    assert asking.fall_back_due(office.field) == 1
    assert asking.ask_due(office.field) == 1
    assert [letter.recipient for letter in mailing.claim_due(office.field, 10)] == ["eva@example.com"]
    assert invitations.reported(office.field, "call", "a")["disposition"] == "pending"


def test_a_question_that_cannot_be_delivered_and_has_no_other_way_is_left_to_expire(office: Office) -> None:
    report(office, "a", "fallback")
    asking.ask_due(office.field)
    (message,) = messages.claim_due(office.field, 10)
    messages.status_changed(office.field, "twilio", None, message.id, "undelivered", "Unknown subscriber")
    assert asking.fall_back_due(office.field) == 1
    assert asking.ask_due(office.field) == 0
    office.pass_time(hours=73)
    conduct.expire_due(office.field)
    assert invitations.reported(office.field, "call", "a")["disposition"] == "expired"


def test_a_customer_who_refuses_before_the_question_is_sent_ends_the_interview_at_once(office: Office) -> None:
    report(office, "a")
    asking.ask_due(office.field)
    optouts.block(office.field, CUSTOMER, "a letter")
    assert messages.claim_due(office.field, 10) == ()
    assert asking.fall_back_due(office.field) == 1
    assert invitations.reported(office.field, "call", "a")["disposition"] == "refused"


def test_nobody_is_asked_at_night_or_on_a_quiet_day(office: Office) -> None:
    office.time = NIGHT
    assert report(office, "a", "nights")["due_at"] == "2026-11-21T07:00:00Z"
    office.time = NIGHT + timedelta(days=1)
    assert report(office, "b", "nights", customer={"phone": "+46701740607"})["due_at"] == "2026-11-23T07:00:00Z"
    assert report(office, "c", "nights", customer={"phone": "+12025550123"})["due_at"] == "2026-11-21T21:30:00Z"
    there = {"phone": "+46701740608", "zone": "America/New_York"}
    assert report(office, "d", "nights", customer=there)["due_at"] == "2026-11-21T21:30:00Z"


def test_an_invitation_that_is_late_waits_for_the_next_allowed_hour(office: Office) -> None:
    office.time = NIGHT - timedelta(hours=2)
    report(office, "a", "nights")
    office.time = NIGHT
    assert asking.ask_due(office.field) == 1
    assert messages.claim_due(office.field, 10) == ()
    office.time = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    assert asking.ask_due(office.field) == 1
    assert len(messages.claim_due(office.field, 10)) == 1


def test_a_question_that_was_not_sent_in_time_waits_for_the_next_allowed_hour(office: Office) -> None:
    office.time = NIGHT - timedelta(hours=2)
    report(office, "a", "nights")
    asking.ask_due(office.field)
    office.time = NIGHT
    assert messages.claim_due(office.field, 10) == ()
    assert asking.reopen_closed(office.field) == 1
    assert messages.claim_due(office.field, 10) == ()
    office.time = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    assert len(messages.claim_due(office.field, 10)) == 1


def test_a_thank_you_over_the_day_s_limit_waits_for_the_next_day_s_allowed_hours(office: Office) -> None:
    office.time = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
    report(office, "a", "nights")
    asking.ask_due(office.field)
    assert len(messages.claim_due(office.field, 10)) == 1
    texting = replace(office.field.centre.texting, segments_a_day=1)
    over = replace(office.field, centre=replace(office.field.centre, texting=texting))
    inbound.receive(over, provider="twilio", ref="1", sender=CUSTOMER, recipient=OURS, body="9", at=office.time)
    assert messages.claim_due(over, 10) == ()
    office.time = datetime(2026, 11, 21, 6, 59, tzinfo=UTC)
    assert messages.claim_due(over, 10) == ()
    office.time = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
    assert len(messages.claim_due(over, 10)) == 1


def test_a_clock_that_is_set_back_sends_nothing_at_night(office: Office) -> None:
    office.time = datetime(2026, 11, 20, 7, 5, tzinfo=UTC)
    report(office, "a", "nights")
    asking.ask_due(office.field)
    (message,) = messages.claim_due(office.field, 10)
    office.time -= timedelta(hours=2)
    messages.turn_over(office.field, 0, [messages.Ended(message, State.QUEUED, due_at=office.time)])
    assert messages.claim_due(office.field, 10) == ()


def test_a_caller_on_the_line_is_asked_at_night_and_told_goodbye_over_the_cap(office: Office) -> None:
    office.time = NIGHT
    first = conduct.begin_call(office.field, Call("sip", "1", "phone", caller=CUSTOMER))
    again = conduct.begin_call(office.field, Call("sip", "2", "phone", caller=CUSTOMER))
    assert first.wait is not None
    assert again.wait is None and [utterance.slot for utterance in again.says] == ["goodbye"]


def test_a_caller_who_never_came_in_was_not_offered_the_survey_and_may_be_asked_again(office: Office) -> None:
    assert report(office, "a", "phone")["outcome"] == "invited"
    office.pass_time(hours=25)
    assert asking.close_unclaimed(office.field) == 1
    assert asking.close_unclaimed(office.field) == 0
    assert invitations.reported(office.field, "call", "a")["disposition"] == "not-offered"
    assert report(office, "b", "phone")["outcome"] == "invited"
    late = conduct.begin_call(office.field, Call("sip", "1", "phone", caller=CUSTOMER, interaction="a"))
    assert late.wait is None and [utterance.slot for utterance in late.says] == ["goodbye"]


def test_two_who_turn_out_to_be_one_person_while_both_wait_are_asked_once(office: Office) -> None:
    mailed = {"phone": None, "email": "eva@example.com"}
    assert report(office, "a", "letters", customer=mailed)["channel"] == "email"
    office.pass_time(minutes=1)
    assert report(office, "b")["outcome"] == "invited"
    report(office, "c", "away", customer={"email": "eva@example.com"})
    assert doubles.drop_doubles(office.field) == 1
    told = [invitations.reported(office.field, "call", ref) for ref in "ab"]
    assert [each["disposition"] for each in told] == ["pending", "suppressed"]
    assert told[1]["decision"]["rule"] == "frequency_cap"


def test_a_preview_decides_the_same_and_writes_nothing(office: Office) -> None:
    documents = [
        {"id": f"p{number}", "kind": "call", "queue": queue, "agent": "anna", "customer": {"phone": phone}}
        for number, (queue, phone) in enumerate(
            [("sales", CUSTOMER), ("sales", CUSTOMER), ("few", OURS), ("away", OURS)]
        )
    ]
    reports = [read_interaction(Reading(document, ""), office.field.centre) for document in documents]
    foreseen = invitations.preview(office.field, reports)
    with office.field.unit.read() as tx:
        assert tx.execute(select(t.interactions.c.id)).all() == tx.execute(select(t.contacts.c.id)).all() == []
    found = [answer.body["decision"] for answer in invitations.report_many(office.field, reports)]  # type: ignore[union-attr]
    assert [_known(decision) for decision in foreseen] == [_known(decision) for decision in found]
    assert [decision.get("rule") for decision in found] == [None, "frequency_cap", None, "queue_off"]
    assert invitations.preview(office.field, reports) == found


def _known(decision: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in decision.items() if name != "invitation"}


def test_a_batch_answers_each_row_in_order_and_a_repetition_as_such(office: Office) -> None:
    base = {"kind": "call", "agent": "anna", "customer": {"phone": CUSTOMER}}
    rows = [{"id": "1", "queue": "sales"}, {"id": "2", "queue": "nowhere"}, {"id": "1", "queue": "sales"}]
    reports = [read_interaction(Reading(base | row, ""), office.field.centre) for row in rows]
    first, unknown, again = invitations.report_many(office.field, reports)
    assert isinstance(first, invitations.Reported) and first.created
    assert unknown == invitations.Refused("there is no queue called “nowhere”", "queue")
    assert isinstance(again, invitations.Reported) and (again.created, again.body) == (False, first.body)


def test_the_centre_s_file_may_change_between_decision_and_question(office: Office) -> None:
    report(office, "a")
    office.field = replace(office.field, centre=replace(office.field.centre, queues={}))
    assert asking.ask_due(office.field) == 1
    assert len(messages.claim_due(office.field, 10)) == 1
