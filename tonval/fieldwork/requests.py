"""Surveys that are asked for directly.

A request becomes an interaction of the kind ``request``, or concerns one that has been reported. The rules about the
contact itself do not apply to it; blocklist, opt-outs, caps, addresses and quiet hours do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from tonval.fieldwork import invitations
from tonval.fieldwork.centre import CHANNELS, EMAIL, Centre, Queue
from tonval.fieldwork.contacts import know_contacts
from tonval.fieldwork.deciding.decide import Case, decided
from tonval.fieldwork.deciding.eligibility import Suppressed
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction, read_customer
from tonval.fieldwork.invitations import Key, Reported
from tonval.fieldwork.reading import Faulty, Reading
from tonval.fieldwork.respondents import Customer, know_agent
from tonval.store.tables import contacts, interactions, interviews
from tonval.store.tables import invitations as invitation_rows
from tonval.surveys.questionnaire import Channel

KIND: Final = "request"
SENT: Final = tuple(channel for channel in CHANNELS if channel != Channel.KEYPAD)
"""The channels that reach somebody who is not on the line."""

_ABOUT: Final = (*(interactions.c[name] for name in ("id", "agent", "contact", "decision")),)


@dataclass(frozen=True, slots=True)
class Request:
    """A survey asked for: by name, or by the queue whose terms hold. ``about`` is the reported interaction it concerns.

    Without a ``customer`` it is that interaction's own.
    """

    ref: str
    survey: str | None
    queue: str | None
    channel: str | None
    agent: str | None
    customer: Customer | None
    not_before: datetime | None
    about: Key | None
    report: Mapping[str, Any]


def read_request(document: Reading, centre: Centre, fresh: str) -> Request:
    """The request a document describes; ``fresh`` is its id where it brings none. Raises ``Faulty``."""
    about = _read_about(document)
    survey, queue = document.text("survey"), document.text("queue")
    if survey is None and queue is None:
        raise document.fault("survey", "is missing, and there is no queue either")
    return Request(
        ref=document.text("id") or fresh,
        survey=survey,
        queue=queue,
        channel=_read_channel(document),
        agent=document.text("agent"),
        customer=_read_customer(document, centre, needed=about is None),
        not_before=document.moment("not_before"),
        about=about,
        report=document.data,
    )


def ask(office: Field, request: Request) -> Reported:
    """Ask for the survey; the same request again changes nothing. Raises ``Faulty`` for a name nobody knows."""
    if request.about is not None:
        reported = _ask_about(office, request, request.about)
    else:
        assert request.customer is not None, "only a reported interaction brings its customer along"
        queue = choose_queue(office.centre, request, request.customer)
        reported = invitations.report(_with_queue(office, queue), interaction_of(request, queue, request.customer))
    invitation = (reported.body["decision"] or {}).get("invitation")
    return Reported({"invitation": invitation, **reported.body}, reported.created)


def choose_queue(centre: Centre, request: Request, customer: Customer) -> Queue:
    """The queue whose terms hold: the one named, else the first that asks this survey and can reach the customer.

    Its channels are those that can be used; its delay does not apply, for nothing has just ended. Raises ``Faulty``.
    """
    if request.survey is not None and request.survey not in centre.forms:
        raise Faulty(f"there is no survey called “{request.survey}”", "survey", 404)
    named = _named(centre, request)
    fitting = list(_fitting(named, request.channel))
    if not fitting:
        names, ways = ", ".join(queue.name for queue in named), request.channel or ", ".join(SENT)
        raise Faulty(f"{names} asks nobody by {ways}", "channel" if request.channel else "queue")
    return next((queue for queue in fitting if _reaches(queue, customer)), fitting[0])


def _named(centre: Centre, request: Request) -> list[Queue]:
    if request.queue is None:
        found = [queue for queue in centre.queues.values() if queue.survey == request.survey]
        if not found:
            raise Faulty(f"no queue asks the survey “{request.survey}”; name one", "survey", 404)
        return found
    if request.queue not in centre.queues:
        raise Faulty(f"there is no queue called “{request.queue}”", "queue", 404)
    return [centre.queues[request.queue]]


def _fitting(queues: list[Queue], channel: str | None) -> Iterator[Queue]:
    """Each queue with only those of its channels that can be used."""
    for queue in queues:
        ways = [way for way in (queue.channel, *queue.fallback) if way in SENT]
        ways += [EMAIL] if queue.prefer_email and EMAIL not in ways else []
        if channel in ways:
            yield replace(queue, channel=channel, fallback=(), prefer_email=False, delay=timedelta(0))
        elif channel is None and ways:
            yield replace(queue, channel=ways[0], fallback=tuple(ways[1:]), delay=timedelta(0))


def _reaches(queue: Queue, customer: Customer) -> bool:
    ways = {queue.channel, *queue.fallback, *((EMAIL,) if queue.prefer_email else ())}
    return bool((customer.email and EMAIL in ways) or (customer.phone and ways - {EMAIL}))


def interaction_of(request: Request, queue: Queue, customer: Customer) -> Interaction:
    """The interaction that the request becomes, or that it concerns."""
    return Interaction(
        ref=request.ref if request.about is None else request.about[1],
        kind=KIND if request.about is None else request.about[0],
        queue=queue.name,
        agent=request.agent,
        customer=customer,
        ended_at=None,
        talk=None,
        report=request.report,
        survey=request.survey or queue.survey,
        not_before=request.not_before,
    )


def _with_queue(office: Field, queue: Queue) -> Field:
    return replace(office, centre=replace(office.centre, queues={**office.centre.queues, queue.name: queue}))


def _ask_about(office: Field, request: Request, about: Key) -> Reported:
    reported = office.unit.attempt(lambda tx: _decide_about(tx, office, request, about))
    if reported.created and reported.body["decision"]["outcome"] == "invited":
        office.ring("invite")
    return reported


def _decide_about(tx: Connection, office: Field, request: Request, about: Key) -> Reported:
    """Decide anew on an interaction that nobody has been asked about; its first decision is kept beside the new one."""
    row = _find(tx, about)
    if row.decision and row.decision.get("request") == request.ref:
        return Reported(invitations.body(*about, _told(row.decision)), created=False)
    before = _invited_before(tx, row.id)
    if before is not None:
        return Reported(invitations.body(*about, decided(before, "", office.centre.config)), created=False)
    case = _case(tx, office, request, row)
    (verdict,) = invitations.decide_all(tx, office, [case])
    invitations.invite(tx, office, [verdict], {about: row.id})
    first = {"was": row.decision.get("was", row.decision)} if row.decision else {}
    values = invitations.outcome({**verdict.told, "request": request.ref, **first})
    tx.execute(update(interactions).where(interactions.c.id == row.id).values(contact=case.person, **values))
    return Reported(invitations.body(*about, verdict.told), created=True)


def _find(tx: Connection, about: Key) -> Row[Any]:
    kind, ref = about
    wanted = select(*_ABOUT).where(interactions.c.kind == kind, interactions.c.ref == ref).with_for_update()
    row = tx.execute(wanted).one_or_none()
    if row is None:
        raise Faulty(f"no {kind} with the id “{ref}” has been reported", "interaction.id", 404)
    return row


def _invited_before(tx: Connection, interaction: int) -> Suppressed | None:
    invited = select(invitation_rows.c.id).where(invitation_rows.c.interaction == interaction)
    invitation = tx.execute(invited).scalar()
    asked = tx.execute(select(interviews.c.id).where(interviews.c.interaction == interaction)).first()
    if invitation is None and asked is None:
        return None
    facts = {"invitation": invitation} if invitation else {}
    return Suppressed("already_invited", "the customer has been invited about this before", facts)


def _case(tx: Connection, office: Field, request: Request, row: Row[Any]) -> Case:
    customer = request.customer or _customer_of(tx, row.contact)
    queue = choose_queue(office.centre, request, customer)
    (person,) = know_contacts(tx, office, [customer])
    agent = know_agent(tx, office, request.agent or row.agent)
    interaction = interaction_of(request, queue, customer)
    if person is None:
        return Case(interaction, queue, None, None, agent.id)
    return Case(interaction, queue, person.id, person.zone, agent.id)


def _customer_of(tx: Connection, contact: str | None) -> Customer:
    columns = contacts.c.phone, contacts.c.email, contacts.c.name, contacts.c.language, contacts.c.tier
    row = tx.execute(select(*columns).where(contacts.c.id == contact)).one_or_none()
    return Customer(*row) if row is not None else Customer()


def _told(decision: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in decision.items() if name not in ("request", "was")}


def _read_about(document: Reading) -> Key | None:
    if document.data.get("interaction") is None:
        return None
    named = document.part("interaction")
    return named.needed("kind", 40), named.needed("id")


def _read_channel(document: Reading) -> str | None:
    channel = document.text("channel", 20)
    if channel is not None and channel not in SENT:
        raise document.fault("channel", f"must be one of {', '.join(SENT)}")
    return channel


def _read_customer(document: Reading, centre: Centre, *, needed: bool) -> Customer | None:
    """The customer; ``language`` may stand beside her as well as with her."""
    part = document.part("customer")
    spoken = document.text("language", 20)
    customer = read_customer(
        Reading({**part.data, "language": spoken or part.data.get("language")}, "customer"), centre
    )
    if customer.phone or customer.email:
        return customer
    if needed:
        raise part.fault("phone", "is missing, and there is no email either")
    return None
