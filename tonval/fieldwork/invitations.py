"""From a reported interaction to a decision, and from a due invitation to the first question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select, update

from tonval.fieldwork import caps, ledger
from tonval.fieldwork.addresses import PhoneNumber
from tonval.fieldwork.eligibility import Suppressed, suppressed_by_rule
from tonval.fieldwork.field import Field
from tonval.fieldwork.outgoing import queue_message
from tonval.fieldwork.respondents import Agent, Customer, know_agent, know_contact
from tonval.fieldwork.routing import Queue
from tonval.store import outbox
from tonval.store.tables import interactions, interviews, invitations
from tonval.store.upsert import insert_new
from tonval.surveys.dispositions import Disposition
from tonval.surveys.questionnaire import Channel

BUSY_THREAD: Final = timedelta(minutes=15)
"""How long a second survey waits while the customer has one open on the same number."""

_SENTENCES: Final = {
    "blocked": "the address is on the blocklist",
    "opted_out": "the customer does not want to be asked",
    "frequency_cap": "the customer was asked within the last {cap}",
    "survey_off": "the survey has been taken out of the file since",
}


class UnknownQueue(LookupError):
    """There is no such queue; the message names it."""


class UnknownInteraction(LookupError):
    """No such interaction has been reported."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """A contact that a customer had, as a system reports it. Times are aware; ``talk`` is how long they spoke."""

    ref: str
    kind: str
    queue: str
    agent: str | None
    customer: Customer
    ended_at: datetime | None
    talk: timedelta | None
    report: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reported:
    """The answer to a report; ``created`` is false when it had been reported before."""

    body: dict[str, Any]
    created: bool


@dataclass(frozen=True, slots=True)
class _Hold:
    """The interaction's row, locked, with what a call may already have decided."""

    id: int
    reported: bool
    decision: dict[str, Any] | None


def report(office: Field, interaction: Interaction) -> Reported:
    """Take in an interaction and decide; the same one again changes nothing. Raises ``UnknownQueue``."""
    queue = office.centre.queues.get(interaction.queue)
    if queue is None:
        raise UnknownQueue(f"there is no queue called “{interaction.queue}”")
    with office.unit.begin() as tx:
        hold = hold_interaction(tx, office, interaction.kind, interaction.ref, interaction.queue, interaction.agent)
        if hold.reported and hold.decision is not None:
            return Reported(_body(interaction.kind, interaction.ref, hold.decision), created=False)
        decision = hold.decision or _decide(tx, office, interaction, queue, hold.id)
        _write_report(tx, office, interaction, hold, decision)
    if decision["outcome"] == "invited":
        office.ring("invite")
    return Reported(_body(interaction.kind, interaction.ref, decision), created=True)


def reported(office: Field, kind: str, ref: str) -> dict[str, Any]:
    """The interaction with its decision and disposition. Raises ``UnknownInteraction``."""
    columns = interactions.c
    wanted = select(columns.decision, columns.disposition, columns.queue, columns.agent)
    with office.unit.read() as tx:
        row = tx.execute(wanted.where(columns.kind == kind, columns.ref == ref)).one_or_none()
    if row is None:
        raise UnknownInteraction(f"no {kind} with the id “{ref}” has been reported")
    return {**_body(kind, ref, row.decision), "disposition": row.disposition, "queue": row.queue, "agent": row.agent}


def ask_due(office: Field, limit: int = 100) -> int:
    """Put the first question to everybody whose invitation is due; gives how many rows were worked off."""
    with office.unit.begin() as tx:
        rows = outbox.claim(tx, "invite", office.now(), limit, office.fresh_id("att"))
        for row in rows:
            _ask(tx, office, row)
    if rows:
        office.ring("message")
    return len(rows)


def hold_interaction(tx: Connection, office: Field, kind: str, ref: str, queue: str, agent: str | None) -> _Hold:
    """The interaction's row, locked; written first where a call or report is the first to mention it."""
    columns = interactions.c
    fresh = {"kind": kind, "ref": ref, "queue": queue, "agent": know_agent(tx, office, agent).id}
    insert_new(tx, interactions, {**fresh, "disposition": Disposition.NOT_OFFERED, "demo": office.demo})
    wanted = select(columns.id, columns.reported_at, columns.decision).where(columns.kind == kind, columns.ref == ref)
    row = tx.execute(wanted.with_for_update()).one()
    return _Hold(row.id, row.reported_at is not None, row.decision)


def settle_decision(tx: Connection, interaction: int, decision: Mapping[str, Any]) -> None:
    """Write the decision; a suppressed interaction has its disposition at once."""
    values: dict[str, Any] = {"decision": dict(decision)}
    if decision["outcome"] == "suppressed":
        values["disposition"] = Disposition.SUPPRESSED
    tx.execute(update(interactions).where(interactions.c.id == interaction).values(values))


def suppressed(office: Field, rule: str, detail: str) -> dict[str, Any]:
    """The decision not to ask."""
    return {"outcome": "suppressed", "rule": rule, "detail": detail, "config": office.centre.config}


def refusal_sentence(rule: str, cap: timedelta) -> str:
    """Why the claim of a place was refused, in words."""
    return _SENTENCES[rule].format(cap=_length(cap))


