"""Saved results and the words in them, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, literal, select, true

from tonval.stats.paging import Order, Page, cut
from tonval.stats.queries import Filter
from tonval.stats.said import Forms, Said, forms_behind, said_in
from tonval.stats.scope import Scope
from tonval.stats.voices import Sounds, Voice, sounds_of, voices_in
from tonval.store.tables import agents, call_backs, events, interactions, interviews
from tonval.store.unit import Unit
from tonval.surveys.events import CommentLeft, CommentSpoken, CommentWithdrawn
from tonval.surveys.interview import Comment, Interview
from tonval.surveys.record import interview_from

PAGE = 50


@dataclass(frozen=True, slots=True)
class CallBackAsked:
    """The customer asked to be called: the time that was promised, and what has become of it.

    ``state`` is planned, done, missed or withdrawn.
    """

    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Response:
    """What came of one interview; ``disposition`` and ``ended_at`` are ``None`` while it goes on.

    ``interaction`` is kind and id as the other system named them, ``None`` when the call came without one.
    """

    id: str
    interview: str
    survey: str
    version: int
    channel: str
    queue: str
    agent: str
    agent_name: str
    unit: str
    interaction: tuple[str, str] | None
    disposition: str | None
    language: str
    started_at: datetime
    ended_at: datetime | None
    answers: tuple[Said, ...]
    comments: tuple[Comment, ...]
    call_back: CallBackAsked | None
    demo: bool
    voices: tuple[Voice, ...] = ()


@dataclass(frozen=True, slots=True)
class CommentRow:
    """A comment as it was left, beside the ``answers`` of the same response; of a spoken one there is a ``voice``."""

    at: datetime
    question: str
    text: str
    response: str
    interview: str
    survey: str
    channel: str
    queue: str
    agent: str
    agent_name: str
    unit: str
    answers: tuple[Said, ...]
    voice: Voice | None = None


def responses(
    unit: Unit,
    scope: Scope,
    *,
    agent: str | None = None,
    survey: str | None = None,
    start: date | None = None,
    end: date | None = None,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page[Response]:
    """Interviews that have ended or hold an answer, newest first by their beginning. Raises ``BadCursor``.

    ``start`` and ``end`` are UTC days, both included.
    """
    query = _responses(scope).where(among(interviews.c.started_at, start, end))
    for column, value in ((interviews.c.agent, agent), (interviews.c.survey, survey)):
        query = query if value is None else query.where(column == value)
    query = Order(interviews.c.started_at, interviews.c.id).page(query, cursor, limit)
    with unit.read() as connection:
        rows, after = cut(connection.execute(query).all(), limit, "started_at", "id")
        states = [interview_from(row.state) for row in rows]
        forms, sounds = forms_behind(connection, states), sounds_of(connection, states)
    return Page(tuple(_response(row, state, forms, sounds) for row, state in zip(rows, states, strict=True)), after)


def response(unit: Unit, scope: Scope, response_id: str) -> Response | None:
    """One response by its id, ``None`` when there is none in scope."""
    query = _responses(scope).where(interviews.c.id == response_id.replace("res_", "itv_", 1))
    with unit.read() as connection:
        row = connection.execute(query).one_or_none()
        if row is None:
            return None
        state = interview_from(row.state)
        return _response(row, state, forms_behind(connection, [state]), sounds_of(connection, [state]))


def comments(
    unit: Unit,
    scope: Scope,
    wanted: Filter,
    *,
    agent: str | None = None,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page[CommentRow]:
    """What customers wrote or spoke in the period and let stand, newest first. Raises ``BadCursor``."""
    queries = [_comments(scope, kind).where(wanted.places(interviews)) for kind in (CommentLeft, CommentSpoken)]
    queries = [query.where(among(events.c.at, wanted.start, wanted.end)) for query in queries]
    queries = [query if agent is None else query.where(interviews.c.agent == agent) for query in queries]
    pages = [Order(events.c.at, events.c.id).page(query, cursor, limit) for query in queries]
    with unit.read() as connection:
        found = [row for page in pages for row in connection.execute(page)]  # each by the index of its own kind
        newest = sorted(found, key=lambda row: (row.at, row.event), reverse=True)
        rows, after = cut(newest[: limit + 1], limit, "at", "event")
        states = [interview_from(row.state) for row in rows]
        forms, sounds = forms_behind(connection, states), sounds_of(connection, states)
    return Page(tuple(_comment(row, state, forms, sounds) for row, state in zip(rows, states, strict=True)), after)


def response_id(interview: str) -> str:
    """The name of an interview's response: the same tail behind ``res_``."""
    return interview.replace("itv_", "res_", 1)


