"""How far a message has come. Reports arrive in any order and more than once; a message never goes backwards. Pure."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """The states of an outgoing message, each later than those above it.

    The ends have an order too, so that contradicting reports end alike whichever comes first: what a handset
    confirmed (``delivered``) stands above what a network gave up.
    """

    QUEUED = "queued"
    SENDING = "sending"  # the provider is being called
    UNKNOWN = "unknown"  # nobody can say whether the provider took it
    ACCEPTED = "accepted"
    SENT = "sent"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"


_RANK = {state: rank for rank, state in enumerate(State)}


def later(one: State, other: State) -> State:
    """The later of two states: the join of the lattice, so order and repetition do not matter."""
    return max(one, other, key=_RANK.__getitem__)


def before(state: State) -> tuple[State, ...]:
    """The states that a report of ``state`` changes."""
    return tuple(State)[: _RANK[state]]
