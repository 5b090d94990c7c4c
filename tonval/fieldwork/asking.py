"""Asking those who are due: the first question goes out, or what has come between is told."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, exists, select, update

from tonval.fieldwork import ledger, other_ways, second
from tonval.fieldwork.calls import dials as our_calls
from tonval.fieldwork.calls.ringing import OPEN
from tonval.fieldwork.centre import DROP
from tonval.fieldwork.deciding import caps, claims
from tonval.fieldwork.deciding.decide import window
from tonval.fieldwork.deciding.eligibility import Suppressed, Way
from tonval.fieldwork.deciding.hours import Window
from tonval.fieldwork.deciding.refusals import refused
from tonval.fieldwork.field import Field
from tonval.fieldwork.invitations import outcome
from tonval.fieldwork.messaging.delivery import State
from tonval.fieldwork.messaging.due import closed_due
from tonval.fieldwork.messaging.outgoing import REMINDER
from tonval.fieldwork.messaging.sticky import Talk
from tonval.fieldwork.reminders import too_late
from tonval.fieldwork.second import from_number
from tonval.fieldwork.sending import BELLS, Due, due_of, obstacle, send
from tonval.store import outbox
from tonval.store.tables import dials, interactions, interviews, invitations, messages
from tonval.surveys.dispositions import Disposition
from tonval.surveys.questionnaire import Channel
from tonval.surveys.sentences import sentence
from tonval.surveys.turns import OptedOut, TimedOut

LOOK_AGAIN: Final = timedelta(days=1)
"""When to look again for an hour in which a customer may be reached."""

CALL_OVER: Final = timedelta(minutes=2)
"""When to look again after a call of ours to the customer."""

UNCLAIMED_FOR: Final = timedelta(hours=24)
"""How long a reported call may take to come in for its keypad survey."""

_ASKED_BY: Final = (
    select(interviews.c.invitation, interviews.c.expires_at, messages.c.purpose)
    .join(interviews, interviews.c.id == messages.c.interview)
    .where(messages.c.id == bindparam("message"))
)


def ask_due(office: Field, limit: int = 100) -> int:
    """Put the first question to everybody whose invitation is due; gives how many rows were worked off."""
    asked = office.unit.attempt(lambda tx: _ask_all(tx, office, limit))
    for bell in BELLS if asked else ():
        office.ring(bell)
    return asked


def reopen_closed(office: Field, limit: int = 200) -> int:
    """Move questions that were not sent within their allowed hours to the next ones; gives how many."""
    with office.unit.begin() as tx:
        closed = closed_due(tx, office.now(), limit)
        for message in closed:
            _reopen(tx, office, message)
    return len(closed)


def fall_back_due(office: Field, limit: int = 100) -> int:
    """Take the next way to everybody whose question could not be delivered; gives how many rows were worked off."""
    with office.unit.begin() as tx:
        rows = outbox.claim(tx, "undelivered", office.now(), limit, office.fresh_id("att"))
        for row in rows:
            _fall_back(tx, office, row.ref)
        outbox.done(tx, [row.id for row in rows])
    if rows:
        office.ring("invite")
    return len(rows)


def close_unclaimed(office: Field, limit: int = 500) -> int:
    """End the waiting for callers who never came in for their survey; gives how many."""
    waiting = (invitations.c.state == "waiting") & (invitations.c.channel == Channel.KEYPAD)
    to_call = exists().where(dials.c.invitation == invitations.c.id, dials.c.state.in_(OPEN))
    late = select(invitations).where(waiting, ~to_call, invitations.c.created_at < office.now() - UNCLAIMED_FOR)
    with office.unit.begin() as tx:
        rows = tx.execute(late.limit(limit).with_for_update(skip_locked=True)).all()
        for row in rows:
            tx.execute(update(invitations).where(invitations.c.id == row.id).values(_dropped(office)))
            claims.give_back(tx, row.contact, row.id)
            not_offered = {"disposition": Disposition.NOT_OFFERED}
            tx.execute(update(interactions).where(interactions.c.id == row.interaction).values(not_offered))
    return len(rows)


def drop(tx: Connection, office: Field, invitation: Any, why: Suppressed) -> None:
    """The invitation comes to nothing: its interaction is suppressed after all, and the person's place is free."""
    tx.execute(update(invitations).where(invitations.c.id == invitation.id).values(_dropped(office)))
    claims.give_back(tx, invitation.contact, invitation.id)
    was = tx.execute(select(interactions.c.decision).where(interactions.c.id == invitation.interaction)).scalar_one()
    decision: dict[str, Any] = {"outcome": "suppressed", "rule": why.rule, "detail": why.detail}
    decision |= {"config": office.centre.config, "facts": dict(why.facts), "was": was.get("was", was)}
    settled = update(interactions).where(interactions.c.id == invitation.interaction)
    tx.execute(settled.values(outcome(decision)))


def _dropped(office: Field) -> dict[str, Any]:
    return {"state": "dropped", "settled_at": office.now()}


def _ask_all(tx: Connection, office: Field, limit: int) -> int:
    rows = outbox.claim(tx, "invite", office.now(), limit, office.fresh_id("att"))
    for row in rows:
        _ask(tx, office, row)
    return len(rows)


