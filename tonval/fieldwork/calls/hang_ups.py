"""A provider says that a call is over: at once where nothing is outstanding, else a moment later.

Who hangs up while she speaks has spoken: what she said comes by another message, in any order with this one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import and_, bindparam, select

from tonval.fieldwork import conduct
from tonval.fieldwork.field import Field
from tonval.store import outbox
from tonval.store.tables import legs, turns
from tonval.surveys.record import wait_from
from tonval.surveys.turns import AskRecording

KIND: Final = "hang_up"
GRACE: Final = timedelta(seconds=45)
"""How long is waited for what was spoken: Twilio tries three times, and waits 15 seconds for each answer."""

_OPEN: Final = (
    select(legs.c.id, turns.c.turn)
    .join(turns, and_(turns.c.leg == legs.c.id, turns.c.turn_no == legs.c.turn_no))
    .where(legs.c.provider == bindparam("by"), legs.c.ref == bindparam("named"), legs.c.ended_at.is_(None))
)


def note(office: Field, provider: str, ref: str, cause: str) -> None:
    """The provider's call ``ref`` is over. One that is over already, or never had a leg, is none of our business."""
    with office.unit.read() as tx:
        row = tx.execute(_OPEN, {"by": provider, "named": ref}).one_or_none()
    if row is None:
        return
    wait = row.turn["wait"]
    if wait and isinstance(wait_from(wait), AskRecording):
        with office.unit.begin() as tx:
            outbox.put(tx, KIND, row.id, office.now() + GRACE, {"cause": cause})
    else:
        conduct.end_leg(office, row.id, cause)


def end_due(office: Field, limit: int = 100) -> int:
    """End the calls for which has been waited long enough; gives how many."""
    with office.unit.begin() as tx:
        due = outbox.claim(tx, KIND, office.now(), limit, office.fresh_id("att"))
    for row in due:
        conduct.end_leg(office, row.ref, row.payload["cause"])
        with office.unit.begin() as tx:
            outbox.forget(tx, [row.id])
    return len(due)
