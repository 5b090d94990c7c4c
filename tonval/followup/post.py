"""Sending the mails of alerts: at least once, and exactly once unless a worker dies just after the server's answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from tonval.fieldwork.field import Field
from tonval.followup.alerts import MAIL
from tonval.followup.notices import Link, Notice, UnknownAlert, notice_of
from tonval.store import outbox

Send = Callable[[Notice], None]
"""Hands a notice to the mail server. Returns once it was accepted; raises NotSent."""

TRIES = 30
"""Tries before a mail is given up: about a day with the waits below."""

log = logging.getLogger(__name__)

_PAUSES = (0.2, 1.0, 5.0, 20.0)  # seconds; in all less than the lease of the row

_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=15), timedelta(hours=1)


class NotSent(Exception):
    """The mail server did not take the notice; the text is a sentence for people. ``retryable``: later it might."""

    def __init__(self, sentence: str, *, retryable: bool) -> None:
        super().__init__(sentence)
        self.retryable = retryable


def mail_due(office: Field, send: Send, limit: int = 100, *, link: Link) -> int:
    """Send up to ``limit`` due mails, each claimed alone: a slow server must not outlast the lease of the others."""
    for done in range(limit):
        with office.unit.begin() as tx:
            rows = outbox.claim(tx, MAIL, office.now(), 1, office.fresh_id("att"))
        if not rows:
            return done
        _mail(office, rows[0], send, link)
    return limit


def _mail(office: Field, row: outbox.Row, send: Send, link: Link) -> None:
    try:
        with office.unit.read() as tx:
            notice = notice_of(tx, office, row.payload["alert"], row.payload["to"], link)
        send(notice)
    except UnknownAlert as gone:
        _settle(office, row, str(gone), None)
    except NotSent as failed:
        _settle(office, row, str(failed), _next_try(office, row) if failed.retryable else None)
    except Exception:
        # One mail that cannot be put into words must not keep the others waiting.
        log.exception("the mail %s could not be made", row.ref)
        _settle(office, row, "could not be made; see the worker's log", _next_try(office, row))
    else:
        _note_sent(office, row)


def _note_sent(office: Field, row: outbox.Row) -> None:
    """The mail is out: a database that is away for a moment must not have it sent again. Raises when it stays away."""
    for pause in _PAUSES:
        try:
            return _mark_done(office, row)
        except SQLAlchemyError as error:
            log.warning("the mail %s is sent, and noting it failed; trying again: %s", row.ref, error)
            time.sleep(pause)
    return _mark_done(office, row)


def _mark_done(office: Field, row: outbox.Row) -> None:
    with office.unit.begin() as tx:
        outbox.done(tx, [row.id])


def _next_try(office: Field, row: outbox.Row) -> datetime | None:
    return office.now() + wait_after(row.attempts) if row.attempts < TRIES else None


def wait_after(attempts: int) -> timedelta:
    """The wait after so many tries: 15 s, doubled each time, an hour at most."""
    return min(_LONGEST_WAIT, _FIRST_WAIT * (1 << min(attempts - 1, 12)))


def _settle(office: Field, row: outbox.Row, why: str, again: datetime | None) -> None:
    with office.unit.begin() as tx:
        if again is None:
            outbox.give_up(tx, row.id, why)
        else:
            outbox.postpone(tx, row.id, again, why)