def _ask(tx: Connection, office: Field, row: outbox.Row) -> None:
    """Ask one due customer, or find out why not: what has come between since the decision is looked at again."""
    due = due_of(tx, office, row.ref)
    if due.row.state != "waiting":
        return outbox.done(tx, [row.id], sentence("was asked before"))
    if due.queue.calling and our_calls.is_under_way(tx, due.row.id):
        return outbox.postpone(tx, row.id, office.now() + CALL_OVER, sentence("a call to the customer is under way"))
    if due.row.survey not in office.centre.forms:
        return _give_up(
            tx,
            office,
            row,
            due,
            Suppressed("survey_off", sentence("there is no survey %(survey)s any more", survey=due.row.survey)),
        )
    best = _best(tx, office, due)
    if isinstance(best, Suppressed):
        return _give_up(tx, office, row, due, best)
    allowed = window(office.centre, best.queue, best.way, best.zone, office.now())
    if allowed is None or allowed.opens > office.now():
        later = allowed.opens if allowed else office.now() + LOOK_AGAIN
        return outbox.postpone(tx, row.id, later, sentence("outside the hours in which the customer may be reached"))
    return _put(tx, office, row, due, best, allowed)


def _put(tx: Connection, office: Field, row: outbox.Row, planned: Due, best: Due, allowed: Window) -> None:
    """Put the question from the number it is to come from, unless another one is open with the customer there.

    Who comes second of two that put theirs at the same moment looks again at once.
    """
    way, hindered = from_number(tx, best.queue, best.way)
    if hindered is not None and best.queue.second == DROP:
        return _give_up(tx, office, row, planned, _open_with(way, hindered))
    if hindered is not None:
        return outbox.postpone(tx, row.id, office.now() + second.LOOK_AGAIN, second.HELD)
    best = replace(best, way=way)
    try:
        send(tx, office, best, allowed)
    except ledger.ThreadOpen:
        return outbox.postpone(tx, row.id, office.now(), second.HELD)
    _take_way(tx, office, planned, best)
    return outbox.done(tx, [row.id])


def _open_with(way: Way, talk: Talk) -> Suppressed:
    facts = {"number": way.sender, "since": talk.last.isoformat()}
    return Suppressed(
        "conversation_open",
        sentence("another survey is open with the customer on %(sender)s", sender=way.sender),
        facts,
    )


def _best(tx: Connection, office: Field, due: Due) -> Due | Suppressed:
    """The first way that can be sent and that the customer has not refused; else why there is none."""
    ways, form = (due.way, *due.spare), office.centre.forms[due.row.survey]
    refusals = other_ways.closed(tx, office, ways)
    obstacles = [obstacle(office, form, way) for way in ways]
    for place, way in enumerate(ways):
        if obstacles[place] is None and (way.address or "", way.channel) not in refusals:
            return replace(due, way=way, spare=ways[place + 1 :])
    for refusal in refusals.values():
        return Suppressed(refusal.rule, refusal.detail, refusal.facts)
    return Suppressed("survey_off", next(filter(None, obstacles)))


def _give_up(tx: Connection, office: Field, row: outbox.Row, due: Due, why: Suppressed) -> None:
    if due.queue.calling and our_calls.has_rung(tx, due.row.id):
        our_calls.settle(tx, office, due.row, Disposition.NO_ANSWER, reached=True)
    else:
        drop(tx, office, due.row, why)
    outbox.done(tx, [row.id], why.rule)


def _take_way(tx: Connection, office: Field, planned: Due, best: Due) -> None:
    """The invitation goes out this way; another than was planned counts towards that channel's cap too."""
    values = {**asdict(best.way), "ways": [asdict(way) for way in best.spare]}
    values |= {"state": "asked", "settled_at": office.now()}
    tx.execute(update(invitations).where(invitations.c.id == best.row.id).values(values))
    if best.way.channel != planned.way.channel and best.row.contact:
        claims.take_also(tx, best.row.contact, [caps.by_channel(best.way.channel)])


def _reopen(tx: Connection, office: Field, message: str) -> None:
    """The message waits for the next allowed hours; without any left in the next weeks it is not sent."""
    asked = tx.execute(_ASKED_BY, {"message": message}).one()
    allowed = None
    if asked.invitation is not None:
        due = due_of(tx, office, asked.invitation)
        allowed = window(office.centre, due.queue, due.way, due.zone, office.now())
    if allowed is not None and asked.purpose == REMINDER and too_late(asked.expires_at, allowed.opens):
        allowed = None
    values: dict[str, Any] = {"state": State.FAILED, "error": sentence("There was no allowed hour to send it in.")}
    if allowed is not None:
        values = {"due_at": max(office.now(), allowed.opens), "open_from": allowed.opens, "open_until": allowed.closes}
    here = (messages.c.id == message) & (messages.c.state == State.QUEUED)
    tx.execute(update(messages).where(here).values({**values, "changed_at": office.now()}))


def _fall_back(tx: Connection, office: Field, interview: str) -> None:
    """The question never reached the customer: the next way is tried, in an interview of its own.

    Without one it stays open, for a late delivery and a reply, unless the customer has refused to be asked.
    """
    case = ledger.load(tx, interview)
    row = tx.execute(select(interviews).where(interviews.c.id == interview)).one()
    if row.disposition is not None or case.interview.has_said or row.invitation is None:
        return
    due = due_of(tx, office, row.invitation)
    form = office.centre.forms.get(row.survey)
    if form is None or all(obstacle(office, form, way) for way in due.spare):
        if refused(tx, {(due.way.address or "", due.way.channel)}):
            ledger.advance(tx, office, case, OptedOut())
        return
    ledger.advance(tx, office, case, TimedOut())
    tx.execute(update(interviews).where(interviews.c.id == interview).values(invitation=None))
    other_ways.wait_again(tx, office, due.row, due.spare)
