"""Our own calls to customers who hung up first, in words: what became of each, and which need a look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, select

from tonval.fieldwork.addresses import masked
from tonval.fieldwork.calls.ringing import State
from tonval.stats.paging import Order, Page, cut
from tonval.stats.queries import Filter
from tonval.stats.responses import among, named_agent
from tonval.stats.scope import Scope, below
from tonval.store.tables import agents, dials, interactions, interviews, invitations
from tonval.store.unit import Unit
from tonval.surveys.sentences import Sentence, sentence

D: Final = dials.c
PAGE: Final = 40

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


@dataclass(frozen=True, slots=True)
class Called:
    """One call: the ``attempt`` it was (from 1), when it ended, began or is due, and a sentence. ``why``: what else."""

    attempt: int
    at: datetime
    state: State
    sentence: Sentence
    why: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A call with the interaction it is about, by ``kind`` and ``ref``; the ``customer`` is masked."""

    id: str
    called: Called
    kind: str
    ref: str
    queue: str
    agent_name: str
    customer: str
    provider: str | None
    interview: str | None

    @property
    def in_doubt(self) -> bool:
        """Whether nobody knows if it was made: somebody should look at the provider's own list."""
        return self.called.state in (State.UNKNOWN, State.LOST)


def calls_about(tx: Connection, interaction: int) -> Iterator[Called]:
    """The calls about an interaction (row id), in order. One that is due and not wanted any more is left out."""
    for row in tx.execute(_ABOUT, {"about": interaction}):
        if row.state != State.WAITING or row.invited == "waiting":
            yield _called(row)


def calls_made(
    unit: Unit, scope: Scope, wanted: Filter, *, in_doubt: bool = False, cursor: str | None = None, limit: int = PAGE
) -> Page[Listed]:
    """The calls of the period, the latest first; ``in_doubt``: only those that need a look. Raises ``BadCursor``."""
    query = _listed(scope).where(among(D.created_at, wanted.start, wanted.end))
    for column, value in ((D.queue, wanted.queue), (invitations.c.survey, wanted.survey)):
        query = query if value is None else query.where(column == value)
    query = query if wanted.unit is None else query.where(below(agents.c.unit, wanted.unit))
    query = query.where(D.state.in_((State.UNKNOWN, State.LOST))) if in_doubt else query
    with unit.read() as tx:
        rows, after = cut(
            tx.execute(Order(D.created_at, D.id).page(query, cursor, limit)).all(), limit, "created_at", "id"
        )
    return Page(tuple(_line(row) for row in rows), after)


def _listed(scope: Scope) -> Select[Any]:
    joined = dials.join(invitations, invitations.c.id == D.invitation)
    joined = joined.join(interactions, interactions.c.id == invitations.c.interaction)
    joined = joined.outerjoin(agents, agents.c.id == interactions.c.agent)
    joined = joined.outerjoin(interviews, interviews.c.invitation == invitations.c.id)
    about = (interactions.c.kind, interactions.c.ref.label("about"), interactions.c.agent, named_agent())
    columns = (dials, invitations.c.state.label("invited"), interviews.c.id.label("interview"), *about)
    return select(*columns).select_from(joined).where(scope.allows(agents.c.unit, interactions.c.agent))


def _line(row: Row[Any]) -> Listed:
    return Listed(
        id=row.id,
        called=_called(row),
        kind=row.kind,
        ref=row.about,
        queue=row.queue,
        agent_name=row.agent_name or row.agent,
        customer=masked(row.number if row.number.startswith("+") else None),
        provider=row.provider,
        interview=row.interview if row.state == State.TALKED else None,
    )


def _called(row: Row[Any]) -> Called:
    unwanted = row.state == State.WAITING and row.invited != "waiting"
    state = State.DROPPED if unwanted else State(row.state)
    at = row.due_at if state is State.WAITING else row.ended_at or row.claimed_at or row.changed_at
    words = sentence("Call %(n)s: %(outcome)s", n=row.attempt, outcome=OUTCOMES[state])
    return Called(row.attempt, at, state, words, row.why)
