"""From reported interactions to decisions: each is decided once, and the decision is kept with its reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, select, update

from tonval.fieldwork.calls import dials
from tonval.fieldwork.centre import Queue
from tonval.fieldwork.contacts import Contact, find_contacts, know_contacts
from tonval.fieldwork.deciding import claims
from tonval.fieldwork.deciding.decide import Asking, Case, Standing, decide, decided
from tonval.fieldwork.deciding.eligibility import Eligible, Suppressed, consider
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import Interaction
from tonval.fieldwork.respondents import UNKNOWN_AGENT, Agent, know_agents
from tonval.store import outbox
from tonval.store.among import among, listed
from tonval.store.bulk import insert_all, insert_returning
from tonval.store.tables import interactions, invitations
from tonval.surveys.dispositions import Disposition
from tonval.surveys.questionnaire import Channel

Key = tuple[str, str]
"""Kind and id: what makes an interaction the same when it is reported again."""

_I: Final = interactions.c
_KNOWN_BY: Final = (_I.id, _I.kind, _I.ref)


class UnknownQueue(LookupError):
    """There is no such queue; the message names it."""


class UnknownInteraction(LookupError):
    """No such interaction has been reported."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The answer to a report; ``created`` is false when it had been reported before."""

    body: dict[str, Any]
    created: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A report that could not be taken: what is wrong, and with which field. ``status`` is what HTTP calls it."""

    detail: str
    field: str
    status: int = 404


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided on one case, as it is told, when, and the id of the invitation of those who are asked."""

    case: Case
    decision: Suppressed | Asking
    invitation: str
    told: dict[str, Any]
    at: datetime


def report(office: Field, interaction: Interaction) -> Reported:
    """Take in an interaction and decide; the same one again changes nothing. Raises ``UnknownQueue``."""
    (answer,) = report_many(office, (interaction,))
    if isinstance(answer, Refused):
        raise UnknownQueue(answer.detail)
    return answer


def report_many(office: Field, reports: Sequence[Interaction]) -> list[Reported | Refused]:
    """The same for many, all or none, in one transaction: hand in some hundreds. One answer each, in order."""
    known = [interaction for interaction in reports if interaction.queue in office.centre.queues]
    found = {each.key: consider(office.centre, office.centre.queues[each.queue], each) for each in reversed(known)}
    taken = office.unit.attempt(lambda tx: take_in(tx, office, known, found)) if known else {}
    if any(answer.created and answer.body["decision"]["outcome"] == "invited" for answer in taken.values()):
        office.ring("invite")
    return list(_in_order(office, reports, taken))


def take_in(
    tx: Connection,
    office: Field,
    reports: Sequence[Interaction],
    found: Mapping[Key, Suppressed | Eligible] = MappingProxyType({}),
) -> dict[Key, Reported]:
    """Each interaction once: what stands already keeps its decision, the rest is decided and written.

    ``found`` is what the pure rules say, best asked before the transaction: on SQLite all others wait for its end.
    For a caller that writes more with it. Every queue must be known, and the work be begun by ``Unit.attempt``; after
    the commit the bell ``invite`` is to be rung for those who were invited.
    """
    first: dict[Key, Interaction] = {}
    for interaction in reports:
        first.setdefault(interaction.key, interaction)
    stored = _stored(tx, first)
    news = [each for key, each in first.items() if key not in stored or stored[key].reported_at is None]
    cases = [replace(each, found=found.get(each.interaction.key)) for each in _cases(tx, office, news)]
    for each in cases:
        if each.interaction.key in stored:
            _complete(tx, office, each, stored[each.interaction.key].id)
    verdicts = decide_all(tx, office, [each for each in cases if each.interaction.key not in stored])
    write(tx, office, verdicts)
    told = {each.case.interaction.key: (each.told, True) for each in verdicts}
    told |= {key: (_first(row.decision), row.reported_at is None) for key, row in stored.items()}
    return {key: Reported(body(*key, decision), created) for key, (decision, created) in told.items()}


def preview(office: Field, reports: Sequence[Interaction]) -> list[dict[str, Any]]:
    """The decision each report would get now, in order, with nothing written or locked. Every queue must be known."""
    with office.unit.read() as tx:
        stored = _stored(tx, (interaction.key for interaction in reports))
        cases = _imagined(tx, office, reports)
        standing = claims.standing(tx, office, cases, lock=False)
    return [
        stored[each.interaction.key].decision
        if each.interaction.key in stored
        else _verdict(office, standing, each).told
        for each in cases
    ]


