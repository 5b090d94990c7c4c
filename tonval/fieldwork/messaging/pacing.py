"""The pace of our numbers: so many segments a second from each, and none while its provider asks for a pause.

``senders.free_at`` says when all that was claimed from a number is through at its pace. A message may be claimed once
that moment has come, however long it is, and moves it on by what it takes. This is the generic cell rate algorithm
(ITU-T I.371, annex A) with a limit of one second: a number that was idle has ``CREDIT`` seconds' worth to make good,
and so has one whose worker woke late.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Integer, bindparam, column, select, text, update

from tonval.fieldwork.addresses import PhoneNumber
from tonval.fieldwork.field import Field
from tonval.store.sealed import Sealed
from tonval.store.tables import Moment, senders
from tonval.store.upsert import insert, insert_new

CREDIT: Final = timedelta(seconds=1)

PATIENCE: Final = 10
"""At this strain a number pauses. It goes up by one with each pause in a row."""

PROBING: Final = PATIENCE + 1
"""From the second pause in a row on, a number sends one message at a time, to see whether the provider takes it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A number with messages in its queue; ``due_at`` is of the oldest, ``throttled`` the strain of its provider."""

    number: str
    due_at: datetime
    free_at: datetime | None = None
    paused_until: datetime | None = None
    throttled: int = 0

    @property
    def opens_at(self) -> datetime:
        """When the next message may be claimed."""
        return max(moment for moment in (self.due_at, self.free_at, self.paused_until) if moment is not None)


@dataclass(frozen=True, slots=True)
class Pause:
    """A number whose provider is strained so much (``throttled``), and that is left alone ``until`` then, if at all."""

    number: str
    until: datetime | None
    throttled: int


def waiting(tx: Connection) -> list[Waiting]:
    """Every number with SMS to send, the one that waits longest first: one look into an index for each."""
    return sorted((Waiting(*row) for row in tx.execute(_WAITING)), key=lambda each: (each.due_at, each.number))


def hold(tx: Connection, office: Field, numbers: Collection[Waiting]) -> list[Waiting]:
    """Those of the open ``numbers`` we may claim from; the paced ones are ours alone until the end."""
    paced = sorted(each.number for each in numbers if rate_of(office, each.number))
    if not paced:
        return list(numbers)
    for number in paced:
        if any(each.number == number and each.free_at is None for each in numbers):
            insert_new(tx, senders, {"sender": number, "free_at": office.now() - CREDIT})
    locked = select(senders).where(senders.c.sender.in_(paced)).with_for_update(skip_locked=True)
    found = {row.sender: row for row in tx.execute(locked)}
    fresh = [
        _fresh(each, found.get(each.number)) for each in numbers if each.number not in paced or each.number in found
    ]
    return [each for each in fresh if each.opens_at <= office.now()]


def rate_of(office: Field, number: str) -> float | None:
    """Segments a second that may go out from the number; ``None``: as fast as they can."""
    known = office.centre.numbers.get(PhoneNumber(number))
    return known.rate if known is not None else None


def admitted(sizes: Sequence[int], free_at: datetime | None, rate: float | None, now: datetime) -> int:
    """How many of the messages, of so many segments each, may go now, from the first."""
    if rate is None:
        return len(sizes)
    for count, segments in enumerate(sizes):
        if free_at is not None and free_at > now:
            return count
        free_at = through(free_at, segments, rate, now)
    return len(sizes)


def through(free_at: datetime | None, segments: int, rate: float, now: datetime) -> datetime:
    """When so many segments more are through."""
    credit = now - CREDIT
    begun = credit if free_at is None else max(free_at, credit)
    return begun + timedelta(seconds=segments / rate)


def keep_pace(tx: Connection, free_at: Mapping[str, datetime]) -> None:
    """Write down when what is claimed from each paced number is through."""
    if free_at:
        tx.execute(_KEEP, [{"number": number, "until": moment} for number, moment in sorted(free_at.items())])


def pause(tx: Connection, office: Field, pauses: Collection[Pause]) -> None:
    """Leave numbers alone for a while, or do not any more."""
    for each in sorted(pauses, key=lambda pause: pause.number):
        state = {"paused_until": each.until, "throttled": each.throttled}
        row = {"sender": each.number, "free_at": office.now() - CREDIT, **state}
        tx.execute(insert(tx, senders).values(row).on_conflict_do_update(index_elements=["sender"], set_=state))


def _fresh(each: Waiting, row: Any) -> Waiting:
    return each if row is None else Waiting(each.number, each.due_at, row.free_at, row.paused_until, row.throttled)


_KEPT: Final = (column("free_at", Moment), column("paused_until", Moment))
_KEEP: Final = (
    update(senders).where(senders.c.sender == bindparam("number")).values(free_at=bindparam("until", type_=Moment))
)

WAITING: Final = text(
    """
    WITH RECURSIVE heads (sender, due_at) AS (
        SELECT m.sender, m.due_at FROM messages m WHERE m.id = (
            SELECT m.id FROM messages m WHERE m.state = 'queued' AND m.channel = 'sms'
            ORDER BY m.sender, m.due_at LIMIT 1)
        UNION ALL
        SELECT m.sender, m.due_at FROM heads JOIN messages m ON m.id = (
            SELECT m.id FROM messages m WHERE m.state = 'queued' AND m.channel = 'sms' AND m.sender > heads.sender
            ORDER BY m.sender, m.due_at LIMIT 1)
    )
    SELECT heads.sender, heads.due_at, senders.free_at, senders.paused_until, coalesce(senders.throttled, 0)
    FROM heads LEFT JOIN senders ON senders.sender = heads.sender
    """
)
"""It hops from number to number through the index of queued SMS, so a long queue costs no more than a short one.

The order by number and time is what leads both databases to that index, and to no other.
"""

_WAITING: Final = WAITING.columns(
    column("sender", Sealed()), column("due_at", Moment), *_KEPT, column("throttled", Integer)
)
