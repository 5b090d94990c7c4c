"""Receipts of erasures: what went from where, what was kept and why, and by which hash the person is known again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select

from tonval.fieldwork.audit import Actor
from tonval.fieldwork.field import Field
from tonval.store.tables import erasures

_E: Final = erasures.c


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
        }


def write(tx: Connection, receipt: Receipt) -> None:
    """Keep it, in the transaction of the erasure."""
    row = {"id": receipt.id, "at": receipt.at, "actor": receipt.by.id, "name": receipt.by.name}
    tx.execute(insert(erasures), {**row, "digests": list(receipt.digests), "receipt": receipt._counts()})


def receipt_of(office: Field, receipt: str) -> Receipt | None:
    """The receipt with this id."""
    with office.unit.read() as tx:
        row = tx.execute(select(erasures).where(_E.id == receipt)).one_or_none()
    return _read(row) if row else None


def newest(office: Field, limit: int = 50) -> list[Receipt]:
    """The newest first."""
    with office.unit.read() as tx:
        return [_read(row) for row in tx.execute(select(erasures).order_by(_E.at.desc(), _E.id.desc()).limit(limit))]


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
    )
