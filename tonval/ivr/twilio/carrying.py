"""What the addresses of a reception carry, so that it goes on where nothing can be stored: no key is lost meanwhile.

Twilio signs each address with all there is in it (``signature``), so it comes back as it was handed out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from tonval.fieldwork.calls.outages import Standing
from tonval.surveys.reception import Received, Step, slot_of
from tonval.surveys.turns import Digits, Reply, TimedOut, Utterance

ASKING: Final[Mapping[str, Step]] = {slot_of(step.name.lower()): step for step in (Step.LANGUAGE, Step.OPT_IN)}
"""What is said last says which key is waited for."""

_OWED: Final = re.compile(r"(?<!\S)([1-9][0-9]{0,2})\.([0-9*#]?)(?!\S)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Owed:
    """The reply to a turn that nobody has stored yet; without ``key`` nothing was heard."""

    turn: int
    key: str

    @property
    def reply(self) -> Digits | TimedOut:
        """The reply as fieldwork takes it."""
        return Digits(self.key) if self.key else TimedOut()


@dataclass(frozen=True, slots=True)
class Carried:
    """Her queue and language, which key she is asked for, and what the database has not heard yet."""

    queue: str
    language: str
    step: Step | None = None
    owed: tuple[Owed, ...] = ()

    @property
    def query(self) -> str:
        """As the query of an address."""
        told = {"queue": self.queue, "language": self.language}
        told |= {"step": self.step.name.lower()} if self.step else {}
        told |= {"owed": " ".join(f"{each.turn}.{each.key}" for each in self.owed)} if self.owed else {}
        return urlencode(told)

    def standing(self, turn: int) -> Standing | None:
        """Where she stands at this turn of her call. Languages are the first thing anybody is asked for."""
        if self.step is None:
            return None
        return Standing(self.queue, self.language, self.step, turn - 1 if self.step is Step.LANGUAGE else 0)

    def after(self, turn: int, reply: Reply, received: Received) -> Carried:
        """What is carried on, after a reply that could not be stored."""
        key = reply.digits if isinstance(reply, Digits) else ""
        following = carried(self.queue, received.says)
        language = received.reception.language
        return replace(following, language=language, owed=(*self.owed, Owed(turn, key)))


def carried(queue: str, says: Sequence[Utterance]) -> Carried:
    """What the address of a stored turn carries: it owes nothing."""
    step = ASKING.get(says[-1].slot) if says else None
    return Carried(queue, says[0].language if says else "", step)


def read(query: Mapping[str, str]) -> Carried:
    """What an address carries; what it does not is empty."""
    step = ASKING.get(slot_of(query.get("step", "")))
    owed = tuple(Owed(int(turn), key) for turn, key in _OWED.findall(query.get("owed", "")))
    return Carried(query.get("queue", ""), query.get("language", ""), step, owed)
