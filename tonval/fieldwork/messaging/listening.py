"""How far we have heard what customers write: all that they sent to a number before then has been taken in.

Webhooks tell at once, but not while we are away; a provider's own list tells afterwards. Two things wait for it: a
survey's end, so that a reply written in time counts, and after a start all sending, so that nobody who has said STOP
meanwhile is sent anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, tuple_, update

from tonval.fieldwork.field import Field
from tonval.store.tables import Moment, listening, messages
from tonval.store.upsert import insert_new

FARTHEST: Final = timedelta(hours=24)
"""What is older is not asked for any more, and a survey waits no longer than this for its end."""

QUIET: Final = timedelta(seconds=60)
"""How long sending waits after a start for a list that cannot be read."""

EVERY: Final = timedelta(seconds=60)
"""How often a list is asked for."""

AGAIN: Final = timedelta(seconds=15)
"""How soon it is asked for again while sending waits for it."""

_L = listening.c

_QUIET: Final = select(func.max(_L.quiet_until)).where(_L.quiet_until > bindparam("now", type_=Moment))


@dataclass(frozen=True, slots=True)
class Ear:
    """One of our numbers at a provider, and since when what was sent to it has not been heard."""

    provider: str
    number: str
    since: datetime


def start(office: Field, providers: Collection[str]) -> None:
    """After a start: nothing is sent until the numbers of these providers have been listened to, or QUIET is over."""
    with office.unit.begin() as tx:
        _know(tx, office, providers)
        waiting = {"asked_at": None, "quiet_until": office.now() + QUIET}
        tx.execute(update(listening).where(_of(office, providers)).values(waiting))


def ears(office: Field, providers: Collection[str], limit: int) -> tuple[Ear, ...]:
    """Take up to ``limit`` numbers whose list is due to be asked for, those first that have waited longest."""
    now = office.now()
    if not _any_due(office, providers):
        return ()
    with office.unit.begin() as tx:
        _know(tx, office, providers)
        wanted = select(_L.provider, _L.number, _L.heard_until).where(_of(office, providers), _due(now))
        rows = tx.execute(wanted.order_by(_L.heard_until).limit(limit).with_for_update()).all()
        taken = tuple_(_L.provider, _L.number).in_([(row.provider, row.number) for row in rows])
        tx.execute(update(listening).where(taken).values(asked_at=now))
    return tuple(Ear(row.provider, row.number, max(row.heard_until, now - FARTHEST)) for row in rows)


def note(office: Field, ear: Ear, until: datetime) -> None:
    """All that was sent to the number before ``until`` has been taken in: as far as it goes, messages may go out."""
    mine = (_L.provider == ear.provider) & (_L.number == ear.number)
    with office.unit.begin() as tx:
        tx.execute(update(listening).where(mine).values(heard_until=until, quiet_until=None))


def quiet_until(tx: Connection, now: datetime) -> datetime | None:
    """Until when nothing is sent at the most, because some number has not been listened to since a start.

    It holds for all numbers at once: whoever says STOP to one of them wants nothing from the others either.
    """
    until: datetime | None = tx.execute(_QUIET, {"now": now}).scalar_one()
    return until


def heard_until(office: Field) -> datetime:
    """How far all numbers with a list have been heard; now where there is none, and FARTHEST ago at the most."""
    everyone = {number.provider for number in office.centre.numbers.values() if number.provider}
    with office.unit.read() as tx:
        heard = list(tx.execute(select(_L.heard_until).where(_of(office, everyone))).scalars())
    return max(min(heard, default=office.now()), office.now() - FARTHEST)


def _any_due(office: Field, providers: Collection[str]) -> bool:
    """Looked up without a lock: most of the time there is nothing to do."""
    with office.unit.read() as tx:
        rows = tx.execute(select(_L.provider, _L.number, _due(office.now())).where(_of(office, providers))).all()
    return len(rows) < len(list(_ours(office, providers))) or any(due for _, _, due in rows)


def _due(now: datetime) -> ColumnElement[bool]:
    waited_for = and_(_L.quiet_until > now, _L.asked_at <= now - AGAIN)
    return or_(_L.asked_at.is_(None), _L.asked_at <= now - EVERY, waited_for)


def _of(office: Field, providers: Collection[str]) -> ColumnElement[bool]:
    """The numbers that are still ours at one of these providers."""
    return tuple_(_L.provider, _L.number).in_(list(_ours(office, providers)))


def _ours(office: Field, providers: Collection[str]) -> Iterator[tuple[str, str]]:
    for name, number in office.centre.numbers.items():
        if number.provider and number.provider in providers:
            yield number.provider, name


def _know(tx: Connection, office: Field, providers: Collection[str]) -> None:
    """Numbers that are new here: the one that has carried messages of ours is heard a day back, another from now on."""
    known = {(row.provider, row.number) for row in tx.execute(select(_L.provider, _L.number))}
    for provider, number in _ours(office, providers):
        if (provider, number) not in known:
            since = office.now() - FARTHEST if _used(tx, office, provider, number) else office.now()
            insert_new(tx, listening, {"provider": provider, "number": number, "heard_until": since})


def _used(tx: Connection, office: Field, provider: str, number: str) -> bool:
    """Whether the number has carried a message of ours in the last FARTHEST."""
    lately = (messages.c.created_at > office.now() - FARTHEST) & (messages.c.provider == provider)
    here = or_(messages.c.sender == number, messages.c.recipient == number)
    return tx.execute(select(messages.c.id).where(lately, here).limit(1)).first() is not None
