"""From a poor answer to an alert and its mails: noted in the interview's transaction, made by a worker, once."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from tonval.fieldwork.field import Field, Recorded
from tonval.followup.given import given_in
from tonval.followup.recipients import recipients
from tonval.followup.rules import Fired, all_fired
from tonval.store import outbox
from tonval.store.tables import alerts, interviews
from tonval.store.upsert import insert_new
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

FOLLOW_UP, MAIL = "follow_up", "mail"
"""The outbox kinds of this room."""

MOST_MAILS = 20
"""How many people one alert is mailed to at most."""

LEFT_FOR = timedelta(minutes=30)
"""How long after its first answer an unfinished page or SMS conversation is looked at: she may never come back."""

_AGAIN = timedelta(minutes=5)

log = logging.getLogger(__name__)


def mail_ref(alert: str, number: int) -> str:
    """The outbox's name for the mail to recipient ``number``, counted from 1."""
    return f"{alert}/{number}"


def note_end(tx: Connection, recorded: Recorded) -> None:
    """The handler of ``InterviewEnded``: the interview's answers are to be looked at, once."""
    outbox.put(tx, FOLLOW_UP, recorded.interview, recorded.at)


def note_answer(tx: Connection, recorded: Recorded) -> None:
    """The handler of ``AnswerGiven``: what is open for days must not keep an unhappy customer waiting for its end."""
    if recorded.late:
        note_correction(tx, recorded)
    elif not recorded.ended and recorded.channel != Channel.KEYPAD:
        outbox.put(tx, FOLLOW_UP, f"{recorded.interview}/left", recorded.at + LEFT_FOR)


def note_correction(tx: Connection, recorded: Recorded) -> None:
    """The handler of ``AnswerReplaced``: answers put right after the end are looked at anew; an alert that is stays."""
    if recorded.late:
        outbox.put(tx, FOLLOW_UP, f"{recorded.interview}/corrected/{recorded.at.isoformat()}", recorded.at)


def apply_due(office: Field, limit: int = 100, *, mail_from: str | None) -> int:
    """Look at the interviews that have ended or were left, and raise their alerts; gives how many rows were worked off.

    ``mail_from`` is the installation's own address, the last resort for a recipient; ``None`` means that there is no
    SMTP server, and then alerts are shown on the desk only.
    """
    with office.unit.begin() as tx:
        rows = outbox.claim(tx, FOLLOW_UP, office.now(), limit, office.fresh_id("att"))
    for row in rows:
        try:
            _apply(office, row, mail_from)
        except Exception:
            # One interview that cannot be read must not keep the others from being looked at.
            log.exception("interview %s could not be looked at", row.ref)
            _put_off(office, row)
    if rows and mail_from:
        office.ring(MAIL)
    return len(rows)


def _apply(office: Field, row: outbox.Row, mail_from: str | None) -> None:
    with office.unit.begin() as tx:
        interview = tx.execute(select(interviews).where(interviews.c.id == row.ref.partition("/")[0])).one_or_none()
        if interview is not None:
            for fired in all_fired(office.centre.alerts, given_in(tx, interview.id).answers):
                _raise_alert(tx, office, fired, interview, None if interview.demo else mail_from)
        outbox.done(tx, [row.id])


def _raise_alert(tx: Connection, office: Field, fired: Fired, interview: Any, mail_from: str | None) -> None:
    """One alert for each rule and interview, however often this runs; the mails are written with it."""
    alert, now = office.fresh_id("alr"), office.now()
    fresh = {"id": alert, "rule": fired.rule.id, "interview": interview.id, "created_at": now}
    if not insert_new(tx, alerts, {**fresh, "question": fired.question, "value": fired.value}):
        return
    if mail_from:
        _write_mails(tx, alert, recipients(tx, fired.rule, interview.unit, mail_from), now)


def _write_mails(tx: Connection, alert: str, to: tuple[str, ...], now: datetime) -> None:
    for number, address in enumerate(to[:MOST_MAILS], 1):
        outbox.put(tx, MAIL, mail_ref(alert, number), now, {"alert": alert, "to": address})


def _put_off(office: Field, row: outbox.Row) -> None:
    with office.unit.begin() as tx:
        outbox.postpone(tx, row.id, office.now() + _AGAIN, sentence("could not be read; see the worker's log"))
