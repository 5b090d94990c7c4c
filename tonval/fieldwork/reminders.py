"""One reminder for a survey on a page that nobody has touched, if it may still be sent and still be answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, exists, select

from tonval.fieldwork import ledger
from tonval.fieldwork.deciding.decide import window
from tonval.fieldwork.deciding.hours import Window
from tonval.fieldwork.deciding.refusals import refused
from tonval.fieldwork.field import Field
from tonval.fieldwork.forms import form_of
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.outgoing import QUESTION, REMINDER
from tonval.fieldwork.sending import BELLS, REMIND, Due, due_of, obstacle, send_to_page
from tonval.store import outbox
from tonval.store.tables import events, interviews, messages
from tonval.surveys.events import AnswerGiven, CallBackWished, CommentLeft
from tonval.surveys.questionnaire import Form
from tonval.surveys.sentences import sentence

LEAST_TIME: Final = timedelta(days=1)
"""Nobody is reminded of a survey that closes sooner than this."""

LOOK_AGAIN: Final = timedelta(hours=1)
"""When to look again whether the question has gone out."""

NO_HOUR: Final = timedelta(days=1)

_HEARD: Final = (AnswerGiven.__name__, CommentLeft.__name__, CallBackWished.__name__)
_ASKED: Final = select(interviews.c.invitation, interviews.c.disposition, interviews.c.expires_at).where(
    interviews.c.id == bindparam("interview")
)
_TOUCHED: Final = select(exists().where(events.c.interview == bindparam("interview"), events.c.kind.in_(_HEARD)))
_FIRST: Final = (
    select(messages.c.state, messages.c.claimed_at)
    .where(messages.c.interview == bindparam("interview"), messages.c.purpose == QUESTION)
    .order_by(messages.c.created_at)
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class _Silent:
    """Somebody who has not been heard of: her interview, its form, and how its first message went."""

    case: ledger.Case
    form: Form
    due: Due
    expires_at: datetime
    first: Any


def too_late(expires_at: datetime | None, at: datetime) -> bool:
    """Whether a reminder that goes out ``at`` this moment would leave less than a day to answer."""
    return expires_at is None or expires_at - at < LEAST_TIME


def remind_due(office: Field, limit: int = 100) -> int:
    """Remind those who are to be reminded and may be; gives how many rows were worked off."""
    with office.unit.begin() as tx:
        rows = outbox.claim(tx, REMIND, office.now(), limit, office.fresh_id("att"))
        for row in rows:
            _remind(tx, office, row)
    for bell in BELLS if rows else ():
        office.ring(bell)
    return len(rows)


def _remind(tx: Connection, office: Field, row: outbox.Row) -> None:
    """Remind one customer once, later, or never; what stands in the way is kept with the work."""
    silent = _silent(tx, office, row.ref)
    if isinstance(silent, str):
        return outbox.done(tx, [row.id], silent)
    wait = _not_yet(office, silent)
    if wait is not None:
        return outbox.postpone(tx, row.id, *wait)
    allowed = _hours(office, silent.due)
    if allowed is None or allowed.opens > office.now():
        later = allowed.opens if allowed else office.now() + NO_HOUR
        return outbox.postpone(tx, row.id, later, sentence("outside the hours in which the customer may be reached"))
    asked = (silent.case.id, silent.form, silent.case.interview)
    send_to_page(tx, office, silent.due.way, asked, REMINDER, allowed if silent.due.queue.quiet else None)
    return outbox.done(tx, [row.id])


def _silent(tx: Connection, office: Field, interview: str) -> _Silent | str:
    """The customer, or why she is not to be reminded."""
    row = tx.execute(_ASKED, {"interview": interview}).one_or_none()
    if row is None or row.disposition is not None or row.invitation is None:
        return sentence("the survey is over")
    case = ledger.load(tx, interview)
    if case.interview.disposition is not None or tx.execute(_TOUCHED, {"interview": interview}).scalar_one():
        return sentence("the customer has answered")
    if too_late(row.expires_at, office.now()):
        return sentence("the survey closes within a day")
    first = tx.execute(_FIRST, {"interview": interview}).one_or_none()
    if first is None or first.state in (State.FAILED, State.UNDELIVERED):
        return sentence("the question did not reach the customer")
    due = due_of(tx, office, row.invitation)
    form = form_of(tx, office.centre, case.interview.form, case.interview.version)
    fault = _forbidden(tx, due) or obstacle(office, form, due.way)
    return fault or _Silent(case, form, due, row.expires_at, first)


def _forbidden(tx: Connection, due: Due) -> str | None:
    refusals = refused(tx, {(due.way.address or "", due.way.channel)})
    return next((refusal.detail for refusal in refusals.values()), None)


def _not_yet(office: Field, silent: _Silent) -> tuple[datetime, str] | None:
    """When to look again, where the question has not been with the customer for long enough."""
    if silent.first.state in (State.QUEUED, State.SENDING) or silent.first.claimed_at is None:
        return office.now() + LOOK_AGAIN, sentence("the question has not gone out yet")
    due_at = silent.first.claimed_at + (silent.form.page.reminder or timedelta(0))
    return (due_at, sentence("the question went out later")) if due_at > office.now() else None


def _hours(office: Field, due: Due) -> Window | None:
    return window(office.centre, due.queue, due.way, due.zone, office.now())
