"""Wishes to be called back: the times to choose among, and a wish that is kept with the answer it came with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from tonval.fieldwork.calling_back.opening import Slot
from tonval.fieldwork.calling_back.vacancies import change_place, free_slots, give_up, open_hours_of, open_slots
from tonval.fieldwork.field import Field, Recorded
from tonval.store.tables import call_backs, interviews
from tonval.surveys.events import CallBackWished, CallBackWithdrawn, Event
from tonval.surveys.sentences import sentence

_OWN: Final = select(*(call_backs.c[name] for name in ("id", "state", "queue", "opens_at", "closes_at"))).where(
    call_backs.c.interview == bindparam("interview")
)
_CONTACT: Final = select(interviews.c.contact).where(interviews.c.id == bindparam("interview"))

Own = Row[Any] | None
"""The interview's call-back as it stands, with the columns of ``_OWN``."""


class NotFree(Exception):
    """The time that was chosen cannot be had: others have taken it, or it is not offered any more.

    ``question`` is the one it was chosen in, ``moment`` when it would have begun. The transaction must be given up;
    the other answers of the page can then be sent in again without this one.
    """

    def __init__(self, question: str, moment: datetime) -> None:
        super().__init__(sentence("the time at %(isoformat)s is not free any more", isoformat=moment.isoformat()))
        self.question = question
        self.moment = moment


def offered(tx: Connection, office: Field, queue_name: str, interview: str) -> tuple[Slot, ...]:
    """The slots that an interview of the queue may choose now, in order: the free ones, and the one that it holds.

    None where the queue calls nobody back. What an interview holds stays on offer to it even when its notice is over:
    a page without it would take it back.
    """
    held = _held(tx.execute(_OWN, {"interview": interview}).one_or_none())
    return tuple(sorted({*free_slots(tx, office, queue_name), *((held,) if held else ())}))


def keep_wish(tx: Connection, office: Field, recorded: Recorded, events: Iterable[Event]) -> None:
    """Write what one turn's ``events`` say about being called back; ``recorded`` tells of which interview.

    Runs in the transaction of the answer. Raises ``NotFree``.
    """
    about = [event for event in events if isinstance(event, CallBackWished | CallBackWithdrawn)]
    if not about:
        return
    own = tx.execute(_OWN.with_for_update(), {"interview": recorded.interview}).one_or_none()
    match about[-1]:
        case CallBackWished() as wish:
            _plan(tx, office, recorded, own, wish)
        case CallBackWithdrawn():
            _withdraw(tx, recorded, own)


def _plan(tx: Connection, office: Field, recorded: Recorded, own: Own, wish: CallBackWished) -> None:
    """A wish for the time that is held already changes at most the number to call."""
    slot = _held(own)
    if slot is None or slot.opens != wish.moment:
        slot = _new_place(tx, office, recorded.queue, own, wish)
    wished = {"question": wish.question, "phone": wish.phone, "state": "planned", "note": None, "author": None}
    when = {"opens_at": slot.opens, "closes_at": slot.closes, "changed_at": recorded.at}
    if own is None:
        tx.execute(insert(call_backs), {**_about(tx, recorded), **wished, **when})
    else:
        _change(tx, own, **wished, **when)


def _new_place(tx: Connection, office: Field, queue: str, own: Own, wish: CallBackWished) -> Slot:
    slot = next((slot for slot in open_slots(office, queue) if slot.opens == wish.moment), None)
    opening = open_hours_of(office.centre, queue)
    left = own.opens_at if own is not None and own.state != "withdrawn" else None
    if slot is None or opening is None or not change_place(tx, queue, left, slot.opens, opening.places):
        raise NotFree(wish.question, wish.moment)
    return slot


def _withdraw(tx: Connection, recorded: Recorded, own: Own) -> None:
    """A call that was made, or that nobody answered, stays as it is: it has been."""
    if own is not None and _held(own):
        give_up(tx, own.queue, own.opens_at)
        _change(tx, own, state="withdrawn", changed_at=recorded.at)


def _held(own: Own) -> Slot | None:
    """The time that was promised and is to come."""
    return Slot(own.opens_at, own.closes_at) if own is not None and own.state == "planned" else None


def _change(tx: Connection, own: Row[Any], **values: object) -> None:
    tx.execute(update(call_backs).where(call_backs.c.id == own.id).values(**values))


def _about(tx: Connection, recorded: Recorded) -> dict[str, Any]:
    """What a call-back has from its interview, which has one and no more."""
    return {
        "id": recorded.interview.replace("itv_", "cbk_", 1),
        "interview": recorded.interview,
        "contact": tx.execute(_CONTACT, {"interview": recorded.interview}).scalar_one(),
        "queue": recorded.queue,
        "agent": recorded.agent,
        "unit": recorded.unit,
        "created_at": recorded.at,
    }
