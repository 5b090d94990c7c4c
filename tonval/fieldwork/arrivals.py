"""A call arrives: whose it is, whether this customer may be asked, and the interview it begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select, update

from tonval.fieldwork import invitations, ledger
from tonval.fieldwork.centre import Queue
from tonval.fieldwork.contacts import know_contacts
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer, know_agent
from tonval.store.tables import agents, contacts, interactions, interviews
from tonval.store.tables import invitations as invitation_rows
from tonval.surveys.phrases import PHRASES
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.turns import AskDigits, Utterance

AWAITED_FOR: Final = timedelta(hours=1)
"""How long after its report a call may still come in for its survey without naming its interaction."""

_KNOWN: Final = (
    select(interactions.c.id, interactions.c.decision)
    .where(interactions.c.kind == "call", interactions.c.ref == bindparam("ref"))
    .with_for_update()
)


_NO_FORM: Final = Form("", 0, ("en",), (), {"goodbye": PHRASES["goodbye"]})


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
    form = office.centre.forms.get(call.dialled) or office.centre.forms.get(queue.survey)
    ref = call.interaction or _awaited(tx, office, call) or f"{call.provider}:{call.ref}"
    known = tx.execute(_KNOWN, {"ref": ref}).one_or_none()
    survey = form.id if form else queue.survey
    row_id, decision = (known.id, known.decision) if known else _decide(tx, office, call, queue, survey, ref)
    asked = decision["outcome"] == "invited" and decision["channel"] == Channel.KEYPAD and not _is_over(tx, row_id)
    if form is None or not asked:
        return _goodbye(form or _any_form(office), call.language)
    return _begin(tx, office, call, form, row_id, decision["invitation"])


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
    return queue or next(iter(office.centre.queues.values()))


def _any_form(office: Field) -> Form:
    """Whose goodbye is said where no survey has been chosen; one without questions where there is none at all."""
    return next(iter(office.centre.forms.values()), _NO_FORM)


def _decide(
    tx: Connection, office: Field, call: Call, queue: Queue, survey: str, ref: str
) -> tuple[int, dict[str, Any]]:
    """The customer is on the line already: only what forbids asking this person is checked."""
    told = Interaction(
        ref=ref,
        kind="call",
        queue=queue.name,
        agent=call.agent,
        customer=Customer(phone=call.caller, language=call.language),
        ended_at=None,
        talk=None,
        report={},
        survey=survey,
    )
    on_the_line = replace(queue, channel=Channel.KEYPAD, fallback=(), prefer_email=False)
    (person,) = know_contacts(tx, office, [Customer(phone=call.caller)])
    agent = know_agent(tx, office, call.agent)
    case = invitations.case(told, on_the_line, person, agent)
    (verdict,) = invitations.decide_all(tx, office, [case])
    (row_id,) = invitations.write(tx, office, [verdict], reported=False).values()
    return row_id, verdict.told


def _is_over(tx: Connection, interaction: int) -> bool:
    """She was asked before, or came in so late that the wait for her had ended."""
    dropped = select(invitation_rows.c.id).where(
        invitation_rows.c.interaction == interaction, invitation_rows.c.state == "dropped"
    )
    asked = select(interviews.c.id).where(interviews.c.interaction == interaction)
    return tx.execute(asked).first() is not None or tx.execute(dropped).first() is not None


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
