"""What passes between the interview machine and a channel: replies go in, turns come out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Digits:
    """Keys pressed on a telephone, the finishing key left out: one or more of ``0-9*#``."""

    digits: str


@dataclass(frozen=True, slots=True)
class Text:
    """A written message, as the customer sent it."""

    text: str


@dataclass(frozen=True, slots=True)
class Recording:
    """Something was spoken: its sound is kept as ``ref`` and ``length`` long."""

    ref: str
    length: timedelta


@dataclass(frozen=True, slots=True)
class DialEnded:
    """The call to the agent is over; ``talk`` is zero where nobody took it.

    ``agent`` is who talked, where that is known, ``left`` whether the customer has hung up.
    """

    talk: timedelta
    agent: str | None = None
    left: bool = False


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Nothing came before the wait was over."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call has ended, from either side."""


@dataclass(frozen=True, slots=True)
class OptedOut:
    """The customer asked not to be contacted again."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """Somebody in charge has put an answer right, after the end; ``None``: there was no answer."""

    question: str
    value: int | None


class Go(StrEnum):
    """Where a customer wants to go from a page: on, back, or nowhere yet (what is filled in is kept)."""

    NEXT = "next"
    BACK = "back"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the fields of one question of a page; nothing at all takes an earlier answer back.

    ``codes``: the number on the scale, or the codes of the options chosen. ``text``: words. ``moment`` (aware) and
    ``phone`` (E.164): when and where to call back.
    """

    question: str
    codes: tuple[int, ...] = ()
    text: str = ""
    moment: datetime | None = None
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A page that was sent in: ``at`` is the first question on it, ``entries`` its fields that could be read.

    ``closed`` are questions that cannot be asked for now: no time to be called back is free.
    """

    at: str
    entries: tuple[Entry, ...]
    go: Go = Go.NEXT
    closed: tuple[str, ...] = ()


Reply = Digits | Text | Choice | Recording | DialEnded | TimedOut | HungUp | OptedOut | Corrected


@dataclass(frozen=True, slots=True)
class AskDigits:
    """Wait for keys.

    ``timeout`` runs from the end of the last prompt, ``pause`` from the latest key. The wait ends when
    ``max_digits`` are in, at ``finish_on``, or after the pause. A key barges in on a prompt. With ``type_ahead``
    keys pressed before the prompts began count; otherwise they are dropped.
    """

    max_digits: int
    finish_on: str = "#"
    timeout: timedelta = timedelta(seconds=5)
    pause: timedelta = timedelta(seconds=2)
    type_ahead: bool = False


@dataclass(frozen=True, slots=True)
class AskText:
    """Wait for a written message, at most ``window`` long."""

    window: timedelta


@dataclass(frozen=True, slots=True)
class AskChoice:
    """Wait for a page with these ``questions`` to be sent in, at most until ``window`` after the interview began."""

    questions: tuple[str, ...]
    window: timedelta


@dataclass(frozen=True, slots=True)
class AskRecording:
    """Wait for something to be spoken after a tone.

    It ends with any key, after ``silence`` or when it is ``longest``; what is shorter than ``shortest`` is none. A
    customer who hangs up meanwhile has spoken.
    """

    longest: timedelta = timedelta(seconds=60)
    silence: timedelta = timedelta(seconds=4)
    shortest: timedelta = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Line:
    """Where an agent can be reached, a number (E.164) or a SIP address, and who answers there where that is known."""

    address: str
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Dial:
    """Connect the customer with whoever of ``lines`` answers first, or with who waits in the provider's ``queue``.

    ``ring`` is how long the lines ring; in a queue a customer waits for as long as she likes.
    """

    lines: tuple[Line, ...] = ()
    queue: str = ""
    ring: timedelta = timedelta(seconds=30)


Wait = AskDigits | AskText | AskChoice | AskRecording | Dial

Hearing = AskDigits | AskRecording | Dial
"""What a telephone can wait for."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing said: the prompt ``slot`` it comes from (``welcome``, ``question.helped``), its language and words.

    A slot that begins with ``PLAYED`` is what the customer has just spoken, by the ``ref`` that follows.
    """

    slot: str
    language: str
    text: str


PLAYED: Final = "played."
"""Begins the slot of an utterance that has no words: a recording is played back."""


def played(ref: str, language: str) -> Utterance:
    """What was spoken, to be heard again."""
    return Utterance(f"{PLAYED}{ref}", language, "")
