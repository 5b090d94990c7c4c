"""Messages to customers are written here, in the transaction that wants them said; a worker sends them later."""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, update

from tonval.fieldwork.deciding.hours import Window
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.texting import cost
from tonval.store.tables import Moment, messages
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

SMTP: Final = "smtp"
"""The provider of every e-mail."""

QUESTION: Final = "question"
"""The purpose of a message that asks."""

REMINDER: Final = "reminder"
"""The purpose of the one message that goes out after the question."""

CONFIRMATION: Final = "confirmation"
"""The purpose of a message that says a command was obeyed; the only one that goes to who wants none."""

_WRITE: Final = insert(messages)
_TOO_LATE: Final = (
    update(messages)
    .where(
        messages.c.interview == bindparam("asked"),
        messages.c.purpose == REMINDER,
        messages.c.state == State.QUEUED,
    )
    .values(
        state=State.FAILED,
        error=sentence("The customer has been to the survey since."),
        changed_at=bindparam("now", type_=Moment),
    )
)


def queue_message(
    tx: Connection,
    office: Field,
    sender: str,
    recipient: str,
    body: str,
    purpose: str,
    interview: str | None,
    *,
    measured: str | None = None,
    allowed: Window | None = None,
    heard_by: str | None = None,
) -> None:
    """Write one outgoing message, to go out in the ``allowed`` hours only. ``purpose``: ``question``, ``thanks`` …

    ``measured`` is the text as the customer gets it, where that is not what is stored: only its length is kept.
    ``heard_by`` is the provider that brought what it answers: it carries a number that has left the file since.
    """
    number = office.centre.numbers.get(sender)
    segments = office.segments(measured or body)
    row = {
        "channel": Channel.SMS,
        "purpose": purpose,
        "provider": (number.provider if number else heard_by) or "console",
        "sender": sender,
        "recipient": recipient,
        "body": body,
        "segments": segments,
        "cost": cost(office.centre.texting, recipient, segments),
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
        "sender": parseaddr(office.mail_from or "")[1],
        "recipient": recipient,
        "subject": subject,
        "body": body,
        "segments": 0,
        "interview": interview,
    }
    tx.execute(_WRITE, row | _waiting(office, allowed))


def drop_reminder(tx: Connection, interview: str, now: datetime) -> None:
    """A reminder that waits to go out is not sent: the customer has answered, or the survey is over."""
    tx.execute(_TOO_LATE, {"asked": interview, "now": now})


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
