"""Before a person is forgotten, everything that is going on with her comes to its end: nothing more is sent to her."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select, update

from tonval.fieldwork import ledger
from tonval.fieldwork.calling_back.vacancies import give_up
from tonval.fieldwork.calls import dials
from tonval.fieldwork.deciding import claims
from tonval.fieldwork.field import Field
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.privacy.classes import Link
from tonval.fieldwork.privacy.trace import Trace
from tonval.store import tables as t
from tonval.surveys.dispositions import Disposition
from tonval.surveys.questionnaire import Channel
from tonval.surveys.reception import Step
from tonval.surveys.turns import HungUp, TimedOut

WITHDRAWN: Final = "It was withdrawn: everything about the customer was erased."

_LATEST: Final = (
    select(t.interviews.c.disposition)
    .where(t.interviews.c.interaction == t.interactions.c.id, t.interviews.c.disposition.is_not(None))
    .order_by(t.interviews.c.started_at.desc(), t.interviews.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_SETTLE: Final = (
    update(t.interactions)
    .where(t.interactions.c.id == bindparam("about"), t.interactions.c.disposition == Disposition.PENDING)
    .values(disposition=func.coalesce(_LATEST, Disposition.NOT_OFFERED))
)


def lock(tx: Connection, found: Trace) -> None:
    """Hold her calls, as whoever goes on with one does before anything else."""
    ids = found.ids[Link.LEG]
    if ids:
        tx.execute(select(t.legs.c.id).where(t.legs.c.id.in_(ids)).order_by(t.legs.c.id).with_for_update()).all()


def end_receptions(tx: Connection, found: Trace) -> None:
    """Who is received, or with an agent, is asked nothing in that call: her number, which forbids it, is forgotten.

    A call of ours likewise: nobody tells her that she is not called again where no opt-out can be kept of her.
    """
    ids = found.ids[Link.LEG]
    wanted = select(t.legs.c.id, t.legs.c.reception).where(t.legs.c.id.in_(ids), t.legs.c.ended_at.is_(None))
    for row in tx.execute(wanted.where(t.legs.c.reception.is_not(None))).all() if ids else ():
        over = {**row.reception, "reception": {**row.reception["reception"], "step": Step.OVER}}
        tx.execute(update(t.legs).where(t.legs.c.id == row.id).values(reception=over))


def end_interviews(tx: Connection, office: Field, interviews: Collection[Any]) -> int:
    """End those that are open with what was answered so far; gives how many."""
    open_ones = select(t.interviews.c.id).where(t.interviews.c.disposition.is_(None), t.interviews.c.id.in_(interviews))
    ended = 0
    for interview in sorted(tx.execute(open_ones).scalars()) if interviews else ():
        case = ledger.load(tx, interview)
        if case.interview.disposition is None:
            ledger.advance(tx, office, case, HungUp() if case.interview.channel is Channel.KEYPAD else TimedOut())
            ended += 1
    return ended


def drop_invitations(tx: Connection, office: Field, invitations: Collection[Any]) -> int:
    """Nobody waits for her any more; gives how many invitations came to nothing."""
    waiting = (t.invitations.c.state == "waiting") & t.invitations.c.id.in_(invitations)
    wanted = select(t.invitations.c.id, t.invitations.c.contact, t.invitations.c.interaction).where(waiting)
    rows = tx.execute(wanted.order_by(t.invitations.c.id).with_for_update()).all() if invitations else ()
    for row in rows:
        dropped = {"state": "dropped", "settled_at": office.now()}
        tx.execute(update(t.invitations).where(t.invitations.c.id == row.id).values(dropped))
        if not dials.is_under_way(tx, row.id):  # a telephone that rings has been asked: she is left alone as long
            claims.give_back(tx, row.contact, row.id)
        dials.call_off(tx, office, row.id, WITHDRAWN)
        tx.execute(_SETTLE, {"about": row.interaction})
    return len(rows)


def withdraw_messages(tx: Connection, office: Field, messages: Collection[Any]) -> int:
    """What waits to go out stays here, and what may have gone out is looked for no longer; gives how many."""
    if not messages:
        return 0
    pending = t.messages.c.state.in_((State.QUEUED, State.UNKNOWN)) & (t.messages.c.direction == "out")
    values = {"state": State.FAILED, "error": WITHDRAWN, "changed_at": office.now()}
    return tx.execute(update(t.messages).where(t.messages.c.id.in_(messages), pending).values(values)).rowcount


def withdraw_call_backs(tx: Connection, office: Field, interviews: Collection[Any]) -> None:
    """Nobody calls her back, and the times that were kept for her are free again."""
    planned = (t.call_backs.c.state == "planned") & t.call_backs.c.interview.in_(interviews)
    wanted = select(t.call_backs.c.id, t.call_backs.c.queue, t.call_backs.c.opens_at).where(planned)
    for row in tx.execute(wanted.with_for_update()).all() if interviews else ():
        give_up(tx, row.queue, row.opens_at)
        values = {"state": "withdrawn", "changed_at": office.now()}
        tx.execute(update(t.call_backs).where(t.call_backs.c.id == row.id).values(values))


def shut_links(tx: Connection, office: Field, interviews: Collection[Any]) -> None:
    """Her links lead nowhere from now on."""
    if interviews:
        of_hers = t.links.c.interview.in_(interviews)
        tx.execute(update(t.links).where(of_hers).values(expires_at=office.now()))
