"""Where agents and reported contacts belong: for whoever may report for one place alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import select, tuple_

from tonval.fieldwork.field import Field
from tonval.store.tables import agents, interactions

Key = tuple[str, str]
"""Kind and id of a contact, as systems name it."""


def units_of_agents(office: Field, named: Iterable[str | None]) -> dict[str, str]:
    """The unit of each agent that is known, by id; ``""`` for one who belongs to none. At most 1,000 at once."""
    wanted = select(agents.c.id, agents.c.unit).where(agents.c.id.in_({name for name in named if name}))
    with office.unit.read() as tx:
        return {row.id: row.unit for row in tx.execute(wanted)}


def units_of_contacts(office: Field, keys: Collection[Key]) -> dict[Key, str]:
    """The unit of each contact that has been reported: that of its agent. At most 1,000 at once."""
    joined = interactions.join(agents, agents.c.id == interactions.c.agent)
    wanted = select(interactions.c.kind, interactions.c.ref, agents.c.unit).select_from(joined)
    with office.unit.read() as tx:
        found = tx.execute(wanted.where(tuple_(interactions.c.kind, interactions.c.ref).in_(list(keys))))
        return {(row.kind, row.ref): row.unit for row in found}
