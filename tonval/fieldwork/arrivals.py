"""A call arrives: whose it is, whether this customer may be asked, and the interview it begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, select, update

from tonval.fieldwork import caps, invitations, ledger
from tonval.fieldwork.field import Field
from tonval.fieldwork.respondents import Customer, know_agent, know_contact
from tonval.fieldwork.routing import Queue
from tonval.store.tables import agents, contacts, interactions, interviews
from tonval.store.tables import invitations as invitation_rows
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.turns import AskDigits, Utterance

AWAITED_FOR: Final = timedelta(hours=1)
"""How long after its report a call may still come in for its survey without naming its interaction."""


@dataclass(frozen=True, slots=True)
class Call:
    """An arriving call as its channel read it; ``None`` where nothing was said.

    ``dialled`` is a queue, a survey or a number; ``caller`` the customer's E.164 number; ``interaction`` the id that
    the PBX uses when it reports the call.
    """

    provider: str
    ref: str
    dialled: str
    queue: str | None = None
    agent: str | None = None
    interaction: str | None = None
    language: str | None = None
    caller: str | None = None
    node: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a call hears first; ``interview`` is ``None`` for a caller who is only thanked."""

    interview: str | None
    survey: str
    version: int
    says: tuple[Utterance, ...]
    wait: AskDigits | None


def receive(tx: Connection, office: Field, call: Call) -> Arrival:
    """Match the call with its interaction, decide, and begin the interview or say goodbye: never a silent call."""
    queue = _queue(office, call)
    form = office.centre.forms.get(call.dialled) or office.centre.forms[queue.survey]
    ref = call.interaction or _awaited(tx, office, call) or f"{call.provider}:{call.ref}"
    hold = invitations.hold_interaction(tx, office, "call", ref, queue.name, call.agent)
    decision = hold.decision or _decide(tx, office, call, queue, form, hold.id)
    if decision["outcome"] != "invited" or _asked_before(tx, hold.id):
        return _goodbye(form, call.language)
    return _begin(tx, office, call, form, hold.id, decision["invitation"])


def _awaited(tx: Connection, office: Field, call: Call) -> str | None:
    """The reported call of this customer that still waits for its survey: a PBX may report and send no id along."""
    waiting = (
        select(interactions.c.ref)
        .join(invitation_rows, invitation_rows.c.interaction == interactions.c.id)
        .where(invitation_rows.c.address == call.caller, invitation_rows.c.channel == Channel.KEYPAD)
        .where(invitation_rows.c.state == "waiting", invitation_rows.c.created_at > office.now() - AWAITED_FOR)
        .where(interactions.c.kind == "call")
        .order_by(invitation_rows.c.created_at.desc())
    )
    return tx.execute(waiting.limit(1)).scalar() if call.caller else None


def _queue(office: Field, call: Call) -> Queue:
    """The queue the PBX names, else the one that was dialled; a wrong name is answered by the first keypad queue."""
    queue = office.centre.queues.get(call.queue or "") or office.centre.queue_of(call.dialled)
    queue = queue or next(iter(office.centre.queues.values()))
    if queue.survey in office.centre.forms:
        return queue
    return replace(queue, survey=next(iter(office.centre.forms)))


def _decide(tx: Connection, office: Field, call: Call, queue: Queue, form: Form, interaction: int) -> dict[str, Any]:
    """The customer is on the line already: only what forbids asking this person is checked."""
    invitation = office.fresh_id("inv")
    rule = None
    if call.caller:
        rule = caps.claim_place(tx, call.caller, Channel.KEYPAD, queue.cap, office.now(), invitation)
    if rule is not None:
        decision = invitations.suppressed(office, rule, invitations.refusal_sentence(rule, queue.cap))
    else:
        decision = invitations.invited(office, Channel.KEYPAD, form.id, invitation, office.now())
        invitations.invite(tx, office, _invitation(tx, office, call, queue, form, interaction, invitation))
    invitations.settle_decision(tx, interaction, decision)
    return decision


def _invitation(
    tx: Connection, office: Field, call: Call, queue: Queue, form: Form, interaction: int, invitation: str
) -> dict[str, Any]:
    return {
        "id": invitation,
        "interaction": interaction,
        "contact": know_contact(tx, office, Customer(phone=call.caller)),
        "address": call.caller,
        "channel": Channel.KEYPAD,
        "survey": form.id,
        "queue": queue.name,
        "agent": know_agent(tx, office, call.agent).id,
        "language": call.language,
        "state": "waiting",
        "due_at": office.now(),
    }


def _asked_before(tx: Connection, interaction: int) -> bool:
    return tx.execute(select(interviews.c.id).where(interviews.c.interaction == interaction)).first() is not None


def _begin(tx: Connection, office: Field, call: Call, dialled: Form, interaction: int, invitation_id: str) -> Arrival:
    invitation = tx.execute(select(invitation_rows).where(invitation_rows.c.id == invitation_id)).one()
    form = office.centre.forms.get(call.dialled) or office.centre.forms.get(invitation.survey, dialled)
    opening = ledger.Opening(
        form=form,
        channel=Channel.KEYPAD,
        queue=invitation.queue,
        agent=know_agent(tx, office, call.agent or _agent_of(tx, interaction)),
        language=call.language or invitation.language or _language_of(tx, invitation.contact),
        interaction=interaction,
        contact=invitation.contact,
        invitation=invitation_id,
    )
    interview, turn = ledger.open_interview(tx, office, opening)
    tx.execute(update(invitation_rows).where(invitation_rows.c.id == invitation_id).values(state="asked"))
    wait = turn.wait if isinstance(turn.wait, AskDigits) else None
    return Arrival(interview, form.id, form.version, turn.says, wait)


def _agent_of(tx: Connection, interaction: int) -> str | None:
    joined = interactions.join(agents, agents.c.id == interactions.c.agent)
    return tx.execute(select(agents.c.id).select_from(joined).where(interactions.c.id == interaction)).scalar()


def _language_of(tx: Connection, contact: str | None) -> str | None:
    return tx.execute(select(contacts.c.language).where(contacts.c.id == contact)).scalar() if contact else None


def _goodbye(form: Form, language: str | None) -> Arrival:
    """A caller who is not asked hears a thank-you and goodbye, never a silent hang-up."""
    spoken = form.spoken_in(language)
    wording = form.phrases.get("goodbye", {})
    text = wording.get(spoken) or next(iter(wording.values()), "")
    return Arrival(None, form.id, form.version, (Utterance("goodbye", spoken, text),), None)
