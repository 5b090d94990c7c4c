"""How much each survey is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from tonval.stats.scope import Scope
from tonval.store.tables import interviews
from tonval.store.unit import Unit

_I: Final = interviews.c


def answered_since(unit: Unit, scope: Scope, since: datetime) -> dict[str, int]:
    """Survey to the interviews in scope, begun at ``since`` (aware) or later, in which something was answered."""
    answered = select(_I.survey, func.count().label("n")).where(_I.answered > 0, _I.started_at >= since)
    within = answered.where(scope.allows(_I.unit, _I.agent)).group_by(_I.survey)
    with unit.read() as tx:
        return {row.survey: row.n for row in tx.execute(within)}
