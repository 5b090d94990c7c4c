"""The audit log: who changed what and who looked at whom, sealed into a chain so that a change to it shows.

Each entry's seal is computed with the installation's secret over the entry and the seal before it, after Schneier and
Kelsey, "Secure Audit Logs to Support Computer Forensics" (1999). Whoever can write to the database alone can neither
alter an entry nor take one away without ``verify`` finding it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, update

from tonval.fieldwork import reasons
from tonval.fieldwork.field import Field
from tonval.store import tables as t
from tonval.store.tables import audit, audit_head
from tonval.store.upsert import insert_new
from tonval.surveys.sentences import sentence

_HEAD: Final = select(audit_head.c.id, audit_head.c.seal).with_for_update()
_ADD: Final = insert(audit)
_MOVE_HEAD: Final = update(audit_head).values(id=bindparam("newest"), seal=bindparam("sealed"))
_ENTRIES: Final[Select[Any]] = (
    select(*audit.c, t.reasons.c.words, t.reasons.c.salt)
    .outerjoin_from(audit, t.reasons, t.reasons.c.entry == audit.c.id)
    .where(audit.c.id <= bindparam("newest"))
    .order_by(audit.c.id)
)
_TOLD: Final = ("id", "at", "actor", "name", "action", "kind", "ref", "detail")
_START: Final = {"one": 1, "id": 0, "seal": ""}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it: a user, an API key, or a part of the house; ``name`` is kept as it was then."""

    id: str
    name: str


CONSOLE: Final = Actor("console", sentence("command line"))
"""Whoever works at the machine itself; it is not known who that is."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done (``answer.corrected``) to what; ``detail`` is JSON: before, after.

    Nothing in it may name a customer or be typed about her: the log cannot forget. Words go beside it (``reasons``).
    """

    action: str
    kind: str
    ref: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How many entries are whole, and what is wrong with the first that is not; ``None``: all are whole."""

    whole: int
    fault: str | None


def note(tx: Connection, office: Field, actor: Actor, deed: Deed) -> int:
    """Write the deed into the log, in the transaction that does it: both are kept, or neither. Gives its number."""
    head = hold(tx)
    entry = {"id": head.id + 1, "at": office.now(), "actor": actor.id, "name": actor.name}
    entry |= {"action": deed.action, "kind": deed.kind, "ref": deed.ref, "detail": dict(deed.detail)}
    sealed = _seal(office, head.seal, entry)
    tx.execute(_ADD, {**entry, "seal": sealed})
    tx.execute(_MOVE_HEAD, {"newest": entry["id"], "sealed": sealed})
    number: int = entry["id"]
    return number


def hold(tx: Connection) -> Row[Any, Any]:
    """Lock the end of the chain until the transaction ends, and give it: nobody else adds an entry meanwhile."""
    insert_new(tx, audit_head, _START)
    return tx.execute(_HEAD).one()


def verify(office: Field) -> Verdict:
    """Compute every seal anew, from the first entry to the end of the chain, and every digest of a reason."""
    with office.unit.read() as tx:
        newest = tx.execute(select(audit_head.c.id)).scalar() or 0
        with tx.execution_options(yield_per=1000).execute(_ENTRIES, {"newest": newest}) as rows:
            found = _follow(office, rows)
    if found.fault or found.whole == newest:
        return found
    return Verdict(
        found.whole, sentence("entries %(whole)s to %(newest)s are missing", whole=found.whole + 1, newest=newest)
    )


def _follow(office: Field, rows: Iterable[Row[Any]]) -> Verdict:
    before, whole = "", 0
    for row in _readable(rows):
        if row is None:
            return Verdict(whole, sentence("an entry after %(whole)s cannot be read", whole=whole))
        if row.id != whole + 1:
            return Verdict(whole, sentence("entry %(whole)s is missing", whole=whole + 1))
        if not hmac.compare_digest(row.seal, _seal(office, before, _entry(row))):
            return Verdict(whole, sentence("entry %(id)s was changed", id=row.id))
        if not reasons.is_whole(row.detail, row.words, row.salt):
            return Verdict(whole, sentence("the reason of entry %(id)s was changed", id=row.id))
        before, whole = row.seal, row.id
    return Verdict(whole, None)


def _readable(rows: Iterable[Row[Any]]) -> Iterator[Row[Any] | None]:
    """The rows, and ``None`` in place of one that holds no time or no document any more; rows come in batches."""
    try:
        yield from rows
    except ValueError:
        yield None


def _entry(row: Row[Any]) -> dict[str, Any]:
    return {name: row._mapping[name] for name in _TOLD}


def _seal(office: Field, before: str, entry: Mapping[str, Any]) -> str:
    told = json.dumps([before, *_told(entry)], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.digest(office.audit_key, told.encode(), "sha256").hex()


def _told(entry: Mapping[str, Any]) -> Iterator[Any]:
    for name in _TOLD:
        value = entry[name]
        yield value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
