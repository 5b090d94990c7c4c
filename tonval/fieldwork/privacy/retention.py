"""Forgetting by age: each class of data after its own time (``terms``), a few hundred rows at once, no number changed.

A class is swept up to a moment that is kept (``sweeps``): what is older has been forgotten and is not looked at again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, Select, delete, func, select, update

from tonval.fieldwork.calls import speeches
from tonval.fieldwork.field import Field
from tonval.fieldwork.privacy import receipts, suppressions, terms
from tonval.fieldwork.privacy.classes import IDENTITY, Data, Link
from tonval.fieldwork.privacy.clear import clear
from tonval.fieldwork.privacy.erase import forget
from tonval.fieldwork.privacy.persons import person_of
from tonval.fieldwork.privacy.trace import Trace, trace_contact
from tonval.store import tables as t
from tonval.store.among import one_of
from tonval.store.upsert import insert

BATCH: Final = 200

_BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
_W, _M, _L, _C = t.interviews.c, t.messages.c, t.legs.c, t.contacts.c
_WORDS: Final = frozenset({Data.WORDS})
_NOBODY: Final = person_of(())


@dataclass(frozen=True, slots=True)
class Ripe:
    """What of one class is due to be forgotten: ``number`` rows or persons from before ``before`` (aware)."""

    name: str
    before: datetime
    number: int


def ripe(office: Field) -> list[Ripe]:
    """What would be forgotten now, nothing changed."""
    with office.unit.read() as tx:
        return [
            Ripe(
                name,
                before,
                tx.execute(select(func.count()).select_from(_rows(tx, name, before).subquery())).scalar_one(),
            )
            for name, before in _limits(office).items()
        ]


def sweep(office: Field, batches: int = 50) -> dict[str, int]:
    """Forget what is ripe, at most so many batches of each class; gives how many rows or persons by class."""
    done = {name: _sweep_class(office, name, before, batches) for name, before in _limits(office).items()}
    with office.unit.begin() as tx:
        done["suppressions"] = suppressions.purge(tx, office.now())
    return {name: number for name, number in done.items() if number}


def _limits(office: Field) -> dict[str, datetime]:
    """Each class that is not kept for ever, and the moment whose past is ripe."""
    kept = office.centre.retention.items()
    return {name: office.now() - length for name, length in kept if length is not None}


def _sweep_class(office: Field, name: str, before: datetime, batches: int) -> int:
    total = 0
    for _ in range(batches):
        number = _SWEEPS[name](office, before)
        total += number
        if number < BATCH:
            break
    return total


def _rows(tx: Connection, name: str, before: datetime) -> Select[Any]:
    """What of the class is older than ``before`` and has not been forgotten."""
    return _WANTED[name](_until(tx, name), before)


def _count(tx: Connection, name: str, before: datetime) -> int:
    number: int = tx.execute(select(func.count()).select_from(_rows(tx, name, before).subquery())).scalar_one()
    return number


def _until(tx: Connection, name: str) -> datetime:
    found = tx.execute(select(t.sweeps.c.until).where(t.sweeps.c.name == name)).scalar()
    return found or _BEGINNING


def _note(tx: Connection, office: Field, name: str, until: datetime) -> None:
    values = {"until": until, "swept_at": office.now()}
    row = insert(tx, t.sweeps).values(name=name, **values)
    tx.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))


def _ended(since: datetime, before: datetime) -> Select[Any]:
    """Interviews by when they began: there is an index of that, and none is open for as long as words are kept."""
    return select(_W.id, _W.started_at.label("at")).where(
        _W.started_at >= since, _W.started_at < before, _W.disposition.is_not(None)
    )


def _spoken(since: datetime, before: datetime) -> Select[Any]:
    del since  # what is empty says so itself
    return select(t.speeches.c.id).where(t.speeches.c.created_at < before, t.speeches.c.wav.is_not(None))


def _silent(since: datetime, before: datetime) -> Select[Any]:
    """Contacts of whom nothing was heard for so long, and with whom nothing is going on."""
    del since  # they are gone afterwards
    busy = select(_W.id).where(_W.contact == _C.id, _W.disposition.is_(None)).exists()
    waits = (
        select(t.invitations.c.id).where(t.invitations.c.contact == _C.id, t.invitations.c.state == "waiting").exists()
    )
    return select(_C.id).where(_C.seen_at < before, ~busy, ~waits)


def _written(since: datetime, before: datetime) -> Select[Any]:
    return select(_M.id, _M.created_at.label("at")).where(_M.created_at >= since, _M.created_at < before)


def _called(since: datetime, before: datetime) -> Select[Any]:
    return select(_L.id, _L.started_at.label("at")).where(
        _L.started_at >= since, _L.started_at < before, _L.ended_at.is_not(None)
    )


def _receipts(since: datetime, before: datetime) -> Select[Any]:
    del since
    return select(t.erasures.c.id).where(t.erasures.c.at < before)


_WANTED: Final[Mapping[str, Callable[[datetime, datetime], Select[Any]]]] = MappingProxyType(
    {
        terms.WORDS: _ended,
        terms.VOICE: _spoken,
        terms.ADDRESSES: _silent,
        terms.MESSAGES: _written,
        terms.CALL_RECORDS: _called,
        terms.RECEIPTS: _receipts,
    }
)


def _in_turn(office: Field, name: str, before: datetime, work: Callable[[Connection, list[Any]], object]) -> int:
    """One batch in the order of time, and the moment kept up to which nothing is left."""
    with office.unit.begin() as tx:
        rows = tx.execute(_rows(tx, name, before).order_by("at", "id").limit(BATCH)).all()
        work(tx, [row.id for row in rows])
        _note(tx, office, name, rows[-1].at if len(rows) == BATCH else before)
    return len(rows)


def _sweep_words(office: Field, before: datetime) -> int:
    def work(tx: Connection, ids: list[Any]) -> None:
        clear(tx, Trace(_NOBODY, _only(Link.INTERVIEW, ids)), _WORDS)

    return _in_turn(office, terms.WORDS, before, work)


def _sweep_messages(office: Field, before: datetime) -> int:
    """With the address: what is left is when a message went, how it fared and what it cost."""

    def work(tx: Connection, ids: list[Any]) -> None:
        clear(tx, Trace(_NOBODY, _only(Link.MESSAGE, ids)), _WORDS | {Data.ADDRESS})

    return _in_turn(office, terms.MESSAGES, before, work)


def _sweep_calls(office: Field, before: datetime) -> int:
    def work(tx: Connection, ids: list[Any]) -> None:
        if ids:
            tx.execute(update(t.legs).where(one_of(tx, _L.id, ids)).values(caller=None))
            tx.execute(delete(t.turns).where(one_of(tx, t.turns.c.leg, ids)))
        rung = (t.dials.c.created_at >= _until(tx, terms.CALL_RECORDS)) & (t.dials.c.created_at < before)
        tx.execute(update(t.dials).where(rung).values(number=t.dials.c.id))

    return _in_turn(office, terms.CALL_RECORDS, before, work)


def _sweep_voice(office: Field, before: datetime) -> int:
    return speeches.expire(office, before, BATCH)


def _sweep_addresses(office: Field, before: datetime) -> int:
    """A person at a time, each in a transaction of her own: what she said stays, and is nobody's."""
    with office.unit.read() as tx:
        ids = list(tx.execute(_rows(tx, terms.ADDRESSES, before).limit(BATCH)).scalars())
    return sum(office.unit.attempt(lambda tx, one=one: _forget_contact(tx, office, one, before)) for one in ids)  # type: ignore[misc]


def _forget_contact(tx: Connection, office: Field, contact: str, before: datetime) -> int:
    tx.execute(select(_C.id).where(_C.id == contact).with_for_update()).all()
    still = _rows(tx, terms.ADDRESSES, before).where(_C.id == contact)
    if tx.execute(still).first() is None:  # she was heard of a moment ago
        return 0
    forget(tx, office, trace_contact(tx, contact), IDENTITY)
    return 1


def _sweep_receipts(office: Field, before: datetime) -> int:
    with office.unit.begin() as tx:
        suppressions.forget_ended(tx, before)
        return receipts.purge(tx, before)


def _only(link: Link, ids: Collection[Any]) -> dict[Link, frozenset[Any]]:
    return {each: frozenset(ids if each is link else ()) for each in Link}


_SWEEPS: Final[Mapping[str, Callable[[Field, datetime], int]]] = MappingProxyType(
    {
        terms.WORDS: _sweep_words,
        terms.VOICE: _sweep_voice,
        terms.ADDRESSES: _sweep_addresses,
        terms.MESSAGES: _sweep_messages,
        terms.CALL_RECORDS: _sweep_calls,
        terms.RECEIPTS: _sweep_receipts,
    }
)
