"""Our own calls to customers who hung up first, in words: what became of each, and which need a look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, text

from tonval.fieldwork.ringing import State
from tonval.store.tables import dials, interactions, invitations
from tonval.store.unit import Unit
from tonval.surveys.sentences import Sentence, sentence

D: Final = dials.c

OUTCOMES: Final = {
    State.WAITING: sentence("is due"),
    State.DROPPED: sentence("was not made"),
    State.DIALLING: sentence("is being made"),
    State.UNKNOWN: sentence("was perhaps made; nobody knows yet"),
    State.PLACED: sentence("was made, and her telephone rings"),
    State.LOST: sentence("was perhaps made, and nothing was heard of it"),
    State.FAILED: sentence("could not be made"),
    State.BUSY: sentence("the line was engaged"),
    State.NO_ANSWER: sentence("nobody answered"),
    State.ANSWERED: sentence("somebody has answered"),
    State.NOBODY: sentence("it was answered and no key was pressed: most likely a machine"),
    State.HUNG_UP: sentence("she hung up"),
    State.NEVER: sentence("she wants no more calls"),
    State.TALKED: sentence("she took part"),
}
"""What has become of a call, within a sentence."""

_ABOUT: Final = (
    select(dials, invitations.c.state.label("invited"))
    .join(invitations, invitations.c.id == D.invitation)
    .where(invitations.c.interaction == bindparam("about"))
    .order_by(D.attempt)
)
_IN_DOUBT: Final = (
    select(D.id, D.queue, D.claimed_at, D.provider, interactions.c.kind, interactions.c.ref)
    .join(invitations, invitations.c.id == D.invitation)
    .join(interactions, interactions.c.id == invitations.c.interaction)
    .where(text("dials.state IN ('dialling', 'unknown', 'placed', 'answered')"), D.state == State.UNKNOWN)
    .order_by(D.claimed_at)
)


@dataclass(frozen=True, slots=True)
class Called:
    """One call: the ``attempt`` it was (from 1), when it ended, began or is due, and a sentence. ``why``: what else."""

    attempt: int
    at: datetime
    state: State
    sentence: Sentence
    why: str | None


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A call of which nobody knows whether it was made; ``kind`` and ``ref`` name the interaction it is about."""

    id: str
    queue: str
    at: datetime
    provider: str
    kind: str
    ref: str


def calls_about(tx: Connection, interaction: int) -> Iterator[Called]:
    """The calls about an interaction (row id), in order. One that is due and not wanted any more is left out."""
    for row in tx.execute(_ABOUT, {"about": interaction}):
        if row.state != State.WAITING or row.invited == "waiting":
            yield _called(row)


def doubtful(unit: Unit, limit: int = 50) -> list[Doubtful]:
    """The calls that need a look, the oldest first."""
    with unit.read() as tx:
        return [
            Doubtful(row.id, row.queue, row.claimed_at, row.provider, row.kind, row.ref)
            for row in tx.execute(_IN_DOUBT.limit(limit))
        ]


def _called(row: Row[Any]) -> Called:
    state = State(row.state)
    at = row.due_at if state is State.WAITING else row.ended_at or row.claimed_at or row.changed_at
    words = sentence("Call %(n)s: %(outcome)s", n=row.attempt, outcome=OUTCOMES[state])
    return Called(row.attempt, at, state, words, row.why)
