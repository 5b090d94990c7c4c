"""What somebody says about being asked after she was erased: on its way into the list beside the database.

The transaction that lifts or renews a refusal writes it into the outbox, and a worker into the list, at least once: so
the list knows it however old the backup is that is restored.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, select

from tonval.fieldwork.privacy.papers import Papers
from tonval.fieldwork.privacy.record import Key
from tonval.store import outbox
from tonval.store.tables import outbox as rows

if TYPE_CHECKING:  # what is refused is decided before there is an office
    from tonval.fieldwork.field import Field

KIND: Final = "refusals"
"""The outbox kind of this work."""


def put(tx: Connection, key: Key, at: datetime, *, refuses: bool) -> None:
    """Have it listed that the refusal with this key (hash, kind, channel) stands since ``at``, or does no more."""
    digest, kind, channel = key
    entry = {"at": at.isoformat(), "digest": digest, "kind": kind, "channel": channel, "refuses": refuses}
    outbox.put(tx, KIND, "/".join((*key, at.isoformat(), "on" if refuses else "off")), at, entry)


def list_due(office: Field, papers: Papers, limit: int = 100) -> int:
    """Write what waits into the list; gives how many entries. One that is written twice says nothing new."""
    with office.unit.begin() as tx:
        claimed = outbox.claim(tx, KIND, office.now(), limit, office.fresh_id("att"))
    for row in claimed:
        papers.note(row.payload)
    if claimed:
        with office.unit.begin() as tx:
            outbox.forget(tx, [row.id for row in claimed])
    return len(claimed)


def waiting(tx: Connection) -> list[Mapping[str, Any]]:
    """The entries that are not in the list yet. Read them before the list, so that none is missed on its way."""
    return list(tx.execute(select(rows.c.payload).where(rows.c.kind == KIND)).scalars())
