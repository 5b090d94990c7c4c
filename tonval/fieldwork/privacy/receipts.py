"""Receipts of erasures: what went from where, what was kept and why, and by which hash the person is known again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from tonval.fieldwork.audit import Actor
from tonval.fieldwork.field import Field
from tonval.store.tables import erasures, searches

_E: Final = erasures.c
_RECEIPTS: Final[Select[Any]] = select(*_E, searches.c.read, searches.c.hidden).outerjoin_from(
    erasures, searches, searches.c.erasure == _E.id
)


@dataclass(frozen=True, slots=True)
class Others:
    """How many texts of others were read for her, in how many she was masked, and whether that is all: ``mentions``."""

    read: int = 0
    hidden: int = 0
    done: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """One erasure. ``digests`` are keyed hashes of the person's addresses, sorted.

    ``rows`` counts rows by table and ``files`` by kind; ``kept`` counts what still forbids asking her, by kind
    (``suppressions``). ``waiting`` names files that are being taken in and could not be touched. ``again``: a backup
    was restored, and she was erased from it.
    """

    id: str
    at: datetime
    by: Actor
    digests: tuple[str, ...]
    rows: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)
    ended: int = 0
    withdrawn: int = 0
    waiting: tuple[str, ...] = ()
    again: bool = False
    others: Others = Others()

    @property
    def total(self) -> int:
        """How many rows and files were emptied or deleted."""
        return sum(self.rows.values()) + sum(self.files.values())

    def plain(self) -> dict[str, Any]:
        """JSON-ready, as the command and the page give it."""
        return {
            "receipt": self.id,
            "at": self.at.isoformat(),
            "by": self.by.name,
            "person": list(self.digests),
            **self._counts(),
        }

    def _counts(self) -> dict[str, Any]:
        return {
            "rows": dict(self.rows),
            "files": dict(self.files),
            "kept": dict(self.kept),
            "interviews_ended": self.ended,
            "messages_withdrawn": self.withdrawn,
            "files_waiting": list(self.waiting),
            "again": self.again,
            "others": asdict(self.others),
        }


def write(tx: Connection, receipt: Receipt) -> None:
    """Keep it, in the transaction of the erasure."""
    row = {"id": receipt.id, "at": receipt.at, "actor": receipt.by.id, "name": receipt.by.name}
    tx.execute(insert(erasures), {**row, "digests": list(receipt.digests), "receipt": receipt._counts()})


def receipt_of(office: Field, receipt: str) -> Receipt | None:
    """The receipt with this id."""
    with office.unit.read() as tx:
        row = tx.execute(_RECEIPTS.where(_E.id == receipt)).one_or_none()
    return _read(row) if row else None


def newest(office: Field, limit: int = 50) -> list[Receipt]:
    """The newest first."""
    with office.unit.read() as tx:
        return [_read(row) for row in tx.execute(_RECEIPTS.order_by(_E.at.desc(), _E.id.desc()).limit(limit))]


def complete(tx: Connection, receipt: str, others: Others) -> None:
    """Enter what came of reading the texts of others; a receipt that is let go already stays so."""
    counts = tx.execute(select(_E.receipt).where(_E.id == receipt).with_for_update()).scalar()
    if counts is not None:
        told = {**counts, "others": asdict(others)}
        tx.execute(update(erasures).where(_E.id == receipt).values(receipt=told))


def erased_since(tx: Connection) -> dict[str, datetime]:
    """Each hash that was ever erased, and when last."""
    found: dict[str, datetime] = {}
    for row in tx.execute(select(_E.digests, _E.at).order_by(_E.at)):
        found |= dict.fromkeys(row.digests, row.at)
    return found


def purge(tx: Connection, before: datetime) -> int:
    """Let go of receipts from before; gives how many."""
    return tx.execute(delete(erasures).where(_E.at < before)).rowcount


def _read(row: Row[Any]) -> Receipt:
    counts = row.receipt
    return Receipt(
        id=row.id,
        at=row.at,
        by=Actor(row.actor, row.name),
        digests=tuple(row.digests),
        rows=counts["rows"],
        files=counts["files"],
        kept=counts["kept"],
        ended=counts["interviews_ended"],
        withdrawn=counts["messages_withdrawn"],
        waiting=tuple(counts["files_waiting"]),
        again=counts["again"],
        others=_others(row),
    )


def _others(row: Row[Any]) -> Others:
    """Of a receipt from before others' texts were read: none of them, and no more to come."""
    if row.read is not None:
        return Others(row.read, row.hidden)
    return Others(**row.receipt.get("others", {"done": True}))
