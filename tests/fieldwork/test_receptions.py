"""Callers received before the agent: what comes of it in the database, with every turn repeated."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.acting import acting
from tests.fieldwork.office import Office
from tonval.audio import wav
from tonval.fieldwork import conduct
from tonval.fieldwork.calls import speeches
from tonval.fieldwork.conduct import Call, Conducted, ReplyRejected
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.fieldwork.routing import read_centre
from tonval.store import tables as t
from tonval.store.unit import Unit
from tonval.surveys.events import CommentSpoken
from tonval.surveys.turns import AskRecording, Dial, DialEnded, Digits, Line, Recording, Reply, TimedOut

EVA = "+46701740606"
FILE = """
brand: Nordlys
country: SE
defaults: {cap: 0, languages: [sv, en], survey: care, min_talk: 15s}
queues:
  support:
    channel: keypad
    reception: {languages: [sv, en], opt_in: true, connect: [{to: "0701740607", agent: anna}]}
  tongues: {channel: keypad, reception: {languages: [sv, en]}}
  plain: {channel: keypad}
surveys:
  care:
    questions:
      - {id: helped, scale: nki, text: {sv: "Hur gick det?", en: "How did it go?"}}
      - {id: more, scale: spoken, text: {sv: "Berätta gärna.", en: "Tell us more."}}
