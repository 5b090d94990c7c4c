"""What holds in the ledger at any time, whatever a test did."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from tonval.store.tables import interactions, interviews, invitations
from tonval.store.unit import Unit
from tonval.surveys.dispositions import Disposition

SHOWN: Final = 5

_I: Final = interactions.c
_PENDING: Final = _I.disposition == Disposition.PENDING
_SUPPRESSED: Final = _I.disposition == Disposition.SUPPRESSED
_WAITING: Final = exists().where(invitations.c.interaction == _I.id, invitations.c.state == "waiting")
_OPEN: Final = exists().where(interviews.c.interaction == _I.id, interviews.c.disposition.is_(None))
_INTERVIEWED: Final = exists().where(interviews.c.interaction == _I.id)
_LATEST: Final = (
    select(interviews.c.disposition)
    .where(interviews.c.interaction == _I.id)
    .order_by(interviews.c.started_at.desc(), interviews.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_OPEN_ONES: Final = (
    select(func.count())
    .select_from(interviews)
    .where(interviews.c.interaction == _I.id, interviews.c.disposition.is_(None))
    .scalar_subquery()
)

BROKEN: Final[dict[str, ColumnElement[bool]]] = {
    "has no disposition that is known": _I.disposition.not_in(list(Disposition)),
    "is suppressed without a rule, or has a rule and is not": _I.rule.is_not(None) != _SUPPRESSED,
    "is pending, and nobody waits or is being asked": and_(_PENDING, ~or_(_WAITING, _OPEN)),
    "is not pending, and somebody waits or is being asked": and_(~_PENDING, or_(_WAITING, _OPEN)),
    "is suppressed, and an invitation is not dropped": and_(
        _SUPPRESSED, exists().where(invitations.c.interaction == _I.id, invitations.c.state != "dropped")
    ),
    "ended otherwise than its last interview": and_(_INTERVIEWED, ~_OPEN, ~_WAITING, _I.disposition != _LATEST),
    "was answered without an interview": and_(
        ~_INTERVIEWED,
        _I.disposition.not_in((Disposition.PENDING, Disposition.SUPPRESSED, Disposition.NOT_OFFERED)),
    ),
    "is asked in two interviews at once": _OPEN_ONES > 1,
}
"""What is wrong with an interaction, and which ones it is wrong with."""


def faults_of(unit: Unit) -> list[str]:
    """Every interaction that is not in order, with what is wrong; one look when there are none at all."""
    with unit.read() as tx:
        if tx.execute(select(_I.id).limit(1)).first() is None:
            return []
        return [
            f"{row.kind} {row.ref} ({row.disposition}) {wrong}"
            for wrong, found in BROKEN.items()
            for row in tx.execute(select(_I.kind, _I.ref, _I.disposition).where(found).limit(SHOWN))
        ]
