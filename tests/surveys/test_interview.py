"""What holds for the interview machine whatever the customer does."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcripts.script import centre
from tonval.surveys.answers.correcting import Sign
from tonval.surveys.events import AnswerGiven, AnswerReplaced, AnswerWithdrawn, Event, InterviewEnded
from tonval.surveys.interview import TRANSITIONS, Interview, ReplyRejected, Stage, Turn, begin, resume
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.record import event_from, form_from, interview_from, plain
from tonval.surveys.turns import Corrected, Digits, HungUp, OptedOut, Reply, Text, TimedOut

FORMS = centre().forms
REPLIES: st.SearchStrategy[Reply] = st.one_of(
    st.text("0123456789*#", min_size=1, max_size=3).map(Digits),
    st.text(max_size=20).map(Text),
    st.sampled_from(["9", "3", "3 because", "10/10", "1 0", "", "sorry, 4", "I meant 2, so slow", "5 not 9"]).map(Text),
    st.sampled_from([TimedOut(), HungUp(), OptedOut()]),
    st.builds(Corrected, st.sampled_from(["recommend", "helped", "why"]), st.none() | st.integers(-1, 11)),
)
CONVERSATIONS = st.lists(REPLIES, max_size=30)
STARTS = st.tuples(st.sampled_from(sorted(FORMS)), st.sampled_from(Channel), st.sampled_from(["sv", "en", "fi"]))


def play(form: Form, channel: Channel, language: str, replies: list[Reply]) -> tuple[Turn, list[Event]]:
    """Act out the replies, leaving out those the machine refuses."""
    turn = begin(form, channel=channel, language=language)
    events = list(turn.events)
    for reply in replies:
        try:
            turn = resume(form, turn.interview, reply)
        except ReplyRejected:
            continue
        events.extend(turn.events)
    return turn, events


def folded(events: list[Event]) -> dict[str, int]:
    """The answers that stand after the events, each of which goes on from what stood before it."""
    standing: dict[str, int] = {}
    for event in events:
        match event:
            case AnswerGiven(question=question, value=value):
                assert question not in standing
                standing[question] = value
            case AnswerReplaced(question=question, before=before, value=value):
                assert standing[question] == before != value
                standing[question] = value
            case AnswerWithdrawn(question=question, value=value):
                assert standing.pop(question) == value
    return standing


@given(STARTS, CONVERSATIONS)
def test_an_interview_ends_at_most_once_and_says_how(start: tuple[str, Channel, str], replies: list[Reply]) -> None:
    turn, events = play(FORMS[start[0]], *start[1:], replies)
    ends = [event for event in events if isinstance(event, InterviewEnded)]
    assert len(ends) == (1 if turn.interview.stage is Stage.ENDED else 0)
    assert [end.disposition for end in ends] == ([turn.interview.disposition] if ends else [])
    assert (turn.wait is None) == (turn.interview.stage is Stage.ENDED)


@given(STARTS, CONVERSATIONS)
def test_the_answers_are_those_of_the_events_each_question_once(
    start: tuple[str, Channel, str], replies: list[Reply]
) -> None:
    form = FORMS[start[0]]
    turn, events = play(form, *start[1:], replies)
    standing = folded(events)
    assert standing == {answer.question: answer.value for answer in turn.interview.answers}
    assert len(turn.interview.answers) == len(standing)
    scales = {question.id: question.numbers for question in form.questions}
    for question, value in standing.items():
        scale = scales[question]
        assert scale is not None and value in scale


@given(STARTS, CONVERSATIONS)
def test_every_wait_has_something_to_say_before_it(start: tuple[str, Channel, str], replies: list[Reply]) -> None:
    turn, _ = play(FORMS[start[0]], *start[1:], replies)
    if turn.wait is not None and not (turn.heard and turn.heard.rule == Sign.SAME):
        assert turn.says and all(utterance.text for utterance in turn.says)


@given(STARTS, CONVERSATIONS)
def test_forms_interviews_and_events_survive_being_stored(
    start: tuple[str, Channel, str], replies: list[Reply]
) -> None:
    form = FORMS[start[0]]
    turn, events = play(form, *start[1:], replies)
    assert form_from(json.loads(json.dumps(plain(form)))) == form
    assert interview_from(json.loads(json.dumps(plain(turn.interview)))) == turn.interview
    assert [event_from(json.loads(json.dumps(plain(event, Event)))) for event in events] == events


@given(STARTS, CONVERSATIONS)
def test_each_move_leads_where_the_table_says(start: tuple[str, Channel, str], replies: list[Reply]) -> None:
    form = FORMS[start[0]]
    interview = begin(form, channel=start[1], language=start[2]).interview
    for reply in replies:
        move = TRANSITIONS.get((interview.stage, type(reply)))
        if move is None:
            continue
        with suppress(ReplyRejected):  # the table leaves it to the move: a page takes no late message
            interview = resume(form, interview, reply).interview
            assert interview.stage in move.leads_to


@pytest.mark.parametrize("reply", [Digits("4"), Text("4"), TimedOut(), HungUp(), OptedOut()], ids=repr)
def test_a_reply_after_the_end_is_refused_and_changes_nothing(reply: Reply) -> None:
    form = FORMS["support-nki"]
    ended = resume(form, begin(form, channel=Channel.KEYPAD).interview, HungUp()).interview
    before: Interview = interview_from(plain(ended))
    with pytest.raises(ReplyRejected):
        resume(form, ended, reply)
    assert ended == before


@pytest.mark.parametrize("reply", [Text("4"), Digits("4")], ids=repr)
def test_a_reply_of_the_other_channel_is_refused(reply: Reply) -> None:
    form = FORMS["mixed"]
    other = Channel.KEYPAD if isinstance(reply, Text) else Channel.SMS
    with pytest.raises(ReplyRejected):
        resume(form, begin(form, channel=other).interview, reply)


def test_a_caller_who_only_ever_presses_star_is_let_go_in_the_end() -> None:
    form = FORMS["support-nki"]
    turn = begin(form, channel=Channel.KEYPAD)
    pressed = 0
    while turn.wait is not None:
        turn = resume(form, turn.interview, Digits("*"))
        pressed += 1
    assert pressed == 8
    assert [utterance.slot for utterance in turn.says] == ["goodbye"]


@pytest.mark.parametrize(
    ("wished", "spoken"), [("en", "en"), ("en-GB", "en"), ("EN_us", "en"), ("fi", "sv"), ("", "sv"), (None, "sv")]
)
def test_a_language_is_understood_with_its_country(wished: str | None, spoken: str) -> None:
    assert FORMS["support-nki"].spoken_in(wished) == spoken


def test_the_agents_name_and_the_brand_are_filled_in_and_never_looked_into() -> None:
    form = FORMS["sales-nps"]
    fills = {"brand": "{agent}", "agent": "Anna"}
    asked = begin(form, channel=Channel.SMS, language="en", fills=fills)
    assert asked.says[0].text == "How likely? Reply 0-10."
