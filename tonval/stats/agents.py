"""The numbers beside each agent, and one agent's course over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import Connection, select

from tonval.fieldwork.respondents import UNKNOWN_AGENT
from tonval.stats.queries import NOTHING, Counted, Filter, Histograms, counted
from tonval.stats.scope import Scope, below
from tonval.stats.scores import ENOUGH, Nki, Nps, merged, nki, nps
from tonval.store.tables import agents
from tonval.store.unit import Unit


@dataclass(frozen=True, slots=True)
class AgentRow:
    """One agent with her scores; ``known`` is false for the row of answers whose agent nobody named.

    The histograms map 1-5 and 0-10 to counts, scores without an answer left out.
    """

    agent: str
    name: str
    unit: str
    known: bool
    demo: bool
    nki: Nki
    nps: Nps
    nki_histogram: Mapping[int, int]
    nps_histogram: Mapping[int, int]


class Step(StrEnum):
    """How far apart the points of a trend are; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"

    def begins(self, day: date) -> date:
        """The first day of the step that ``day`` falls in."""
        return day if self is Step.DAY else day - timedelta(days=day.weekday())

    @property
    def length(self) -> timedelta:
        """From one point to the next."""
        return timedelta(days=1 if self is Step.DAY else 7)


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """The scores of the day or week that starts on ``start``, cut to the period asked for."""

    start: date
    nki: Nki
    nps: Nps


@dataclass(frozen=True, slots=True)
class _Person:
    id: str
    name: str
    unit: str = ""
    demo: bool = False


def agent_rows(unit: Unit, scope: Scope, wanted: Filter, enough: int = ENOUGH) -> list[AgentRow]:
    """One row for each agent in scope, by name, ``unknown`` last.

    Agents without answers are there too, unless the filter asks for one queue, survey or channel.
    """
    with unit.read() as connection:
        found = counted(connection, scope, wanted, "agent")
        people = _people(connection, scope, wanted, found)
    rows = [_row(person, found.get((person.id,), NOTHING), enough) for person in people]
    return sorted(rows, key=lambda row: (not row.known, row.name.casefold(), row.agent))


def agent_row(unit: Unit, scope: Scope, wanted: Filter, agent: str, enough: int = ENOUGH) -> AgentRow | None:
    """One agent's row; ``None`` when there is no such agent in scope."""
    with unit.read() as connection:
        found = counted(connection, scope, wanted, agent=agent)
        if not found and not _visible(connection, scope, agent):
            return None
        person = _directory(connection, agent).get(agent) or _Person(agent, agent)
    return _row(person, found.get((), NOTHING), enough)


def agent_trend(
    unit: Unit, scope: Scope, wanted: Filter, agent: str | None, step: Step = Step.DAY, enough: int = ENOUGH
) -> list[TrendPoint]:
    """Scores for each day or week of the period, also those without answers; ``agent`` ``None``: everybody in scope."""
    with unit.read() as connection:
        found = counted(connection, scope, wanted, "day", agent=agent)
    starts = _starts(wanted, step)
    parts: dict[date, list[Histograms]] = {start: [] for start in starts}
    for (day,), histograms in found.items():
        parts[step.begins(day)].append(histograms)
    return [_point(start, parts[start], enough) for start in starts]


def _starts(wanted: Filter, step: Step) -> list[date]:
    return list(_each(step.begins(wanted.start), wanted.end, step.length))


def _each(start: date, end: date, length: timedelta) -> Iterator[date]:
    while start <= end:
        yield start
        start += length


def _point(start: date, parts: list[Histograms], enough: int) -> TrendPoint:
    ones, others = merged(part.nki for part in parts), merged(part.nps for part in parts)
    return TrendPoint(start, nki(ones, enough), nps(others, enough))


def _row(person: _Person, found: Histograms, enough: int) -> AgentRow:
    return AgentRow(
        agent=person.id,
        name=person.name,
        unit=person.unit,
        known=person.id != UNKNOWN_AGENT,
        demo=person.demo,
        nki=nki(found.nki, enough),
        nps=nps(found.nps, enough),
        nki_histogram=found.nki,
        nps_histogram=found.nps,
    )


def _people(connection: Connection, scope: Scope, wanted: Filter, found: Counted) -> list[_Person]:
    """Everybody with answers, and everybody in scope when the filter asks for all their answers."""
    answered = {agent for (agent,) in found}
    everybody = _directory(connection)
    listed = answered if wanted.narrowed else answered | _expected(connection, scope, wanted)
    return [everybody.get(agent) or _Person(agent, agent) for agent in listed]


def _expected(connection: Connection, scope: Scope, wanted: Filter) -> set[str]:
    query = select(agents.c.id).where(scope.allows(agents.c.unit, agents.c.id), agents.c.id != UNKNOWN_AGENT)
    query = query if wanted.unit is None else query.where(below(agents.c.unit, wanted.unit))
    return set(connection.execute(query).scalars())


def _visible(connection: Connection, scope: Scope, agent: str) -> bool:
    query = select(agents.c.id).where(agents.c.id == agent, scope.allows(agents.c.unit, agents.c.id))
    return connection.execute(query).first() is not None


def _directory(connection: Connection, agent: str | None = None) -> dict[str, _Person]:
    query = select(agents.c.id, agents.c.name, agents.c.unit, agents.c.demo)
    query = query if agent is None else query.where(agents.c.id == agent)
    return {row.id: _Person(*row) for row in connection.execute(query)}
