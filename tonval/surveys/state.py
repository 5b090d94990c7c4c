"""An interview as it stands, and what the machine hands back at every stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import Event
from tonval.surveys.heard import Heard
from tonval.surveys.questionnaire import Channel
from tonval.surveys.turns import Utterance, Wait


class Stage(StrEnum):
    """What the interview is waiting for."""

    AWAITING_DIGITS = "awaiting digits"
    AWAITING_SPEECH = "awaiting speech"
    AWAITING_VERDICT = "awaiting verdict"
    AWAITING_TEXT = "awaiting text"
    AWAITING_PAGE = "awaiting page"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Answer:
    """A stored answer: the number given on the question's scale, or the code of an option."""

    question: str
    scale: str
    value: int


@dataclass(frozen=True, slots=True)
class Comment:
    """Words kept with a question."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Speech:
    """What was spoken to a question: the recording's name and its length in seconds."""

    question: str
    recording: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CallBack:
    """When (aware) and where (E.164) the customer wants to be called."""

    question: str
    moment: datetime
    phone: str


@dataclass(frozen=True, slots=True)
class Interview:
    """A respondent in progress, whole: with the form it was begun on, it is all the machine needs to go on.

    ``position`` is the place of the question asked now among those the channel can carry, ``reached`` the furthest
    that was shown on a page, ``offered`` the questions of the page shown now, ``closed`` those that cannot be asked for
    now. ``said`` are the reactions that were said, ``told`` those of them that stand on the page shown now.
    ``attributes`` is what conditions may ask about the customer. ``speeches`` are the spoken comments that were kept,
    ``spoken`` the one the customer is deciding about.
    """

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
    reached: int = 0
    offered: tuple[str, ...] = ()
    said: tuple[int, ...] = ()
    told: tuple[int, ...] = ()
    closed: tuple[str, ...] = ()
    call_back: CallBack | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    speeches: tuple[Speech, ...] = ()
    spoken: Speech | None = None

    @property
    def has_said(self) -> bool:
        """Whether the customer has answered anything at all."""
        return bool(self.answers or self.comments or self.call_back or self.speeches)

    def values(self, question: str) -> tuple[int, ...]:
        """The numbers that stand with a question."""
        return tuple(answer.value for answer in self.answers if answer.question == question)

    def words(self, question: str) -> str:
        """The words that stand with a question, a line each."""
        return "\n".join(comment.text for comment in self.comments if comment.question == question)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the machine hands back: the new interview, what to say, what to wait for, and what happened.

    ``heard`` is how a written message was read; it is no part of what happened.
    """

    interview: Interview
    says: tuple[Utterance, ...]
    wait: Wait | None
    events: tuple[Event, ...]
    heard: Heard | None = field(default=None, compare=False)


class ReplyRejected(Exception):
    """The reply came at the wrong moment; nothing has changed."""
