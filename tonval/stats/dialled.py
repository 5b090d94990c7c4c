"""Our own calls to customers who hung up first, in words: what became of each, and which need a look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, exists, func, or_, select

from tonval.fieldwork.addresses import masked
from tonval.fieldwork.calls.ringing import OPEN, State
from tonval.stats.paging import Order, Page, cut
from tonval.stats.queries import Filter
from tonval.stats.responses import among, named_agent
from tonval.stats.scope import Scope, below
from tonval.store.tables import agents, dials, interactions, interviews, invitations
from tonval.store.unit import Unit
from tonval.surveys.questionnaire import Channel
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


class Fate(StrEnum):
    """What became of a customer who was to be called, in the order they are told."""

    TOOK_PART = "took part"
    BY_HERSELF = "by herself"
    OTHER_WAY = "other way"
    UNREACHED = "unreached"
    REFUSED = "refused"
    NOT_CALLED = "not called"
    OPEN = "open"


FATES: Final = {
    Fate.TOOK_PART: sentence("Took part in a call"),
    Fate.BY_HERSELF: sentence("Came in for the survey themselves"),
    Fate.OTHER_WAY: sentence("Not reached, then asked by SMS or e-mail"),
    Fate.UNREACHED: sentence("Not reached"),
    Fate.REFUSED: sentence("Did not want to take part"),
    Fate.NOT_CALLED: sentence("Not called after all"),
    Fate.OPEN: sentence("Still to be called, or being called now"),
}
"""Each in a few words."""

_LATER: Final = dials.alias("later")
_LAST: Final = ~exists().where(_LATER.c.invitation == D.invitation, _LATER.c.attempt > D.attempt)

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
    fate: Fate

    @property
    def in_doubt(self) -> bool:
        """Whether nobody knows if it was made: somebody should look at the provider's own list."""
        return self.called.state in (State.UNKNOWN, State.LOST)


def calls_about(tx: Connection, interaction: int) -> Iterator[Called]:
    """The calls about an interaction (row id), in order. One that is due and not wanted any more is left out."""
    for row in tx.execute(_ABOUT, {"about": interaction}):
        if row.state != State.WAITING or row.invited == "waiting":
            yield _called(row)


def latest(unit: Unit, provider: str) -> Called | None:
    """The newest call that this way out was asked for."""
    asked = dials.join(invitations, invitations.c.id == D.invitation)
    query = select(dials, invitations.c.state.label("invited")).select_from(asked)
    query = query.where(D.provider == provider, D.claimed_at.is_not(None)).order_by(D.id.desc()).limit(1)
    with unit.read() as tx:
        row = tx.execute(query).one_or_none()
    return _called(row) if row else None


def fates(unit: Unit, scope: Scope, wanted: Filter) -> dict[Fate, int]:
    """How many customers each came to of those whose last call falls in the period, in the order of ``Fate``."""
    about = (D.state, invitations.c.state.label("invited"), invitations.c.channel)
    query = _narrowed(_listed(scope), scope, wanted).where(_LAST).with_only_columns(*about, func.count().label("n"))
    counted: Counter[Fate] = Counter()
    with unit.read() as tx:
        for row in tx.execute(query.group_by(*about)):
            counted[_fate(row)] += row.n
    return {fate: counted[fate] for fate in Fate if counted[fate]}


def calls_made(
    unit: Unit, scope: Scope, wanted: Filter, *, in_doubt: bool = False, cursor: str | None = None, limit: int = PAGE
) -> Page[Listed]:
    """The calls of the period, the latest first; ``in_doubt``: only those that need a look. Raises ``BadCursor``."""
    query = _narrowed(_listed(scope), scope, wanted)
    query = query.where(D.state.in_((State.UNKNOWN, State.LOST))) if in_doubt else query
    with unit.read() as tx:
        rows, after = cut(
            tx.execute(Order(D.created_at, D.id).page(query, cursor, limit)).all(), limit, "created_at", "id"
        )
    return Page(tuple(_line(row) for row in rows), after)


def _narrowed(query: Select[Any], scope: Scope, wanted: Filter) -> Select[Any]:
    query = query.where(among(D.created_at, wanted.start, wanted.end))
    for column, value in ((D.queue, wanted.queue), (invitations.c.survey, wanted.survey)):
        query = query if value is None else query.where(column == value)
    if wanted.unit is None:
        return query
    nameless = scope.nameless(interactions.c.agent, interactions.c.queue, wanted.unit)
    return query.where(or_(below(agents.c.unit, wanted.unit), nameless))


def _listed(scope: Scope) -> Select[Any]:
    joined = dials.join(invitations, invitations.c.id == D.invitation)
    joined = joined.join(interactions, interactions.c.id == invitations.c.interaction)
    joined = joined.outerjoin(agents, agents.c.id == interactions.c.agent)
    joined = joined.outerjoin(interviews, interviews.c.invitation == invitations.c.id)
    about = (interactions.c.kind, interactions.c.ref.label("about"), interactions.c.agent, named_agent())
    invited = (invitations.c.state.label("invited"), invitations.c.channel)
    columns = (dials, *invited, interviews.c.id.label("interview"), *about)
    theirs = scope.holds(agents.c.unit, interactions.c.agent, interactions.c.queue)
    return select(*columns).select_from(joined).where(theirs)


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
        fate=_fate(row),
    )


def _fate(row: Row[Any]) -> Fate:
    """What became of the customer, by the last call to her and by her invitation."""
    state = State(row.state)
    if state is State.DROPPED or (state is State.WAITING and row.invited != "waiting"):
        return Fate.BY_HERSELF if row.invited == "asked" else Fate.NOT_CALLED
    if state in OPEN:
        return Fate.OPEN
    if state is State.TALKED:
        return Fate.TOOK_PART
    if state in (State.HUNG_UP, State.NEVER):
        return Fate.REFUSED
    if row.channel != Channel.KEYPAD:
        return Fate.OTHER_WAY
    return Fate.NOT_CALLED if state is State.FAILED else Fate.UNREACHED


def _called(row: Row[Any]) -> Called:
    unwanted = row.state == State.WAITING and row.invited != "waiting"
    state = State.DROPPED if unwanted else State(row.state)
    at = row.due_at if state is State.WAITING else row.ended_at or row.claimed_at or row.changed_at
    words = sentence("Call %(n)s: %(outcome)s", n=row.attempt, outcome=OUTCOMES[state])
    return Called(row.attempt, at, state, words, row.why)