def reported(office: Field, kind: str, ref: str) -> dict[str, Any]:
    """The interaction with its decision and disposition. Raises ``UnknownInteraction``."""
    wanted = select(_I.decision, _I.disposition, _I.queue, _I.agent).where(_I.kind == kind, _I.ref == ref)
    with office.unit.read() as tx:
        row = tx.execute(wanted).one_or_none()
    if row is None:
        raise UnknownInteraction(f"no {kind} with the id “{ref}” has been reported")
    return {**body(kind, ref, row.decision), "disposition": row.disposition, "queue": row.queue, "agent": row.agent}


def decide_all(tx: Connection, office: Field, cases: Sequence[Case]) -> list[Verdict]:
    """Decide on each case in order, and take the places of those who are asked."""
    standing = claims.standing(tx, office, cases)
    before = standing.quotas.copy()
    verdicts = [_verdict(office, standing, case) for case in cases]
    asked = {each.case.person: each.invitation for each in verdicts if isinstance(each.decision, Asking)}
    used = [day for day, n in standing.quotas.items() if before.get(day) != n]
    claims.take(tx, standing, {person: invitation for person, invitation in asked.items() if person}, used)
    return verdicts


def write(tx: Connection, office: Field, verdicts: Sequence[Verdict], *, reported: bool = True) -> dict[Key, int]:
    """Write the interactions with their decisions, and the invitations of those who are asked; gives the rows' ids.

    ``reported`` is false while only a call has mentioned them.
    """
    rows = [_interaction(office, each, reported) for each in verdicts]
    ids = {(row.kind, row.ref): row.id for row in insert_returning(tx, interactions, rows, _KNOWN_BY)}
    invite(tx, office, verdicts, ids)
    return ids


def invite(tx: Connection, office: Field, verdicts: Sequence[Verdict], ids: Mapping[Key, int]) -> None:
    """Write the invitations of those who are asked; ``ids`` are their interactions' rows."""
    asked = [(each, each.decision) for each in verdicts if isinstance(each.decision, Asking)]
    insert_all(tx, invitations, [_invitation(office, each, ids[each.case.interaction.key]) for each, _ in asked])
    due = {each.invitation: asking.due_at for each, asking in asked if asking.way.channel != Channel.KEYPAD}
    outbox.put_all(tx, "invite", due)
    dials.plan(tx, office, [_planned(each, asking) for each, asking in asked if asking.call])


def case(interaction: Interaction, queue: Queue, person: Contact | None, agent: Agent) -> Case:
    """The case of a contact who is known, or of nobody in particular."""
    return Case(interaction, queue, person.id if person else None, person.zone if person else None, agent.id)


