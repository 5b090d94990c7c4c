"""Messages to customers are written here, in the transaction that wants them said; a worker sends them later."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, insert

from tonval.fieldwork.deciding.hours import Window
from tonval.fieldwork.delivery import State
from tonval.fieldwork.field import Field
from tonval.store.tables import messages
from tonval.surveys.questionnaire import Channel

SMTP: Final = "smtp"
"""The provider of every e-mail."""

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
    row = {
        "channel": Channel.SMS,
        "purpose": purpose,
        "provider": (number.provider if number else None) or "console",
        "sender": sender,
        "recipient": recipient,
        "body": body,
        "segments": office.segments(body),
        "interview": interview,
    }
    tx.execute(_WRITE, row | _waiting(office, allowed))


def queue_letter(
    tx: Connection,
    office: Field,
    recipient: str,
    subject: str,
    body: str,
    interview: str,
    *,
    purpose: str = "question",
    allowed: Window | None = None,
) -> None:
    """Write one e-mail to go out, in the ``allowed`` hours only. ``body`` is its plain words, with ``{link}`` or not.

    Its HTML is made from the words and the survey when it is sent. Ring for ``letter`` after the commit.
    """
    row = {
        "channel": Channel.EMAIL,
        "purpose": purpose,
        "provider": SMTP,
        "sender": office.mail_from or "",
        "recipient": recipient,
        "subject": subject,
        "body": body,
        "segments": 0,
        "interview": interview,
    }
    tx.execute(_WRITE, row | _waiting(office, allowed))


def _waiting(office: Field, allowed: Window | None) -> dict[str, Any]:
    """What every message begins with."""
    now = office.now()
    return {
        "id": office.fresh_id("msg"),
        "direction": "out",
        "state": State.QUEUED,
        "due_at": now,
        "open_from": allowed and allowed.opens,
        "open_until": allowed and allowed.closes,
        "created_at": now,
        "changed_at": now,
    }