"""
TALK = timedelta(minutes=3)


@pytest.fixture
def office(unit: Unit) -> Office:
    return Office(unit, read_centre(FILE))


def call(office: Office, *replies: Reply, queue: str = "support", ref: str = "CA1", **known: Any) -> Conducted:
    """A call and its replies, each sent twice."""
    told = Call("twilio", ref, queue, caller=EVA, **known)
    turn = conduct.begin_call(office.field, told)
    assert conduct.begin_call(office.field, told) == turn
    for reply in replies:
        following = conduct.resume(office.field, turn.leg, reply, turn.turn_no)
        assert conduct.resume(office.field, turn.leg, TimedOut(), turn.turn_no) == following
        turn = following
    return turn


def row(office: Office, table: Any) -> Any:
    with office.field.unit.read() as tx:
        return tx.execute(select(table)).one()


def slots(turn: Conducted) -> list[str]:
    return [said.slot for said in turn.says]


def test_a_caller_is_received_connected_and_asked_in_her_language_about_who_she_talked_with(office: Office) -> None:
    dialled = call(office, Digits("2"), Digits("1"))
    assert dialled.wait == Dial((Line("+46701740607", "anna"),))
    asked = conduct.resume(office.field, dialled.leg, DialEnded(TALK, "anna"), dialled.turn_no)
    assert slots(asked) == ["welcome", "scale.nki", "question.helped"]
    assert {said.language for said in asked.says} == {"en"}
    interview = row(office, t.interviews)
    assert (interview.agent, interview.language, interview.queue) == ("anna", "en", "support")
    assert row(office, t.legs).interview == interview.id


ENDS = {
    "she pressed nothing": ((Digits("1"), TimedOut(), DialEnded(TALK, "anna")), "refused", None),
    "nobody answered": ((Digits("1"), Digits("1"), DialEnded(timedelta(0))), "not-offered", None),
    "she left first": ((Digits("1"), Digits("1"), DialEnded(TALK, "anna", left=True)), "pending", None),
    "the talk was too short": (
        (Digits("1"), Digits("1"), DialEnded(timedelta(seconds=4), "anna")),
        "suppressed",
        "min_talk",
    ),
}


@pytest.mark.parametrize(("replies", "disposition", "rule"), ENDS.values(), ids=ENDS)
def test_every_end_is_one_disposition(
    office: Office, replies: tuple[Reply, ...], disposition: str, rule: str | None
) -> None:
    call(office, *replies)
    interaction = row(office, t.interactions)
    assert (interaction.disposition, interaction.rule) == (disposition, rule)


def test_a_caller_who_leaves_in_the_menu_was_no_interaction(office: Office) -> None:
    turn = call(office)
    conduct.end_leg(office.field, turn.leg, "hangup")
    with office.field.unit.read() as tx:
        assert tx.execute(select(t.interactions)).all() == []


def test_she_comes_back_from_the_agent_and_is_not_received_again(office: Office) -> None:
    sent = call(office, Digits("2"), Digits("1"))
    conduct.end_leg(office.field, sent.leg, "transferred")
    asked = call(office, ref="CA2", agent="bo")
    assert slots(asked)[0] == "welcome"
    assert row(office, t.interviews).agent == "bo"
    assert asked.says[0].language == "en"


def test_who_pressed_nothing_is_thanked_when_she_comes_back(office: Office) -> None:
    sent = call(office, Digits("1"), TimedOut())
    conduct.end_leg(office.field, sent.leg, "transferred")
    back = call(office, ref="CA2", reception=sent.leg)
    assert (slots(back), back.wait) == (["reception.goodbye"], None)
    assert row(office, t.interactions).disposition == "refused"


def test_a_second_call_of_the_same_caller_is_received_like_the_first(office: Office) -> None:
    sent = call(office, Digits("1"), Digits("1"))
    conduct.end_leg(office.field, sent.leg, "transferred")
    assert slots(call(office, ref="CA2"))[0] == "reception.greeting"


def test_after_the_agent_only_the_language_is_asked(office: Office) -> None:
    turn = call(office, queue="tongues", agent="anna")
    assert slots(turn) == ["reception.language", "reception.language"]
    assert slots(conduct.resume(office.field, turn.leg, Digits("2"), 1))[0] == "welcome"


def test_a_queue_without_a_reception_asks_at_once(office: Office) -> None:
    assert slots(call(office, queue="plain"))[0] == "welcome"
    assert row(office, t.legs).reception is None


def test_what_is_spoken_is_stored_before_it_is_decided_and_kept_with_the_interview(office: Office) -> None:
    turn = call(office, Digits("4"), queue="plain")
    assert isinstance(turn.wait, AskRecording)
    sound = wav.silence(1)
    reply = speeches.take_in(office.field, turn.leg, turn.turn_no, timedelta(seconds=1), wav=sound)
    assert speeches.take_in(office.field, turn.leg, turn.turn_no, timedelta(seconds=9)) == reply
    turn = conduct.resume(office.field, turn.leg, reply, turn.turn_no)
    conduct.resume(office.field, turn.leg, Digits("1"), turn.turn_no)
    speech, interview = row(office, t.speeches), row(office, t.interviews)
    assert (speech.state, speech.interview, speech.question) == ("kept", interview.id, "more")
    assert CommentSpoken("more", reply.ref, 1.0) in office.events(interview.id)
    assert speeches.wav_of(office.field, reply.ref) == sound


def test_what_is_left_out_is_gone_and_does_not_come_back_from_the_provider(office: Office) -> None:
    turn = call(office, Digits("4"), queue="plain")
    reply = speeches.take_in(office.field, turn.leg, turn.turn_no, timedelta(seconds=1), ref="RE1")
    assert [(each.ref, each.wanted) for each in speeches.unfetched(office.field)] == [("RE1", True)]
    turn = conduct.resume(office.field, turn.leg, reply, turn.turn_no)
    conduct.resume(office.field, turn.leg, Digits("3"), turn.turn_no)
    speeches.fetched(office.field, reply.ref, wav.silence(1))
    assert speeches.wav_of(office.field, reply.ref) is None
    assert [each.wanted for each in speeches.unfetched(office.field)] == [False]
    speeches.gone_elsewhere(office.field, reply.ref)
    assert speeches.unfetched(office.field) == []


def test_the_sound_of_old_comments_is_let_go_and_the_comment_stays(office: Office) -> None:
    turn = call(office, Digits("4"), queue="plain")
    sound = wav.silence(1)
    reply = speeches.take_in(office.field, turn.leg, turn.turn_no, timedelta(seconds=1), wav=sound)
    conduct.resume(office.field, turn.leg, reply, turn.turn_no)
    conduct.end_leg(office.field, turn.leg, "hangup")
    office.pass_time(days=400)
    assert speeches.expire(office.field, office.time - timedelta(days=365)) == 1
    assert speeches.wav_of(office.field, reply.ref) is None
    assert isinstance(reply, Recording)
    assert row(office, t.speeches).state == "expired"


@pytest.mark.parametrize("replies", [(), (Digits("2"), Digits("1"))], ids=["at the greeting", "with the agent"])
def test_who_is_erased_while_she_is_received_is_asked_nothing_in_that_call(
    office: Office, replies: tuple[Reply, ...]
) -> None:
    turn = call(office, *replies)
    erase(office.field, Order((EVA,), acting("admin"), for_ever=True))
    with pytest.raises(ReplyRejected):
        conduct.resume(office.field, turn.leg, DialEnded(TALK, "anna") if replies else Digits("1"), turn.turn_no)
    conduct.end_leg(office.field, turn.leg, "hangup")
    with office.field.unit.read() as tx:
        assert tx.execute(select(t.interviews)).all() == []
