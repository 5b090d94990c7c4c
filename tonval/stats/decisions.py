"""Why somebody was not asked: interactions that a rule kept from an invitation, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select, true

from tonval.stats.queries import Filter
from tonval.stats.responses import among, named_agent
from tonval.stats.scope import Scope, below
from tonval.store.tables import agents, events, interactions, messages
from tonval.store.unit import Unit
from tonval.surveys.dispositions import Disposition

FEW: Final = 20
RECENT: Final = 500
_NAMES: Final = ("kind", "ref", "queue", "agent", "reported_at", "decision")


@dataclass(frozen=True, slots=True)
class NotAsked:
    """One interaction with the ``rule`` that forbade asking (SURFACE.md) and a sentence with the facts."""

    kind: str
    ref: str
    queue: str
    agent: str
    agent_name: str
    at: datetime | None
    rule: str
    detail: str
    config: str


def not_asked(unit: Unit, scope: Scope, wanted: Filter, limit: int = FEW) -> tuple[NotAsked, ...]:
    """The latest suppressed interactions that a system has reported in the period; survey and channel do not narrow."""
    columns = interactions.c
    query = (
        select(
            columns.kind,
            columns.ref,
            columns.queue,
            columns.agent,
            named_agent(),
            columns.reported_at,
            columns.decision,
        )
        .select_from(interactions.outerjoin(agents, columns.agent == agents.c.id))
        .where(columns.disposition == Disposition.SUPPRESSED, among(columns.reported_at, wanted.start, wanted.end))
        .where(_places(wanted), scope.allows(func.coalesce(agents.c.unit, ""), columns.agent))
        .order_by(columns.reported_at.desc(), columns.id.desc())
        .limit(limit)
    )
    with unit.read() as connection:
        return tuple(_not_asked(row) for row in connection.execute(query))


def contact_version(unit: Unit) -> str:
    """A name for the present state of interviews, messages and decisions; cheap enough to ask every second."""
    recent = select(messages.c.changed_at).order_by(messages.c.created_at.desc()).limit(RECENT).subquery()
    latest = select(
        select(func.max(events.c.id)).scalar_subquery(),
        select(func.max(interactions.c.id)).scalar_subquery(),
        select(func.max(recent.c.changed_at)).scalar_subquery(),
    )
    with unit.read() as connection:
        return "-".join(str(part) for part in connection.execute(latest).one())


def _places(wanted: Filter) -> ColumnElement[bool]:
    here: ColumnElement[bool] = true() if wanted.queue is None else interactions.c.queue == wanted.queue
    return here if wanted.unit is None else here & below(agents.c.unit, wanted.unit)


def _not_asked(row: Any) -> NotAsked:
    decision = row.decision or {}
    return NotAsked(
        kind=row.kind,
        ref=row.ref,
        queue=row.queue,
        agent=row.agent,
        agent_name=row.agent_name or row.agent,
        at=row.reported_at,
        rule=decision.get("rule", ""),
        detail=decision.get("detail", ""),
        config=decision.get("config", ""),
    )
