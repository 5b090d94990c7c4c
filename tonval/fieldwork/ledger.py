"""Interviews in the database: opened, locked, moved one turn on, each event written and handled with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select, update

from tonval.fieldwork.belonging import unit_of
from tonval.fieldwork.calling_back.call_backs import keep_wish
from tonval.fieldwork.calls.speeches import decide
from tonval.fieldwork.field import Field, Recorded
from tonval.fieldwork.forms import form_of
from tonval.fieldwork.messaging.outgoing import drop_reminder
from tonval.fieldwork.respondents import Agent
from tonval.fieldwork.second import wake
from tonval.store.tables import contacts, events, interactions, interviews
from tonval.store.upsert import insert_new
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import Event, NothingHeard
from tonval.surveys.interview import Interview, Turn, begin, resume
from tonval.surveys.questionnaire import Channel, Form
from tonval.surveys.record import interview_from, plain
from tonval.surveys.turns import AskChoice, AskText, Reply


class ThreadOpen(Exception):
    """Another interview is open between the customer and the number; nothing was written."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new interview is about; ids are rows that exist already."""

    form: Form
    channel: Channel
    queue: str
    agent: Agent
    language: str | None
    interaction: int | None
    contact: str | None
    invitation: str | None
    thread: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One open or ended interview with its row, as a transaction holds it."""

    id: str
    interview: Interview
    seq: int
    interaction: int | None
    queue: str
    agent: str
    unit: str
    started_at: datetime
    thread: str | None


CASE: Final = tuple(
    interviews.c[name]
    for name in ("id", "state", "seq", "interaction", "queue", "agent", "unit", "started_at", "thread")
)
"""The columns a ``Case`` is made from."""

# Statements of every turn, built once: a statement that is used again costs a quarter of one that is built again.
_MOVING: Final = ("state", "seq", "answered", "disposition", "ended_at", "expires_at")
_OPEN: Final = insert(interviews)
_LOAD: Final = select(*CASE).where(interviews.c.id == bindparam("interview")).with_for_update()
_MOVE: Final = (
    update(interviews)
    .where(interviews.c.id == bindparam("interview"))
    .values({name: bindparam(name) for name in _MOVING})
)
_REVISING: Final = ("state", "seq", "answered")
_REVISE: Final = (
    update(interviews)
    .where(interviews.c.id == bindparam("interview"))
    .values({name: bindparam(name) for name in _REVISING})
)
"""What changes after the end, which stays when and as it was."""
_RECORD: Final = insert(events)
_CUSTOMER: Final = select(contacts.c.name, contacts.c.tier, contacts.c.attributes).where(
    contacts.c.id == bindparam("contact")
)
_SETTLE: Final = (
    update(interactions).where(interactions.c.id == bindparam("interaction")).values(disposition=bindparam("outcome"))
)


def open_interview(tx: Connection, office: Field, opening: Opening) -> tuple[str, Turn]:
    """Begin an interview and write it with its first events; gives its id and the first turn. Raises ``ThreadOpen``."""
    fills, attributes = _about(tx, office, opening)
    turn = begin(opening.form, channel=opening.channel, language=opening.language, fills=fills, attributes=attributes)
    interview_id, now, agent = office.fresh_id("itv"), office.now(), opening.agent
    unit = unit_of(office.centre, opening.queue, agent)
    about = (opening.interaction, opening.queue, agent.id, unit, now, opening.thread)
    case = Case(interview_id, turn.interview, 0, *about)
    fixed = {
        "id": interview_id,
        "survey": opening.form.id,
        "version": opening.form.version,
        "channel": opening.channel,
        "queue": opening.queue,
        "agent": agent.id,
        "unit": unit,
        "language": turn.interview.language,
        "interaction": opening.interaction,
        "contact": opening.contact,
        "invitation": opening.invitation,
        "thread": opening.thread,
        "started_at": now,
        "demo": office.demo,
    }
    _write(tx, {**fixed, **_moving(turn, case, opening.form.window, now)})
    _write_events(tx, office, case, turn, now)
    _settle(tx, case, turn)
    return interview_id, turn


def _write(tx: Connection, row: dict[str, Any]) -> None:
    """Of two that would share a thread the second is told, and its transaction can go on."""
    if row["thread"] is None:
        tx.execute(_OPEN, row)
    elif not insert_new(tx, interviews, row):
        raise ThreadOpen(row["thread"])


def _about(tx: Connection, office: Field, opening: Opening) -> tuple[dict[str, str], dict[str, str]]:
    """What fills the placeholders, and what conditions may ask about the customer."""
    fills = {"brand": office.centre.brand, "agent": opening.agent.name}
    if opening.channel is Channel.KEYPAD and not opening.form.is_branching:
        return fills, {}
    row = tx.execute(_CUSTOMER, {"contact": opening.contact}).one_or_none() if opening.contact else None
    fills |= {"customer": row.name if row and row.name else "", "queue": opening.queue}
    if not opening.form.is_branching:
        return fills, {}
    own = {name: str(value) for name, value in (row.attributes if row else {}).items()}
    return fills, {**own, "tier": (row and row.tier) or "", "queue": opening.queue}


def load(tx: Connection, interview_id: str) -> Case:
    """The interview, locked until the transaction ends."""
    return case_from(tx.execute(_LOAD, {"interview": interview_id}).one())


def case_from(row: Any) -> Case:
    """The case of a row with the columns ``CASE``."""
    state = interview_from(row.state)
    return Case(row.id, state, row.seq, row.interaction, row.queue, row.agent, row.unit, row.started_at, row.thread)


def advance(tx: Connection, office: Field, case: Case, reply: Reply) -> Turn:
    """Run the machine on one reply and write what came of it. Raises ``ReplyRejected``; then nothing was written.

    Raises ``call_backs.NotFree`` where it asks for a time that cannot be had; the transaction must be given up then.
    """
    form = form_of(tx, office.centre, case.interview.form, case.interview.version)
    turn = resume(form, case.interview, reply)
    now = office.now()
    late = case.interview.disposition is not None
    tx.execute(_REVISE if late else _MOVE, {"interview": case.id, **_moving(turn, case, form.window, now, late)})
    _write_events(tx, office, case, turn, now)
    if not late:
        _settle(tx, case, turn)
    if case.interview.channel.on_page:
        drop_reminder(tx, case.id, now)
    if case.thread and turn.interview.disposition is not None and not late:
        wake(tx, case.thread, now)
    return turn


def _moving(turn: Turn, case: Case, window: timedelta, now: datetime, late: bool = False) -> dict[str, Any]:
    """The columns that change with every turn; fewer ``late``, after the end."""
    interview = turn.interview
    moved = {"state": plain(interview), "seq": case.seq + len(turn.events), "answered": len(interview.answers)}
    if late:
        return moved
    ended = {"disposition": interview.disposition, "ended_at": now if interview.disposition else None}
    return moved | ended | {"expires_at": _expiry(turn, case, window, now)}


def _expiry(turn: Turn, case: Case, window: timedelta, now: datetime) -> datetime | None:
    """A message is waited for anew each time; a page is open for so long from the start, as its link is.

    What was answered by SMS can be put right for as long after the end.
    """
    match turn.wait:
        case AskText(each):
            return now + each
        case AskChoice(_, each):
            return case.started_at + each
        case _:
            return now + window if _may_follow(turn) else None


def _may_follow(turn: Turn) -> bool:
    """Whether a message may still belong to what has ended: it was neither refused nor given up waiting for."""
    interview = turn.interview
    gone = interview.disposition in (Disposition.REFUSED, Disposition.EXPIRED)
    silent = any(isinstance(event, NothingHeard) for event in turn.events)
    return interview.channel is Channel.SMS and not (gone or silent)


def _write_events(tx: Connection, office: Field, case: Case, turn: Turn, now: datetime) -> None:
    """The record every number comes from; then the handlers, in the same transaction."""
    recorded = _recorded(case, turn.interview, now)
    rows = [
        {"interview": case.id, "seq": seq, "at": now, "kind": type(event).__name__, "data": plain(event, Event)}
        for seq, event in enumerate(turn.events, case.seq + 1)
    ]
    if rows:
        tx.execute(_RECORD, rows)
    keep_wish(tx, office, recorded, turn.events)
    decide(tx, case.id, turn.events)
    for event in turn.events:
        for handle in office.handlers.get(type(event), ()):
            handle(tx, replace(recorded, event=event))


def _recorded(case: Case, interview: Interview, now: datetime) -> Recorded:
    return Recorded(
        event=None,  # type: ignore[arg-type]  # set for each event by the only caller
        at=now,
        interview=case.id,
        survey=interview.form,
        version=interview.version,
        channel=interview.channel,
        queue=case.queue,
        agent=case.agent,
        unit=case.unit,
        language=interview.language,
        late=case.interview.disposition is not None,
        ended=interview.disposition is not None,
    )


def _settle(tx: Connection, case: Case, turn: Turn) -> None:
    """The interaction's one disposition follows its interview's."""
    disposition = turn.interview.disposition
    if disposition is not None and case.interaction is not None:
        tx.execute(_SETTLE, {"interaction": case.interaction, "outcome": disposition})
