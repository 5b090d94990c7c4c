"""Who looked at whom: once for each person, object and hour, so that the audit log can be read."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.field import Field
from tonval.store.tables import Moment
from tonval.store.tables import audit as log

_KNOWN: Final = (
    select(log.c.id)
    .where(log.c.kind == bindparam("kind"), log.c.ref == bindparam("ref"), log.c.action == bindparam("action"))
    .where(log.c.actor == bindparam("actor"), log.c.at >= bindparam("since", type_=Moment))
    .limit(1)
)


def note_hourly(office: Field, actor: Actor, deed: Deed) -> None:
    """Note the deed unless the actor has done the same to the same within this hour of the clock.

    Opens transactions of its own: a short one that only looks, and where there is something to write another one.
    """
    wanted = {"kind": deed.kind, "ref": deed.ref, "action": deed.action, "actor": actor.id, "since": _hour(office)}
    with office.unit.read() as tx:
        if _is_known(tx, wanted):
            return
    with office.unit.begin() as tx:
        audit.hold(tx)  # two of her tabs at once: the second finds what the first has written
        if not _is_known(tx, wanted):
            audit.note(tx, office, actor, deed)


def _is_known(tx: Connection, wanted: dict[str, Any]) -> bool:
    return tx.execute(_KNOWN, wanted).first() is not None


def _hour(office: Field) -> datetime:
    return office.now().replace(minute=0, second=0, microsecond=0)
