"""The organisation written and listed: rows are taken all or none, and no row takes anything away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Table, delete, func, select

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.field import Field
from tonval.fieldwork.places import Line, Member, Place, read_members, read_places
from tonval.fieldwork.plans import Plan, Values, compare
from tonval.store.tables import agents, units
from tonval.store.upsert import insert


@dataclass(frozen=True, slots=True)
class Roll:
    """One of the two lists that the organisation is kept in: what its rows are known by, and what stands in them.

    ``listed`` is what the audit log calls the keys of many.
    """

    kind: str
    one: str
    listed: str
    table: Table
    key: str
    columns: tuple[str, ...]

    def standing(self, tx: Connection) -> dict[str, Values]:
        """Every row by its key."""
        found = tx.execute(select(self.table.c[self.key], *(self.table.c[name] for name in self.columns)))
        return {row[0]: tuple(row[1:]) for row in found}

    def write(self, tx: Connection, key: str, values: Values | None) -> None:
        """Put a row in place; ``None`` takes it away."""
        if values is None:
            tx.execute(delete(self.table).where(self.table.c[self.key] == key))
            return
        row = dict(zip(self.columns, values, strict=True))
        put = insert(tx, self.table).values({self.key: key, **row})
        tx.execute(put.on_conflict_do_update(index_elements=[self.key], set_=row))


ROLLS: Final[Mapping[str, Roll]] = {
    "units": Roll("units", "unit", "paths", units, "path", ("name",)),
    "agents": Roll("agents", "agent", "ids", agents, "id", ("name", "unit")),
}


class Overtaken(Exception):
    """The organisation has changed since ``plan``'s like was looked at; nothing was written."""

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.plan = plan


def plan(office: Field, kind: str, lines: Iterable[Line]) -> Plan:
    """What the rows of units or agents would change; nothing is. Raises ``Crooked``, ``KeyError`` for another kind."""
    with office.unit.read() as tx:
        return _plan(tx, office, ROLLS[kind], lines)


def put(office: Field, kind: str, lines: Iterable[Line], by: Actor, seen: str | None = None) -> Plan:
    """Carry out what the rows change, all or none; what it was before is kept beside it in the audit log.

    ``seen`` is the digest of the plan that was looked at. Raises ``Crooked``; ``Overtaken`` where it is another now.
    """
    roll = ROLLS[kind]
    with office.unit.begin() as tx:
        audit.hold(tx)
        plan = _plan(tx, office, roll, lines)
        if seen not in (None, plan.digest):
            raise Overtaken(plan)
        for change in plan.changes:
            roll.write(tx, change.key, change.after)
        if plan.changes:
            rows = [[change.key, change.before, change.after] for change in plan.changes]
            told = {roll.listed: [change.key for change in plan.changes], "rows": rows}
            audit.note(tx, office, by, Deed(f"{kind}.imported", roll.one, "", told))
    return plan


def _plan(tx: Connection, office: Field, roll: Roll, lines: Iterable[Line]) -> Plan:
    before = roll.standing(tx)
    wanted: dict[str, Values]
    if roll.kind == "units":
        places = read_places(lines, {key: row[0] for key, row in before.items()})
        wanted = {place.path: (place.name,) for place in places}
    else:
        known = {key: Member(key, *row) for key, row in before.items()}
        members = read_members(lines, paths_of(tx), office.file.agents, known)
        wanted = {member.id: (member.name, member.unit) for member in members}
    return compare(before, wanted)


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
