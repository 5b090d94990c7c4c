"""Calls and messages as transactions: retried, out of order, from many at once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from tests.fieldwork.office import Office
from tests.fieldwork.reporting import CUSTOMER, OURS, decide
from tonval.fieldwork import asking, conduct, invitations
from tonval.fieldwork.conduct import Call, Conducted, Inbound, ReplyRejected, UnknownLeg
from tonval.fieldwork.messaging import messages
from tonval.store import tables as t
from tonval.surveys.events import AnswerGiven, InterviewEnded
from tonval.surveys.turns import Digits, TimedOut


def begin(office: Office, ref: str = "a@pbx", **known: str) -> Conducted:
    """A call to the support survey."""
    return conduct.begin_call(office.field, Call("sip", ref, known.pop("dialled", "support"), **known))


def count(office: Office, table: object) -> int:
    """How many rows a table has."""
    with office.field.unit.read() as tx:
        found: int = tx.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]
    return found


def test_a_repeated_call_and_a_repeated_reply_get_the_very_same_turn(office: Office) -> None:
    first = begin(office, agent="anna")
    assert begin(office, agent="bo") == first
    second = conduct.resume(office.field, first.leg, Digits("4"), 1)
    assert conduct.resume(office.field, first.leg, Digits("2"), 1) == second
    third = conduct.resume(office.field, first.leg, Digits("5"), 2)
    assert conduct.resume(office.field, first.leg, TimedOut(), 2) == third
    assert conduct.resume(office.field, first.leg, Digits("1"), 1) == second
    assert first.interview is not None
    given = [event.value for event in office.events(first.interview) if isinstance(event, AnswerGiven)]
    assert given == [4, 5]


def test_a_reply_to_a_turn_not_yet_played_is_refused(office: Office) -> None:
    first = begin(office)
    with pytest.raises(ReplyRejected):
        conduct.resume(office.field, first.leg, Digits("4"), 2)
    with pytest.raises(UnknownLeg):
        conduct.resume(office.field, "leg_none", Digits("4"), 1)


def test_a_leg_ends_once_and_keeps_what_was_answered(office: Office) -> None:
    first = begin(office)
    conduct.resume(office.field, first.leg, Digits("4"), 1)
    for _ in range(3):
        conduct.end_leg(office.field, first.leg, "hangup")
    assert first.interview is not None
    ends = [event for event in office.events(first.interview) if isinstance(event, InterviewEnded)]
    assert [end.disposition for end in ends] == ["partial"]
    with pytest.raises(ReplyRejected):
        conduct.resume(office.field, first.leg, Digits("5"), 2)


def test_the_same_key_from_many_at_once_is_one_answer(office: Office) -> None:
    first = begin(office)
    turns: list[Conducted] = []

    def press() -> None:
        turns.append(conduct.resume(office.field, first.leg, Digits("4"), 1))

    threads = [threading.Thread(target=press) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(turns) == 6 and all(turn == turns[0] for turn in turns)
    assert first.interview is not None
    assert sum(isinstance(event, AnswerGiven) for event in office.events(first.interview)) == 1


def test_without_headers_the_call_is_rated_for_the_unknown_agent(office: Office) -> None:
    first = begin(office, dialled="nobody-knows")
    assert first.survey == "support-nki"
    with office.field.unit.read() as tx:
        row = tx.execute(select(t.interviews.c.agent, t.interviews.c.queue)).one()
    assert tuple(row) == ("unknown", "support")


def test_the_headers_give_queue_agent_language_and_interaction(office: Office) -> None:
    first = begin(office, dialled="x", queue="mixed", agent="anna", language="en", interaction="call-7")
    assert (first.survey, first.says[-1].text) == ("mixed", "How well were you helped?")
    decided = invitations.reported(office.field, "call", "call-7")
    assert decided["decision"]["channel"] == "keypad"
    assert decided["agent"] == "anna"


def test_a_call_with_a_reported_interaction_takes_its_agent_and_is_asked_once(office: Office) -> None:
    decide(office, "call-7", queue="support", agent="bo")
    first = begin(office, interaction="call-7")
    assert first.wait is not None
    with office.field.unit.read() as tx:
        assert tx.execute(select(t.interviews.c.agent)).scalar_one() == "bo"
    again = begin(office, "b@pbx", interaction="call-7")
    assert [utterance.slot for utterance in again.says] == ["goodbye"]
    assert again.wait is None and again.interview is None


def test_a_call_that_names_no_interaction_is_matched_with_its_report_by_number(office: Office) -> None:
    decide(office, "call-7", queue="support", agent="bo")
    first = begin(office, caller=CUSTOMER)
    assert first.wait is not None
    with office.field.unit.read() as tx:
        assert tx.execute(select(t.interviews.c.agent)).scalar_one() == "bo"
    assert count(office, t.interactions) == 1


def test_a_call_before_its_report_keeps_the_decision_it_got(office: Office) -> None:
    begin(office, interaction="call-7", agent="anna")
    reported = decide(office, "call-7", queue="support")
    assert (reported["outcome"], reported["channel"]) == ("invited", "keypad")
    assert count(office, t.invitations) == 1


def test_a_caller_over_the_cap_hears_thanks_and_goodbye_and_is_not_asked(office: Office) -> None:
    begin(office, "a@pbx", caller=CUSTOMER)
    second = begin(office, "b@pbx", caller=CUSTOMER)
    assert [utterance.slot for utterance in second.says] == ["goodbye"] and second.says[0].text
    assert second.wait is None
    conduct.end_leg(office.field, second.leg, "hangup")
    assert count(office, t.interviews) == 1


def test_a_message_delivered_twice_is_one_answer_and_one_thank_you(office: Office) -> None:
    decide(office)
    asking.ask_due(office.field)
    (question,) = messages.claim_due(office.field, 10)
    for _ in range(3):
        conduct.receive_message(office.field, Inbound("twilio", "SM1", CUSTOMER, OURS, "9", office.time))
    assert question.interview is not None
    assert sum(isinstance(event, AnswerGiven) for event in office.events(question.interview)) == 1
    assert [message.body for message in messages.claim_due(office.field, 10)] == ["Tack, vad roligt!"]


def test_a_message_nobody_asked_for_is_kept_unattached(office: Office) -> None:
    conduct.receive_message(office.field, Inbound("twilio", "SM1", "+46701740690", OURS, "9", office.time))
    with office.field.unit.read() as tx:
        assert tuple(tx.execute(select(t.messages.c.body, t.messages.c.interview)).one()) == ("9", None)


def test_stop_is_confirmed_once_and_start_lifts_it(office: Office) -> None:
    for number, (body, keyword) in enumerate([("STOPP", "stop"), ("stop", "stop"), ("START", "start")]):
        conduct.receive_message(
            office.field,
            Inbound("twilio", f"SM{number}", CUSTOMER, OURS, body, office.time, keyword),  # type: ignore[arg-type]
        )
    texts = [message.body for message in messages.claim_due(office.field, 10)]
    assert [text.split()[0] for text in texts] == ["Du", "Välkommen"]
    assert decide(office)["outcome"] == "invited"


def test_a_score_with_a_wish_for_no_more_counts_and_is_obeyed(office: Office) -> None:
    decide(office)
    asking.ask_due(office.field)
    (question,) = messages.claim_due(office.field, 10)
    body = "9, please stop texting me"
    conduct.receive_message(office.field, Inbound("twilio", "SM1", CUSTOMER, OURS, body, office.time))
    assert question.interview is not None
    assert [e.value for e in office.events(question.interview) if isinstance(e, AnswerGiven)] == [9]
    assert [message.body.split()[0] for message in messages.claim_due(office.field, 10)] == ["Du"]
    assert decide(office, "call-9")["rule"] == "opted_out"


def test_legs_of_a_lost_node_and_idle_ones_are_ended(office: Office) -> None:
    begin(office, "a@pbx", node="sip-1")
    begin(office, "b@pbx", node="sip-2")
    assert conduct.end_lost_legs(office.field, "sip-1") == 1
    office.pass_time(minutes=20)
    assert conduct.end_idle_legs(office.field, office.time) == 1
    assert conduct.end_idle_legs(office.field, office.time) == 0


def test_an_interview_goes_on_with_the_survey_it_was_begun_on(office: Office) -> None:
    from tonval.fieldwork.routing import read_centre

    first = begin(office)
    changed = office.field.centre.document.replace("Hur blev du bemött?", "Hur var rösten?")
    field = office.with_centre(read_centre(changed))
    assert conduct.resume(field, first.leg, Digits("4"), 1).says[0].text == "Hur blev du bemött?"
    later = conduct.begin_call(field, Call("sip", "c@pbx", "support"))
    assert (first.version, later.version) == (1, 2)
