"""What is known of one customer: who she is, whether she may be asked at all, and from when on again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from tonval.fieldwork.centre import CHANNELS, EMAIL, Centre, Queue
from tonval.fieldwork.deciding.caps import scopes
from tonval.fieldwork.deciding.refusals import Refusal, refused
from tonval.stats.ledger import Wanted, entry_query
from tonval.stats.scope import EVERYTHING, Scope
from tonval.store.tables import caps, contacts, list_members
from tonval.store.unit import Unit

_NAMES: Final = ("id", "name", "phone", "email", "language", "tier", "unit", "zone", "created_at", "seen_at")


@dataclass(frozen=True, slots=True)
class Rest:
    """Until when she is left alone by some queues; ``None``: they may ask her now."""

    until: datetime | None
    queues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A channel she must not be asked by at an address, and why."""

    channel: str
    address: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A contact as the centre knows her. ``asked_at``: when she was asked last, whatever the channel."""

    id: str
    name: str | None
    phone: str | None
    email: str | None
    language: str | None
    tier: str | None
    unit: str | None
    zone: str | None
    created_at: datetime
    seen_at: datetime
    lists: tuple[str, ...]
    asked_at: datetime | None
    rests: tuple[Rest, ...]
    forbidden: tuple[Forbidden, ...]


def customer(unit: Unit, scope: Scope, centre: Centre, contact: str, now: datetime) -> KnownCustomer | None:
    """The contact of this id, ``None`` when she has had no interaction in scope."""
    with unit.read() as tx:
        row = tx.execute(select(*(contacts.c[name] for name in _NAMES)).where(contacts.c.id == contact)).one_or_none()
        if row is None or not _is_seen(tx, scope, contact):
            return None
        asked = tx.execute(select(caps.c.asked).where(caps.c.person == contact)).scalar() or {}
        lists = tx.execute(select(list_members.c.list).where(list_members.c.contact == contact).order_by("list"))
        return KnownCustomer(
            **row._mapping,
            lists=tuple(lists.scalars()),
            asked_at=_moment(max(asked.values())) if asked else None,
            rests=_rests([each for each in asking(centre) if scope.sees_queue(each.name)], row, asked, now),
            forbidden=tuple(_forbidden(tx, row)),
        )


def _is_seen(tx: Connection, scope: Scope, contact: str) -> bool:
    if scope == EVERYTHING:
        return True
    return tx.execute(entry_query(scope, Wanted(contacts=frozenset({contact}))).limit(1)).first() is not None


def _rests(queues: Iterable[Queue], row: Any, asked: dict[str, int], now: datetime) -> tuple[Rest, ...]:
    """The queues by the moment from which they may ask, those that may now first."""
    found: dict[datetime | None, list[str]] = {}
    for queue in queues:
        until = _until(queue, EMAIL if queue.prefer_email and row.email else queue.channel, asked)
        found.setdefault(until if until and until > now else None, []).append(queue.name)
    ordered = sorted(found.items(), key=lambda each: each[0] or datetime.min.replace(tzinfo=UTC))
    return tuple(Rest(until, tuple(names)) for until, names in ordered)


def asking(centre: Centre) -> Iterator[Queue]:
    """The queues that ask anybody today: each is on, and so is one of its surveys."""
    for queue in centre.queues.values():
        if not queue.off and {queue.survey, *queue.templates.values()} & (centre.surveys - centre.off):
            yield queue


def _until(queue: Queue, channel: str, asked: dict[str, int]) -> datetime | None:
    lengths = (queue.caps.person, queue.caps.channel, queue.caps.survey, queue.caps.queue)
    named = zip(scopes(channel, queue.survey, queue.name), lengths, strict=True)
    ends = [_moment(asked[scope]) + cap for scope, cap in named if cap > timedelta(0) and scope in asked]
    return max(ends, default=None)


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _forbidden(tx: Connection, row: Any) -> Iterator[Forbidden]:
    addresses = {channel: row.email if channel == EMAIL else row.phone for channel in CHANNELS}
    found = refused(tx, {(address, channel) for channel, address in addresses.items() if address})
    for (address, channel), refusal in sorted(found.items(), key=lambda each: each[0]):
        yield Forbidden(channel, address, refusal)
