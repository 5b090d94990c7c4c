"""Which agent has taken a caller whom several could have: the provider says so when they begin to talk, not after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select

from tonval.fieldwork.field import Field
from tonval.store.tables import legs, taken_calls
from tonval.store.upsert import insert_new

_T: Final = taken_calls.c
_THERE: Final = select(legs.c.id).where(legs.c.id == bindparam("leg"))
_TAKEN: Final = select(_T.agent, _T.at).where(_T.leg == bindparam("of"))


@dataclass(frozen=True, slots=True)
class Taken:
    """Who has talked with a caller, and since when (aware)."""

    agent: str
    at: datetime


def took(office: Field, leg: str, agent: str) -> None:
    """The agent has taken the caller. The first who is told of counts; of an unknown call nothing is kept."""
    with office.unit.begin() as tx:
        if tx.execute(_THERE, {"leg": leg}).first() is not None:
            insert_new(tx, taken_calls, {"leg": leg, "agent": agent, "at": office.now()})


def taken(office: Field, leg: str) -> Taken | None:
    """Who has taken the caller, ``None`` where nobody has told of it."""
    with office.unit.read() as tx:
        row = tx.execute(_TAKEN, {"of": leg}).one_or_none()
    return Taken(row.agent, row.at) if row else None


def talked(office: Field, leg: str) -> None:
    """They have talked, and it is written where it belongs."""
    with office.unit.begin() as tx:
        tx.execute(delete(taken_calls).where(_T.leg == leg))
