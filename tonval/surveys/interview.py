"""The interview machine: it stops at every wait, hands back what happened, and never performs anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tonval.surveys import answers
from tonval.surveys.answers.correcting import read_correction
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import (
    AnswerGiven,
    CommentLeft,
    Event,
    InterviewBegun,
    NothingHeard,
    QuestionAsked,
    ReplyUnclear,
)
from tonval.surveys.heard import Heard, Taken, heard_as
from tonval.surveys.paging import hear_choice, open_page
from tonval.surveys.questionnaire import Channel, Form, Question
from tonval.surveys.revising import Revision, confirm, correctable, find_revision, revise
from tonval.surveys.route import is_answered, is_asked, place_after, route
from tonval.surveys.saying import end, put, react, say, stop
from tonval.surveys.scales import SPOKEN, YES_NO
from tonval.surveys.speaking import AGAIN, LEAVE_OUT, ask_speech, drop_speech, hear_again, keep_speech, take_speech
from tonval.surveys.state import Answer, Comment, Interview, ReplyRejected, Stage, Turn
from tonval.surveys.turns import (
    AskDigits,
    AskText,
    Choice,
    Corrected,
    Digits,
    HungUp,
    OptedOut,
    Recording,
    Reply,
    Text,
    TimedOut,
    Utterance,
    Wait,
)

__all__ = ["Answer", "Comment", "Interview", "ReplyRejected", "Stage", "Turn"]

TRIES: Final = {Channel.KEYPAD: 3, Channel.SMS: 2}
"""How often a question is put before the machine stops asking."""

MAX_REPEATS: Final = 5


def begin(
    form: Form,
    *,
    channel: Channel,
    language: str | None = None,
    fills: Mapping[str, str] | None = None,
    attributes: Mapping[str, str] | None = None,
) -> Turn:
    """Start an interview: the welcome, where there is one, and the first question the channel can carry.

    ``fills`` go into the placeholders of what is said, ``attributes`` are what conditions may ask of the customer.
    """
    spoken = form.spoken_in(language)
    fresh = Interview(
        form.id, form.version, channel, spoken, _STAGES[channel], dict(fills or {}), attributes=dict(attributes or {})
    )
    begun = InterviewBegun(channel, spoken)
    if channel.on_page:
        return open_page(form, fresh, begun)
    first = place_after(form, fresh, -1)
    if first is None:
        return _end(form, fresh, begun)
    turn = _put(form, replace(fresh, position=first), begun)
    return replace(turn, says=say(form, fresh, "welcome") + turn.says) if channel is Channel.KEYPAD else turn


def resume(form: Form, interview: Interview, reply: Reply) -> Turn:
    """Go on after ``reply``. Raises ``ReplyRejected`` when the table knows no such move; then nothing has changed."""
    move = TRANSITIONS.get((interview.stage, type(reply)))
    if move is None:
        raise ReplyRejected(f"{type(reply).__name__} came while {interview.stage}")
    return move.handler(form, interview, reply)


def _hear_digits(form: Form, interview: Interview, reply: Reply) -> Turn:
    assert isinstance(reply, Digits)
    question = _current(form, interview)
    if reply.digits == "*" and interview.repeats < MAX_REPEATS:
        return _put(form, replace(interview, repeats=interview.repeats + 1))
    reading = answers.read_keys(question, reply.digits)
    if isinstance(reading, answers.Unclear):
        return _miss(form, interview, "invalid", ReplyUnclear(question.id, reply.digits, reading.why))
    return _accept(form, interview, reading, reply.digits)


def _hear_text(form: Form, interview: Interview, reply: Reply) -> Turn:
    assert isinstance(reply, Text)
    question = _current(form, interview)
    revision = find_revision(form, interview, reply.text, question)
    if revision is not None:
        return _revised(form, interview, revision, reply.text)
    reading = _read(interview, question, reply.text)
    if isinstance(reading, answers.Unclear):
        turn = _puzzled(form, interview, reply.text, ReplyUnclear(question.id, reply.text, reading.why))
    else:
        turn = _accept(form, interview, reading, reply.text)
    return replace(turn, heard=heard_as(question, reading, kept=turn.wait is None or turn.interview.misses == 0))


def _read(interview: Interview, question: Question, text: str) -> answers.Reading:
    """ "I meant 10" is the answer after a reply that was not understood."""
    reading = answers.read_text(question, text, interview.language)
    if not interview.misses or not isinstance(reading, answers.Unclear):
        return reading
    found = read_correction(question, text, interview.language)
    return answers.Score(found.value, found.words, answers.Rule.LABEL) if found and found.before is None else reading


def _hear_late(form: Form, interview: Interview, reply: Reply) -> Turn:
    """After the end a number is put right, and everything else is kept without a word."""
    assert isinstance(reply, Text)
    if interview.channel is not Channel.SMS or not form.asked_on(Channel.SMS):
        raise ReplyRejected("Text came while ended")
    revision = find_revision(form, interview, reply.text, None)
    if revision is not None:
        return _revised(form, interview, revision, reply.text)
    question = _current(form, interview)
    kept, events = _keep_words(interview, question, reply.text.strip(), ())
    return Turn(kept, (), None, events, Heard(Taken.LATE, "It came after the end and is kept.", question.id))


def _hear_corrected(form: Form, interview: Interview, reply: Reply) -> Turn:
    """What staff put right is told to nobody."""
    assert isinstance(reply, Corrected)
    question = correctable(form, interview, reply)
    revised, events = revise(form, interview, question, reply.value, "" if reply.value is None else str(reply.value))
    return Turn(revised, (), None, events)


def _hear_nothing(form: Form, interview: Interview, reply: Reply) -> Turn:
    del reply
    heard = NothingHeard(_current(form, interview).id)
    if interview.channel is not Channel.KEYPAD:
        return stop(interview, Disposition.PARTIAL if interview.has_said else Disposition.EXPIRED, heard)
    return _miss(form, interview, "no_input", heard)


def _hear_speech(form: Form, interview: Interview, reply: Reply) -> Turn:
    assert isinstance(reply, Recording)
    return take_speech(form, interview, reply)


def _hear_no_speech(form: Form, interview: Interview, reply: Reply) -> Turn:
    """Nobody has to speak."""
    del reply
    return _advance(form, interview, (NothingHeard(_current(form, interview).id),))


def _hear_verdict(form: Form, interview: Interview, reply: Reply) -> Turn:
    """Whatever is not plainly refused is kept: what a customer took the trouble to say is not thrown away."""
    spoken = interview.spoken
    assert spoken is not None, "a verdict is only asked about something that was spoken"
    said = reply.digits if isinstance(reply, Digits) else ""
    if said == "*" and interview.repeats < MAX_REPEATS:
        return hear_again(form, replace(interview, repeats=interview.repeats + 1))
    if said == AGAIN:
        return ask_speech(form, *drop_speech(interview))
    return _advance(form, *(drop_speech(interview) if said == LEAVE_OUT else keep_speech(interview)))


def _hear_hang_up_after_speech(form: Form, interview: Interview, reply: Reply) -> Turn:
    del reply
    kept, events = keep_speech(interview)
    turn = stop(kept, _outcome(form, kept))
    return replace(turn, events=events + turn.events)


def _hear_page(form: Form, interview: Interview, reply: Reply) -> Turn:
    assert isinstance(reply, Choice)
    return hear_choice(form, interview, reply)


def _hear_hang_up(form: Form, interview: Interview, reply: Reply) -> Turn:
    del reply
    return stop(interview, _outcome(form, interview))


def _hear_opt_out(form: Form, interview: Interview, reply: Reply) -> Turn:
    del form, reply
    return stop(interview, Disposition.REFUSED)


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: who handles the reply, and the stages it may lead to."""

    handler: Callable[[Form, Interview, Reply], Turn]
    leads_to: frozenset[Stage]


