"""The organisation written and listed: rows are taken all or none, and nothing is ever taken away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.field import Field
from tonval.fieldwork.places import Line, Member, Place, read_members, read_places
from tonval.store.tables import agents, units
from tonval.store.upsert import insert


@dataclass(frozen=True, slots=True)
class Changed:
    """How many were new, how many were changed, and how many stood there just so."""

    added: int
    changed: int
    same: int


def put_places(office: Field, lines: Iterable[Line], by: Actor) -> Changed:
    """Write the places of the rows, all or none. Raises ``Crooked``. None is ever taken away: numbers point to them."""
    with office.unit.begin() as tx:
        before = {row.path: row.name for row in tx.execute(select(units.c.path, units.c.name))}
        places = read_places(lines, before)
        news = [place for place in places if before.get(place.path) != place.name]
        for place in news:
            put = insert(tx, units).values(path=place.path, name=place.name)
            tx.execute(put.on_conflict_do_update(index_elements=["path"], set_={"name": place.name}))
        added = sum(place.path not in before for place in news)
        if news:
            audit.note(tx, office, by, Deed("units.imported", "unit", "", {"paths": [place.path for place in news]}))
    return Changed(added, len(news) - added, len(places) - len(news))


def put_members(office: Field, lines: Iterable[Line], by: Actor) -> Changed:
    """Write the agents of the rows, all or none. Raises ``Crooked``. Earlier answers keep the unit they came in."""
    with office.unit.begin() as tx:
        before = {row.id: Member(*row) for row in tx.execute(select(agents.c.id, agents.c.name, agents.c.unit))}
        members = read_members(lines, paths_of(tx), office.file.agents)
        news = [member for member in members if before.get(member.id) != member]
        for member in news:
            put = insert(tx, agents).values(id=member.id, name=member.name, unit=member.unit)
            changed = {"name": member.name, "unit": member.unit}
            tx.execute(put.on_conflict_do_update(index_elements=["id"], set_=changed))
        added = sum(member.id not in before for member in news)
        if news:
            audit.note(tx, office, by, Deed("agents.imported", "agent", "", {"ids": [member.id for member in news]}))
    return Changed(added, len(news) - added, len(members) - len(news))


def paths_of(tx: Connection) -> frozenset[str]:
    """Every place there is."""
    return frozenset(tx.execute(select(units.c.path)).scalars())


def all_members(office: Field) -> list[Member]:
    """Every agent, by place and name."""
    with office.unit.read() as tx:
        found = [Member(*row) for row in tx.execute(select(agents.c.id, agents.c.name, agents.c.unit))]
    return sorted(found, key=lambda member: (member.unit, member.name.casefold()))


def tree(office: Field) -> list[tuple[Place, int]]:
    """Every place with how many agents belong to it or to a place below, by path."""
    count = select(agents.c.unit, func.count()).where(agents.c.unit != "").group_by(agents.c.unit)
    with office.unit.read() as tx:
        places = [Place(*row) for row in tx.execute(select(units.c.path, units.c.name).order_by(units.c.path))]
        here = [(str(row[0]), int(row[1])) for row in tx.execute(count)]
    return [(place, sum(n for path, n in here if f"{path}/".startswith(f"{place.path}/"))) for place in places]
