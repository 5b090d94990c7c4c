"""Who is told of an alert."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, and_, select

from tonval.store.tables import users
from tonval.surveys.alerts import AlertRule

_REACHED: Final = and_(users.c.email.is_not(None), users.c.ended_at.is_(None))


def recipients(tx: Connection, rule: AlertRule, unit: str, last_resort: str) -> tuple[str, ...]:
    """The rule's own list; else the supervisors of the unit; else the admins; else ``last_resort``. Each once."""
    found = rule.mail or _supervisors(tx, unit) or _with_role(tx, "admin") or (last_resort,)
    return tuple(dict.fromkeys(found))


def covers(unit: str, place: str) -> bool:
    """Whether ``unit`` is ``place`` or lies above it; the empty unit is the whole organisation."""
    return unit in ("", place) or place.startswith(f"{unit}/")


def _supervisors(tx: Connection, unit: str) -> tuple[str, ...]:
    found = select(users.c.email, users.c.unit).where(users.c.role == "supervisor", _REACHED)
    return tuple(row.email for row in tx.execute(found.order_by(users.c.name)) if covers(row.unit, unit))


def _with_role(tx: Connection, role: str) -> tuple[str, ...]:
    found = select(users.c.email).where(users.c.role == role, _REACHED).order_by(users.c.name)
    return tuple(tx.execute(found).scalars())
