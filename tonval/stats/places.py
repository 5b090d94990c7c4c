"""The units and agents that a reader may see, by name."""

from __future__ import annotations

from sqlalchemy import select

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


def agent_names(unit: Unit, scope: Scope) -> dict[str, str]:
    """The agents in scope that are known by name or number, by name: id to name."""
    query = select(agents.c.id, agents.c.name).where(scope.allows(agents.c.unit, agents.c.id))
    with unit.read() as connection:
        found = {row.id: row.name or row.id for row in connection.execute(query.where(agents.c.id != UNKNOWN_AGENT))}
    return dict(sorted(found.items(), key=lambda each: (each[1].casefold(), each[0])))
