"""Spoken comments on the bare machine: whatever a customer said and did not take back is kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import CommentSpoken, SpeechDropped
from tonval.surveys.interview import Interview, ReplyRejected, Stage, Turn, begin, resume
from tonval.surveys.questionnaire import Channel, Form, Question
from tonval.surveys.record import interview_from, plain
from tonval.surveys.turns import PLAYED, AskRecording, Digits, HungUp, Recording, Reply, TimedOut

FORM = Form(
    "care",
    1,
    ("sv", "en"),
    (Question("helped", "nki", {"sv": "Hur bra?"}), Question("more", "spoken", {"sv": "Berätta gärna mer."})),
    {"closing": {"sv": "Tack!"}, "goodbye": {"sv": "Hej då."}, "no_input": {"sv": "Inget svar."}},
)


def said(name: str = "rec_1", seconds: float = 3) -> Recording:
    return Recording(name, timedelta(seconds=seconds))


def talk(*replies: Reply) -> tuple[Turn, list[object]]:
    """The last turn, and everything that happened."""
    turn = begin(FORM, channel=Channel.KEYPAD, language="sv")
    events: list[object] = list(turn.events)
    for reply in replies:
        turn = resume(FORM, turn.interview, reply)
        events += turn.events
    return turn, events


def test_after_the_numbers_the_customer_is_asked_to_speak() -> None:
    turn, _ = talk(Digits("4"))
    assert [each.slot for each in turn.says] == ["question.more", "speak"]
    assert turn.wait == AskRecording()


def test_what_was_spoken_is_played_back_with_the_keys() -> None:
    turn, _ = talk(Digits("4"), said())
    assert [each.slot for each in turn.says] == [f"{PLAYED}rec_1", "verdict"]


VERDICTS = {
    "one keeps it": (Digits("1"),),
    "silence keeps it": (TimedOut(),),
    "another key keeps it": (Digits("7"),),
    "a hang-up keeps it": (HungUp(),),
    "hearing it again and then one": (Digits("*"), Digits("1")),
}


@pytest.mark.parametrize("replies", VERDICTS.values(), ids=VERDICTS)
def test_what_was_spoken_and_not_taken_back_is_kept(replies: tuple[Reply, ...]) -> None:
    turn, events = talk(Digits("4"), said(), *replies)
    assert CommentSpoken("more", "rec_1", 3.0) in events
    assert turn.interview.disposition is Disposition.COMPLETE


def test_three_leaves_it_out() -> None:
    turn, events = talk(Digits("4"), said(), Digits("3"))
    assert SpeechDropped("more", "rec_1") in events
    assert turn.interview.speeches == ()
    assert turn.interview.disposition is Disposition.COMPLETE


def test_two_records_anew_and_the_first_is_dropped() -> None:
    turn, events = talk(Digits("4"), said("rec_1"), Digits("2"), said("rec_2", 5), Digits("1"))
    assert [each for each in events if isinstance(each, CommentSpoken | SpeechDropped)] == [
        SpeechDropped("more", "rec_1"),
        CommentSpoken("more", "rec_2", 5.0),
    ]
    assert turn.interview.disposition is Disposition.COMPLETE


def test_nobody_has_to_speak() -> None:
    turn, _ = talk(Digits("4"), TimedOut())
    assert turn.interview.disposition is Disposition.COMPLETE
    assert [each.slot for each in turn.says] == ["closing"]


def test_a_key_is_no_reply_while_she_speaks() -> None:
    with pytest.raises(ReplyRejected):
        talk(Digits("4"), Digits("1"))


def test_on_a_page_or_by_sms_nobody_is_asked_to_speak() -> None:
    for channel in (Channel.SMS, Channel.LINK):
        assert [each.id for each in FORM.asked_on(channel)] == ["helped"]


REPLIES = st.lists(
    st.one_of(
        st.sampled_from([Digits(key) for key in "1237*"]), st.just(TimedOut()), st.builds(said), st.just(HungUp())
    ),
    max_size=12,
)


@given(REPLIES)
def test_every_recording_is_either_kept_or_dropped_once_the_call_is_over(replies: list[Reply]) -> None:
    turn = begin(FORM, channel=Channel.KEYPAD, language="sv")
    heard, decided = [], []
    for place, reply in enumerate((*replies, HungUp())):
        named = Recording(f"rec_{place}", reply.length) if isinstance(reply, Recording) else reply
        before = turn.interview
        try:
            turn = resume(FORM, before, named)
        except ReplyRejected:
            assert turn.interview is before
            continue
        heard += [named.ref] if isinstance(named, Recording) else []
        decided += [each.recording for each in turn.events if isinstance(each, CommentSpoken | SpeechDropped)]
        assert _carried(turn.interview) == turn.interview
    assert turn.interview.stage is Stage.ENDED
    assert heard == decided


def _carried(interview: Interview) -> Interview:
    return interview_from(plain(interview))
