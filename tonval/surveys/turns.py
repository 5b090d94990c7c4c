"""What passes between the interview machine and a channel: replies go in, turns come out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Digits:
    """Keys pressed on a telephone, the finishing key left out: one or more of ``0-9*#``."""

    digits: str


@dataclass(frozen=True, slots=True)
class Text:
    """A written message, as the customer sent it."""

    text: str


@dataclass(frozen=True, slots=True)
class TimedOut:
    """Nothing came before the wait was over."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call has ended, from either side."""


@dataclass(frozen=True, slots=True)
class OptedOut:
    """The customer asked not to be contacted again."""


Reply = Digits | Text | TimedOut | HungUp | OptedOut


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


Wait = AskDigits | AskText


@dataclass(frozen=True, slots=True)
class Utterance:
    """One thing said: the prompt ``slot`` it comes from (``welcome``, ``question.helped``), its language and words."""

    slot: str
    language: str
    text: str
