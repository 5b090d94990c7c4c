"""Two contacts that turn out to be one person while both wait to be asked: she is asked once, as the caps say."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, bindparam, null, select

from tonval.fieldwork.asking import drop
from tonval.fieldwork.contacts import MERGED
from tonval.fieldwork.deciding import caps
from tonval.fieldwork.deciding.eligibility import Suppressed
from tonval.fieldwork.field import Field
from tonval.fieldwork.interactions import WAVE
from tonval.store import outbox
from tonval.store.tables import interactions, invitations
from tonval.surveys.sentences import sentence

_NO_PLACE: Final = null().label("contact")  # the place under the cap stays taken: by the invitation that is left
_I: Final = invitations.c
_LIVE: Final = (
    select(_I.id, _I.interaction, _I.state, _I.channel, _I.survey, _I.queue, _I.created_at, interactions.c.kind)
    .add_columns(interactions.c.ref, _NO_PLACE)
    .join(interactions, interactions.c.id == _I.interaction)
    .where(interactions.c.contact == bindparam("contact_id"), _I.state.in_(("waiting", "asked")))
    .order_by(_I.state, _I.due_at, _I.id)
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
    """Leave one invitation of each wave, and none that the caps would not have allowed to one person."""
    waves: set[str] = set()
    asked: dict[str, int] = {}
    for row in tx.execute(_LIVE, {"contact_id": contact}).all():
        refused = _second(row, waves) or _too_soon(office, row, asked)
        if refused is not None and row.state == "waiting":
            drop(tx, office, row, refused)
            continue
        waves.add(_wave(row))
        now = caps.ask({}, row.channel, row.survey, row.queue, row.created_at)
        asked = caps.join(asked, now)


def _second(row: Any, waves: Collection[str]) -> Suppressed | None:
    if row.kind != WAVE or _wave(row) not in waves:
        return None
    words = sentence("the customer is invited in this wave under another address")
    return Suppressed("already_invited", words, {"wave": _wave(row)})


def _too_soon(office: Field, row: Any, asked: caps.Asked) -> Suppressed | None:
    queue = office.centre.queues.get(row.queue)
    if queue is None:
        return None
    return caps.over_cap(asked, queue.caps, row.channel, row.survey, row.queue, row.created_at)


def _wave(row: Any) -> str:
    """``program/period`` of a wave's interaction."""
    return str(row.ref.rpartition("/")[0])
