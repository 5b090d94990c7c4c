"""Where queues, agents and contacts belong: what part of the organisation each is of, and who is of another.

A queue without a unit is the whole centre's. One with a unit is *foreign* to whoever answers for a place in another
branch of the tree. A contact belongs where its agent does; where nobody named one, where its queue does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select, tuple_

from tonval.fieldwork.centre import Centre
from tonval.fieldwork.field import Field
from tonval.fieldwork.respondents import UNKNOWN_AGENT, Agent
from tonval.store.tables import agents, interactions, units

Key = tuple[str, str]
"""Kind and id of a contact, as systems name it."""

Placed = tuple[tuple[str, str], ...]
"""Queues that belong to a unit, each with its path."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """Where a contact belongs: to its agent's ``unit``; to its ``queue`` where nobody has named an agent."""

    unit: str
    queue: str | None


def within(unit: str, place: str) -> bool:
    """Whether the unit is the place or lies under it: ``se/sthlm`` lies within ``se``, ``sea`` does not."""
    return unit == place or unit.startswith(f"{place}/")


def is_foreign(unit: str, place: str) -> bool:
    """Whether what belongs to ``unit`` is another branch's for whoever answers for ``place``. ``""`` is everybody's."""
    return bool(unit) and not within(unit, place) and not within(place, unit)


def placed_queues(centre: Centre) -> Placed:
    """The queues that belong to a unit."""
    return tuple((queue.name, queue.unit) for queue in centre.queues.values() if queue.unit)


def astray(tx: Connection, centre: Centre) -> Placed:
    """The queues whose unit is not in the tree: nobody but who sees everything has them."""
    there = {*centre.units, *tx.execute(select(units.c.path)).scalars(), *tx.execute(select(agents.c.unit)).scalars()}
    return tuple((queue, unit) for queue, unit in placed_queues(centre) if unit not in there)


def unit_of(centre: Centre, queue: str, agent: Agent) -> str:
    """Where a contact of the queue belongs: with its agent, and without one where its queue does."""
    found = centre.queues.get(queue)
    return found.unit or agent.unit if found and agent.id == UNKNOWN_AGENT else agent.unit


def units_of_agents(office: Field, named: Iterable[str | None]) -> dict[str, str]:
    """The unit of each agent that is known, by id; ``""`` for one who belongs to none. At most 1,000 at once."""
    wanted = select(agents.c.id, agents.c.unit).where(agents.c.id.in_({name for name in named if name}))
    with office.unit.read() as tx:
        return {row.id: row.unit for row in tx.execute(wanted)}


def places_of_contacts(office: Field, keys: Collection[Key]) -> dict[Key, Belonging]:
    """Where each contact that has been reported belongs. At most 1,000 at once."""
    joined = interactions.join(agents, agents.c.id == interactions.c.agent)
    columns = (interactions.c.kind, interactions.c.ref, interactions.c.queue, agents.c.id, agents.c.unit)
    wanted = select(*columns).select_from(joined)
    with office.unit.read() as tx:
        found = tx.execute(wanted.where(tuple_(interactions.c.kind, interactions.c.ref).in_(list(keys))))
        return {
            (row.kind, row.ref): Belonging(row.unit, row.queue if row.id == UNKNOWN_AGENT else None) for row in found
        }
