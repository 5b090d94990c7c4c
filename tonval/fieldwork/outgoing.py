"""Messages to customers are written here, in the transaction that wants them said; a worker sends them later."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, insert

from tonval.fieldwork.deciding.hours import Window
from tonval.fieldwork.delivery import State
from tonval.fieldwork.field import Field
from tonval.store.tables import messages

_WRITE: Final = insert(messages)


def queue_message(
    tx: Connection,
    office: Field,
    sender: str,
    recipient: str,
    body: str,
    purpose: str,
    interview: str | None,
    *,
    allowed: Window | None = None,
) -> None:
    """Write one outgoing message, to go out in the ``allowed`` hours only. ``purpose``: ``question``, ``thanks`` …"""
    number = office.centre.numbers.get(sender)
    now = office.now()
    row = {
        "id": office.fresh_id("msg"),
        "direction": "out",
        "purpose": purpose,
        "provider": (number.provider if number else None) or "console",
        "sender": sender,
        "recipient": recipient,
        "body": body,
        "segments": office.segments(body),
        "interview": interview,
        "state": State.QUEUED,
        "due_at": now,
        "open_from": allowed and allowed.opens,
        "open_until": allowed and allowed.closes,
        "created_at": now,
        "changed_at": now,
    }
    tx.execute(_WRITE, row)
