"""Calls, messages and survey pages as they happen, newest first; customers' addresses leave here masked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, select

from tonval.fieldwork.addresses import masked
from tonval.stats.paging import Order, Page, cut
from tonval.stats.queries import Filter
from tonval.stats.responses import PAGE, among, named_agent, response_id
from tonval.stats.said import Forms, Said, forms_behind, said_in
from tonval.stats.scope import Scope
from tonval.stats.voices import Sounds, Voice, sounds_of, voices_in
from tonval.store.tables import agents, contacts, events, interviews, messages
from tonval.store.unit import Unit
from tonval.surveys.dispositions import Disposition
from tonval.surveys.events import AnswerReplaced, ReplyUnclear
from tonval.surveys.interview import Comment, Interview
from tonval.surveys.questionnaire import Channel
from tonval.surveys.record import interview_from


@dataclass(frozen=True, slots=True)
class Conversation:
    """One interview as a talk with a customer. ``kind`` is call, sms, link or email.

    ``stage`` is what the machine waits for. ``live`` while it goes on; then there is no ``disposition`` and no
    ``ended_at``. ``customer`` is masked, ``address`` is not; ``thread`` is customer and number of an SMS survey, with a
    ``>`` between them.
    """

    id: str
    kind: str
    live: bool
    stage: str
    response: str
    customer: str
    survey: str
    version: int
    channel: str
    queue: str
    agent: str
    agent_name: str
    unit: str
    language: str
    disposition: str | None
    started_at: datetime
    ended_at: datetime | None
    answers: tuple[Said, ...]
    comments: tuple[Comment, ...]
    demo: bool
    address: str = ""
    thread: str = ""
    voices: tuple[Voice, ...] = ()


NO_SOUNDS: Final[Sounds] = MappingProxyType({})


def _some(table: Table, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether the conversation has a row in ``table`` for which this holds."""
    return select(table.c.id).where(table.c.interview == interviews.c.id, condition).correlate(interviews).exists()


CAME: Final[Mapping[str, ColumnElement[bool]]] = MappingProxyType(
    {
        "unclear": _some(events, events.c.kind == ReplyUnclear.__name__),
        "corrected": _some(events, events.c.kind == AnswerReplaced.__name__),
        "stopped": interviews.c.disposition == Disposition.REFUSED,
        "late": _some(messages, messages.c.reading["as"].as_string() == "late"),
    }
)
"""What may have come of a conversation: a reply could not be read, an answer was changed, no more was wished for, or
a message came after the end."""


def conversations(
    unit: Unit,
    scope: Scope,
    wanted: Filter,
    *,
    agent: str | None = None,
    live: bool = False,
    came: str | None = None,
    people: Collection[str] | None = None,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page[Conversation]:
    """Conversations begun in the period, newest first; ``live``: only those going on. Raises ``BadCursor``.

    ``came`` is one of ``CAME``. With ``people`` (ids of contacts) only theirs are found, at whatever time.
    """
    query = told(scope).where(wanted.places(interviews))
    if people is None:
        query = query.where(among(interviews.c.started_at, wanted.start, wanted.end))
    else:
        query = query.where(interviews.c.contact.in_(people))
    query = query if came is None else query.where(CAME[came])
    query = query if agent is None else query.where(interviews.c.agent == agent)
    query = query.where(interviews.c.id.in_(_open())) if live else query
    query = Order(interviews.c.started_at, interviews.c.id).page(query, cursor, limit)
    with unit.read() as connection:
        rows, after = cut(connection.execute(query).all(), limit, "started_at", "id")
        states = [interview_from(row.state) for row in rows]
        forms, sounds = forms_behind(connection, states), sounds_of(connection, states)
    found = (conversation_of(row, state, forms, sounds) for row, state in zip(rows, states, strict=True))
    return Page(tuple(found), after)


def _open() -> Select[Any]:
    """The few interviews going on, by the index of just these."""
    return select(interviews.c.id).where(interviews.c.disposition.is_(None))


def told(scope: Scope) -> Select[Any]:
    """Interviews in scope with agent and customer, as ``conversation_of`` reads them."""
    place = ("survey", "version", "channel", "queue", "agent", "unit", "language")
    course = ("id", "state", "thread", "disposition", "started_at", "ended_at", "demo")
    joined = interviews.outerjoin(agents, interviews.c.agent == agents.c.id)
    joined = joined.outerjoin(contacts, interviews.c.contact == contacts.c.id)
    columns = (*(interviews.c[name] for name in (*place, *course)), named_agent(), contacts.c.phone, contacts.c.email)
    return select(*columns).select_from(joined).where(scope.allows(interviews.c.unit, interviews.c.agent))


def conversation_of(row: Any, state: Interview, forms: Forms, sounds: Sounds = NO_SOUNDS) -> Conversation:
    """The conversation of a row of ``told``, with its interview."""
    by_mail = row.channel == Channel.EMAIL
    address = row.email if by_mail else row.phone or (row.thread or "").partition(">")[0]
    return Conversation(
        id=row.id,
        kind="call" if row.channel == Channel.KEYPAD else row.channel,
        live=row.disposition is None,
        stage=state.stage,
        response=response_id(row.id),
        customer=masked(address),
        survey=row.survey,
        version=row.version,
        channel=row.channel,
        queue=row.queue,
        agent=row.agent,
        agent_name=row.agent_name or row.agent,
        unit=row.unit,
        language=row.language,
        disposition=row.disposition,
        started_at=row.started_at,
        ended_at=row.ended_at,
        answers=said_in(state, forms),
        comments=state.comments,
        demo=row.demo,
        address=address or "",
        thread=row.thread or "",
        voices=voices_in(state, sounds),
    )
