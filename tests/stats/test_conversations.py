"""Calls and messages as the desk sees them."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import insert, update

from tests.stats.giving import NOON, Giver
from tonval.stats.conversations import conversations
from tonval.stats.queries import Filter
from tonval.stats.scope import EVERYTHING, Scope
from tonval.stats.timeline import CallBegan, CallEnded, Happened, Messaged, Spoken, conversation
from tonval.store.tables import contacts, interviews, legs, messages, turns
from tonval.surveys.events import AnswerGiven, InterviewEnded
from tonval.surveys.record import plain
from tonval.surveys.turns import Utterance

TODAY = Filter(date(2026, 11, 22), date(2026, 11, 22))
HELPED = Utterance("question.helped", "sv", "Hur bra hjälp fick du?")


def test_calls_and_messages_are_listed_newest_first(giver: Giver) -> None:
    giver.interview().end()
    giver.interview(channel="sms", thread="+46701740606>+46701740605")
    rows = conversations(giver.unit, EVERYTHING, TODAY).rows
    assert [(row.kind, row.live, row.disposition) for row in rows] == [("sms", True, None), ("call", False, "complete")]
    assert [row.id for row in conversations(giver.unit, EVERYTHING, TODAY, live=True).rows] == ["itv_000002"]


def test_a_customers_number_is_masked(giver: Giver) -> None:
    with giver.unit.begin() as tx:
        row = {"id": "con_1", "phone": "+46701740607", "attributes": {}, "created_at": NOON}
        tx.execute(insert(contacts).values(row))
    giver.interview(contact="con_1")
    giver.interview(channel="sms", thread="+46701740606>+46701740605")
    giver.interview()
    customers = [row.customer for row in conversations(giver.unit, EVERYTHING, TODAY).rows]
    assert customers == ["–", "+46•••••06", "+46•••••07"]


def test_conversations_are_paged_narrowed_and_kept_in_scope(giver: Giver) -> None:
    giver.interview(agent="anna", unit="se")
    giver.interview(agent="bo", unit="fi")
    giver.interview(agent="bo", unit="fi", at=NOON - timedelta(days=1))
    first = conversations(giver.unit, EVERYTHING, TODAY, limit=1)
    second = conversations(giver.unit, EVERYTHING, TODAY, limit=1, cursor=first.next)
    assert [row.agent for row in (*first.rows, *second.rows)] == ["bo", "anna"]
    assert second.next is None
    assert [row.agent for row in conversations(giver.unit, EVERYTHING, TODAY, agent="anna").rows] == ["anna"]
    assert [row.agent for row in conversations(giver.unit, Scope(units=("fi",)), TODAY).rows] == ["bo"]
    assert conversation(giver.unit, Scope(units=("se",)), "itv_000002") is None
    assert conversation(giver.unit, EVERYTHING, "itv_nothing") is None


def test_a_call_is_told_from_ring_to_hang_up(giver: Giver) -> None:
    talk = giver.interview(at=NOON)
    with giver.unit.begin() as tx:
        leg = {"id": "leg_1", "provider": "sip", "ref": "a@b", "interview": talk.id, "turn_no": 2, "started_at": NOON}
        tx.execute(insert(legs).values(**leg, touched_at=NOON))
        turn = {"says": [plain(HELPED)], "wait": None}
        tx.execute(insert(turns).values(leg="leg_1", turn_no=1, turn=turn, at=NOON))
    talk.answer(4, at=NOON + timedelta(seconds=5))
    talk.end(at=NOON + timedelta(seconds=5))
    with giver.unit.begin() as tx:
        closing = {"says": [plain(Utterance("closing", "sv", "Tack!"))], "wait": None}
        tx.execute(insert(turns).values(leg="leg_1", turn_no=2, turn=closing, at=NOON + timedelta(seconds=5)))
        tx.execute(update(legs).values(ended_at=NOON + timedelta(seconds=8), cause="customer hung up"))
    told = conversation(giver.unit, EVERYTHING, talk.id)
    assert told is not None
    assert [(had.question, had.words) for had in told.conversation.answers] == [("helped", "4")]
    match told.timeline:
        case (
            CallBegan(provider="sip"),
            Spoken(turn_no=1, utterance=asked),
            Happened(seq=1, event=AnswerGiven(value=4)),
            Happened(seq=2, event=InterviewEnded()),
            Spoken(turn_no=2),
            CallEnded(cause="customer hung up"),
        ):
            assert asked == HELPED
        case other:
            raise AssertionError(other)


def test_messages_are_told_with_how_far_they_have_come(giver: Giver) -> None:
    talk = giver.interview(channel="sms", thread="+46701740606>+46701740605", at=NOON)
    bodies = (("out", "question", "0-10?", "delivered"), ("in", "inbound", "9", "received"))
    with giver.unit.begin() as tx:
        for number, (direction, purpose, body, state) in enumerate(bodies):
            at = NOON + timedelta(minutes=number)
            ends = {"sender": "+46701740605", "recipient": "+46701740606", "provider": "console", "segments": 1}
            row = {"id": f"msg_{number}", "direction": direction, "purpose": purpose, "body": body, "state": state}
            times = {"due_at": at, "created_at": at, "changed_at": at}
            tx.execute(insert(messages).values(**row, **ends, **times, interview=talk.id))
    told = conversation(giver.unit, EVERYTHING, talk.id)
    assert told is not None
    seen = [(entry.direction, entry.body, entry.state) for entry in told.timeline if isinstance(entry, Messaged)]
    assert seen == [("out", "0-10?", "delivered"), ("in", "9", "received")]


def test_the_stage_says_what_a_live_call_waits_for(giver: Giver) -> None:
    giver.interview()
    (row,) = conversations(giver.unit, EVERYTHING, TODAY).rows
    assert row.stage == "awaiting digits"
    with giver.unit.read() as connection:
        assert connection.execute(interviews.select()).one().disposition is None