def _decide(tx: Connection, office: Field, interaction: Interaction, queue: Queue, row_id: int) -> dict[str, Any]:
    phone = PhoneNumber(interaction.customer.phone) if interaction.customer.phone else None
    ruled = suppressed_by_rule(office.centre, queue, interaction.ref, phone, interaction.talk)
    if isinstance(ruled, Suppressed):
        return suppressed(office, ruled.rule, ruled.detail)
    invitation = office.fresh_id("inv")
    if phone is not None:
        rule = caps.claim_place(tx, phone, queue.channel, queue.cap, office.now(), invitation)
        if rule is not None:
            return suppressed(office, rule, refusal_sentence(rule, queue.cap))
    due_at = (interaction.ended_at or office.now()) + queue.delay
    row = _invitation(tx, office, interaction, queue, row_id)
    invite(tx, office, {**row, "id": invitation, "state": "waiting", "due_at": due_at})
    if queue.channel == Channel.SMS:
        outbox.put(tx, "invite", invitation, due_at)
    return invited(office, queue.channel, queue.survey, invitation, due_at)


def _invitation(tx: Connection, office: Field, interaction: Interaction, queue: Queue, row_id: int) -> dict[str, Any]:
    return {
        "interaction": row_id,
        "contact": know_contact(tx, office, interaction.customer),
        "address": interaction.customer.phone,
        "channel": queue.channel,
        "survey": queue.survey,
        "queue": queue.name,
        "agent": know_agent(tx, office, interaction.agent).id,
        "language": interaction.customer.language,
        "sender": queue.sender,
    }


def invite(tx: Connection, office: Field, row: Mapping[str, Any]) -> None:
    """Write the invitation."""
    tx.execute(invitations.insert().values({**row, "created_at": office.now()}))


def invited(office: Field, channel: str, survey: str, invitation: str, due_at: datetime) -> dict[str, Any]:
    """The decision to ask."""
    decision = {"outcome": "invited", "channel": channel, "survey": survey, "invitation": invitation}
    due = due_at.isoformat(timespec="seconds").replace("+00:00", "Z")
    return {**decision, "due_at": due, "config": office.centre.config}


def _write_report(
    tx: Connection, office: Field, interaction: Interaction, hold: _Hold, decision: Mapping[str, Any]
) -> None:
    values = {
        "queue": interaction.queue,
        "contact": know_contact(tx, office, interaction.customer),
        "reported_at": office.now(),
        "ended_at": interaction.ended_at,
        "report": dict(interaction.report),
    }
    if interaction.agent:
        values["agent"] = interaction.agent
    tx.execute(update(interactions).where(interactions.c.id == hold.id).values(values))
    if hold.decision is None:
        settle_decision(tx, hold.id, decision)


def _body(kind: str, ref: str, decision: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"interaction": {"kind": kind, "id": ref}, "decision": decision}


def _ask(tx: Connection, office: Field, row: outbox.Row) -> None:
    """Begin the interview of one due invitation and queue its question, unless something has come between."""
    invitation = tx.execute(select(invitations).where(invitations.c.id == row.ref).with_for_update()).one()
    thread = f"{invitation.address}>{invitation.sender}"
    if invitation.state != "waiting":
        return outbox.done(tx, [row.id], "was asked before")
    rule = caps.refusal(tx, invitation.address, invitation.channel)
    if invitation.survey not in office.centre.forms:
        rule = "survey_off"
    if rule is not None:
        _drop(tx, office, invitation, rule)
        return outbox.done(tx, [row.id], rule)
    if _thread_is_open(tx, thread):
        return outbox.postpone(tx, row.id, office.now() + BUSY_THREAD, "another survey is open with the customer")
    _put_question(tx, office, invitation, thread)
    return outbox.done(tx, [row.id])


def _put_question(tx: Connection, office: Field, invitation: Any, thread: str) -> None:
    agent = know_agent(tx, office, invitation.agent)
    opening = ledger.Opening(
        form=office.centre.forms[invitation.survey],
        channel=Channel.SMS,
        queue=invitation.queue,
        agent=Agent(agent.id, agent.name, agent.unit),
        language=invitation.language,
        interaction=invitation.interaction,
        contact=invitation.contact,
        invitation=invitation.id,
        thread=thread,
    )
    interview, turn = ledger.open_interview(tx, office, opening)
    tx.execute(update(invitations).where(invitations.c.id == invitation.id).values(state="asked"))
    for utterance in turn.says:
        queue_message(tx, office, invitation.sender, invitation.address, utterance.text, "question", interview)


def _drop(tx: Connection, office: Field, invitation: Any, rule: str) -> None:
    tx.execute(update(invitations).where(invitations.c.id == invitation.id).values(state="dropped"))
    decision = suppressed(office, rule, _SENTENCES[rule])
    settle_decision(tx, invitation.interaction, decision)


def _thread_is_open(tx: Connection, thread: str) -> bool:
    here = (interviews.c.thread == thread) & interviews.c.disposition.is_(None)
    return tx.execute(select(interviews.c.id).where(here)).first() is not None


def _length(length: timedelta) -> str:
    days, seconds = length.days, length.seconds
    return f"{days} days" if days else f"{seconds // 3600} hours" if seconds >= 3600 else f"{seconds} seconds"
