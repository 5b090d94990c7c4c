"""The telephone of the simulator: turns as JSON, and the timed keys of one wait folded into a reply.

The server keeps nothing between requests: each turn carries a signed ticket with what it waits for, and each request
all keys of the turn with their times, so that the gatherer of real calls decides here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Final

from itsdangerous import BadSignature, URLSafeSerializer

from tonval.fieldwork.conduct import Conducted
from tonval.ivr import gather
from tonval.ivr.gather import Gathering, Key
from tonval.surveys.record import plain, wait_from
from tonval.surveys.turns import AskDigits, AskRecording, Dial, Utterance, Wait

MOST_KEYS: Final = 200


class BadPress(ValueError):
    """The browser sent something that is no keys of a turn of this call."""


@dataclass(frozen=True, slots=True)
class Presses:
    """One request: the turn it belongs to, and what has happened since the turn began, in milliseconds."""

    turn_no: int
    ask: AskDigits
    keys: tuple[Key, ...]
    prompts_end: float
    now: float

    def gathered(self) -> Gathering:
        """What the keys come to."""
        return gather.fold(self.ask, self.keys, began=0.0, prompts_end=self.prompts_end, now=self.now)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A turn that waits, in its caller's language."""

    leg: str
    turn_no: int
    wait: Wait
    language: str


WAITS: Final = {AskDigits: "keys", AskRecording: "speech", Dial: "agent"}
"""What the page is told that a turn waits for."""


class Tickets:
    """Signs what a turn waits for, so that the browser can carry it and not change it."""

    def __init__(self, secret_key: str) -> None:
        self._signer = URLSafeSerializer(secret_key, salt="simulator turn")

    def written(self, turn: Conducted) -> str:
        """The ticket of a turn that waits."""
        language = turn.says[-1].language if turn.says else ""
        return str(self._signer.dumps([turn.leg, turn.turn_no, plain(turn.wait, Wait), language]))

    def opened(self, body: Any) -> Ticket:
        """The ticket in a request. Raises ``BadPress``."""
        if not isinstance(body, Mapping):
            raise BadPress("send an object")
        try:
            leg, turn_no, wait, language = self._signer.loads(str(body.get("ticket")))
        except (BadSignature, ValueError):
            raise BadPress("this ticket was not given out here") from None
        return Ticket(leg, turn_no, wait_from(wait), language)

    def read(self, leg: str, body: Any) -> Presses:
        """The keys of a request. Raises ``BadPress``."""
        ticket = self.opened(body)
        if ticket.leg != leg or not isinstance(ticket.wait, AskDigits):
            raise BadPress("this ticket belongs to another call")
        ended = body.get("prompts_end")
        prompts_end = inf if ended is None else _number(ended)
        return Presses(ticket.turn_no, ticket.wait, _keys(body.get("keys")), prompts_end, _number(body.get("now")))


def turn_json(turn: Conducted, ticket: str | None, sounds: Sequence[str]) -> dict[str, Any]:
    """A turn as the page plays it; ``ticket`` is ``None`` when the call is to be hung up afterwards."""
    says = [_utterance(said, sound) for said, sound in zip(turn.says, sounds, strict=True)]
    waits = WAITS[type(turn.wait)] if turn.wait else None
    about = {"leg": turn.leg, "turn": turn.turn_no, "interview": turn.interview}
    return {**about, "says": says, "ticket": ticket, "waits": waits}


def _utterance(said: Utterance, sound: str) -> dict[str, str]:
    return {"slot": said.slot, "language": said.language, "text": said.text, "sound": sound}


def _keys(pressed: Any) -> tuple[Key, ...]:
    if not isinstance(pressed, list) or len(pressed) > MOST_KEYS:
        raise BadPress(f"send the keys as a list of at most {MOST_KEYS}")
    return tuple(sorted((_key(each) for each in pressed), key=lambda key: key.at))


def _key(each: Any) -> Key:
    if not isinstance(each, Mapping) or each.get("key") not in gather.KEYS:
        raise BadPress("a key is one of 0-9, * and #, with its time")
    return Key(_number(each.get("at")), each["key"])


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise BadPress("a time is a number of milliseconds")
    return float(value)