def named_agent() -> ColumnElement[Any]:
    """The agent's name where she has one, else her id; for queries joined to the agents."""
    return agents.c.name.label("agent_name")


def _responses(scope: Scope) -> Select[Any]:
    columns = [interviews.c[name] for name in ("id", "survey", "version", "channel", "queue", "agent", "unit")]
    columns += [interviews.c[name] for name in ("language", "state", "disposition", "started_at", "ended_at", "demo")]
    joined = interviews.outerjoin(interactions, interviews.c.interaction == interactions.c.id)
    joined = joined.outerjoin(agents, interviews.c.agent == agents.c.id)
    joined = joined.outerjoin(call_backs, interviews.c.id == call_backs.c.interview)
    said = interviews.c.disposition.is_not(None) | (interviews.c.answered > 0)
    about = [interactions.c.kind, interactions.c.ref, named_agent()]
    about += [call_backs.c.state.label("call_back"), call_backs.c.opens_at]
    return select(*columns, *about).select_from(joined).where(said, scope.allows(interviews.c.unit, interviews.c.agent))


def _comments(scope: Scope, kind: type[CommentLeft] | type[CommentSpoken]) -> Select[Any]:
    names = ("survey", "channel", "queue", "agent", "unit", "state")
    columns = [events.c.id.label("event"), events.c.at, events.c.interview, events.c.data, named_agent()]
    joined = events.join(interviews, events.c.interview == interviews.c.id)
    joined = joined.outerjoin(agents, interviews.c.agent == agents.c.id)
    query = select(*columns, *(interviews.c[name] for name in names)).select_from(joined)
    return query.where(
        events.c.kind == literal(kind.__name__, literal_execute=True),
        _stands(),
        scope.allows(interviews.c.unit, interviews.c.agent),
    )


def _stands() -> ColumnElement[bool]:
    """Whether the words of an event were not taken back or changed later."""
    later = events.alias("later")
    same = later.c.data["question"].as_string() == events.c.data["question"].as_string()
    gone = select(later.c.id).where(later.c.interview == events.c.interview, later.c.seq > events.c.seq)
    return ~gone.where(later.c.kind == CommentWithdrawn.__name__, same).exists()


def among(moment: ColumnElement[Any], start: date | None, end: date | None) -> ColumnElement[bool]:
    """Times on the UTC days from ``start`` to ``end``."""
    inside: ColumnElement[bool] = true()
    if start is not None:
        inside &= moment >= midnight(start)
    return inside if end is None else inside & (moment < midnight(end + timedelta(days=1)))


def midnight(day: date) -> datetime:
    """The beginning of a UTC day."""
    return datetime.combine(day, time(), UTC)


def _response(row: Any, state: Interview, forms: Forms, sounds: Sounds) -> Response:
    return Response(
        id=response_id(row.id),
        interview=row.id,
        survey=row.survey,
        version=row.version,
        channel=row.channel,
        queue=row.queue,
        agent=row.agent,
        agent_name=row.agent_name or row.agent,
        unit=row.unit,
        interaction=None if row.ref is None else (row.kind, row.ref),
        disposition=row.disposition,
        language=row.language,
        started_at=row.started_at,
        ended_at=row.ended_at,
        answers=said_in(state, forms),
        comments=state.comments,
        call_back=None if row.call_back is None else CallBackAsked(row.opens_at, row.call_back),
        demo=row.demo,
        voices=voices_in(state, sounds),
    )


def _comment(row: Any, state: Interview, forms: Forms, sounds: Sounds) -> CommentRow:
    spoken = {voice.recording: voice for voice in voices_in(state, sounds)}
    return CommentRow(
        at=row.at,
        question=row.data["question"],
        text=row.data.get("text", ""),
        response=response_id(row.interview),
        interview=row.interview,
        survey=row.survey,
        channel=row.channel,
        queue=row.queue,
        agent=row.agent,
        agent_name=row.agent_name or row.agent,
        unit=row.unit,
        answers=said_in(state, forms),
        voice=spoken.get(row.data.get("recording", "")),
    )
