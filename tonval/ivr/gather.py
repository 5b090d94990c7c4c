"""Gathering keys: turns the timed facts of one wait (a key, the prompts' end, the clock) into a reply.

Pure. Every time is a float in milliseconds on any one clock that runs forwards, so that a live call, which adds fact
by fact, and the simulator, which folds a whole list on every request, come to the same reply.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from tonval.surveys.turns import AskDigits, Digits, TimedOut

KEYS: Final = frozenset("0123456789*#")
REPEAT: Final = "*"
ECHO: Final = 150.0
"""Milliseconds from the start of a turn in which a key still belongs to the press that ended the turn before."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key pressed at a time; a long press is one."""

    at: float
    key: str


@dataclass(frozen=True, slots=True)
class Gathering:
    """One wait in progress.

    ``outcome`` is the reply once there is one, and ``deadline`` the time at which silence would make one (``None``
    while prompts play, and when it is over). ``barged`` says that playback must stop. ``rest`` holds the keys pressed
    after the outcome: they were meant for the turns to come.
    """

    ask: AskDigits
    began: float
    prompts_ended: float | None = None
    digits: str = ""
    latest: float | None = None
    outcome: Digits | TimedOut | None = None
    rest: tuple[Key, ...] = ()

    @property
    def barged(self) -> bool:
        """Whether a key that counts has come."""
        return bool(self.digits) or self.outcome is not None

    @property
    def deadline(self) -> float | None:
        """When the wait ends should nothing more come."""
        if self.outcome is not None:
            return None
        if self.latest is not None:
            return self.latest + _ms(self.ask.pause)
        return None if self.prompts_ended is None else self.prompts_ended + _ms(self.ask.timeout)


def begin(ask: AskDigits, at: float, early: Iterable[Key] = ()) -> Gathering:
    """Start a wait whose prompts begin ``at``; ``early`` keys came before, oldest first, and count with type-ahead."""
    gathering = Gathering(ask, at)
    for key in early if ask.type_ahead else ():
        gathering = press(gathering, key)
    return tick(gathering, at)


def press(gathering: Gathering, key: Key) -> Gathering:
    """Take one key in. Raises ``ValueError`` when it is none of ``0-9*#``."""
    if key.key not in KEYS:
        raise ValueError(f"{key.key!r} is not a key of a telephone")
    gathering = tick(gathering, key.at)
    if gathering.outcome is not None:
        return replace(gathering, rest=(*gathering.rest, key))
    if not gathering.ask.type_ahead and key.at < gathering.began + ECHO:
        return gathering
    if key.key == gathering.ask.finish_on:
        return _finish(gathering) if gathering.digits else gathering
    return _add(gathering, key)


def end_prompts(gathering: Gathering, at: float) -> Gathering:
    """The last prompt has been heard to its end; only the first such fact counts."""
    gathering = tick(gathering, at)
    return gathering if gathering.prompts_ended is not None else replace(gathering, prompts_ended=at)


def tick(gathering: Gathering, now: float) -> Gathering:
    """Let time pass until ``now``."""
    deadline = gathering.deadline
    if deadline is None or now < deadline:
        return gathering
    return _finish(gathering) if gathering.digits else replace(gathering, outcome=TimedOut())


def fold(ask: AskDigits, keys: Iterable[Key], *, began: float, prompts_end: float, now: float) -> Gathering:
    """The whole wait at once: prompts from ``began`` to ``prompts_end`` unless barged in on, ``keys`` oldest first.

    Keys before ``began`` are the early ones; keys and a ``prompts_end`` after ``now`` have not happened yet.
    """
    heard = [key for key in keys if key.at <= now]
    gathering = begin(ask, began, [key for key in heard if key.at < began])
    later = [key for key in heard if key.at >= began]
    for key in later:
        gathering = press(_end_due_prompts(gathering, prompts_end, key.at), key)
    return tick(_end_due_prompts(gathering, prompts_end, now), now)


def _end_due_prompts(gathering: Gathering, prompts_end: float, now: float) -> Gathering:
    return end_prompts(gathering, prompts_end) if prompts_end <= now else gathering


def _add(gathering: Gathering, key: Key) -> Gathering:
    digits = gathering.digits + key.key
    taken = replace(gathering, digits=digits, latest=key.at)
    done = len(digits) >= gathering.ask.max_digits or digits == REPEAT
    return _finish(taken) if done else taken


def _finish(gathering: Gathering) -> Gathering:
    return replace(gathering, outcome=Digits(gathering.digits))


def _ms(length: timedelta) -> float:
    return length / timedelta(milliseconds=1)
