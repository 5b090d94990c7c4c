"""A call arrives: whose it is, whether this customer may be asked, and the interview it begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, case, exists, func, or_, select, text, update

from tonval.fieldwork import invitations, ledger
from tonval.fieldwork.centre import NO_QUEUE, Queue
from tonval.fieldwork.contacts import know_contacts
from tonval.fieldwork.deciding.decide import decided
from tonval.fieldwork.deciding.eligibility import Suppressed, too_short
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import Customer, know_agent
from tonval.store.tables import Moment, agents, contacts, dials, interactions, interviews
from tonval.store.tables import invitations as invitation_rows
from tonval.surveys.phrases import PHRASES
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.turns import AskChoice, AskText, Hearing, Utterance, Wait

AWAITED_FOR: Final = timedelta(hours=1)
"""How long after its report a call may still come in for its survey without naming its interaction."""

_AWAITED: Final = (
    select(interactions.c.ref)
    .join(invitation_rows, invitation_rows.c.interaction == interactions.c.id)
    .where(text("invitations.state = 'waiting'"), invitation_rows.c.address == bindparam("caller"))
    .where(interactions.c.kind == "call")
    .where(
        or_(
            and_(
                invitation_rows.c.channel == Channel.KEYPAD,
                invitation_rows.c.created_at > bindparam("since", type_=Moment),
            ),
            exists().where(dials.c.invitation == invitation_rows.c.id),
        )
    )
    .order_by(invitation_rows.c.created_at.desc())
    .limit(1)
)
"""The condition of the index in its own words: SQLite uses an index of some rows for nothing less."""

_WAITING: Final = invitation_rows.c.state == "waiting"
_BY_LETTER: Final = _WAITING & (invitation_rows.c.channel == Channel.EMAIL)
_ADDRESS: Final = invitation_rows.c.address
_TAKE: Final = (
    update(invitation_rows)
    .where(invitation_rows.c.id == bindparam("about"), invitation_rows.c.state != "dropped")
    .values(
        state="asked",
        channel=case((_WAITING, Channel.KEYPAD), else_=invitation_rows.c.channel),
        address=case((_BY_LETTER, func.coalesce(bindparam("caller", type_=_ADDRESS.type), _ADDRESS)), else_=_ADDRESS),
    )
    .returning(*(invitation_rows.c[name] for name in ("id", "survey", "queue", "language", "contact")))
)
"""Whoever would ask her meanwhile, on another line or by another way, waits for the end of this."""

_KNOWN: Final = select(interactions.c.id, interactions.c.decision).where(
    interactions.c.kind == "call", interactions.c.ref == bindparam("ref")
)
_ASKED: Final = select(interviews.c.id).where(interviews.c.interaction == bindparam("interaction"))

_NO_FORM: Final = Form("", 0, ("en",), (), {"goodbye": PHRASES["goodbye"]})


@dataclass(frozen=True, slots=True)
class Call:
    """An arriving call as its channel read it; ``None`` where nothing was said.

    ``dialled`` is a queue, a survey or a number; ``caller`` the customer's E.164 number; ``interaction`` the id that
    the PBX uses when it reports the call. ``dial`` is our own call to the customer that she has answered;
    ``reception`` the leg in which she was received, where who sends her back names it.
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
    dial: str | None = None
    reception: str | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """What a call hears first; ``interview`` is ``None`` for a caller who is only thanked."""

    interview: str | None
    survey: str
    version: int
    says: tuple[Utterance, ...]
    wait: Hearing | None
    queue: str = ""


def receive(tx: Connection, office: Field, call: Call, talk: timedelta | None = None) -> Arrival:
    """Match the call with its interaction, decide, and begin the interview or say goodbye: never a silent call.

    ``talk`` is how long she has spoken with the agent, where we know.
    """
    queue = queue_of(office, call)
    form = office.centre.forms.get(call.dialled) or office.centre.forms.get(queue.survey)
    short = too_short(queue, talk)
    if short is not None:
        note(tx, office, call, queue, short)
        return _goodbye(form or _any_form(office), call.language, queue.name)
    ref = call.interaction or _awaited(tx, office, call) or ref_of(call)
    known = tx.execute(_KNOWN, {"ref": ref}).one_or_none()
    survey = form.id if form else queue.survey
    row_id, decision = (known.id, known.decision) if known else _decide(tx, office, call, queue, survey, ref)
    asked = decision["outcome"] == "invited" and decision["channel"] == Channel.KEYPAD
    begun = _begin(tx, office, call, form, row_id, decision["invitation"]) if form and asked else None
    return begun or _goodbye(form or _any_form(office), call.language, queue.name)


def _awaited(tx: Connection, office: Field, call: Call) -> str | None:
    """The reported call of this customer that still waits for its survey: a PBX may report and send no id along.

    Whom we call about it may ring back at any time until it is over.
    """
    about = {"caller": call.caller, "since": office.now() - AWAITED_FOR}
    return tx.execute(_AWAITED, about).scalar() if call.caller else None


