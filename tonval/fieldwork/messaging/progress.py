"""How a message moves on: up the lattice of ``delivery`` and never back, whoever tells it and however often."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, select, update

from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging.delivery import State, before
from tonval.store import outbox
from tonval.store.tables import messages

_M: Final = messages.c


def raise_to(tx: Connection, office: Field, here: ColumnElement[bool], state: str, error: str | None) -> None:
    """Move up to ``state`` where that is later than what stands; a question that never arrives may go another way."""
    values: dict[str, Any] = {"state": state, "changed_at": office.now(), "error": error}
    tx.execute(update(messages).where(here, _M.state.in_(before(State(state)))).values(values))
    if state in (State.FAILED, State.UNDELIVERED):
        note_undelivered(tx, and_(here, _M.state == state), office.now())


def note_undelivered(tx: Connection, here: ColumnElement[bool], now: datetime) -> None:
    """The interviews whose question did not arrive: somebody must see what becomes of them (``asking``)."""
    lost = select(_M.interview).where(here, _M.purpose == "question", _M.interview.is_not(None))
    for interview in tx.execute(lost).scalars().all():
        outbox.put(tx, "undelivered", interview, now)