_DIGITS, _TEXT, _PAGE, _ENDED = Stage.AWAITING_DIGITS, Stage.AWAITING_TEXT, Stage.AWAITING_PAGE, Stage.ENDED
_SPEECH, _VERDICT = Stage.AWAITING_SPEECH, Stage.AWAITING_VERDICT
_CALL: Final = frozenset({_DIGITS, _SPEECH, _ENDED})

_STAGES: Final = {Channel.KEYPAD: _DIGITS, Channel.SMS: _TEXT, Channel.LINK: _PAGE, Channel.EMAIL: _PAGE}

TRANSITIONS: Final[Mapping[tuple[Stage, type[Reply]], Move]] = {
    (_DIGITS, Digits): Move(_hear_digits, _CALL),
    (_DIGITS, TimedOut): Move(_hear_nothing, frozenset({_DIGITS, _ENDED})),
    (_DIGITS, HungUp): Move(_hear_hang_up, frozenset({_ENDED})),
    (_DIGITS, OptedOut): Move(_hear_opt_out, frozenset({_ENDED})),
    (_SPEECH, Recording): Move(_hear_speech, frozenset({_VERDICT})),
    (_SPEECH, TimedOut): Move(_hear_no_speech, _CALL),
    (_SPEECH, HungUp): Move(_hear_hang_up, frozenset({_ENDED})),
    (_SPEECH, OptedOut): Move(_hear_opt_out, frozenset({_ENDED})),
    (_VERDICT, Digits): Move(_hear_verdict, _CALL | {_VERDICT}),
    (_VERDICT, TimedOut): Move(_hear_verdict, _CALL),
    (_VERDICT, HungUp): Move(_hear_hang_up_after_speech, frozenset({_ENDED})),
    (_VERDICT, OptedOut): Move(_hear_opt_out, frozenset({_ENDED})),
    (_TEXT, Text): Move(_hear_text, frozenset({_TEXT, _ENDED})),
    (_TEXT, TimedOut): Move(_hear_nothing, frozenset({_ENDED})),
    (_TEXT, OptedOut): Move(_hear_opt_out, frozenset({_ENDED})),
    (_PAGE, Choice): Move(_hear_page, frozenset({_PAGE, _ENDED})),
    (_PAGE, TimedOut): Move(_hear_nothing, frozenset({_ENDED})),
    (_PAGE, OptedOut): Move(_hear_opt_out, frozenset({_ENDED})),
    (_ENDED, Text): Move(_hear_late, frozenset({_ENDED})),
    (_ENDED, Corrected): Move(_hear_corrected, frozenset({_ENDED})),
}
"""Every legal move. The diagram in docs/interview.md is drawn from this table."""


