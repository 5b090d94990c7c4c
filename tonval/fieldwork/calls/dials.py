"""Rows of our own calls: planned with an invitation, moved up the lattice of ``ringing`` and never back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, exists, func, select, text, update

from tonval.fieldwork import other_ways
from tonval.fieldwork.calls.ringing import OPEN, RANG, Again, Over, State, before, following, later
from tonval.fieldwork.deciding import claims
from tonval.fieldwork.deciding.decide import calling_hours
from tonval.fieldwork.deciding.eligibility import Way
from tonval.fieldwork.field import Field
from tonval.store.bulk import insert_all
from tonval.store.tables import Moment, contacts, dials, interactions, invitations
from tonval.store.upsert import insert_new
from tonval.surveys.dispositions import Disposition
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence

D: Final = dials.c
_I: Final = invitations.c

WAITING: Final = text("dials.state = 'waiting'")
UNDER_WAY: Final = text("dials.state IN ('dialling', 'unknown', 'placed', 'answered')")
"""The conditions of the indexes in their own words: SQLite uses an index of some rows for nothing less."""

OTHERWISE: Final = {
    Channel.SMS: sentence("No call has reached her: she is asked by SMS."),
    Channel.LINK: sentence("No call has reached her: she gets a link by SMS."),
    Channel.EMAIL: sentence("No call has reached her: she gets a letter by e-mail."),
}
"""What stands with the last call of a ladder that is followed by another way."""

_UNDER_WAY: Final = select(exists().where(D.invitation == bindparam("about"), UNDER_WAY))
_RANG: Final = select(exists().where(D.invitation == bindparam("about"), D.state.in_(RANG)))
_LOCK: Final = select(dials).where(D.id == bindparam("dial")).with_for_update()
_RAISE: Final = (
    update(dials)
    .where(D.id == bindparam("dial"), D.state.in_(bindparam("before", expanding=True)))
    .values(state=bindparam("reached"), why=bindparam("because"), changed_at=bindparam("now", type_=Moment))
)
_TELL: Final = update(dials).where(D.id == bindparam("dial")).values(why=func.coalesce(D.why, bindparam("because")))
_ASKED: Final = (
    select(_I.id, _I.state, _I.contact, _I.address, _I.interaction, _I.queue, _I.survey, _I.language)
    .add_columns(_I.channel, _I.ways, contacts.c.zone)
    .outerjoin(contacts, contacts.c.id == _I.contact)
    .where(_I.id == bindparam("invitation"))
    .with_for_update(of=invitations)
)
_SETTLE: Final = update(invitations).where(_I.id == bindparam("invitation"), _I.state == "waiting")
_CALL_OFF: Final = (
    update(dials)
    .where(D.invitation == bindparam("of"), D.state == State.WAITING)
    .values(state=State.DROPPED, why=bindparam("because"), changed_at=bindparam("now", type_=Moment))
)


@dataclass(frozen=True, slots=True)
class Planned:
    """The first call for an invitation."""

    invitation: str
    queue: str
    number: str
    due_at: datetime


def plan(tx: Connection, office: Field, planned: list[Planned]) -> None:
    """Write the first call of each invitation, which are all new."""
    insert_all(tx, dials, [_row(office, each, 1) for each in planned])


def lock(tx: Connection, dial: str) -> Row[Any] | None:
    """The call's row, locked until the transaction ends."""
    return tx.execute(_LOCK, {"dial": dial}).one_or_none()


def is_under_way(tx: Connection, invitation: str) -> bool:
    """Whether a telephone may be ringing, or somebody talking, because of the invitation."""
    return bool(tx.execute(_UNDER_WAY, {"about": invitation}).scalar_one())


def has_rung(tx: Connection, invitation: str) -> bool:
    """Whether a telephone has rung because of the invitation, or may have."""
    return bool(tx.execute(_RANG, {"about": invitation}).scalar_one())


def invitation_of(tx: Connection, invitation: str) -> Row[Any]:
    """The invitation a call is about, locked, with the ``zone`` of its contact."""
    return tx.execute(_ASKED, {"invitation": invitation}).one()


