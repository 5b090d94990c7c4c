"""The interview machine: it stops at every wait, hands back what happened, and never performs anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tonval.surveys import answers
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import (
    AnswerGiven,
    CommentLeft,
    Event,
    InterviewBegun,
    InterviewEnded,
    NothingHeard,
    QuestionAsked,
    ReplyUnclear,
)
from tonval.surveys.questionnaire import Channel, Form, Question
from tonval.surveys.scales import NPS, nps_group
from tonval.surveys.turns import AskDigits, AskText, Digits, HungUp, OptedOut, Reply, Text, TimedOut, Utterance, Wait
from tonval.surveys.wording import fill

TRIES: Final = {Channel.KEYPAD: 3, Channel.SMS: 2}
"""How often a question is put before the machine stops asking."""

MAX_REPEATS: Final = 5
SMS_WINDOW: Final = timedelta(hours=72)


class Stage(StrEnum):
    """What the interview is waiting for."""

    AWAITING_DIGITS = "awaiting digits"
    AWAITING_TEXT = "awaiting text"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored answer: the number given on the question's scale."""

    question: str
    scale: str
    value: int


@dataclass(frozen=True, slots=True)
class Comment:
    """Words kept with a question."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Interview:
    """A respondent in progress, whole: with the form it was begun on, it is all the machine needs to go on."""

    form: str
    version: int
    channel: Channel
    language: str
    stage: Stage
    fills: Mapping[str, str] = field(default_factory=dict)
    position: int = 0
    misses: int = 0
    repeats: int = 0
    answers: tuple[Answer, ...] = ()
    comments: tuple[Comment, ...] = ()
    disposition: Disposition | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What the machine hands back: the new interview, what to say, what to wait for, and what happened."""

    interview: Interview
    says: tuple[Utterance, ...]
    wait: Wait | None
    events: tuple[Event, ...]


class ReplyRejected(Exception):
    """The reply came at the wrong moment; nothing has changed."""


def begin(form: Form, *, channel: Channel, language: str | None = None, fills: Mapping[str, str] | None = None) -> Turn:
    """Start an interview: the welcome, where there is one, and the first question the channel can carry."""
    spoken = form.spoken_in(language)
    stage = Stage.AWAITING_DIGITS if channel is Channel.KEYPAD else Stage.AWAITING_TEXT
    fresh = Interview(form.id, form.version, channel, spoken, stage, dict(fills or {}))
    begun = InterviewBegun(channel, spoken)
    if not form.asked_on(channel):
        return _end(form, fresh, begun)
    first = _put(form, fresh, begun)
    return replace(first, says=_say(form, fresh, "welcome") + first.says) if channel is Channel.KEYPAD else first


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
    reading = answers.read_text(question, reply.text, interview.language)
    if isinstance(reading, answers.Unclear):
        return _puzzled(form, interview, reply.text, ReplyUnclear(question.id, reply.text, reading.why))
    return _accept(form, interview, reading, reply.text)


def _hear_nothing(form: Form, interview: Interview, reply: Reply) -> Turn:
    del reply
    heard = NothingHeard(_current(form, interview).id)
    if interview.channel is Channel.SMS:
        return _stop(interview, Disposition.PARTIAL if _has_said(interview) else Disposition.EXPIRED, heard)
    return _miss(form, interview, "no_input", heard)


def _hear_hang_up(form: Form, interview: Interview, reply: Reply) -> Turn:
    del reply
    return _stop(interview, _outcome(form, interview))


