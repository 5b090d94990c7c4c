"""What happened in an interview, in the past tense. Every number comes from the record of these events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tonval.surveys.dispositions import Disposition


@dataclass(frozen=True, slots=True)
class InterviewBegun:
    """The first question is on its way."""

    channel: str
    language: str


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """A question was put, for the first time or again."""

    question: str


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """A question was answered with a number on its scale; ``said`` is what the customer pressed or wrote."""

    question: str
    scale: str
    value: int
    said: str


@dataclass(frozen=True, slots=True)
class AnswerReplaced:
    """A question has another answer than ``before``; it counts on the day of the answer it replaces."""

    question: str
    scale: str
    before: int
    value: int
    said: str


@dataclass(frozen=True, slots=True)
class AnswerWithdrawn:
    """An answer is gone: it was taken back, or its question is not asked any more after another answer."""

    question: str
    scale: str
    value: int


@dataclass(frozen=True, slots=True)
class CommentWithdrawn:
    """Earlier words with the question no longer stand."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class CallBackWished:
    """The customer asks to be called at ``phone`` (E.164) in the slot that opens at ``moment`` (aware)."""

    question: str
    moment: datetime
    phone: str


@dataclass(frozen=True, slots=True)
class CallBackWithdrawn:
    """The customer does not want to be called after all."""

    question: str


@dataclass(frozen=True, slots=True)
class CommentLeft:
    """Words were kept: an answer in free text, or a message that could not be read as a number."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class CommentSpoken:
    """A comment was spoken and kept: its sound is the recording, ``seconds`` long."""

    question: str
    recording: str
    seconds: float


@dataclass(frozen=True, slots=True)
class SpeechDropped:
    """The customer wants a recording left out, or spoke again."""

    question: str
    recording: str


@dataclass(frozen=True, slots=True)
class ReplyUnclear:
    """A reply came that is no answer to the question; ``why`` is a sentence for people."""

    question: str
    said: str
    why: str


@dataclass(frozen=True, slots=True)
class NothingHeard:
    """The wait for an answer ended without one."""

    question: str


@dataclass(frozen=True, slots=True)
class InterviewEnded:
    """The interview is over, with its one disposition."""

    disposition: Disposition


Event = (
    InterviewBegun
    | QuestionAsked
    | AnswerGiven
    | AnswerReplaced
    | AnswerWithdrawn
    | CommentLeft
    | CommentWithdrawn
    | CommentSpoken
    | SpeechDropped
    | CallBackWished
    | CallBackWithdrawn
    | ReplyUnclear
    | NothingHeard
    | InterviewEnded
)
