"""Two contacts that turn out to be one person while both wait to be asked in the same wave: one of them is asked."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, bindparam, null, select

from tonval.fieldwork.asking import drop
from tonval.fieldwork.contacts import MERGED
from tonval.fieldwork.deciding.eligibility import Suppressed
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import WAVE
from tonval.store import outbox
from tonval.store.tables import interactions, invitations

_NO_PLACE: Final = null().label("contact")  # the place under the cap stays taken: by the invitation that is left
_IN_WAVES: Final = (
    select(invitations.c.id, invitations.c.interaction, invitations.c.state, interactions.c.ref, _NO_PLACE)
    .join(interactions, interactions.c.id == invitations.c.interaction)
    .where(interactions.c.contact == bindparam("contact_id"), interactions.c.kind == WAVE)
    .where(invitations.c.state.in_(("waiting", "asked")))
    .order_by(invitations.c.state, invitations.c.due_at, invitations.c.id)
    .with_for_update(of=invitations)
)
"""Those who were asked come before those who wait."""


def drop_doubles(office: Field, limit: int = 100) -> int:
    """See to the contacts that were merged; gives how many rows were worked off."""
    return office.unit.attempt(lambda tx: _see_to(tx, office, limit))


def _see_to(tx: Connection, office: Field, limit: int) -> int:
    rows = outbox.claim(tx, MERGED, office.now(), limit, office.fresh_id("att"))
    for contact in sorted({row.payload["kept"] for row in rows}):
        _drop(tx, office, contact)
    outbox.done(tx, [row.id for row in rows])
    return len(rows)


def _drop(tx: Connection, office: Field, contact: str) -> None:
    """Leave one invitation of each wave."""
    left: set[str] = set()
    for row in tx.execute(_IN_WAVES, {"contact_id": contact}).all():
        wave = row.ref.rpartition("/")[0]
        if wave in left and row.state == "waiting":
            words = "the customer is invited in this wave under another address"
            drop(tx, office, row, Suppressed("already_invited", words, {"wave": wave}))
        left.add(wave)