def _hear_opt_out(form: Form, interview: Interview, reply: Reply) -> Turn:
    del form, reply
    return _stop(interview, Disposition.REFUSED)


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: who handles the reply, and the stages it may lead to."""

    handler: Callable[[Form, Interview, Reply], Turn]
    leads_to: frozenset[Stage]


_DIGITS, _TEXT, _ENDED = Stage.AWAITING_DIGITS, Stage.AWAITING_TEXT, Stage.ENDED

TRANSITIONS: Final[Mapping[tuple[Stage, type[Reply]], Move]] = {
    (_DIGITS, Digits): Move(_hear_digits, frozenset({_DIGITS, _ENDED})),
    (_DIGITS, TimedOut): Move(_hear_nothing, frozenset({_DIGITS, _ENDED})),
    (_DIGITS, HungUp): Move(_hear_hang_up, frozenset({_ENDED})),
    (_DIGITS, OptedOut): Move(_hear_opt_out, frozenset({_ENDED})),
    (_TEXT, Text): Move(_hear_text, frozenset({_TEXT, _ENDED})),
    (_TEXT, TimedOut): Move(_hear_nothing, frozenset({_ENDED})),
    (_TEXT, OptedOut): Move(_hear_opt_out, frozenset({_ENDED})),
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
    if interview.position + 1 == len(form.asked_on(interview.channel)):
        return _end(form, interview, *events)
    return _put(form, replace(interview, position=interview.position + 1, misses=0, repeats=0), *events)


def _miss(form: Form, interview: Interview, slot: str, event: Event) -> Turn:
    tried = replace(interview, misses=interview.misses + 1)
    if tried.misses >= TRIES[interview.channel]:
        return _end(form, tried, event)
    again = _put(form, tried, event)
    return replace(again, says=_say(form, tried, slot) + again.says)


def _puzzled(form: Form, interview: Interview, text: str, event: ReplyUnclear) -> Turn:
    """An unreadable message is asked about once; the second is kept as a comment and the interview goes on."""
    tried = replace(interview, misses=interview.misses + 1)
    if tried.misses >= TRIES[interview.channel]:
        return _advance(form, *_keep_words(tried, _current(form, tried), text, (event,)))
    return Turn(tried, _say(form, tried, "unclear"), AskText(SMS_WINDOW), (event, QuestionAsked(event.question)))


def _put(form: Form, interview: Interview, *events: Event) -> Turn:
    """Ask the current question; on the phone the keys are explained when a scale is new or was missed."""
    question = _current(form, interview)
    says = _say(form, interview, question.slot)
    wait: Wait = AskText(SMS_WINDOW)
    if interview.channel is Channel.KEYPAD:
        says = _explain_keys(form, interview, question) + says
        wait = _keys(question)
    return Turn(interview, says, wait, (*events, QuestionAsked(question.id)))


def _explain_keys(form: Form, interview: Interview, question: Question) -> tuple[Utterance, ...]:
    earlier = {asked.scale for asked in form.asked_on(interview.channel)[: interview.position]}
    if question.scale in earlier and not (interview.misses or interview.repeats):
        return ()
    return _say(form, interview, f"scale.{question.scale}")


def _keys(question: Question) -> AskDigits:
    scale = question.numbers
    assert scale is not None, "a keypad only asks for numbers"
    return AskDigits(max_digits=scale.max_digits, type_ahead=question.type_ahead)


def _end(form: Form, interview: Interview, *events: Event) -> Turn:
    """Say thank you or goodbye, and end with the disposition the answers earn."""
    stopped = _stop(interview, _outcome(form, interview), *events)
    return replace(stopped, says=_say(form, interview, _last_words(form, interview)))


def _stop(interview: Interview, disposition: Disposition, *events: Event) -> Turn:
    ended = replace(interview, stage=Stage.ENDED, disposition=disposition)
    return Turn(ended, (), None, (*events, InterviewEnded(disposition)))


def _outcome(form: Form, interview: Interview) -> Disposition:
    answered = {answer.question for answer in interview.answers}
    told = {comment.question for comment in interview.comments}
    asked = form.asked_on(interview.channel)
    if asked and all(question.id in (answered if question.numbers else told) for question in asked):
        return Disposition.COMPLETE
    return Disposition.PARTIAL if _has_said(interview) else Disposition.BREAK_OFF


def _has_said(interview: Interview) -> bool:
    return bool(interview.answers or interview.comments)


def _last_words(form: Form, interview: Interview) -> str:
    """The thank-you that fits: by the NPS group when the form has one for it, none to those who gave no answer."""
    if not _has_said(interview):
        return "goodbye"
    scores = [answer.value for answer in interview.answers if answer.scale == NPS.name]
    thanks = f"thanks.{nps_group(scores[-1])}" if scores else "closing"
    return thanks if thanks in form.phrases else "closing"


def _say(form: Form, interview: Interview, slot: str) -> tuple[Utterance, ...]:
    wording = form.slots().get(slot, {})
    language = interview.language if interview.language in wording else next(iter(wording), "")
    words = fill(wording.get(language, ""), {**_range(form, interview), **interview.fills})
    return (Utterance(slot, language, words),) if words else ()


def _range(form: Form, interview: Interview) -> dict[str, str]:
    asked = form.asked_on(interview.channel)
    scale = asked[interview.position].numbers if asked else None
    return {"lowest": str(scale.lowest), "highest": str(scale.highest)} if scale else {}
