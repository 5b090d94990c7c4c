"""What opens the doors of providers, as an admin typed it in: sealed in the database, never told again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, inspect, select

from tonval.fieldwork import audit
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.field import Field
from tonval.store.tables import revisions, secrets
from tonval.store.upsert import insert

_NAME: Final = "providers"
_REVISION: Final = select(revisions.c.n).where(revisions.c.name == _NAME)


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that was connected in the browser: what was typed, by field, when and by whom."""

    name: str
    values: Mapping[str, str] = field(repr=False)
    changed_at: datetime
    author: str | None


def providers(tx: Connection) -> dict[str, Provider]:
    """Every provider that was connected in the browser; none in a database that is older than this program."""
    if not inspect(tx).has_table(secrets.name):
        return {}
    return {
        row.name: Provider(row.name, json.loads(row.sealed), row.changed_at, row.author)
        for row in tx.execute(select(secrets))
    }


def connect(office: Field, name: str, values: Mapping[str, str], by: Actor) -> None:
    """Keep what was typed; every part of Tonval takes it up within seconds, between two pieces of work."""
    row = {"sealed": json.dumps(dict(values)), "changed_at": office.now(), "author": by.name}
    with office.unit.begin() as tx:
        put = insert(tx, secrets).values(name=name, **row)
        tx.execute(put.on_conflict_do_update(index_elements=["name"], set_=row))
        audit.note(tx, office, by, Deed("provider.connected", "provider", name, {}))
        _count_up(tx)


def disconnect(office: Field, name: str, by: Actor) -> None:
    """Forget what was typed; nothing happens where nothing was."""
    with office.unit.begin() as tx:
        if tx.execute(delete(secrets).where(secrets.c.name == name)).rowcount:
            audit.note(tx, office, by, Deed("provider.disconnected", "provider", name, {}))
            _count_up(tx)


def revision(tx: Connection) -> int:
    """A number that is another one whenever a provider was connected or disconnected."""
    return (tx.execute(_REVISION).scalar() or 0) if inspect(tx).has_table(revisions.name) else 0


def _count_up(tx: Connection) -> None:
    put = insert(tx, revisions).values(name=_NAME, n=1)
    tx.execute(put.on_conflict_do_update(index_elements=["name"], set_={"n": revisions.c.n + 1}))
