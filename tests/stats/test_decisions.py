"""Why she was asked or not: the rules in their order, what they were looked at with, and what came after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from tests.fieldwork.office import Office
from tests.stats.deciding import EVA, LAND, MAIL, OURS, QUEUES, report
from tonval.fieldwork import asking, conduct, optouts, requests
from tonval.fieldwork.conduct import Call, Inbound
from tonval.fieldwork.deciding import eligibility
from tonval.fieldwork.messaging import messages
from tonval.fieldwork.reading import Reading
from tonval.fieldwork.routing import read_centre
from tonval.stats.decisions import Explanation, explain
from tonval.stats.reasons import ALWAYS, EVERY, RULES, Question, reasons
from tonval.stats.scope import EVERYTHING, Scope
from tonval.store.tables import configs
from tonval.store.unit import Unit


@pytest.fixture
def office(unit: Unit) -> Office:
    """A centre with a queue for every rule."""
    return Office(unit, read_centre(QUEUES))


def told(office: Office, ref: str = "call-1", kind: str = "call", **more: Any) -> Explanation:
    found = explain(office.field.unit, EVERYTHING, kind, ref, **more)
    assert found is not None
    return found


def sentences(explanation: Explanation) -> dict[str, str]:
    return {step.rule: step.sentence for step in explanation.steps}


def test_the_rules_are_told_in_the_order_in_which_the_engine_looks_at_them() -> None:
    pure = [rule.__name__.strip("_") for rule in eligibility._RULES]
    always = [rule.__name__.strip("_") for rule in eligibility._ALWAYS]
    assert list(RULES[: len(pure)]) == pure
    assert [rule for rule in ALWAYS if rule in pure] == always


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("queue_off", "the queue closed asks nobody", {"queue": "closed"}),
    ("survey_off", "the survey old is switched off", {"queue": "resting"}),
    ("auto_closed", "the ticket was closed automatically", {"kind": "ticket", "auto_closed": True}),
    ("no_reply_sent", "no reply was sent", {"kind": "ticket", "reply_sent": False}),
    ("min_talk", "talk time 9 s is under 15 s", {"talk_seconds": 9}),
    ("internal", "the caller is one of the centre's own, by the pattern 2*", {"customer": {"phone": "2041"}}),
    ("sampled_out", "one in 4 is asked, and this was not the one", {"queue": "seldom", "id": "call-2"}),
    ("no_address", "the customer has no telephone number", {"customer": {"name": "Eva"}}),
    (
        "premium_number",
        "the customer's number is a premium-rate number: no SMS goes there",
        {"customer": {"phone": "+46900123456"}},
    ),
    ("not_mobile", "the customer's number is not a mobile number", {"customer": {"phone": LAND}}),
    (
        "invalid_address",
        "no mail can reach the customer's address",
        {"queue": "mail", "customer": {"email": "eva@host.invalid"}},
    ),
]


@pytest.mark.parametrize(("rule", "sentence", "changes"), REFUSED, ids=[rule for rule, _, _ in REFUSED])
def test_the_rule_that_forbade_asking_is_the_last_step(
    office: Office, rule: str, sentence: str, changes: Mapping[str, Any]
) -> None:
    given = {"ref": changes.get("id", "call-1"), **{key: value for key, value in changes.items() if key != "id"}}
    assert report(office, **given)["rule"] == rule
    explanation = told(office, given["ref"], changes.get("kind", "call"))
    *before, last = explanation.steps
    assert (last.rule, last.passed, last.sentence, explanation.sentence) == (rule, False, sentence, sentence)
    assert all(step.passed for step in before)
    order = [step.rule for step in before]
    assert order == [name for name in RULES if name in order]


def test_whoever_is_asked_has_passed_every_rule_with_its_value_and_its_setting(office: Office) -> None:
    report(office)
    explanation = told(office)
    assert all(step.passed for step in explanation.steps)
    assert sentences(explanation) == {
        "queue_off": "the queue sales is on",
        "survey_off": "the survey nps is on",
        "min_talk": "talk time 184 s, at least 15 s",
        "internal": "the customer is none of the centre's own (1 pattern)",
        "sampled_out": "everybody is asked",
        "no_address": f"can be reached by SMS at {EVA}",
        "blocked": "no entry of the blocklist forbade it then",
        "opted_out": "the customer had not opted out of SMS then",
        "no_allowed_time": "the queue has no quiet hours or days",
        "agent_quota": "the queue sets its agents no quota",
        "frequency_cap": "not asked within the last 30 days; no earlier invitation is known",
    }


def test_a_ticket_is_also_told_what_holds_for_tickets(office: Office) -> None:
    report(office, "t-1", "tickets", kind="ticket", reply_sent=True)
    steps = sentences(told(office, "t-1", "ticket"))
    assert steps["auto_closed"] == "the ticket was not closed automatically"
    assert steps["no_reply_sent"] == "a reply was sent"
    assert steps["already_invited"] == "nobody had been invited for the ticket t-1"
    assert report(office, "c-1", "tickets", ticket="t-1")["rule"] == "already_invited"
    assert told(office, "c-1").sentence == "the customer has been invited for this ticket t-1"
    assert (told(office, "c-1").ticket, told(office, "c-1").invited_for) == ("t-1", ("ticket", "t-1"))


def test_one_in_four_says_that_this_was_one(office: Office) -> None:
    ref = next(f"c-{number}" for number in range(99) if eligibility.in_sample(f"c-{number}", 4))
    report(office, ref, "seldom")
    assert sentences(told(office, ref))["sampled_out"] == "1 in 4 is asked, and this was one"


def test_the_cap_tells_when_she_was_asked_before_and_after_it_too(office: Office) -> None:
    report(office, "call-1")
    office.pass_time(days=3)
    report(office, "call-2")
    assert told(office, "call-2").sentence == "the customer was asked within the last 30 days, on 2026-11-22"
    office.pass_time(days=30)
    report(office, "call-3")
    sentence = sentences(told(office, "call-3"))["frequency_cap"]
    assert sentence == "not asked within the last 30 days; asked last on 2026-11-22 by SMS for this queue"


def test_a_cap_is_told_by_its_own_scope(office: Office) -> None:
    narrow = QUEUES.replace("agent_quota: 1, cap: 0", "cap: {person: 0, survey: 0, queue: 60d}")
    office.field = office.with_centre(read_centre(narrow))
    report(office, "call-1")
    report(office, "call-2", "strict")
    assert sentences(told(office, "call-2"))["frequency_cap"] == (
        "not asked for the queue strict within the last 60 days; asked last on 2026-11-22 by SMS for another queue"
    )


def test_an_opt_out_of_one_way_is_told_where_another_is_taken(office: Office) -> None:
    with office.field.unit.begin() as tx:
        optouts.opt_out(tx, EVA, "sms", office.time, "message")
    report(office, "call-1", "mail", customer={"phone": EVA, "email": MAIL})
    assert sentences(told(office))["opted_out"].startswith("the customer had not opted out of e-mail then; not by ")
    assert "not by SMS: opted out of sms on 2026-11-22" in sentences(told(office))["opted_out"]
    office.pass_time(minutes=2)
    asking.ask_due(office.field)
    later = told(office)
    assert later.entry.rule == "survey_off" and "not by SMS: opted out of sms" in later.sentence


def test_the_quota_of_an_agent_is_told_on_both_sides(office: Office) -> None:
    report(office, "call-1", "strict")
    report(office, "call-2", "strict", customer={"phone": "+46701740607"})
    assert sentences(told(office, "call-1"))["agent_quota"].startswith("fewer than 1 customer of the agent")
    assert told(office, "call-2").steps[-1].rule == "agent_quota"


def test_an_address_is_told_only_to_those_who_may_see_it(office: Office) -> None:
    optouts.block(office.field, EVA, "asked us by letter")
    report(office)
    assert told(office).sentence == f"blocked as {EVA}: asked us by letter, since 2026-11-22"
    closed = told(office, addresses=False)
    assert closed.sentence == "the customer stands on the blocklist"
    optouts.unblock(office.field, EVA)
    report(office, "call-2")
    closed = told(office, "call-2", addresses=False)
    assert EVA[4:] not in repr(closed)
    assert sentences(closed)["no_address"] == "can be reached by SMS"


def test_who_is_outside_the_scope_does_not_exist(office: Office) -> None:
    report(office, agent="bo")
    unit = office.field.unit
    assert explain(unit, Scope(units=("se/gbg",)), "call", "call-1") is not None
    assert explain(unit, Scope(units=("se/sthlm",)), "call", "call-1") is None
    assert explain(unit, Scope(agent="anna"), "call", "call-1") is None
    assert explain(unit, EVERYTHING, "chat", "call-1") is None


def test_the_way_is_told_with_what_spoke_against_the_others(office: Office) -> None:
    report(office, "call-1")
    (first,) = told(office, "call-1").rounds
    assert first.timing is not None and first.timing.why_channel == "the queue asks by SMS"
    report(office, "call-2", "mail", customer={"phone": LAND, "email": MAIL})
    (second,) = told(office, "call-2").rounds
    assert second.timing is not None and second.timing.channel == "email"
    assert "the queue prefers e-mail" in second.timing.why_channel
    assert "not by SMS link: the customer's number is not a mobile number" in second.timing.why_channel
    assert sentences(told(office, "call-2"))["no_address"].startswith(f"can be reached by e-mail at {MAIL}; not by")


def test_a_blocked_first_way_is_told_where_the_next_is_taken(office: Office) -> None:
    optouts.block(office.field, MAIL, "")
    report(office, "call-1", "mail", customer={"phone": EVA, "email": MAIL})
    (only,) = told(office).rounds
    assert only.timing is not None and only.timing.channel == "link"
    assert "not by e-mail: blocked as eva@example.com" in only.timing.why_channel


def test_the_due_time_is_told_with_the_clock_on_the_customers_wall(office: Office) -> None:
    report(office, "call-1")
    report(office, "call-2", "night", customer={"phone": "+46701740607"})
    early, late = (told(office, ref).rounds[0].timing for ref in ("call-1", "call-2"))
    assert early is not None and late is not None
    assert early.why_then == "2 minutes after the contact ended"
    assert late.local == ("Monday 23 November, 08:00 in Europe/Stockholm",)
    assert late.why_then == (
        "as soon as the contact ended would have been Sunday 22 November, 10:00 in Europe/Stockholm: "
        "quiet time there (09:30-08:00)"
    )


def test_a_time_that_was_asked_for_is_told(office: Office) -> None:
    report(office, not_before="2026-11-24T10:00:00Z")
    (only,) = told(office).rounds
    assert only.timing is not None
    assert only.timing.why_then == "not before the time that was asked for"


def test_what_happened_after_is_told_in_order(office: Office) -> None:
    report(office)
    office.pass_time(minutes=2)
    asking.ask_due(office.field)
    office.pass_time(minutes=1)
    messages.claim_due(office.field, 10)
    conduct.receive_message(office.field, Inbound("console", "in-1", EVA, OURS, "9", office.time))
    explanation = told(office)
    names = [event.name for event in explanation.events]
    assert names[0] == "invited" and "asked" in names and "reply" in names and "ended" in names
    assert [event.at for event in explanation.events] == sorted(event.at for event in explanation.events)
    assert explanation.invitation is not None and explanation.invitation.state == "asked"
    assert explanation.entry.disposition == "complete"


def test_who_opts_out_before_the_question_is_told_in_two_rounds(office: Office) -> None:
    report(office)
    with office.field.unit.begin() as tx:
        optouts.opt_out(tx, EVA, "sms", office.time, "message")
    office.pass_time(minutes=2)
    asking.ask_due(office.field)
    explanation = told(office)
    first, second = explanation.rounds
    assert (first.occasion, first.decision["outcome"]) == ("report", "invited")
    assert (second.occasion, [step.rule for step in second.steps]) == ("asking", ["opted_out"])
    assert explanation.sentence == "opted out of sms on 2026-11-22"
    assert explanation.invitation is not None and explanation.invitation.state == "dropped"


def test_a_survey_asked_for_after_a_rule_forbade_it_is_told_in_two_rounds(office: Office) -> None:
    report(office, talk_seconds=3)
    wanted = {"id": "r-1", "queue": "sales", "interaction": {"kind": "call", "id": "call-1"}}
    requests.ask(office.field, requests.read_request(Reading(wanted, ""), office.field.centre, "r-1"))
    first, second = told(office).rounds
    assert first.steps[-1].rule == "min_talk"
    assert second.occasion == "request" and all(step.passed for step in second.steps)
    assert [step.rule for step in second.steps] == [rule for rule in ALWAYS if rule != "already_invited"]


def test_a_survey_asked_for_directly_is_told_by_the_rules_that_hold_for_it(office: Office) -> None:
    wanted = {"id": "r-1", "survey": "nps", "customer": {"phone": EVA}}
    requests.ask(office.field, requests.read_request(Reading(wanted, ""), office.field.centre, "r-1"))
    explanation = told(office, "r-1", "request")
    assert "min_talk" not in sentences(explanation)
    assert explanation.rounds[0].occasion == "request"
    assert explanation.rounds[0].timing is not None
    assert explanation.rounds[0].timing.why_channel.startswith("the survey was asked for")


def test_a_wave_is_about_no_agents_work(office: Office) -> None:
    report(office, "w-1", "strict", kind="wave", talk_seconds=None, ended_at=None, not_before="2026-11-24T10:00:00Z")
    explanation = told(office, "w-1", "wave")
    assert not {"min_talk", "agent_quota"} & sentences(explanation).keys()
    (only,) = explanation.rounds
    assert only.occasion == "wave"
    assert only.timing is not None and only.timing.why_then == "her turn in the wave"


def test_a_caller_who_came_in_before_the_report_was_looked_at_as_one_on_the_line(office: Office) -> None:
    conduct.begin_call(office.field, Call("sip", "s-1", "phone", interaction="call-1", caller=EVA))
    office.pass_time(minutes=4)
    report(office, "call-1", "phone", talk_seconds=3)
    explanation = told(office)
    assert explanation.rounds[0].occasion == "call"
    assert all(step.passed for step in explanation.steps) and "min_talk" not in sentences(explanation)
    assert [event.name for event in explanation.events][:2] == ["invited", "asked"]


def test_a_call_that_nobody_reported_is_explained_too(office: Office) -> None:
    conduct.begin_call(office.field, Call("sip", "s-1", "phone"))
    explanation = told(office, "sip:s-1")
    assert explanation.report.reported_at is None
    assert sentences(explanation)["blocked"] == "no number or address is known that could stand on the blocklist"


def test_the_configuration_of_that_time_counts_and_not_todays(office: Office) -> None:
    report(office, talk_seconds=20)
    changed = office.with_centre(read_centre(QUEUES.replace("min_talk: 15s", "min_talk: 30s")))
    assert changed.centre.config != office.field.centre.config
    assert sentences(told(office))["min_talk"] == "talk time 20 s, at least 15 s"


def test_a_configuration_that_is_read_no_more_leaves_the_decision_standing(office: Office) -> None:
    report(office, "call-1")
    report(office, "call-2", talk_seconds=3)
    with office.field.unit.begin() as tx:
        tx.execute(update(configs).values(document="queues: nonsense"))
    assert told(office, "call-2").sentence == "talk time 3 s is under 15 s"
    assert {step.sentence for step in told(office).steps} == {
        "passed then; what it was looked at with cannot be read any more"
    }
    assert told(office).rounds[0].timing is not None


def test_a_report_that_is_read_no_more_leaves_the_decision_standing() -> None:
    centre = read_centre(QUEUES)
    decision = {"outcome": "suppressed", "rule": "no_allowed_time", "detail": "no hour is allowed"}
    question = Question(decision, centre, centre.queues["sales"], None, direct=False)
    *before, last = reasons(question)
    assert (last.rule, last.passed, last.sentence) == ("no_allowed_time", False, "no hour is allowed")
    assert "no_address" in {step.rule for step in before}


def test_every_rule_of_a_decision_stops_the_steps_where_it_was_looked_at() -> None:
    centre = read_centre(QUEUES)
    for rule in EVERY:
        question = Question({"rule": rule, "detail": "so"}, centre, centre.queues["sales"], None, direct=False)
        steps = reasons(replace(question))
        assert steps[-1].rule == rule and not steps[-1].passed
        assert rule not in {step.rule for step in steps[:-1]}


def test_a_country_that_no_sms_goes_to_is_told_with_those_they_go_to(unit: Unit) -> None:
    office = Office(unit, read_centre(f"{QUEUES}sms: {{countries: [SE, FI]}}\n"))
    report(office, customer={"phone": "+4740612345"})
    assert told(office).steps[-1].rule == "country_off"
    assert told(office, addresses=False).sentence == "no SMS goes to numbers of NO, only to those of FI, SE"
    report(office, "call-2", "mail", customer={"phone": "+4740612345", "email": MAIL})
    why = "no SMS goes to numbers of NO, only to those of FI, SE"
    reached = f"can be reached by e-mail at {MAIL}; not by SMS link: {why}; not by SMS: {why}"
    assert sentences(told(office, "call-2"))["no_address"] == reached


def test_a_second_survey_that_was_dropped_tells_which_conversation_was_open(unit: Unit) -> None:
    office = Office(unit, read_centre(QUEUES.replace("agent_quota: 1, cap: 0", "cap: 0, second_survey: drop")))
    report(office, "call-1", "strict")
    asking.ask_due(office.field)
    office.pass_time(minutes=1)
    report(office, "call-2", "strict")
    asking.ask_due(office.field)
    explanation = told(office, "call-2")
    first, second = explanation.rounds
    assert (first.occasion, second.occasion, all(step.passed for step in first.steps)) == ("report", "asking", True)
    sentence = f"another survey is open with the customer on {OURS}, since {office.time:%Y-%m-%d}"
    assert [(step.rule, step.passed, step.sentence) for step in second.steps] == [
        ("conversation_open", False, sentence)
    ]
    assert (explanation.entry.disposition, explanation.sentence) == ("suppressed", sentence)


def test_an_invitation_that_is_held_back_says_until_when_and_why(office: Office) -> None:
    report(office, "call-1", "strict")
    office.pass_time(minutes=1)
    asking.ask_due(office.field)
    report(office, "call-2", "strict", agent="bo")
    asking.ask_due(office.field)
    held = told(office, "call-2").invitation
    assert held is not None and held.state == "waiting"
    assert held.held == "another survey is open with the customer"
    assert held.due_at == office.time + timedelta(minutes=15)
