"""Our own calls to customers who hung up before they could be asked: claimed, placed, answered, over.

A row is ``dialling`` with the attempt's id in a commit of its own before the provider is called. What a crash leaves
there becomes ``unknown`` and is never dialled again: news of the call resolve it, or after ``PATIENCE`` it is used up.
Who places calls: ``claim``, then ``placed`` with the provider's id, then ``ended``. The number to be called comes from
the row of a reported interaction; there is no other way in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, exists, or_, select, update

from tonval.fieldwork.calls import dials
from tonval.fieldwork.calls.calling import outlet_of
from tonval.fieldwork.calls.dials import UNDER_WAY, WAITING, D
from tonval.fieldwork.calls.rationing import room, take_turn
from tonval.fieldwork.calls.ringing import State
from tonval.fieldwork.calls.screening import is_asked_still, screen
from tonval.fieldwork.field import Field
from tonval.fieldwork.optouts import hold_refusals, opt_out
from tonval.store.tables import Moment, interactions, invitations
from tonval.store.tables import dials as rows
from tonval.surveys.questionnaire import Channel
from tonval.surveys.reception import Outcome
from tonval.surveys.sentences import sentence as phrase

log = logging.getLogger(__name__)

IN_DOUBT: Final = timedelta(minutes=2)
"""How long a provider may take to say that it has placed a call."""

PATIENCE: Final = timedelta(minutes=15)
"""How long news of a call are waited for."""

STALE: Final = timedelta(days=2)
"""Who could not be called for so long after her call was due is not called any more."""

MOST_TRIES: Final = 20
"""How often a provider is asked to place a call that it surely did not."""

SOURCE: Final = "keypad"
"""Where an opt-out comes from that was made by a key."""

CAUSES: Final[Mapping[str, State]] = {
    "answered": State.ANSWERED,
    "no_answer": State.NO_ANSWER,
    "busy": State.BUSY,
    "failed": State.FAILED,
    "unknown": State.UNKNOWN,
}
"""Why a call has ended, by the word of whoever placed it."""

OUTCOMES: Final[Mapping[Outcome, State]] = {
    Outcome.SURVEY: State.TALKED,
    Outcome.NEVER: State.NEVER,
    Outcome.NOBODY: State.NOBODY,
}
"""What the guard has heard; anything else is a customer who has hung up on us."""


class NotPlaced(Exception):
    """The provider has surely placed no call; ``again``: after how long it may be asked anew, ``None``: never."""

    def __init__(self, sentence: str, again: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.again = again


@dataclass(frozen=True, slots=True)
class ToDial:
    """A call that is ours to place, now and once: ``number`` is the customer's, ``caller`` the one of ours she sees.

    ``language`` is the customer's where it is known; ``ring`` how long her telephone may ring.
    """

    id: str
    number: str
    caller: str
    queue: str
    language: str | None
    ring: timedelta


@dataclass(frozen=True, slots=True)
class InDoubt:
    """A call that may have been placed: ``ref`` is the provider's id where it is known."""

    to_dial: ToDial
    claimed_at: datetime
    ref: str | None


_DUE_QUEUES: Final = select(D.queue).distinct().where(WAITING, D.due_at <= bindparam("now", type_=Moment))
_DUE: Final = (
    select(rows, invitations.c.language)
    .join(invitations, invitations.c.id == D.invitation)
    .join(interactions, interactions.c.id == invitations.c.interaction)
    .where(WAITING, D.due_at <= bindparam("now", type_=Moment))
    .where(D.queue == bindparam("of"), interactions.c.demo == bindparam("play"))
    .order_by(D.due_at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=rows)
)
_CLAIM: Final = (
    update(rows)
    .where(D.id == bindparam("dial"), D.state == State.WAITING)
    .values(
        state=State.DIALLING,
        provider=bindparam("through"),
        tries=D.tries + 1,
        why=None,
        claimed_at=bindparam("now", type_=Moment),
        changed_at=bindparam("now", type_=Moment),
    )
)
_PUT_BACK: Final = (
    update(rows)
    .where(D.id == bindparam("dial"), D.state == State.DIALLING, D.ref.is_(None))
    .values(
        state=State.WAITING,
        claimed_at=None,
        why=bindparam("because"),
        due_at=bindparam("later", type_=Moment),
        changed_at=bindparam("now", type_=Moment),
    )
)


