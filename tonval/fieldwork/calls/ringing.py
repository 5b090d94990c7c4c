"""How far a call of ours has come, and whether another is tried after it. Pure.

News of a call arrive in any order and more than once; a call never goes backwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tonval.surveys.dispositions import Disposition


class State(StrEnum):
    """The states of a call of ours, each later than those above it.

    The ends have an order too, so that contradicting news end alike whichever come first: who was heard (``answered``
    and below) counts for more than what a network says of a call it gave up.
    """

    WAITING = "waiting"
    DROPPED = "dropped"  # before anybody was called: it is not wanted any more
    DIALLING = "dialling"  # the provider is being told
    UNKNOWN = "unknown"  # nobody can say whether the provider has placed it
    PLACED = "placed"
    LOST = "lost"  # nothing was ever heard of it; the telephone may have rung
    FAILED = "failed"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    ANSWERED = "answered"
    NOBODY = "nobody"  # it was answered and no key was pressed: a machine, most likely
    HUNG_UP = "hung-up"
    NEVER = "never"  # the customer wants no more calls
    TALKED = "talked"  # the interview has begun


RANK: Final = {state: rank for rank, state in enumerate(State)}

UNDER_WAY: Final = (State.DIALLING, State.UNKNOWN, State.PLACED, State.ANSWERED)
"""A number that has such a call is not rung; the words of the index stand with the table."""

OPEN: Final = (State.WAITING, *UNDER_WAY)
"""Something will still come of these."""


def later(one: State, other: State) -> State:
    """The later of two states: the join of the lattice, so order and repetition do not matter."""
    return max(one, other, key=RANK.__getitem__)


def before(state: State) -> tuple[State, ...]:
    """The states that news of ``state`` change."""
    return tuple(State)[: RANK[state]]


@dataclass(frozen=True, slots=True)
class Again:
    """Another call is tried so long after this one has ended, or in the next allowed hours after that."""

    pause: timedelta


@dataclass(frozen=True, slots=True)
class Over:
    """No more calls are tried. ``reached``: her telephone has rung or may have, so she counts as asked.

    ``other_way``: nobody has spoken with her, so she may be asked by the next way that her queue names.
    """

    disposition: Disposition
    reached: bool
    other_way: bool = False


RANG: Final = tuple(state for state in State if RANK[state] >= RANK[State.LOST] and state is not State.FAILED)
"""After these her telephone has rung, or may have."""

_AGAIN: Final = (State.BUSY, State.NO_ANSWER, State.NOBODY)
_REFUSED: Final = (State.HUNG_UP, State.NEVER)


def following(end: State, attempt: int, retry: Sequence[timedelta]) -> Again | Over | None:
    """What follows attempt ``attempt`` (from 1) that came to this ``end``; ``None``: it goes on, or the survey does.

    ``retry`` are the pauses of the ladder. Only who did not answer, was engaged, or left the talking to a machine is
    called again. A call that may have been placed without our knowing is not made good by another, nor by a message.
    """
    if end in OPEN or end in (State.TALKED, State.DROPPED):
        return None
    if end in _AGAIN and attempt <= len(retry):
        return Again(retry[attempt - 1])
    if end in _REFUSED:
        return Over(Disposition.REFUSED, True)
    if end is State.FAILED and attempt == 1:
        return Over(Disposition.NOT_OFFERED, False, other_way=True)
    return Over(Disposition.NO_ANSWER, True, other_way=end is not State.LOST)
