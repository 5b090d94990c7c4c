"""Reading call-backs: who waits to be called when, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select, true

from tonval.followup.given import Given, given_in_all
from tonval.store.tables import agents, call_backs, contacts

_C = call_backs.c


@dataclass(frozen=True, slots=True)
class CallBackRow:
    """One call-back for the desk and the API: ``phone`` is E.164, and not masked. ``given``: what was answered."""

    id: str
    interview: str
    state: str
    opens_at: datetime
    closes_at: datetime
    phone: str
    customer: str | None
    queue: str
    agent: str
    agent_name: str
    unit: str
    question: str
    note: str | None
    author: str | None
    created_at: datetime
    changed_at: datetime
    given: Given


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which call-backs: in one of ``states`` (all without any), their slots opening from ``since`` until ``before``.

    ``units`` are the places the reader may see with all below them, ``None`` for all.
    """

    units: Sequence[str] | None
    states: Sequence[str] = ()
    since: datetime | None = None
    before: datetime | None = None
    closed_by: datetime | None = None  # only those whose slot was over by then

    def condition(self) -> ColumnElement[bool]:
        """On the table of call-backs."""
        return and_(
            _within(self.units),
            _C.state.in_(self.states) if self.states else true(),
            _C.opens_at >= self.since if self.since else true(),
            _C.opens_at < self.before if self.before else true(),
            _C.closes_at <= self.closed_by if self.closed_by else true(),
        )


def list_call_backs(
    tx: Connection, wanted: Wanted, *, after: tuple[datetime, str] | None = None, limit: int = 50
) -> list[CallBackRow]:
    """The earliest slots first; ``after`` is the time and the id of the last row of the page before."""
    found = _select().where(wanted.condition()).order_by(_C.opens_at, _C.id).limit(limit)
    if after is not None:
        opens, last = after
        found = found.where(_C.opens_at >= opens, or_(_C.opens_at > opens, _C.id > last))
    return _rows(tx, found)


def latest_call_backs(tx: Connection, wanted: Wanted, limit: int) -> list[CallBackRow]:
    """Those that changed last first."""
    return _rows(tx, _select().where(wanted.condition()).order_by(_C.changed_at.desc(), _C.id).limit(limit))


def find_call_back(tx: Connection, units: Sequence[str] | None, call_back: str) -> CallBackRow | None:
    """The one with this id, if the reader may see it."""
    rows = _rows(tx, _select().where(_C.id == call_back, _within(units)))
    return rows[0] if rows else None


def count_call_backs(tx: Connection, wanted: Wanted) -> int:
    """How many there are."""
    return int(tx.execute(select(func.count()).select_from(call_backs).where(wanted.condition())).scalar_one())


def _select() -> Select[Any]:
    return (
        select(call_backs, agents.c.name.label("agent_name"), contacts.c.name.label("customer"))
        .outerjoin(agents, agents.c.id == _C.agent)
        .outerjoin(contacts, contacts.c.id == _C.contact)
    )


def _within(units: Sequence[str] | None) -> ColumnElement[bool]:
    if units is None or "" in units:
        return true()
    return or_(false(), *(or_(_C.unit == unit, _C.unit.startswith(f"{unit}/", autoescape=True)) for unit in units))


def _rows(tx: Connection, found: Select[Any]) -> list[CallBackRow]:
    rows = [row._mapping for row in tx.execute(found)]
    given = given_in_all(tx, {row["interview"] for row in rows})
    return [_row(row, given.get(row["interview"], Given())) for row in rows]


def _row(row: Any, given: Given) -> CallBackRow:
    own = {name: row[name] for name in CallBackRow.__slots__ if name not in ("agent_name", "given")}
    return CallBackRow(**own, agent_name=row["agent_name"] or row["agent"], given=given)