def _current(form: Form, interview: Interview) -> Question:
    return form.asked_on(interview.channel)[interview.position]


def _accept(form: Form, interview: Interview, reading: answers.Score | answers.Words, said: str) -> Turn:
    question = _current(form, interview)
    match reading:
        case answers.Score(value, words):
            kept = replace(interview, answers=(*interview.answers, Answer(question.id, question.scale, value)))
            given: tuple[Event, ...] = (AnswerGiven(question.id, question.scale, value, said),)
            return _advance(form, *_keep_words(kept, question, words, given))
        case answers.Words(words):
            return _advance(form, *_keep_words(interview, question, words, ()))


def _keep_words(
    interview: Interview, question: Question, words: str, events: tuple[Event, ...]
) -> tuple[Interview, tuple[Event, ...]]:
    if not words:
        return interview, events
    comments = (*interview.comments, Comment(question.id, words))
    return replace(interview, comments=comments), (*events, CommentLeft(question.id, words))


def _advance(form: Form, interview: Interview, events: tuple[Event, ...]) -> Turn:
    following = place_after(form, interview, interview.position)
    if following is None:
        return _end(form, interview, *events)
    reacted, says = react(form, interview)
    turn = _put(form, replace(reacted, position=following, misses=0, repeats=0), *events)
    return replace(turn, says=says + turn.says)


def _revised(form: Form, interview: Interview, revision: Revision, text: str) -> Turn:
    """The customer is told once what stands now, and asked what is open still; an interview that is over stays so."""
    waits = interview.disposition is None
    if not revision.is_news:
        return Turn(interview, (), AskText(form.window) if waits else None, (), revision.heard)
    question = revision.question
    revised, events = revise(form, interview, question, revision.found.value, text)
    revised, events = _keep_words(revised, question, revision.found.words, events)
    says = confirm(form, revised, revision)
    if not waits:
        return Turn(revised, says, None, events, revision.heard)
    turn = _go_on_from(form, interview, revised, question, events)
    return replace(turn, says=says + turn.says, heard=revision.heard)