def raise_to(tx: Connection, office: Field, row: Row[Any], state: State, why: str | None = None, **more: Any) -> State:
    """Move the locked ``row`` up to ``state`` where that is later; an end is followed by what it leads to.

    ``more`` are further columns that are written with it. Gives the state it is in now.
    """
    now, reached = office.now(), later(State(row.state), state)
    if reached != row.state:
        values = {"dial": row.id, "before": before(reached), "reached": reached, "because": why, "now": now}
        tx.execute(_RAISE, values)
        if reached not in OPEN:
            more = {"ended_at": now} | more
    if more:
        tx.execute(update(dials).where(D.id == row.id).values(**more))
    if reached != row.state:
        _follow(tx, office, row, reached)
    return reached


def call_off(tx: Connection, office: Field, invitation: str, why: str) -> None:
    """What is still to be dialled for the invitation is not."""
    tx.execute(_CALL_OFF, {"of": invitation, "because": why, "now": office.now()})


def _follow(tx: Connection, office: Field, row: Row[Any], end: State) -> None:
    """The next rung of the ladder, or the end of the invitation; nothing where it is over anyhow."""
    queue = office.centre.queues.get(row.queue)
    calling = queue.calling if queue else None
    step = following(end, row.attempt, calling.retry if calling else ())
    if step is None:
        return
    invitation = invitation_of(tx, row.invitation)
    if invitation.state != "waiting":
        return
    match step:
        case Over():
            _end(tx, office, row, invitation, step)
        case Again(pause) if invitation.channel == Channel.KEYPAD:
            _again(tx, office, row, invitation, office.now() + pause)


def _end(tx: Connection, office: Field, row: Row[Any], invitation: Row[Any], over: Over) -> None:
    """She is asked by the next way, where there is one for her and she has not been spoken with; else it is over."""
    if over.other_way and invitation.channel != Channel.KEYPAD:
        return  # it has been taken already
    way = other_ways.take(tx, office, invitation) if over.other_way else None
    if way is None:
        settle(tx, office, invitation, over.disposition, reached=over.reached)
    else:
        tx.execute(_TELL, {"dial": row.id, "because": OTHERWISE[Channel(way.channel)]})


def _again(tx: Connection, office: Field, row: Row[Any], invitation: Row[Any], wanted: datetime) -> None:
    """Another call at the ``wanted`` time, or in the next allowed hours; without any she is left alone."""
    queue = office.centre.queues[row.queue]
    assert queue.calling is not None, "a queue that does not call has no ladder"
    way = Way(Channel.KEYPAD, row.number, None)
    allowed = calling_hours(office.centre, queue.calling, way, invitation.zone, wanted)
    if allowed is None:
        _end(tx, office, row, invitation, Over(Disposition.NO_ANSWER, True, other_way=True))
    else:
        rung = Planned(row.invitation, row.queue, row.number, max(wanted, allowed.opens))
        insert_new(tx, dials, _row(office, rung, row.attempt + 1))


def settle(tx: Connection, office: Field, invitation: Row[Any], disposition: Disposition, *, reached: bool) -> None:
    """The invitation has come to its end without an interview. Who was never rung has not been asked."""
    state = "asked" if reached else "dropped"
    values = {"state": state, "settled_at": office.now()}
    if tx.execute(_SETTLE.values(**values), {"invitation": invitation.id}).rowcount == 0:
        return
    if not reached:
        claims.give_back(tx, invitation.contact, invitation.id)
    tx.execute(
        update(interactions)
        .where(interactions.c.id == invitation.interaction, interactions.c.disposition == Disposition.PENDING)
        .values(disposition=disposition)
    )


def _row(office: Field, planned: Planned, attempt: int) -> dict[str, Any]:
    now = office.now()
    return {
        "id": office.fresh_id("dial"),
        "invitation": planned.invitation,
        "attempt": attempt,
        "queue": planned.queue,
        "number": planned.number,
        "state": State.WAITING,
        "due_at": planned.due_at,
        "created_at": now,
        "changed_at": now,
    }
