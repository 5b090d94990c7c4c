"""The first page's four questions: how are we doing, is it getting better, who needs help, what is on fire."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, or_, select

from tonval.stats.agents import AgentRow, Step, TrendPoint, agent_rows, agent_trend
from tonval.stats.change import Change, nki_change, nps_change
from tonval.stats.queries import NOTHING, Filter, Histograms, counted
from tonval.stats.responses import named_agent, response_id
from tonval.stats.said import Said
from tonval.stats.scope import Scope
from tonval.stats.scores import ENOUGH, Histogram, Nki, Nps, merged, nki, nps
from tonval.store.tables import agents, events, interviews
from tonval.store.unit import Unit
from tonval.surveys.events import AnswerGiven, AnswerReplaced, AnswerWithdrawn
from tonval.surveys.interview import Comment
from tonval.surveys.record import interview_from
from tonval.surveys.scales import NKI, NPS

LOW: Final = {NKI.name: 2, NPS.name: 6}
"""An answer at or below this is a low one: dissatisfied, or a detractor."""
_SAID: Final = (AnswerGiven.__name__, AnswerReplaced.__name__)
_CORRECTED: Final = (AnswerReplaced.__name__, AnswerWithdrawn.__name__)
WINDOW: Final = timedelta(hours=1)
FEW: Final = 20
DAILY_UP_TO: Final = 31


@dataclass(frozen=True, slots=True)
class Standing:
    """The scores of a period, and whether they have changed since the period before."""

    nki: Nki
    nki_change: Change
    nki_histogram: Histogram
    nps: Nps
    nps_change: Change
    nps_histogram: Histogram


@dataclass(frozen=True, slots=True)
class Behind:
    """An agent whose answers are distinguishably below those of all others in scope, on the scales that say so."""

    row: AgentRow
    nki: Change | None
    nps: Change | None


@dataclass(frozen=True, slots=True)
class LowAnswer:
    """A low answer of the last hour, with the words left in the same interview."""

    at: datetime
    answer: Said
    comments: tuple[Comment, ...]
    response: str
    interview: str
    survey: str
    channel: str
    queue: str
    agent: str
    agent_name: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What the Today page shows."""

    standing: Standing
    trend: tuple[TrendPoint, ...]
    behind: tuple[Behind, ...]
    low: tuple[LowAnswer, ...]


def overview(unit: Unit, scope: Scope, wanted: Filter, now: datetime, enough: int = ENOUGH) -> Overview:
    """All four answers; the trend by day up to a month, by week beyond."""
    step = Step.DAY if wanted.days <= DAILY_UP_TO else Step.WEEK
    return Overview(
        standing(unit, scope, wanted, enough),
        tuple(agent_trend(unit, scope, wanted, None, step, enough)),
        behind(agent_rows(unit, scope, wanted, enough), enough),
        low_answers(unit, scope, wanted, now),
    )


def standing(unit: Unit, scope: Scope, wanted: Filter, enough: int = ENOUGH, agent: str | None = None) -> Standing:
    """Everybody's scores in scope, or one agent's, against the period of equal length before."""
    with unit.read() as connection:
        now, before = (_all(connection, scope, period, agent) for period in (wanted, wanted.before()))
    return Standing(
        nki=nki(now.nki, enough),
        nki_change=nki_change(now.nki, before.nki, enough=enough),
        nki_histogram=now.nki,
        nps=nps(now.nps, enough),
        nps_change=nps_change(now.nps, before.nps, enough=enough),
        nps_histogram=now.nps,
    )


def behind(rows: list[AgentRow], enough: int = ENOUGH) -> tuple[Behind, ...]:
    """The agents distinguishably below the others, those furthest below first; agents nobody named are left out.

    Each is compared with all others together. The 5 % are shared out among as many comparisons as are made
    (Bonferroni), else one agent in forty would be called out by chance alone.
    """
    known = [row for row in rows if row.known]
    found = [Behind(row, *changes) for row, changes in zip(known, _changes(known, enough), strict=True)]
    return tuple(sorted((each for each in found if each.nki or each.nps), key=_distance))


def low_answers(unit: Unit, scope: Scope, wanted: Filter, now: datetime, limit: int = FEW) -> tuple[LowAnswer, ...]:
    """The low answers of the hour before ``now``, newest first; of the filter, the period is ignored."""
    joined = events.join(interviews, events.c.interview == interviews.c.id)
    joined = joined.outerjoin(agents, interviews.c.agent == agents.c.id)
    names = ("survey", "channel", "queue", "agent", "state")
    query = (
        select(events.c.at, events.c.data, events.c.interview, named_agent(), *(interviews.c[name] for name in names))
        .select_from(joined)
        .where(events.c.kind.in_(_SAID), events.c.at > now - WINDOW, wanted.places(interviews))
        .where(_is_low(), _stands(), scope.allows(interviews.c.unit, interviews.c.agent))
        .order_by(events.c.at.desc(), events.c.id.desc())
        .limit(limit)
    )
    with unit.read() as connection:
        return tuple(_low_answer(row) for row in connection.execute(query))


def _all(connection: Connection, scope: Scope, wanted: Filter, agent: str | None) -> Histograms:
    return counted(connection, scope, wanted, agent=agent).get((), NOTHING)


def _changes(rows: list[AgentRow], enough: int) -> list[tuple[Change | None, Change | None]]:
    ones, others = merged(row.nki_histogram for row in rows), merged(row.nps_histogram for row in rows)
    level = 1 - 0.05 / max(1, sum(row.nki.enough for row in rows) + sum(row.nps.enough for row in rows))
    return [
        (
            _below(nki_change(own, without(ones, own), enough=enough, confidence=level)),
            _below(nps_change(their, without(others, their), enough=enough, confidence=level)),
        )
        for own, their in ((row.nki_histogram, row.nps_histogram) for row in rows)
    ]


def without(everybody: Histogram, own: Histogram) -> dict[int, int]:
    """All answers but these."""
    return {score: n - own.get(score, 0) for score, n in everybody.items()}


def _below(change: Change) -> Change | None:
    return change if change.clear and change.amount is not None and change.amount < 0 else None


def _distance(each: Behind) -> float:
    """How far below, on the scale where it is worse; NPS points count half, its scale being twice as long."""
    amounts = ((each.nki, 1.0), (each.nps, 0.5))
    return min(change.amount * weight for change, weight in amounts if change and change.amount is not None)


def _is_low() -> ColumnElement[bool]:
    scale, value = events.c.data["scale"].as_string(), events.c.data["value"].as_integer()
    return or_(*((scale == name) & (value <= limit) for name, limit in LOW.items()))


def _stands() -> ColumnElement[bool]:
    """Whether the answer of an event was not corrected or taken back later."""
    later = events.alias("later")
    same = later.c.data["question"].as_string() == events.c.data["question"].as_string()
    gone = select(later.c.id).where(later.c.interview == events.c.interview, later.c.seq > events.c.seq)
    return ~gone.where(later.c.kind.in_(_CORRECTED), same).exists()


def _low_answer(row: Any) -> LowAnswer:
    return LowAnswer(
        at=row.at,
        answer=Said(row.data["question"], row.data["scale"], row.data["value"]),
        comments=interview_from(row.state).comments,
        response=response_id(row.interview),
        interview=row.interview,
        survey=row.survey,
        channel=row.channel,
        queue=row.queue,
        agent=row.agent,
        agent_name=row.agent_name or row.agent,
    )