def claim(office: Field, provider: str, limit: int) -> list[ToDial]:
    """Take up to ``limit`` due calls that go out by ``provider`` (``sip``, ``twilio``), each committed as ``dialling``.

    Whoever gets them places each once, and tells what became of it by ``placed`` and ``ended``, or by ``put_back``
    where no call was placed for sure. It costs one small look while nothing is due.
    """
    if limit <= 0 or not _due_queues(office, provider):
        return []
    return office.unit.attempt(lambda tx: _claim_all(tx, office, provider, limit))


def placed(office: Field, dial: str, ref: str) -> None:
    """The provider has placed the call and knows it as ``ref``; telling it late or twice changes nothing."""
    with office.unit.begin() as tx:
        row = dials.lock(tx, dial)
        if row is not None:
            dials.raise_to(tx, office, row, State.PLACED, **({} if row.ref else {"ref": ref}))


def ended(office: Field, dial: str, cause: str, why: str | None = None) -> None:
    """The call is over: ``cause`` is one of ``CAUSES``, anything else counts as ``failed``; ``why`` a sentence.

    ``unknown``: nobody can say whether it was placed. Of an answered call the keys decide (``over``). News may come
    late, twice and in any order.
    """
    state = CAUSES.get(cause, State.FAILED)
    with office.unit.begin() as tx:
        row = dials.lock(tx, dial)
        if row is not None:
            more = {"ended_at": office.now()} if state is State.ANSWERED else {}
            dials.raise_to(tx, office, row, state, why, **more)


def put_back(office: Field, dial: str, wait: timedelta, why: str) -> None:
    """No call was placed, for sure: it is due again after ``wait``, unless that was tried too often."""
    with office.unit.begin() as tx:
        row = dials.lock(tx, dial)
        if row is None:
            return
        if row.tries >= MOST_TRIES:
            dials.raise_to(tx, office, row, State.FAILED, why)
            return
        now = office.now()
        tx.execute(_PUT_BACK, {"dial": dial, "because": why, "later": now + wait, "now": now})


def answered(tx: Connection, office: Field, dial: str, ref: str) -> str | None:
    """Somebody or something has answered the call: the invitation it is about, or ``None`` where nobody is to be asked.

    ``ref`` is the provider's id of the call that was answered: one dial is one call, and another that bears its name is
    none of ours. Nothing else is dialled for that invitation while this one goes on.
    """
    row = dials.lock(tx, dial)
    if row is None or (row.ref or ref) != ref:
        return None
    reached = dials.raise_to(tx, office, row, State.ANSWERED, ref=ref)
    dials.call_off(tx, office, row.invitation, phrase("Another call to the customer was answered."))
    asked = reached is State.ANSWERED and is_asked_still(tx, office, row)
    return row.invitation if asked else None


def over(tx: Connection, office: Field, dial: str, outcome: Outcome) -> str | None:
    """The guard of the call has come to its ``outcome``; gives the invitation whose interview begins now, if one does.

    Who pressed the key for it is never called again. A second time changes nothing.
    """
    row = dials.lock(tx, dial)
    if row is None:
        return None
    if outcome is Outcome.NEVER:
        opt_out(tx, row.number, Channel.KEYPAD, office.now(), SOURCE)
    begins = outcome is Outcome.SURVEY and dials.invitation_of(tx, row.invitation).state == "waiting"
    dials.raise_to(tx, office, row, OUTCOMES.get(outcome, State.HUNG_UP))
    return row.invitation if begins else None


def in_doubt(office: Field, provider: str, limit: int = 50) -> list[InDoubt]:
    """Calls of which nobody can say whether the provider has placed them: to be looked for in its list."""
    old = and_(D.state == State.DIALLING, D.claimed_at < office.now() - IN_DOUBT)
    query = (
        select(rows, invitations.c.language)
        .join(invitations, invitations.c.id == D.invitation)
        .where(UNDER_WAY, D.provider == provider, or_(D.state == State.UNKNOWN, old))
        .order_by(D.claimed_at)
    )
    with office.unit.read() as tx:
        found = tx.execute(query.limit(limit)).all()
    return [
        InDoubt(each, row.claimed_at, row.ref) for row in found if (each := _to_dial(office, row)) and row.claimed_at
    ]


def place_due(office: Field, provider: str, place: Callable[[ToDial], str], limit: int) -> int:
    """Claim and place up to ``limit`` calls, one after the other; gives how many were claimed.

    ``place`` gives the provider's id of the call. It raises ``NotPlaced`` where there is surely none; after any other
    error nobody knows, and the call is looked for later.
    """
    claimed = claim(office, provider, limit)
    for each in claimed:
        _place(office, each, place)
    return len(claimed)


