"""What a cell and the conductor say to each other over their socket pair: one JSON list a line, facts up, orders down.

Calls that come in are numbered by the cell from 1, those that go out by the conductor from -1 downwards; a number is
never used twice in a cell's life. Times are milliseconds.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any, Final, get_args

from tonval.surveys.turns import AskDigits, AskRecording, Digits, TimedOut


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
    """A call came in; the fields are what its headers said, ``None`` where they were silent.

    ``peer`` is where the other side wants to be reached (``host`` or ``host:port``), ``reception`` the leg of ours that
    it transferred before, ``source`` the address the call came from.
    """

    call: int
    ref: str
    dialled: str
    queue: str | None = None
    agent: str | None = None
    interaction: str | None = None
    language: str | None = None
    caller: str | None = None
    diverted: str | None = None
    reception: str | None = None
    peer: str | None = None
    source: str | None = None


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
class Recorded:
    """The recording of a turn is over and its file whole; 0 ``length``: nothing worth keeping was spoken."""

    call: int
    turn_no: int
    length: float


@dataclass(frozen=True, slots=True)
class Untaken:
    """None of the lines took the caller that was to be transferred."""

    call: int
    turn_no: int


@dataclass(frozen=True, slots=True)
class Ringing:
    """The telephone that is called rings."""

    call: int


@dataclass(frozen=True, slots=True)
class Answered:
    """Somebody, or something, has answered the call that went out."""

    call: int


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The call is over; the last fact about it. ``code`` is the final SIP code of a call that was never answered."""

    call: int
    cause: str
    code: int = 0


Fact = (
    Opened
    | Failed
    | Capacity
    | Heartbeat
    | Invited
    | Ready
    | Gathered
    | Recorded
    | Untaken
    | Ringing
    | Answered
    | LegEnded
)


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
class Record:
    """Say the clips, the last of which is the tone, then record to the file ``path`` (8 kHz mono 16-bit WAV)."""

    call: int
    turn_no: int
    clips: tuple[Clip, ...]
    ask: AskRecording
    path: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Say the clips, then refer the caller to each of ``targets`` (SIP URIs) until one takes her within ``ring``."""

    call: int
    turn_no: int
    clips: tuple[Clip, ...]
    targets: tuple[str, ...]
    ring: float


@dataclass(frozen=True, slots=True)
class Account:
    """A way out by ``proxy`` (a SIP URI), as ``user`` where it asks who calls."""

    proxy: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Call ``uri`` by an account, shown as ``caller``; take it back after ``ring``."""

    call: int
    uri: str
    by: Account
    caller: str
    ring: float


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call now, for this cause."""

    call: int
    cause: str


@dataclass(frozen=True, slots=True)
class Allow:
    """From here on only these networks (CIDR) may call."""

    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drain:
    """Refuse new calls from here on (503); go on with those that are up."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Hang up everything, for this cause, and end."""

    cause: str


CallOrder = Answer | Refuse | Play | Record | Transfer | Place | HangUp
Order = CallOrder | Allow | Drain | Stop

_FACTS: Final = get_args(Fact)
_ORDERS: Final = get_args(Order)
_FACT_NAMES: Final = {kind.__name__: kind for kind in _FACTS}
_ORDER_NAMES: Final = {kind.__name__: kind for kind in _ORDERS}


def encode(message: Fact | Order) -> bytes:
    """One line, newline included."""
    fields: dict[str, Any] = asdict(message)
    if fields.get("ask"):
        fields["ask"] = {name: _ms(value) for name, value in fields["ask"].items()}
    return json.dumps([type(message).__name__, fields], separators=(",", ":")).encode() + b"\n"


def decode_fact(line: bytes) -> Fact:
    """The fact of one line. Raises ``ValueError`` for anything ``encode`` does not write."""
    name, fields = json.loads(line)
    try:
        fact: Fact = _FACT_NAMES[name](**fields)
    except (KeyError, TypeError) as broken:
        raise ValueError(f"no fact: {name!r:.40}") from broken
    return fact


def decode_order(line: bytes) -> Order:
    """The order of one line. Raises ``ValueError`` for anything ``encode`` does not write."""
    name, fields = json.loads(line)
    try:
        order: Order = _ORDER_NAMES[name](**{field: _read(name, field, value) for field, value in fields.items()})
    except (KeyError, TypeError) as broken:
        raise ValueError(f"no order: {name!r:.40}") from broken
    return order


def _read(order: str, field: str, value: Any) -> Any:
    """A field of an order, as it was before it became JSON."""
    if field == "clips":
        return tuple(Clip(**clip) for clip in value)
    if field == "by":
        return Account(**value)
    if field == "ask" and value is not None:
        kind = AskRecording if order == Record.__name__ else AskDigits
        return kind(**{name: _length(name, each) for name, each in value.items()})
    return tuple(value) if isinstance(value, list) else value


_LENGTHS: Final = frozenset({"timeout", "pause", "longest", "silence", "shortest"})


def _length(name: str, value: Any) -> Any:
    return timedelta(milliseconds=value) if name in _LENGTHS else value


def _ms(value: Any) -> Any:
    return value / timedelta(milliseconds=1) if isinstance(value, timedelta) else value
