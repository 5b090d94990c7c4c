"""Outgoing messages on their way: claimed before the provider is called, and never moved backwards afterwards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    String,
    Update,
    and_,
    bindparam,
    exists,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from tonval.fieldwork.deciding.refusals import refused
from tonval.fieldwork.delivery import State, before
from tonval.fieldwork.field import Field
from tonval.fieldwork.optouts import opt_out
from tonval.fieldwork.outgoing import REMINDER, drop_reminder
from tonval.store import outbox
from tonval.store.among import among, listed
from tonval.store.tables import Moment, interviews, messages
from tonval.surveys.questionnaire import Channel

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
    """Take up to ``limit`` due messages to send, queued to sending; nothing is due when none comes back.

    Whoever is blocked or opted out since is sent nothing more: that is looked up in the transaction of the claim.
    """
    while True:
        with office.unit.begin() as tx:
            picked, wanted = pick_due(tx, Channel.SMS, office.now(), limit)
            claimed = _claim(tx, wanted, office)
        if claimed or not picked:
            return claimed


def closed_due(tx: Connection, now: datetime, limit: int) -> tuple[str, ...]:
    """Ids of due messages, up to ``limit`` of each channel, whose allowed hours ended before they went out."""
    values = {"now": now, "limit": limit}
    return tuple(message for closed in _CLOSED for message in tx.execute(closed, values).scalars())


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


_PENDING: Final = text("messages.state IN ('queued', 'sending', 'unknown')")
"""The condition of the index in its own words: SQLite uses an index of some rows for nothing less."""

_QUEUED: Final = and_(
    _PENDING,
    _M.state == literal(State.QUEUED, String, literal_execute=True),
    _M.due_at <= bindparam("now", type_=Moment),
)
OPEN: Final = and_(
    or_(_M.open_from.is_(None), _M.open_from <= bindparam("now", type_=Moment)),
    or_(_M.open_until.is_(None), _M.open_until > bindparam("now", type_=Moment)),
)
"""The condition that a message may go out at the hour ``now``."""


def _by(channel: Channel) -> ColumnElement[bool]:
    return _M.channel == literal(channel, String, literal_execute=True)


def _oldest(channel: Channel) -> Select[Any]:
    touched = or_(interviews.c.answered > 0, interviews.c.disposition.is_not(None))
    asked = interviews.c.channel.label("asked_by"), touched.label("touched")
    oldest = select(_M.id, _M.recipient, _M.purpose, _M.interview, *asked).outerjoin_from(messages, interviews)
    return oldest.where(_by(channel), _QUEUED).order_by(_M.due_at).limit(bindparam("limit", type_=Integer))


CARRIED: Final = (Channel.SMS, Channel.EMAIL)
"""What a message may be carried by; a survey link goes out as an SMS."""

_PICK: Final = {each: _oldest(each).where(OPEN).with_for_update(skip_locked=True, of=messages) for each in CARRIED}
_CLOSED: Final = [_oldest(each).where(_M.open_until <= bindparam("now", type_=Moment)) for each in CARRIED]
_PUT_OFF: Final = {each: update(messages).where(_by(each), _QUEUED) for each in CARRIED}
_DUE: Final = {each: select(exists(select(_M.id).where(_by(each), _QUEUED, OPEN))) for each in CARRIED}


def pick_due(tx: Connection, channel: Channel, now: datetime, limit: int) -> tuple[int, tuple[str, ...]]:
    """Up to ``limit`` due messages of the channel: how many there were, and the ids of those that may go out.

    The others fail here: whoever is blocked or opted out since is sent nothing more, and whoever has answered is not
    reminded. All stay locked until the end.
    """
    picked = tx.execute(_PICK[channel], {"now": now, "limit": limit}).all()
    unwanted = _unwanted(tx, picked, channel)
    _fail(tx, unwanted, now)
    late = {row.id: row.interview for row in picked if row.purpose == REMINDER and row.touched}
    for interview in late.values():
        drop_reminder(tx, interview, now)
    return len(picked), tuple(row.id for row in picked if row.id not in unwanted and row.id not in late)


def put_off_due(tx: Connection, channel: Channel, now: datetime, until: datetime) -> None:
    """All that is due and not claimed waits: the channel has nobody to take it now."""
    tx.execute(_PUT_OFF[channel].values(due_at=until), {"now": now})


def _unwanted(tx: Connection, picked: Sequence[Row[Any]], channel: Channel) -> frozenset[str]:
    """Ids of the messages that must not go out; the confirmation of an opt-out may.

    A survey's link goes out as an SMS, and is refused by who wants no SMS, or no links.
    """
    asking = {row.id: (row.recipient, row.asked_by or channel) for row in picked if row.purpose != "confirmation"}
    refusals = refused(tx, set(asking.values()))
    return frozenset(message for message, pair in asking.items() if pair in refusals)


def _fail(tx: Connection, unwanted: Collection[str], now: datetime) -> None:
    if unwanted:
        values = {"state": State.FAILED, "error": "The customer does not want messages.", "changed_at": now}
        tx.execute(_these(tx.dialect.name).values(values), {"ids": listed(tx, unwanted)})
        _note_undelivered(tx, _M.id.in_(unwanted), now)


def _claim(tx: Connection, ids: Collection[str], office: Field) -> tuple[Outgoing, ...]:
    if not ids:
        return ()
    now, attempt = office.now(), office.fresh_id("att")
    values = {"ids": listed(tx, ids), "taken": attempt, "now": now}
    return tuple(sorted((Outgoing(*row) for row in tx.execute(_taking(tx.dialect.name), values)), key=lambda m: m.id))


@lru_cache(maxsize=4)
def _these(dialect: str) -> Update:
    return update(messages).where(among(dialect, _M.id, "ids"))


@lru_cache(maxsize=4)
def _taking(dialect: str) -> ReturningUpdate[Any]:
    now = bindparam("now", type_=Moment)
    claimed = {"state": State.SENDING, "attempt": bindparam("taken"), "attempts": _M.attempts + 1}
    return _these(dialect).values(claimed | {"claimed_at": now, "changed_at": now}).returning(*_OUTGOING)


def mark_accepted(office: Field, message_id: str, attempt: str, ref: str, state: str = State.ACCEPTED) -> bool:
    """The provider took it under its id ``ref``; a report that was faster keeps its later state.

    ``False``, with nothing changed, when the provider's ``ref`` is another message of ours.
    """
    with office.unit.begin() as tx:
        provider = select(_M.provider).where(_M.id == message_id).scalar_subquery()
        if tx.execute(select(_M.id).where(_M.ref == ref, _M.provider == provider, _M.id != message_id)).first():
            return False
        tx.execute(update(messages).where(_M.id == message_id, _M.ref.is_(None)).values(ref=ref))
        raise_to(tx, office, and_(_M.id == message_id, _M.attempt == attempt), state, None)
    return True


def mark_failed(office: Field, message_id: str, attempt: str, sentence: str, *, opted_out: bool = False) -> None:
    """It will not be sent; ``sentence`` says why. An opt-out that only the provider knew of is kept."""
    with office.unit.begin() as tx:
        raise_to(tx, office, and_(_M.id == message_id, _M.attempt == attempt), State.FAILED, sentence)
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
        raise_to(tx, office, and_(_M.id == message_id, _M.attempt == attempt), State.UNKNOWN, None)


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
        raise_to(tx, office, here, state, error)


def stuck(office: Field, since: datetime, channel: Channel = Channel.SMS) -> tuple[Outgoing, ...]:
    """Messages that have been ``sending`` since before ``since``: their worker is gone."""
    return _waiting(office, channel, State.SENDING, since)


def doubtful(office: Field, since: datetime, channel: Channel = Channel.SMS) -> tuple[Outgoing, ...]:
    """Messages whose outcome has been ``unknown`` since before ``since``."""
    return _waiting(office, channel, State.UNKNOWN, since)


def has_due(tx: Connection, now: datetime, channel: Channel = Channel.SMS) -> bool:
    """Whether a message of the channel waits that may be sent now."""
    return bool(tx.execute(_DUE[channel], {"now": now}).scalar_one())


def _waiting(office: Field, channel: Channel, state: State, since: datetime) -> tuple[Outgoing, ...]:
    wanted = select(*_OUTGOING).where(_by(channel), _PENDING, _M.state == state, _M.changed_at < since)
    with office.unit.read() as tx:
        return tuple(Outgoing(*row) for row in tx.execute(wanted.order_by(_M.changed_at).limit(100)))


def raise_to(tx: Connection, office: Field, here: ColumnElement[bool], state: str, error: str | None) -> None:
    """Move up to ``state`` where that is later than what stands; a question that never arrives may go another way."""
    values: dict[str, Any] = {"state": state, "changed_at": office.now(), "error": error}
    tx.execute(update(messages).where(here, _M.state.in_(before(State(state)))).values(values))
    if state in (State.FAILED, State.UNDELIVERED):
        _note_undelivered(tx, and_(here, _M.state == state), office.now())


def _note_undelivered(tx: Connection, here: ColumnElement[bool], now: datetime) -> None:
    """The interviews whose question did not arrive: somebody must see what becomes of them (``asking``)."""
    lost = select(_M.interview).where(here, _M.purpose == "question", _M.interview.is_not(None))
    for interview in tx.execute(lost).scalars().all():
        outbox.put(tx, "undelivered", interview, now)
