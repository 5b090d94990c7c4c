"""Outgoing messages on their way: claimed before the provider is called, and never moved backwards afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, String, and_, cast, or_, select, update

from tonval.fieldwork.caps import is_refused
from tonval.fieldwork.delivery import State, before
from tonval.fieldwork.field import Field
from tonval.fieldwork.optouts import opt_out
from tonval.store.tables import messages

_M = messages.c


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that one attempt holds; ``attempts`` counts it, ``claimed_at`` is before the provider was called."""

    id: str
    attempt: str
    attempts: int
    claimed_at: datetime
    provider: str
    sender: str
    recipient: str
    body: str
    segments: int
    interview: str | None


def claim_due(office: Field, limit: int) -> tuple[Outgoing, ...]:
    """Take due messages: queued to sending in one transaction, with opt-outs and blocklist checked in the claim."""
    now, attempt = office.now(), office.fresh_id("att")
    due = and_(_M.state == State.QUEUED, _M.due_at <= now)
    with office.unit.begin() as tx:
        _drop_refused(tx, due, now)
        first = select(_M.id).where(due).order_by(_M.due_at).limit(limit).with_for_update(skip_locked=True)
        picked = select(first.cte("picked").c.id)  # PostgreSQL would run a plain subquery again for each row it updates
        claimed: dict[str, Any] = {"state": State.SENDING, "attempt": attempt, "attempts": _M.attempts + 1}
        claimed |= {"claimed_at": now, "changed_at": now}
        taken = update(messages).where(_M.id.in_(picked), due).values(claimed).returning(*_OUTGOING)
        rows = [Outgoing(*row) for row in tx.execute(taken)]
    return tuple(sorted(rows, key=lambda message: message.id))


_OUTGOING: tuple[Column[Any], ...] = (
    _M.id,
    _M.attempt,
    _M.attempts,
    _M.claimed_at,
    _M.provider,
    _M.sender,
    _M.recipient,
    _M.body,
    _M.segments,
    _M.interview,
)


def _drop_refused(tx: Connection, due: ColumnElement[bool], now: datetime) -> None:
    """Whoever opted out since is sent nothing more but the confirmation of that."""
    refused = and_(due, _M.purpose != "confirmation", is_refused(cast(_M.recipient, String), "sms"))
    values = {"state": State.FAILED, "error": "The customer does not want messages.", "changed_at": now}
    tx.execute(update(messages).where(refused).values(values))


def mark_accepted(office: Field, message_id: str, attempt: str, ref: str, state: str = State.ACCEPTED) -> bool:
    """The provider took it under its id ``ref``; a report that was faster keeps its later state.

    ``False``, with nothing changed, when the provider's ``ref`` is another message of ours.
    """
    with office.unit.begin() as tx:
        provider = select(_M.provider).where(_M.id == message_id).scalar_subquery()
        if tx.execute(select(_M.id).where(_M.ref == ref, _M.provider == provider, _M.id != message_id)).first():
            return False
        tx.execute(update(messages).where(_M.id == message_id, _M.ref.is_(None)).values(ref=ref))
        _raise_to(tx, office, and_(_M.id == message_id, _M.attempt == attempt), state, None)
    return True


def mark_failed(office: Field, message_id: str, attempt: str, sentence: str, *, opted_out: bool = False) -> None:
    """It will not be sent; ``sentence`` says why. An opt-out that only the provider knew of is kept."""
    with office.unit.begin() as tx:
        _raise_to(tx, office, and_(_M.id == message_id, _M.attempt == attempt), State.FAILED, sentence)
        if opted_out:
            recipient = tx.execute(select(_M.recipient).where(_M.id == message_id)).scalar_one()
            opt_out(tx, recipient, "sms", office.now(), "provider")


def mark_retry(office: Field, message_id: str, attempt: str, due_at: datetime) -> None:
    """It was surely not accepted; the only way back in the lattice, and only for the attempt that holds it."""
    held = and_(_M.id == message_id, _M.attempt == attempt, _M.state == State.SENDING)
    values = {"state": State.QUEUED, "due_at": due_at, "changed_at": office.now()}
    with office.unit.begin() as tx:
        tx.execute(update(messages).where(held).values(values))
    office.ring("message")


def mark_unknown(office: Field, message_id: str, attempt: str) -> None:
    """Nobody can say whether it was accepted: it waits for a report or the provider's list, and is not sent again."""
    with office.unit.begin() as tx:
        _raise_to(tx, office, and_(_M.id == message_id, _M.attempt == attempt), State.UNKNOWN, None)


def status_changed(
    office: Field, provider: str, ref: str | None, message_id: str | None, state: str, error: str | None
) -> None:
    """A report from the provider, by its own id or by ours; early, late and repeated ones do no harm."""
    keys = [_M.ref == ref] if ref else []
    if message_id:
        keys.append(_M.id == message_id)
    with office.unit.begin() as tx:
        here = and_(_M.provider == provider, _M.direction == "out", or_(*keys))
        if ref and message_id:
            tx.execute(update(messages).where(_M.id == message_id, here, _M.ref.is_(None)).values(ref=ref))
        _raise_to(tx, office, here, state, error)


def stuck(office: Field, since: datetime) -> tuple[Outgoing, ...]:
    """Messages that have been ``sending`` since before ``since``: their worker is gone."""
    return _waiting(office, State.SENDING, since)


def doubtful(office: Field, since: datetime) -> tuple[Outgoing, ...]:
    """Messages whose outcome has been ``unknown`` since before ``since``."""
    return _waiting(office, State.UNKNOWN, since)


def has_due(tx: Connection, now: datetime) -> bool:
    """Whether a message waits to be sent now."""
    return tx.execute(select(_M.id).where(_M.state == State.QUEUED, _M.due_at <= now).limit(1)).first() is not None


def _waiting(office: Field, state: State, since: datetime) -> tuple[Outgoing, ...]:
    wanted = select(*_OUTGOING).where(_M.state == state, _M.changed_at < since).order_by(_M.changed_at).limit(100)
    with office.unit.read() as tx:
        return tuple(Outgoing(*row) for row in tx.execute(wanted))


def _raise_to(tx: Connection, office: Field, here: ColumnElement[bool], state: str, error: str | None) -> None:
    """Move up to ``state`` where that is later than what stands; an SMS that never arrives leaves its row to expiry."""
    values: dict[str, Any] = {"state": state, "changed_at": office.now(), "error": error}
    tx.execute(update(messages).where(here, _M.state.in_(before(State(state)))).values(values))
