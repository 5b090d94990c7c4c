"""The units of the organisation that a reader may see, by name."""

from __future__ import annotations

from sqlalchemy import select

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
