"""Everything between one customer and one of our numbers: each survey with its messages, and what belongs to none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, or_, select

from tonval.stats.conversations import Conversation, conversation_of, told
from tonval.stats.corrections import Correction, corrections
from tonval.stats.ledger import Entry, Wanted, entries_of
from tonval.stats.responses import named_agent
from tonval.stats.said import forms_at
from tonval.stats.scope import EVERYTHING, Scope
from tonval.stats.timeline import MESSAGED, Happened, Messaged
from tonval.store.tables import agents, contacts, events, interviews, invitations, messages, outbox
from tonval.store.unit import Unit
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import QuestionAsked
from tonval.surveys.questionnaire import Form
from tonval.surveys.record import event_from, interview_from

LATEST: Final = 200
"""How many messages are read."""

_M: Final = messages.c
_BETWEEN: Final = or_(
    and_(_M.sender == bindparam("number"), _M.recipient == bindparam("customer")),
    and_(_M.sender == bindparam("customer"), _M.recipient == bindparam("number")),
)
_MESSAGES: Final = (
    select(*MESSAGED).where(_BETWEEN).order_by(_M.created_at.desc(), _M.id.desc()).limit(bindparam("most"))
)
_ASKED: Final = (
    select(events.c.interview, events.c.at, events.c.seq, events.c.data)
    .where(events.c.interview.in_(bindparam("interviews", expanding=True)), events.c.kind == QuestionAsked.__name__)
    .order_by(events.c.interview, events.c.seq)
)


@dataclass(frozen=True, slots=True)
class Part:
    """One survey in the thread, or with no ``conversation`` what the customer wrote outside of any; oldest first."""

    at: datetime
    conversation: Conversation | None
    form: Form | None
    messages: tuple[Messaged, ...]
    asked: tuple[Happened, ...]
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A question on its way to the customer: it goes out at ``due_at``, ``why`` it has been put off."""

    due_at: datetime
    survey: str
    queue: str
    agent_name: str
    why: str | None


@dataclass(frozen=True, slots=True)
class Thread:
    """The ``parts`` in the order they began, the contacts she was not asked about, and what ``waits``."""

    parts: tuple[Part, ...]
    not_asked: tuple[Entry, ...]
    waits: tuple[Waiting, ...]


def thread(unit: Unit, scope: Scope, number: str, customer: str, queues: Collection[str] = ()) -> Thread:
    """The latest messages between the two, and what ``queues`` have not asked the customer.

    Messages of no survey belong to no unit: they are shown to those who may see every survey of the thread.
    """
    with unit.read() as tx:
        found = tx.execute(_MESSAGES, {"number": number, "customer": customer, "most": LATEST}).all()[::-1]
        said = [Messaged(*row) for row in found]
        ids = {each.interview for each in said if each.interview}
        rows = {row.id: row for row in tx.execute(told(scope).where(interviews.c.id.in_(ids)))} if ids else {}
        whole = scope == EVERYTHING or (bool(ids) and ids == rows.keys())
        parts = _parts(tx, said, rows, whole)
        return Thread(parts, _not_asked(tx, scope, customer, queues), _waits(tx, scope, number, customer))


def _parts(tx: Connection, said: Iterable[Messaged], rows: Mapping[str, Row[Any]], whole: bool) -> tuple[Part, ...]:
    forms = forms_at(tx, {(row.survey, row.version) for row in rows.values()})
    asked = _asked(tx, rows.keys())
    mended = corrections(tx, rows.keys()) if rows else ()
    found = []
    for interview, lines in _divided(said):
        row = rows.get(interview or "")
        if row is None and (interview or not whole):
            continue
        about = None if row is None else conversation_of(row, interview_from(row.state), forms)
        form = forms.get((row.survey, row.version)) if row is not None else None
        own = tuple(each for each in mended if each.interview == interview)
        found.append(Part(lines[0].at, about, form, tuple(lines), asked.get(interview or "", ()), own))
    return tuple(found)


def _divided(said: Iterable[Messaged]) -> list[tuple[str | None, list[Messaged]]]:
    """The messages by survey, in the order that each began; those of none stay where they came."""
    found: list[tuple[str | None, list[Messaged]]] = []
    known: dict[str, list[Messaged]] = {}
    for each in said:
        if each.interview is not None and each.interview in known:
            known[each.interview].append(each)
        elif each.interview is None and found and found[-1][0] is None:
            found[-1][1].append(each)
        else:
            found.append((each.interview, [each]))
            if each.interview is not None:
                known[each.interview] = found[-1][1]
    return found


def _asked(tx: Connection, ids: Collection[str]) -> dict[str, tuple[Happened, ...]]:
    found: dict[str, tuple[Happened, ...]] = {}
    if ids:
        for row in tx.execute(_ASKED, {"interviews": list(ids)}):
            put = Happened(row.at, row.seq, event_from(row.data))
            found[row.interview] = (*found.get(row.interview, ()), put)
    return found


def _not_asked(tx: Connection, scope: Scope, customer: str, queues: Collection[str]) -> tuple[Entry, ...]:
    ids = frozenset(tx.execute(select(contacts.c.id).where(contacts.c.phone == customer)).scalars())
    if not ids:
        return ()
    found = entries_of(tx, scope, Wanted(contacts=ids, disposition=Disposition.SUPPRESSED))
    return tuple(each for each in found if each.queue in queues)


def _waits(tx: Connection, scope: Scope, number: str, customer: str) -> tuple[Waiting, ...]:
    due = and_(outbox.c.kind == "invite", outbox.c.ref == invitations.c.id)
    joined = invitations.outerjoin(agents, invitations.c.agent == agents.c.id).outerjoin(outbox, due)
    columns = [outbox.c.due_at.label("again_at"), outbox.c.detail, named_agent()]
    columns += [invitations.c[name] for name in ("due_at", "survey", "queue", "agent")]
    wanted = select(*columns).select_from(joined).where(invitations.c.state == "waiting")
    wanted = wanted.where(invitations.c.address == customer, invitations.c.sender == number)
    theirs = scope.holds(agents.c.unit, agents.c.id, invitations.c.queue)
    rows = tx.execute(wanted.where(theirs).order_by(invitations.c.due_at))
    return tuple(
        Waiting(row.again_at or row.due_at, row.survey, row.queue, row.agent_name or row.agent, row.detail)
        for row in rows
    )