def outcome(decision: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an interaction that follow from its decision."""
    if decision["outcome"] == "suppressed":
        return {"decision": decision, "disposition": Disposition.SUPPRESSED, "rule": decision["rule"]}
    return {"decision": decision, "disposition": Disposition.PENDING, "rule": None}


def body(kind: str, ref: str, decision: Mapping[str, Any] | None) -> dict[str, Any]:
    """An interaction and its decision as SURFACE.md shows them."""
    return {"interaction": {"kind": kind, "id": ref}, "decision": decision}


def _in_order(
    office: Field, reports: Iterable[Interaction], taken: Mapping[Key, Reported]
) -> Iterator[Reported | Refused]:
    """One answer for each report; one that stands twice among them is a repetition the second time."""
    seen: set[Key] = set()
    for interaction in reports:
        if interaction.queue not in office.centre.queues:
            yield Refused(f"there is no queue called “{interaction.queue}”", "queue")
            continue
        answer = taken[interaction.key]
        yield Reported(answer.body, False) if interaction.key in seen else answer
        seen.add(interaction.key)


def _cases(tx: Connection, office: Field, reports: Sequence[Interaction]) -> list[Case]:
    if not reports:
        return []
    people = know_contacts(tx, office, [interaction.customer for interaction in reports])
    agents = know_agents(tx, office, (interaction.agent for interaction in reports))
    return [
        case(interaction, office.centre.queues[interaction.queue], person, agents[interaction.agent])
        for interaction, person in zip(reports, people, strict=True)
    ]


def _imagined(tx: Connection, office: Field, reports: Sequence[Interaction]) -> list[Case]:
    """The same without making anybody known: a new customer stands for herself by her address."""
    people = find_contacts(tx, [interaction.customer for interaction in reports])
    return [
        Case(interaction, office.centre.queues[interaction.queue], person, zone, interaction.agent or UNKNOWN_AGENT)
        for interaction, (person, zone) in zip(reports, people, strict=True)
    ]


def _verdict(office: Field, standing: Standing, told: Case) -> Verdict:
    now, invitation = office.now(), office.fresh_id("inv")
    decision = decide(office.centre, standing, told, now)
    words = _with_zone(told, decided(decision, invitation, office.centre.config))
    return Verdict(told, decision, invitation, words, now)


def _with_zone(told: Case, words: dict[str, Any]) -> dict[str, Any]:
    """With the zone that the contact had, where the report does not name it: she may have another one tomorrow."""
    if told.zone is None or told.zone == told.interaction.customer.zone:
        return words
    return {**words, "facts": {**words.get("facts", {}), "zone": told.zone}}


def _interaction(office: Field, verdict: Verdict, reported: bool) -> dict[str, Any]:
    """Reported in the moment it is decided: one that a call had mentioned before tells by the two times."""
    interaction = verdict.case.interaction
    return {
        "kind": interaction.kind,
        "ref": interaction.ref,
        "queue": interaction.queue,
        "agent": verdict.case.agent,
        "contact": verdict.case.person,
        "ticket": interaction.ticket and interaction.ticket.id,
        "created_at": verdict.at,
        "reported_at": verdict.at if reported else None,
        "ended_at": interaction.ended_at,
        "report": interaction.report if reported else None,
        "demo": office.demo,
        **outcome(verdict.told),
    }


def _invitation(office: Field, verdict: Verdict, row_id: int) -> dict[str, Any]:
    asking, asked = verdict.decision, verdict.case
    assert isinstance(asking, Asking), "only those who are asked are invited"
    return {
        "id": verdict.invitation,
        "interaction": row_id,
        "contact": asked.person,
        "address": asking.way.address,
        "channel": asking.way.channel,
        "survey": asking.survey,
        "queue": asked.queue.name,
        "agent": asked.agent,
        "language": asked.interaction.customer.language,
        "sender": asking.way.sender,
        "ways": [asdict(way) for way in asking.spare],
        "state": "waiting",
        "due_at": asking.due_at,
        "created_at": verdict.at,
    }


def _planned(verdict: Verdict, asking: Asking) -> dials.Planned:
    number = asking.way.address
    assert number is not None, "only a customer with a number is called"
    return dials.Planned(verdict.invitation, verdict.case.queue.name, number, asking.due_at)


def _complete(tx: Connection, office: Field, told: Case, row_id: int) -> None:
    """A call had come in before its report: the decision was taken then, the report adds what only it knows."""
    interaction = told.interaction
    values: dict[str, Any] = {
        "queue": interaction.queue,
        "contact": told.person,
        "reported_at": office.now(),
        "ended_at": interaction.ended_at,
        "report": interaction.report,
    }
    if interaction.agent:
        values["agent"] = told.agent
    tx.execute(update(interactions).where(_I.id == row_id).values(values))


def _first(decision: Mapping[str, Any]) -> dict[str, Any]:
    """What was told when it was reported first, whatever came of it."""
    return dict(decision.get("was", decision))


def _stored(tx: Connection, keys: Iterable[Key]) -> dict[Key, Any]:
    """What has been heard of before, one statement for each kind of interaction."""
    refs: dict[str, list[str]] = defaultdict(list)
    for kind, ref in keys:
        refs[kind].append(ref)
    known = _known(tx.dialect.name)
    rows = (row for kind in refs for row in tx.execute(known, {"kind": kind, "refs": listed(tx, refs[kind])}))
    return {(row.kind, row.ref): row for row in rows}


@lru_cache(maxsize=4)
def _known(dialect: str) -> Select[Any]:
    columns = (*_KNOWN_BY, _I.reported_at, _I.decision)
    return select(*columns).where(_I.kind == bindparam("kind"), among(dialect, _I.ref, "refs"))
