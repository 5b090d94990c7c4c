"""The audit log to be read: newest first, by person, deed, object and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, select

from tonval.stats.paging import Order, Page, cut
from tonval.stats.responses import PAGE, midnight
from tonval.store.tables import audit, reasons
from tonval.store.unit import Unit

_A: Final = audit.c
_COLUMNS: Final = tuple(_A[name] for name in ("id", "at", "actor", "name", "action", "kind", "ref", "detail"))
_ENTRIES: Final = select(*_COLUMNS, reasons.c.words).outerjoin_from(audit, reasons, reasons.c.entry == _A.id)
_TOGETHER: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """Entry ``id`` of the log: ``actor``, then called ``name``, did ``action`` to the ``ref`` of a ``kind``.

    ``reason`` lies beside the log; ``None`` where there was none, or it was erased.
    """

    id: int
    at: datetime
    actor: str
    name: str
    action: str
    kind: str
    ref: str
    detail: Mapping[str, Any]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of one actor (id), action, object (``ref``) or UTC day, where given."""

    actor: str | None = None
    action: str | None = None
    ref: str | None = None
    day: date | None = None


def deeds(unit: Unit, wanted: Wanted, cursor: str | None = None, limit: int = PAGE) -> Page[Entry]:
    """Entries, the newest first. Raises ``BadCursor``."""
    query = Order(_A.at, _A.id).page(_chosen(_ENTRIES, wanted), cursor, limit)
    with unit.read() as tx:
        rows, after = cut(tx.execute(query).all(), limit, "at", "id")
    return Page(tuple(Entry(*row) for row in rows), after)


def all_deeds(unit: Unit, wanted: Wanted) -> Iterator[Entry]:
    """Every entry that is wanted, the newest first, read some at a time: nothing is held open in between."""
    page = deeds(unit, wanted, None, _TOGETHER)
    while True:
        yield from page.rows
        if page.next is None:
            return
        page = deeds(unit, wanted, page.next, _TOGETHER)


def actors(unit: Unit) -> dict[str, str]:
    """Everybody who is in the log, by id, with the name she had last."""
    newest = select(func.max(_A.id)).group_by(_A.actor)
    with unit.read() as tx:
        found = tx.execute(select(_A.actor, _A.name).where(_A.id.in_(newest))).all()
    return dict(sorted(((row.actor, row.name) for row in found), key=lambda each: (each[1].casefold(), each[0])))


def _chosen(query: Select[Any], wanted: Wanted) -> Select[Any]:
    for name in ("actor", "action", "ref"):
        value = getattr(wanted, name)
        query = query if value is None else query.where(_A[name] == value)
    if wanted.day is None:
        return query
    return query.where(_A.at >= midnight(wanted.day), _A.at < midnight(wanted.day + timedelta(days=1)))
