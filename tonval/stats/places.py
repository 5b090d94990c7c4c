"""The units, agents, queues and surveys that a reader may see, by name."""

from __future__ import annotations

from sqlalchemy import select

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.respondents import UNKNOWN_AGENT
from tonval.stats.scope import Scope
from tonval.store.tables import agents, units
from tonval.store.unit import Unit


def unit_names(unit: Unit, scope: Scope) -> dict[str, str]:
    """Path to name, by path: units that have a name and units that agents belong to; a unit without one is its path."""
    named = select(units.c.path, units.c.name).where(Scope(scope.units).allows(units.c.path, units.c.path))
    used = select(agents.c.unit).where(scope.allows(agents.c.unit, agents.c.id), agents.c.unit != "").distinct()
    with unit.read() as connection:
        names = {row.path: row.name for row in connection.execute(named)}
        paths = set(connection.execute(used).scalars())
    shown = paths if scope.agent is not None else {*names, *paths}
    return {path: names.get(path, path) for path in sorted(shown)}


def queue_names(centre: Centre, scope: Scope) -> tuple[str, ...]:
    """The queues of today that are none of another branch, as the centre has them in order."""
    return tuple(name for name in centre.queues if scope.sees_queue(name))


def sees_survey(centre: Centre, scope: Scope, survey: str) -> bool:
    """Whether the survey is not asked by queues of other branches alone; one that no queue asks with is everybody's."""
    asking = [name for name, each in centre.queues.items() if survey in (each.survey, *each.templates.values())]
    return not asking or any(map(scope.sees_queue, asking))


def agent_names(unit: Unit, scope: Scope) -> dict[str, str]:
    """The agents in scope that are known by name or number, by name: id to name."""
    query = select(agents.c.id, agents.c.name).where(scope.allows(agents.c.unit, agents.c.id))
    with unit.read() as connection:
        found = {row.id: row.name or row.id for row in connection.execute(query.where(agents.c.id != UNKNOWN_AGENT))}
    return dict(sorted(found.items(), key=lambda each: (each[1].casefold(), each[0])))
