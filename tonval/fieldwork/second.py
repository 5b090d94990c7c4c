"""A survey by SMS for somebody who may have another one open: which number it comes from, or what it waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from tonval.fieldwork.centre import OTHER, Queue
from tonval.fieldwork.deciding.eligibility import Way
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging.sticky import Talk, preferred, talks
from tonval.store.tables import Moment, invitations, outbox
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

HELD: Final = sentence("another survey is open with the customer")
"""What stands with the work that waits for the end of a conversation."""

LOOK_AGAIN: Final = timedelta(minutes=15)
"""When to look again by oneself; the end of the conversation comes before it."""

PAUSE: Final = timedelta(minutes=1)
"""How long after a conversation the next one begins: the thank-you comes first, and a word that crosses it."""

_WAITING: Final = select(invitations.c.id).where(
    invitations.c.state == "waiting", invitations.c.address == bindparam("customer")
)
_WAKE: Final = (
    update(outbox)
    .where(
        outbox.c.kind == "invite",
        outbox.c.ref.in_(_WAITING),
        outbox.c.state == "waiting",
        outbox.c.detail == HELD,
        outbox.c.due_at > bindparam("soon", type_=Moment),
    )
    .values(due_at=bindparam("soon", type_=Moment))
)


def from_number(tx: Connection, queue: Queue, way: Way) -> tuple[Way, Talk | None]:
    """The way with the number of the queue's pool that it takes now, and the conversation that hinders it there.

    Only a survey that is answered by SMS is hindered; with ``second_survey: other`` the next number is tried.
    """
    if way.sender is None or way.address is None:
        return way, None
    pool, by_text = queue.numbers or (way.sender,), way.channel == Channel.SMS
    known = talks(tx, way.address, pool) if by_text or len(pool) > 1 else {}
    order = preferred(way.address, pool, known)
    tried = order if by_text and queue.second == OTHER else order[:1]
    free = [number for number in tried if not by_text or number not in known or not known[number].open]
    number = next(iter(free), order[0])
    return replace(way, sender=number), None if free else known[number]


def expected_number(office: Field, queue: Queue, customer: str) -> str | None:
    """The number that the queue would ask the customer (E.164) from now; ``None`` of a queue without any."""
    if queue.sender is None:
        return None
    with office.unit.read() as tx:
        return from_number(tx, queue, Way(queue.channel, customer, queue.sender))[0].sender


def wake(tx: Connection, thread: str, now: datetime) -> None:
    """A conversation of this thread is over: what waits for the customer is due soon."""
    customer = thread.partition(">")[0]
    tx.execute(_WAKE, {"customer": customer, "soon": now + PAUSE})
