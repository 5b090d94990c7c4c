"""The places in the slots for call-backs: which slots have a free one, and taking and giving up one."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, select, update

from tonval.fieldwork.calling_back.opening import Slot, slots
from tonval.fieldwork.centre import Centre, OpenHours
from tonval.fieldwork.field import Field
from tonval.store.tables import call_back_slots
from tonval.store.upsert import insert

_TAKEN: Final = select(call_back_slots.c.opens_at, call_back_slots.c.taken).where(
    call_back_slots.c.queue == bindparam("queue"), call_back_slots.c.opens_at >= bindparam("first")
)
_GIVE_UP: Final = (
    update(call_back_slots)
    .where(call_back_slots.c.queue == bindparam("of_queue"), call_back_slots.c.opens_at == bindparam("at"))
    .values(taken=call_back_slots.c.taken - 1)
)


def open_hours_of(centre: Centre, queue: str) -> OpenHours | None:
    """When the queue's customers can be called back; ``None``: never, or there is no such queue."""
    known = centre.queues.get(queue)
    return known.call_back if known else None


def open_slots(office: Field, queue: str) -> tuple[Slot, ...]:
    """The queue's slots that can be chosen now, in order, free or not."""
    opening, centre = open_hours_of(office.centre, queue), office.centre
    return slots(opening, centre.zone, centre.country, office.now()) if opening else ()


def free_slots(tx: Connection, office: Field, queue: str) -> tuple[Slot, ...]:
    """Those of them that have a free place."""
    every, opening = open_slots(office, queue), open_hours_of(office.centre, queue)
    if not every or opening is None:
        return ()
    taken = {row.opens_at: row.taken for row in tx.execute(_TAKEN, {"queue": queue, "first": every[0].opens})}
    return tuple(slot for slot in every if taken.get(slot.opens, 0) < opening.places)


def change_place(tx: Connection, queue: str, left: datetime | None, wanted: datetime, places: int) -> bool:
    """Give up a place in the slot at ``left`` and take one of ``places`` in that at ``wanted``; tells if one was free.

    Where none was, the caller gives the transaction up. The earlier slot is locked first, so that two who change
    places with each other never wait for each other.
    """
    if left == wanted:
        return True
    if left is None or wanted < left:
        return _take(tx, queue, wanted, places) and give_up(tx, queue, left)
    return give_up(tx, queue, left) and _take(tx, queue, wanted, places)


def give_up(tx: Connection, queue: str, at: datetime | None) -> bool:
    """Give up a place in the slot at ``at``; there is always one to be given up."""
    if at is not None:
        tx.execute(_GIVE_UP, {"of_queue": queue, "at": at})
    return True


def _take(tx: Connection, queue: str, at: datetime, places: int) -> bool:
    """One statement: of two who want the last place at once one comes too late, whatever else they do."""
    first = insert(tx, call_back_slots).values(queue=queue, opens_at=at, taken=1)
    taking = first.on_conflict_do_update(
        index_elements=["queue", "opens_at"],
        set_={"taken": call_back_slots.c.taken + 1},
        where=call_back_slots.c.taken < places,
    )
    return bool(tx.execute(taking).rowcount == 1)
