"""What was decided on one interaction and why, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, func, select

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.deciding.by_call import refusable
from tonval.fieldwork.deciding.refusals import Refusal, refused_since
from tonval.fieldwork.interactions import WAVE, Interaction, read_interaction
from tonval.fieldwork.reading import Faulty, Reading
from tonval.fieldwork.requests import KIND as REQUEST
from tonval.fieldwork.routing import read_centre
from tonval.stats.aftermath import Event, Invited, aftermath, invited
from tonval.stats.ledger import Entry, Wanted, entries, entry, entry_query
from tonval.stats.queries import Filter
from tonval.stats.reasons import LastAsked, Question, Step, reasons, told, ways_of
from tonval.stats.scope import Scope
from tonval.stats.timing import Timing, timing
from tonval.store.tables import configs, contacts, events, interactions, invitations, messages
from tonval.store.unit import Unit
from tonval.surveys.dispositions import Disposition
from tonval.surveys.document import BrokenDocument
from tonval.surveys.questionnaire import Channel

FEW: Final = 20
RECENT: Final = 500
_OCCASIONS: Final = {REQUEST: "request", WAVE: "wave"}


@dataclass(frozen=True, slots=True)
class Report:
    """What was told of the contact. ``reported_at`` is ``None`` while only a call has mentioned it."""

    reported_at: datetime | None
    ended_at: datetime | None
    talk: timedelta | None
    address: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Round:
    """One time that it was decided: ``occasion`` is report, call, request, wave or asking (when it was due)."""

    occasion: str
    decision: Mapping[str, Any]
    steps: tuple[Step, ...]
    timing: Timing | None


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to "why was she (not) asked?": ``sentence`` is that of the rule that kept her from it.

    ``invited_for``: kind and id of the other interaction that was invited for the same ``ticket``.
    """

    entry: Entry
    report: Report
    rounds: tuple[Round, ...]
    invitation: Invited | None
    events: tuple[Event, ...]
    sentence: str
    ticket: str | None
    invited_for: tuple[str, str] | None

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every rule that was looked at, in order."""
        return tuple(step for each in self.rounds for step in each.steps)


def explain(unit: Unit, scope: Scope, kind: str, ref: str, *, addresses: bool = True) -> Explanation | None:
    """The explanation of one interaction, ``None`` when there is none in scope; ``addresses``: they may be told."""
    with unit.read() as tx:
        about = entry(tx, scope, kind, ref)
        found = None if about is None else _explain(tx, scope, about, addresses)
    return found if found is None or addresses else _closed(found)


def not_asked(
    unit: Unit, scope: Scope, wanted: Filter, limit: int = FEW, *, addresses: bool = True
) -> tuple[Entry, ...]:
    """The latest suppressed interactions of the period; survey and channel do not narrow."""
    narrowed = Wanted(wanted.start, wanted.end, wanted.queue, wanted.unit, disposition=Disposition.SUPPRESSED)
    return entries(unit, scope, narrowed, limit=limit).rows


def sentence_of(row: Entry, *, addresses: bool = True) -> str:
    """Why an interaction was suppressed."""
    return told(Question(row.decision, None, None, None, direct=False, addresses=addresses))


def contact_version(unit: Unit) -> str:
    """A name for the present state of interviews, messages and decisions; cheap enough to ask every second."""
    recent = select(messages.c.changed_at).order_by(messages.c.created_at.desc()).limit(RECENT).subquery()
    latest = select(
        select(func.max(events.c.id)).scalar_subquery(),
        select(func.max(interactions.c.id)).scalar_subquery(),
        select(func.max(recent.c.changed_at)).scalar_subquery(),
    )
    with unit.read() as connection:
        return "-".join(str(part) for part in connection.execute(latest).one())


def _explain(tx: Connection, scope: Scope, about: Entry, addresses: bool) -> Explanation:
    wanted = select(interactions.c.report, interactions.c.reported_at, interactions.c.ended_at, interactions.c.ticket)
    row = tx.execute(wanted.where(interactions.c.id == about.id)).one()
    reader = _Reader(tx, about, row.report, row.reported_at is None or row.reported_at > about.at, addresses)
    first = reader.question(about.decision.get("was", about.decision))
    rounds = tuple(_rounds(reader, first))
    return Explanation(
        entry=about,
        report=_report(about, row, first.interaction),
        rounds=rounds,
        invitation=invited(tx, about.id),
        events=aftermath(tx, about),
        sentence=rounds[-1].steps[-1].sentence if about.rule else "",
        ticket=row.ticket,
        invited_for=_invited_for(tx, scope, about, row.ticket),
    )


def _closed(found: Explanation) -> Explanation:
    """The same without any address, and without texts of others that may hold one."""
    return replace(
        found,
        entry=closed(found.entry),
        report=replace(found.report, address=None),
        rounds=tuple(replace(each, decision=_bare(each.decision)) for each in found.rounds),
        invitation=found.invitation and replace(found.invitation, address=None),
        events=tuple(replace(event, error=None) for event in found.events),
    )


def closed(row: Entry) -> Entry:
    """An interaction as somebody sees it who may see no address."""
    return replace(row, contact=None, phone=None, email=None, decision=_bare(row.decision))


def _bare(decision: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in decision.items() if name not in ("detail", "facts", "was")}


def _rounds(reader: _Reader, first: Question) -> Iterator[Round]:
    """The first decision, and the second where it was taken back or asked for anew."""
    about, last = reader.about, reader.about.decision
    zone = reader.tx.execute(select(contacts.c.zone).where(contacts.c.id == about.contact)).scalar()
    occasion = "call" if reader.called else _OCCASIONS.get(about.kind, "report")
    yield Round(occasion, first.decision, reasons(first), timing(first, zone, about.at))
    if "was" not in last:
        return
    again = replace(reader.question(last), direct=True)
    if "request" in last:
        yield Round("request", last, reasons(again), timing(again, zone, about.at))
    else:
        yield Round("asking", last, reasons(again)[-1:], None)


@dataclass(frozen=True, slots=True)
class _Reader:
    """What every decision on one interaction rests on; ``called``: the call came in before its report."""

    tx: Connection
    about: Entry
    report: Mapping[str, Any] | None
    called: bool
    addresses: bool

    def question(self, decision: Mapping[str, Any]) -> Question:
        """The decision with the configuration that was in force."""
        centre = centre_of(self.tx, str(decision.get("config", "")))
        queue = centre.queues.get(self.about.queue) if centre else None
        interaction = self._interaction(centre) if centre else None
        if queue is not None and self.called:
            queue = replace(queue, channel=Channel.KEYPAD, fallback=(), prefer_email=False)
        direct = self.called or self.about.kind == REQUEST
        before = _last_asked(self.tx, self.about)
        known = Question(decision, centre, queue, interaction, direct, before, addresses=self.addresses)
        return replace(known, refusals=_refusals(self.tx, known, self.about.at))

    def _interaction(self, centre: Centre) -> Interaction | None:
        """The report as it was read; a customer whom it does not name is the one who called."""
        report = {} if self.called else dict(self.report or {})
        known = {"phone": self.about.phone, "email": self.about.email}
        named = {"kind": self.about.kind, "id": self.about.ref, "queue": self.about.queue}
        try:
            return read_interaction(
                Reading({**report, "customer": report.get("customer") or known, **named}, ""), centre
            )
        except Faulty:
            return None


def _report(about: Entry, row: Any, read: Interaction | None) -> Report:
    address = about.phone or about.email
    if read is None:
        return Report(row.reported_at, row.ended_at, None, address, None)
    return Report(row.reported_at, row.ended_at, read.talk, address or read.extension, read.customer.language)


def centre_of(tx: Connection, config: str) -> Centre | None:
    """The centre as the configuration of this id described it; ``None`` when it is gone or is read no more."""
    text = tx.execute(select(configs.c.document).where(configs.c.id == config)).scalar()
    return None if text is None else _parsed(text)


@lru_cache(maxsize=16)
def _parsed(text: str) -> Centre | None:
    try:
        return read_centre(text)
    except BrokenDocument:
        return None


def _last_asked(tx: Connection, about: Entry) -> LastAsked | None:
    """The invitation before this one, of those that came to something."""
    if about.contact is None:
        return None
    joined = invitations.join(interactions, invitations.c.interaction == interactions.c.id)
    before = (interactions.c.contact == about.contact) & (interactions.c.id != about.id)
    before &= (invitations.c.created_at <= about.at) & (invitations.c.state != "dropped")
    query = (
        select(invitations.c.created_at, invitations.c.channel, invitations.c.queue).select_from(joined).where(before)
    )
    row = tx.execute(query.order_by(invitations.c.created_at.desc()).limit(1)).one_or_none()
    return None if row is None else LastAsked(row.created_at, row.channel, row.queue)


def _refusals(tx: Connection, question: Question, at: datetime) -> dict[str, Refusal]:
    """Why each channel was closed at that time, by the entries that stand today."""
    queue, interaction = question.queue, question.interaction
    if queue is None or interaction is None:
        return {}
    pairs = {
        (way.address, refusable(queue, interaction, way.channel)): way.channel
        for way in ways_of(question)
        if way.address
    }
    dated = refused_since(tx, pairs.keys())
    then = {pairs[pair]: [each for since, each in found if since <= at] for pair, found in dated.items()}
    return {channel: found[0] for channel, found in sorted(then.items()) if found}


def _invited_for(tx: Connection, scope: Scope, about: Entry, ticket: str | None) -> tuple[str, str] | None:
    """Kind and id of the interaction that was invited for the same ticket, where the reader may see it."""
    if ticket is None:
        return None
    others = (interactions.c.ticket == ticket) & (interactions.c.id != about.id)
    others &= interactions.c.disposition != Disposition.SUPPRESSED
    query = entry_query(scope, Wanted()).where(others).order_by(interactions.c.created_at).limit(1)
    row = tx.execute(query).one_or_none()
    return None if row is None else (row.kind, row.ref)
