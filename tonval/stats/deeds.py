"""The audit log to be read: newest first, by person, deed, object, time and words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select

from tonval.fieldwork.reasons import DIGEST
from tonval.stats.paging import Order, Page, cut
from tonval.stats.responses import PAGE
from tonval.store.tables import audit, reasons
from tonval.store.unit import Unit

_A: Final = audit.c
_COLUMNS: Final = tuple(_A[name] for name in ("id", "at", "actor", "name", "action", "kind", "ref", "detail"))
_ENTRIES: Final = select(*_COLUMNS, reasons.c.words).outerjoin_from(audit, reasons, reasons.c.entry == _A.id)
_TOGETHER: Final = 500
_VALUES: Final = {"sqlite": func.json_each, "postgresql": func.json_each_text}
"""What gives the values of a document, by the kind of database."""

_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2999, 12, 31)


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
class Term:
    """A word that is searched for. ``deeds`` are those whose own words hold it: action and kind, empty for any kind."""

    text: str
    deeds: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of one actor (id), action or object (``ref``), from ``begins`` until just before ``ends``.

    What is ``None`` narrows nothing; of ``terms`` each must be found.
    """

    actor: str | None = None
    action: str | None = None
    ref: str | None = None
    begins: datetime | None = None
    ends: datetime | None = None
    terms: tuple[Term, ...] = ()


def days(first: date | None, last: date | None, zone: tzinfo) -> dict[str, datetime | None]:
    """The ``begins`` and ``ends`` of these days, both included, by the clock of ``zone``."""
    return {
        "begins": None if first is None else _midnight(first, zone),
        "ends": None if last is None else _midnight(min(last, _LAST_DAY) + timedelta(days=1), zone),
    }


def deeds(unit: Unit, wanted: Wanted, cursor: str | None = None, limit: int = PAGE) -> Page[Entry]:
    """Entries, the newest first. Raises ``BadCursor``."""
    with unit.read() as tx:
        query = Order(_A.at, _A.id).page(_chosen(wanted, tx.dialect.name), cursor, limit)
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


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(max(day, _FIRST_DAY), time(), zone)


def _chosen(wanted: Wanted, dialect: str) -> Select[Any]:
    query = _ENTRIES
    for name in ("actor", "action", "ref"):
        value = getattr(wanted, name)
        query = query if value is None else query.where(_A[name] == value)
    query = query if wanted.begins is None else query.where(_A.at >= wanted.begins)
    query = query if wanted.ends is None else query.where(_A.at < wanted.ends)
    return query.where(*(_found(term, dialect) for term in wanted.terms))


def _found(term: Term, dialect: str) -> ColumnElement[bool]:
    """Who did it, what it was about, the words of the deed, what was before and since, or the reason."""
    told = [
        and_(_A.action == action, _A.kind == kind if kind else literal(True)) for action, kind in sorted(term.deeds)
    ]
    columns = (_A.name, _A.actor, _A.ref, reasons.c.words)
    return or_(*told, *(_holds(column, term.text) for column in columns), _in_detail(term.text, dialect))


def _in_detail(text: str, dialect: str) -> ColumnElement[bool]:
    """Among the values: the names of the fields are nobody's words, nor is a digest."""
    each = _VALUES[dialect](_A.detail).table_valued("key", "value")
    held = select(literal(1)).select_from(each).where(each.c.key != DIGEST, _holds(each.c.value, text))
    return held.correlate(audit).exists()


def _holds(column: Any, text: str) -> ColumnElement[bool]:
    """Whatever the case. SQLite knows no small letters but a to z, so others are also tried as people write them."""
    folded = func.lower(column).contains(text.lower(), autoescape=True)
    spelt = () if text.isascii() else (text, text.title(), text.upper())
    return or_(folded, *(column.contains(each, autoescape=True) for each in spelt))
