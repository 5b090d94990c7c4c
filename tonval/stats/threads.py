"""All messages between one customer and one of our numbers, whatever interviews they belong to."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from tonval.stats.scope import EVERYTHING, Scope
from tonval.stats.timeline import MESSAGED, Messaged
from tonval.store.tables import interviews, messages
from tonval.store.unit import Unit

LATEST = 50


def thread(unit: Unit, scope: Scope, number: str, customer: str, limit: int = LATEST) -> tuple[Messaged, ...]:
    """The latest messages, oldest first. Those of no interview belong to no unit: only who may see all sees them."""
    columns = messages.c
    out = and_(columns.sender == number, columns.recipient == customer)
    back = and_(columns.sender == customer, columns.recipient == number)
    query = (
        select(*MESSAGED)
        .select_from(messages.outerjoin(interviews, columns.interview == interviews.c.id))
        .where(or_(out, back))
        .order_by(columns.created_at.desc(), columns.id.desc())
        .limit(limit)
    )
    if scope != EVERYTHING:
        query = query.where(scope.allows(interviews.c.unit, interviews.c.agent))
    with unit.read() as connection:
        return tuple(Messaged(*row) for row in connection.execute(query))[::-1]
