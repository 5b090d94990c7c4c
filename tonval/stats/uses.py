"""How much each survey is answered."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, func, select

from tonval.store.tables import interviews
from tonval.store.unit import Unit

_I: Final = interviews.c
_ANSWERED: Final = (
    select(_I.survey, func.count().label("n"))
    .where(_I.answered > 0, _I.started_at >= bindparam("since"))
    .group_by(_I.survey)
)


def answered_since(unit: Unit, since: datetime) -> dict[str, int]:
    """Survey to the interviews begun at ``since`` (aware) or later in which something was answered."""
    with unit.read() as tx:
        return {row.survey: row.n for row in tx.execute(_ANSWERED, {"since": since})}