def note(tx: Connection, office: Field, call: Call, queue: Queue, why: Suppressed) -> int:
    """Write the interaction of a caller who is not asked, unless it is known; gives its row."""
    known = tx.execute(_KNOWN, {"ref": ref_of(call)}).one_or_none()
    if known:
        return int(known.id)
    told, on_the_line = _told(call, queue, queue.survey, ref_of(call))
    (person,) = know_contacts(tx, office, [told.customer])
    case = invitations.case(told, on_the_line, person, know_agent(tx, office, call.agent))
    verdict = invitations.Verdict(case, why, "", decided(why, "", office.centre.config), office.now())
    (row_id,) = invitations.write(tx, office, [verdict], reported=False).values()
    return row_id


def ref_of(call: Call) -> str:
    """The id of the call's interaction: the PBX's, else one made of the call's own."""
    return call.interaction or f"{call.provider}:{call.ref}"


def begin_invited(tx: Connection, office: Field, call: Call, invitation_id: str) -> Arrival:
    """Begin the interview of somebody we have called."""
    invitation = tx.execute(select(invitation_rows).where(invitation_rows.c.id == invitation_id)).one()
    form = office.centre.forms.get(invitation.survey)
    begun = _begin(tx, office, call, form, invitation.interaction, invitation_id) if form else None
    return begun or _goodbye(form or _any_form(office), call.language, invitation.queue)


def say_goodbye(office: Field, call: Call, queue: Queue) -> Arrival:
    """Nobody is asked in this call."""
    return _goodbye(office.centre.forms.get(queue.survey) or _any_form(office), call.language, queue.name)


def language_of(tx: Connection, caller: str | None) -> str | None:
    """The language of the contact who has this number, where it is known."""
    return tx.execute(select(contacts.c.language).where(contacts.c.phone == caller)).scalar() if caller else None


def queue_of(office: Field, call: Call) -> Queue:
    """The queue the PBX names, else the one that was dialled; a wrong name is answered by the first keypad queue.

    Before any queue is set up, one that asks nobody.
    """
    queue = office.centre.queues.get(call.queue or "") or office.centre.queue_of(call.dialled)
    return queue or next(iter(office.centre.queues.values()), NO_QUEUE)


def _any_form(office: Field) -> Form:
    """Whose goodbye is said where no survey has been chosen; one without questions where there is none at all."""
    return next(iter(office.centre.forms.values()), _NO_FORM)


def _decide(
    tx: Connection, office: Field, call: Call, queue: Queue, survey: str, ref: str
) -> tuple[int, dict[str, Any]]:
    """The customer is on the line already: only what forbids asking this person is checked."""
    told, on_the_line = _told(call, queue, survey, ref)
    (person,) = know_contacts(tx, office, [Customer(phone=call.caller)])
    agent = know_agent(tx, office, call.agent)
    case = invitations.case(told, on_the_line, person, agent)
    (verdict,) = invitations.decide_all(tx, office, [case])
    (row_id,) = invitations.write(tx, office, [verdict], reported=False).values()
    return row_id, verdict.told


def _told(call: Call, queue: Queue, survey: str, ref: str) -> tuple[Interaction, Queue]:
    """The interaction as the call tells of it, and its queue as one that asks on the line."""
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
    return told, replace(queue, channel=Channel.KEYPAD, fallback=(), prefer_email=False)


def _begin(
    tx: Connection, office: Field, call: Call, dialled: Form, interaction: int, invitation_id: str
) -> Arrival | None:
    """The interview, unless she was asked before, or came in so late that the wait for her had ended."""
    invitation = tx.execute(_TAKE, {"about": invitation_id, "caller": call.caller}).one_or_none()
    if invitation is None or tx.execute(_ASKED, {"interaction": interaction}).first() is not None:
        return None
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
    return Arrival(interview, form.id, form.version, turn.says, hearing(turn.wait), invitation.queue)


def hearing(wait: Wait | None) -> Hearing | None:
    """The wait of a telephone."""
    assert not isinstance(wait, AskText | AskChoice), "a call waits for no letters"
    return wait


def _agent_of(tx: Connection, interaction: int) -> str | None:
    joined = interactions.join(agents, agents.c.id == interactions.c.agent)
    return tx.execute(select(agents.c.id).select_from(joined).where(interactions.c.id == interaction)).scalar()


def _language_of(tx: Connection, contact: str | None) -> str | None:
    return tx.execute(select(contacts.c.language).where(contacts.c.id == contact)).scalar() if contact else None


def _goodbye(form: Form, language: str | None, queue: str) -> Arrival:
    """A caller who is not asked hears a thank-you and goodbye, never a silent hang-up."""
    spoken = form.spoken_in(language)
    wording = form.phrases.get("goodbye", {})
    text = wording.get(spoken) or next(iter(wording.values()), "")
    return Arrival(None, form.id, form.version, (Utterance("goodbye", spoken, text),), None, queue)
