"""Which due calls may still be placed: looked at in the transaction that claims them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, exists, select, update

from tonval.fieldwork.asking import drop
from tonval.fieldwork.calls import dials
from tonval.fieldwork.calls.dials import UNDER_WAY, D
from tonval.fieldwork.calls.ringing import State
from tonval.fieldwork.deciding.by_call import hindrance
from tonval.fieldwork.deciding.decide import calling_hours
from tonval.fieldwork.deciding.eligibility import Suppressed, Way
from tonval.fieldwork.deciding.refusals import CALL, refused
from tonval.fieldwork.field import Field
from tonval.store.tables import Moment
from tonval.store.tables import dials as rows
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

ENGAGED: Final = timedelta(minutes=10)
"""When to look again after another call of ours to the same number."""

LOOK_AGAIN: Final = timedelta(days=1)

OVER: Final = sentence("The customer had been asked by then.")

_UNDER_WAY: Final = select(exists().where(D.number == bindparam("called"), UNDER_WAY))
_LATER: Final = (
    update(rows)
    .where(D.id == bindparam("dial"), D.state == State.WAITING)
    .values(due_at=bindparam("later", type_=Moment), changed_at=bindparam("now", type_=Moment))
)


def screen(tx: Connection, office: Field, row: Row[Any]) -> bool:
    """Whether the due call, locked, may be placed now. If not it waits for another hour, or comes to nothing here."""
    invitation = dials.invitation_of(tx, row.invitation)
    if invitation.state != "waiting" or invitation.channel != Channel.KEYPAD:
        dials.raise_to(tx, office, row, State.DROPPED, OVER)
        return False
    forbidden = _forbidden(tx, office, row, invitation)
    if forbidden is not None:
        drop(tx, office, invitation, forbidden)
        dials.raise_to(tx, office, row, State.DROPPED, f"{forbidden.detail[:1].upper()}{forbidden.detail[1:]}.")
        return False
    later = _later(tx, office, row, invitation)
    if later is not None:
        tx.execute(_LATER, {"dial": row.id, "later": later, "now": office.now()})
    return later is None


def is_asked_still(tx: Connection, office: Field, row: Row[Any]) -> bool:
    """Whether who answers the call may be asked: nothing has come between since it was claimed."""
    invitation = dials.invitation_of(tx, row.invitation)
    forbidden = _forbidden(tx, office, row, invitation) if invitation.state == "waiting" else None
    if forbidden is not None:
        drop(tx, office, invitation, forbidden)
    return invitation.state == "waiting" and forbidden is None


def _forbidden(tx: Connection, office: Field, row: Row[Any], invitation: Row[Any]) -> Suppressed | None:
    """What has come between since it was decided."""
    form = office.centre.forms.get(invitation.survey)
    if form is None:
        return Suppressed("survey_off", sentence("there is no survey %(survey)s any more", survey=invitation.survey))
    if not form.asked_on(Channel.KEYPAD):
        return Suppressed(
            "survey_off", sentence("no question of the survey %(survey)s can be answered by keypad", survey=form.id)
        )
    why = hindrance(office.centre, office.centre.queues[row.queue], row.number)
    why = why or refused(tx, {(row.number, CALL)}).get((row.number, CALL))
    return Suppressed(why.rule, why.detail, why.facts) if why else None


def _later(tx: Connection, office: Field, row: Row[Any], invitation: Row[Any]) -> datetime | None:
    """When she may be called, where that is not now."""
    now, calling = office.now(), office.centre.queues[row.queue].calling
    assert calling is not None, "only queues that call are claimed for"
    allowed = calling_hours(office.centre, calling, Way(Channel.KEYPAD, row.number, None), invitation.zone, now)
    if allowed is None:
        return now + LOOK_AGAIN
    if allowed.opens > now:
        return allowed.opens
    return now + ENGAGED if tx.execute(_UNDER_WAY, {"called": row.number}).scalar_one() else None
