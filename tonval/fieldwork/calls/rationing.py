"""How many calls a queue may still place: so many a minute and so many a day, counted where they are claimed.

Whoever claims for a queue has its turn to himself until the commit, so two that count cannot both see the last place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from tonval.fieldwork.deciding.zones import clock
from tonval.fieldwork.field import Field
from tonval.store.tables import Moment, dials

MINUTE: Final = timedelta(minutes=1)

_TURNS: Final = 7_206_882
"""What these turns are called among PostgreSQL's advisory locks."""

_TURN: Final = select(func.pg_advisory_xact_lock(_TURNS, func.hashtext(bindparam("queue"))))
_CLAIMED: Final = select(func.count()).where(
    dials.c.queue == bindparam("of"), dials.c.claimed_at > bindparam("since", type_=Moment)
)
_BY_QUEUE: Final = (
    select(dials.c.queue, func.count())
    .where(dials.c.claimed_at >= bindparam("since", type_=Moment))
    .group_by(dials.c.queue)
)


@dataclass(frozen=True, slots=True)
class Used:
    """How many calls a queue has placed since midnight, and how many it may."""

    queue: str
    placed: int
    per_day: int


def take_turn(tx: Connection, queue: str) -> None:
    """Wait until nobody else claims calls of the queue; SQLite has one writer at a time anyhow."""
    if tx.dialect.name == "postgresql":
        tx.execute(_TURN, {"queue": queue})


def room(tx: Connection, office: Field, queue: str) -> int:
    """How many calls the queue may place now. Take its turn first."""
    calling = office.centre.queues[queue].calling
    if calling is None:
        return 0
    now = office.now()
    minute = calling.per_minute - _count(tx, queue, now - MINUTE)
    return max(0, min(minute, calling.per_day - _count(tx, queue, _midnight(office) - timedelta(microseconds=1))))


def used_today(office: Field) -> list[Used]:
    """What each queue that calls has used of its day."""
    limits = {queue.name: queue.calling.per_day for queue in office.centre.queues.values() if queue.calling}
    with office.unit.read() as tx:
        counted: Mapping[str, int] = {row[0]: row[1] for row in tx.execute(_BY_QUEUE, {"since": _midnight(office)})}
    return [Used(queue, counted.get(queue, 0), most) for queue, most in sorted(limits.items())]


def _count(tx: Connection, queue: str, since: datetime) -> int:
    return int(tx.execute(_CLAIMED, {"of": queue, "since": since}).scalar_one())


def _midnight(office: Field) -> datetime:
    """When the day of the centre's own zone has begun."""
    zone = clock(office.centre.zone)
    return datetime.combine(office.now().astimezone(zone).date(), time(), zone).astimezone(UTC)
