"""What a cell and the conductor say to each other over their socket pair: one JSON list a line, facts up, orders down.

Calls are numbered by the cell from 1; a number is never used twice in a cell's life. Times are milliseconds.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any, Final

from tonval.surveys.turns import AskDigits, Digits, TimedOut


@dataclass(frozen=True, slots=True)
class Opened:
    """The cell listens; ``port`` is its SIP port."""

    port: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The cell cannot work; ``why`` is a sentence for people."""

    why: str


@dataclass(frozen=True, slots=True)
class Capacity:
    """How many calls the library truly holds in one process, at most as many as it was asked for."""

    calls: int


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The cell's loop goes round, with so many calls up."""

    calls: int


@dataclass(frozen=True, slots=True)
class Invited:
    """A call came in; the fields are what its headers said, ``None`` where they were silent."""

    call: int
    ref: str
    dialled: str
    queue: str | None = None
    agent: str | None = None
    interaction: str | None = None
    language: str | None = None
    caller: str | None = None
    diverted: str | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """The call is confirmed and its media flows."""

    call: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """The wait of a turn is over; without ``digits`` nothing was heard."""

    call: int
    turn_no: int
    digits: str | None

    @property
    def reply(self) -> Digits | TimedOut:
        """The fact as the interview machine takes it."""
        return TimedOut() if self.digits is None else Digits(self.digits)


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The call is over; the last fact about it."""

    call: int
    cause: str


Fact = Opened | Failed | Capacity | Heartbeat | Invited | Ready | Gathered | LegEnded


@dataclass(frozen=True, slots=True)
class Answer:
    """Accept the call (200)."""

    call: int


@dataclass(frozen=True, slots=True)
class Refuse:
    """Turn the call away with a final SIP ``code``."""

    call: int
    code: int


@dataclass(frozen=True, slots=True)
class Clip:
    """A WAV file to be heard for ``length`` ms; what the file holds beyond that is silence the player never reaches."""

    path: str
    length: float


@dataclass(frozen=True, slots=True)
class Play:
    """Say the clips and gather as ``ask`` says; without a wait, say them and hang up."""

    call: int
    turn_no: int
    clips: tuple[Clip, ...]
    ask: AskDigits | None


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call now, for this cause."""

    call: int
    cause: str


@dataclass(frozen=True, slots=True)
class Drain:
    """Refuse new calls from here on (503); go on with those that are up."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Hang up everything, for this cause, and end."""

    cause: str


Order = Answer | Refuse | Play | HangUp | Drain | Stop

_FACTS: Final = (Opened, Failed, Capacity, Heartbeat, Invited, Ready, Gathered, LegEnded)
_ORDERS: Final = (Answer, Refuse, HangUp, Drain, Stop)
_FACT_NAMES: Final = {kind.__name__: kind for kind in _FACTS}
_ORDER_NAMES: Final = {kind.__name__: kind for kind in _ORDERS}


def encode(message: Fact | Order) -> bytes:
    """One line, newline included."""
    fields: dict[str, Any] = asdict(message)
    if isinstance(message, Play) and message.ask is not None:
        fields["ask"] |= {"timeout": _ms(message.ask.timeout), "pause": _ms(message.ask.pause)}
    return json.dumps([type(message).__name__, fields], separators=(",", ":")).encode() + b"\n"


def decode_fact(line: bytes) -> Fact:
    """The fact of one line. Raises ``ValueError`` for anything ``encode`` does not write."""
    name, fields = json.loads(line)
    try:
        return _FACT_NAMES[name](**fields)
    except (KeyError, TypeError) as broken:
        raise ValueError(f"no fact: {line[:80]!r}") from broken


def decode_order(line: bytes) -> Order:
    """The order of one line. Raises ``ValueError`` for anything ``encode`` does not write."""
    name, fields = json.loads(line)
    try:
        return _play(fields) if name == Play.__name__ else _ORDER_NAMES[name](**fields)
    except (KeyError, TypeError) as broken:
        raise ValueError(f"no order: {line[:80]!r}") from broken


def _play(fields: dict[str, Any]) -> Play:
    ask = fields["ask"]
    if ask is not None:
        ask = AskDigits(**ask | {name: timedelta(milliseconds=ask[name]) for name in ("timeout", "pause")})
    clips = tuple(Clip(**clip) for clip in fields["clips"])
    return Play(fields["call"], fields["turn_no"], clips, ask)


def _ms(length: timedelta) -> float:
    return length / timedelta(milliseconds=1)