def _go_on_from(
    form: Form, before: Interview, revised: Interview, question: Question, events: tuple[Event, ...]
) -> Turn:
    """Ask what waits for its answer, or what the other number has brought in between."""
    questions = form.asked_on(revised.channel)
    place = _place_open(form, before, revised, questions.index(question))
    if place is None:
        return _end(form, revised, *events)
    reacted, says = react(form, revised)
    turn = _put(form, replace(reacted, position=place, misses=0), *events)
    return replace(turn, says=says + turn.says)


def _place_open(form: Form, before: Interview, revised: Interview, after: int) -> int | None:
    for place, question in enumerate(form.asked_on(revised.channel)):
        fresh = place >= revised.position or not is_asked(form, before, question)
        if place > after and fresh and is_asked(form, revised, question) and not is_answered(revised, question):
            return place
    return None


def _miss(form: Form, interview: Interview, slot: str, event: Event) -> Turn:
    tried = replace(interview, misses=interview.misses + 1)
    if tried.misses >= TRIES[interview.channel]:
        return _end(form, tried, event)
    again = _put(form, tried, event)
    return replace(again, says=say(form, tried, slot) + again.says)


def _puzzled(form: Form, interview: Interview, text: str, event: ReplyUnclear) -> Turn:
    """An unreadable message is asked about once; the second is kept as a comment and the interview goes on.

    Where no number is waited for the question itself is put again: "answer with a number" would be wrong.
    """
    tried, question = replace(interview, misses=interview.misses + 1), _current(form, interview)
    if tried.misses >= TRIES[interview.channel]:
        return _advance(form, *_keep_words(tried, question, text, (event,)))
    in_words = question.numbers is None or question.scale == YES_NO.name
    says = put(form, tried, question) if in_words else say(form, tried, "unclear")
    return Turn(tried, says, AskText(form.window), (event, QuestionAsked(event.question)))


def _put(form: Form, interview: Interview, *events: Event) -> Turn:
    """Ask the current question; on the phone the keys are explained when a scale is new or was missed."""
    question = _current(form, interview)
    if question.scale == SPOKEN:
        return ask_speech(form, interview, events)
    interview = replace(interview, stage=_STAGES[interview.channel])
    says = put(form, interview, question)
    wait: Wait = AskText(form.window)
    if interview.channel is Channel.KEYPAD:
        says = _explain_keys(form, interview, question) + says
        wait = _keys(question)
    return Turn(interview, says, wait, (*events, QuestionAsked(question.id)))


def _explain_keys(form: Form, interview: Interview, question: Question) -> tuple[Utterance, ...]:
    earlier = {asked.scale for asked in form.asked_on(interview.channel)[: interview.position]}
    if question.scale in earlier and not (interview.misses or interview.repeats):
        return ()
    return say(form, interview, f"scale.{question.scale}")


def _keys(question: Question) -> AskDigits:
    scale = question.numbers
    assert scale is not None, "a keypad only asks for numbers"
    return AskDigits(max_digits=scale.max_digits, type_ahead=question.type_ahead)


def _end(form: Form, interview: Interview, *events: Event) -> Turn:
    """Say thank you or goodbye, and end with the disposition the answers earn."""
    return end(form, interview, _outcome(form, interview), *events)


def _outcome(form: Form, interview: Interview) -> Disposition:
    asked = route(form, interview)
    if asked and all(_is_done(interview, question) for question in asked):
        return Disposition.COMPLETE
    return Disposition.PARTIAL if interview.has_said else Disposition.BREAK_OFF


def _is_done(interview: Interview, question: Question) -> bool:
    """Words instead of the number that was asked for are no answer; nobody has to speak."""
    if question.scale == SPOKEN:
        return True
    return bool(interview.values(question.id) if question.numbers else interview.words(question.id))