def settle_doubtful(office: Field, limit: int = 100) -> int:
    """Move on what nothing was heard of for too long; gives how many. No call that may have been placed is repeated."""
    now = office.now()
    late = {
        State.UNKNOWN: and_(UNDER_WAY, D.state == State.DIALLING, D.changed_at < now - IN_DOUBT),
        State.LOST: and_(UNDER_WAY, D.state.in_((State.UNKNOWN, State.PLACED)), D.claimed_at < now - PATIENCE),
        State.HUNG_UP: and_(UNDER_WAY, D.state == State.ANSWERED, D.changed_at < now - PATIENCE),
        State.FAILED: and_(WAITING, D.due_at < now - STALE),
    }
    return sum(_move_on(office, state, which, limit) for state, which in late.items())


def has_due(tx: Connection, now: datetime) -> bool:
    """Whether a call waits that may be placed now."""
    return bool(tx.execute(select(exists().where(WAITING, D.due_at <= now))).scalar_one())


def _claim_all(tx: Connection, office: Field, provider: str, limit: int) -> list[ToDial]:
    """Queue after queue, in one order everywhere; whoever says no from now on waits until this is committed."""
    hold_refusals(tx)
    claimed: list[ToDial] = []
    for queue in _queues_due(tx, office, provider):
        claimed += _claim_of(tx, office, provider, queue, limit - len(claimed))
    return claimed


def _claim_of(tx: Connection, office: Field, provider: str, queue: str, limit: int) -> list[ToDial]:
    take_turn(tx, queue)
    left = min(limit, room(tx, office, queue))
    if left <= 0:
        return []
    due = {"now": office.now(), "of": queue, "play": office.demo, "limit": left}
    picked = tx.execute(_DUE, due).all()
    taken = [row for row in picked if screen(tx, office, row) and _take(tx, office, row, provider)]
    return [each for row in taken if (each := _to_dial(office, row))]


def _take(tx: Connection, office: Field, row: Row[Any], provider: str) -> bool:
    values = {"dial": row.id, "through": provider, "now": office.now()}
    return tx.execute(_CLAIM, values).rowcount == 1


def _to_dial(office: Field, row: Row[Any]) -> ToDial | None:
    queue = office.centre.queues.get(row.queue)
    outlet = outlet_of(office.centre, queue) if queue and queue.calling else None
    if queue is None or queue.calling is None or outlet is None:
        return None
    return ToDial(row.id, row.number, outlet.caller, row.queue, row.language, queue.calling.ring)


def _due_queues(office: Field, provider: str) -> list[str]:
    with office.unit.read() as tx:
        return _queues_due(tx, office, provider)


def _queues_due(tx: Connection, office: Field, provider: str) -> list[str]:
    """The queues with calls to place that go out this way."""
    due = tx.execute(_DUE_QUEUES, {"now": office.now()}).scalars()
    return sorted(name for name in due if _goes_by(office, name) == provider)


def _goes_by(office: Field, name: str) -> str | None:
    queue = office.centre.queues.get(name)
    outlet = outlet_of(office.centre, queue) if queue and queue.calling else None
    return outlet.provider if outlet else None


def _place(office: Field, each: ToDial, place: Callable[[ToDial], str]) -> None:
    try:
        ref = place(each)
    except NotPlaced as refused:
        if refused.again is None:
            ended(office, each.id, "failed", refused.sentence)
        else:
            put_back(office, each.id, refused.again, refused.sentence)
    except Exception as error:  # noqa: BLE001 - whatever it was, the call may have been placed
        log.warning("nobody knows whether a call was placed dial=%s error=%s", each.id, type(error).__name__)
        ended(office, each.id, "unknown", phrase("The provider did not say whether it placed the call."))
    else:
        placed(office, each.id, ref)


_WORDS: Final[Mapping[State, str]] = {
    State.UNKNOWN: phrase("Nobody knows whether this call was placed."),
    State.LOST: phrase("Nothing was ever heard of this call."),
    State.HUNG_UP: phrase("The call was answered, and nothing was heard of it afterwards."),
    State.FAILED: phrase("There was nothing to place the call with."),
}


def _move_on(office: Field, state: State, which: Any, limit: int) -> int:
    with office.unit.begin() as tx:
        found = tx.execute(select(rows).where(which).limit(limit).with_for_update(skip_locked=True)).all()
        for row in found:
            dials.raise_to(tx, office, row, state, _WORDS[state])
    return len(found)
