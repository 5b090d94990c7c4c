"""What opens the doors of providers, as an admin typed it in: sealed in the database, never told again."""

from __future__ import annotations

import hmac
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
from tonval.surveys.sentences import sentence

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


class Outdated(Exception):
    """Somebody else has connected or disconnected it since: ``now`` is how it stands, ``None`` for not at all."""

    def __init__(self, now: Provider | None) -> None:
        super().__init__(sentence("somebody else has changed it since"))
        self.now = now


def seen_of(office: Field, provider: Provider | None) -> str:
    """What an editor has seen of it, for ``connect`` to compare; nothing of what is in it can be told from that."""
    if provider is None:
        return ""
    whole = json.dumps([dict(provider.values), provider.changed_at.isoformat()], sort_keys=True)
    return hmac.digest(office.audit_key, whole.encode(), "sha256").hex()[:16]


def connect(office: Field, name: str, values: Mapping[str, str], by: Actor, seen: str | None = None) -> None:
    """Keep what was typed; every part of Tonval takes it up within seconds, between two pieces of work.

    ``seen`` is what the editor saw (``seen_of``); without it nothing is compared. Raises ``Outdated``.
    """
    row = {"sealed": json.dumps(dict(values)), "changed_at": office.now(), "author": by.name}
    with office.unit.begin() as tx:
        _count_up(tx)  # first: one change after the other, also of what is not there yet
        _unchanged(tx, office, name, seen)
        put = insert(tx, secrets).values(name=name, **row)
        tx.execute(put.on_conflict_do_update(index_elements=["name"], set_=row))
        audit.note(tx, office, by, Deed("provider.connected", "provider", name, {}))


def disconnect(office: Field, name: str, by: Actor, seen: str | None = None) -> None:
    """Forget what was typed; nothing happens where nothing was. Raises ``Outdated`` as ``connect`` does."""
    with office.unit.begin() as tx:
        _count_up(tx)
        _unchanged(tx, office, name, seen)
        if tx.execute(delete(secrets).where(secrets.c.name == name)).rowcount:
            audit.note(tx, office, by, Deed("provider.disconnected", "provider", name, {}))


def _unchanged(tx: Connection, office: Field, name: str, seen: str | None) -> None:
    now = providers(tx).get(name)
    if seen is not None and seen != seen_of(office, now):
        raise Outdated(now)


def revision(tx: Connection) -> int:
    """A number that is another one whenever a provider was connected or disconnected."""
    return (tx.execute(_REVISION).scalar() or 0) if inspect(tx).has_table(revisions.name) else 0


def _count_up(tx: Connection) -> None:
    put = insert(tx, revisions).values(name=_NAME, n=1)
    tx.execute(put.on_conflict_do_update(index_elements=["name"], set_={"n": revisions.c.n + 1}))
