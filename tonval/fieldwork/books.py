"""The two books of people who are not asked, as staff and other systems keep them: the blocklist and the opt-outs.

A book is read the newest entry first, by an index, so that a page costs the same in a long one. Who was erased stands
in it no more, and is still refused by a hash: whoever looks her up by her address finds that, and may take it back.
"""

from __future__ import annotations

import json
import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Select, String, Table, and_, delete, literal, select, tuple_, type_coerce

from tonval.fieldwork import audit
from tonval.fieldwork.addresses import BadAddress, masked
from tonval.fieldwork.audit import Actor, Deed
from tonval.fieldwork.centre import CHANNELS
from tonval.fieldwork.deciding.refusals import ALL_CHANNELS, meanings, read_pattern
from tonval.fieldwork.field import Field
from tonval.fieldwork.optouts import write_in
from tonval.fieldwork.privacy import suppressions
from tonval.fieldwork.reading import Faulty, Reading
from tonval.fieldwork.refusing import end_open
from tonval.store.among import among, listed
from tonval.store.sealed import is_of_many
from tonval.store.tables import Moment, blocklist, opt_outs
from tonval.store.upsert import insert
from tonval.surveys.sentences import sentence

log = logging.getLogger(__name__)

PAGE: Final = 100
TOGETHER: Final = 500
"""Entries written in one transaction."""

LONGEST_CURSOR: Final = 2000
BY_HASH: Final = sentence("known by a hash alone, since everything about her was erased")


@dataclass(frozen=True, slots=True)
class Book:
    """``key`` and ``words`` are the names of the columns that hold who is meant, and why or whence.

    ``kind`` is how an entry is called in ``suppressions`` once its person was erased.
    """

    name: str
    table: Table
    key: str
    words: str
    kind: str
    read_key: Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a book. ``key`` is a pattern or an address, ``words`` the reason or the source."""

    key: str
    channel: str
    words: str
    created_at: datetime
    author: str | None

    @property
    def place(self) -> tuple[str, str]:
        """What there is one of in a book."""
        return (self.key, self.channel)


def read_address(text: str, country: str) -> str:
    """One telephone number or e-mail address, as opt-outs are kept by. Raises ``BadAddress``."""
    address = read_pattern(text, country)
    if "*" in address:
        raise BadAddress(sentence("an opt-out is of one telephone number or e-mail address"))
    return address


BLOCKLIST: Final = Book("blocklist", blocklist, "pattern", "reason", suppressions.BLOCKED, read_pattern)
OPT_OUTS: Final = Book("optouts", opt_outs, "address", "source", suppressions.OPTED_OUT, read_address)
BOOKS: Final = (BLOCKLIST, OPT_OUTS)


def read_entry(office: Field, book: Book, document: Reading, author: str, source: str) -> Entry:
    """The entry a document describes; without ``created_at`` it begins now. Raises ``Faulty``."""
    channel = read_channel(document.text("channel"), document.field("channel"))
    key = read_key(office, book, document.needed(book.key, 300), document.field(book.key))
    words = document.text(book.words) or (source if book is OPT_OUTS else "")
    if not words.isprintable():
        raise document.fault(book.words, sentence("holds a character that cannot be kept"))
    began = document.moment("created_at") or office.now()
    return Entry(key, channel, words, min(began, office.now()), author)


def read_key(office: Field, book: Book, text: str, field: str) -> str:
    """A pattern or address of the book. Raises ``Faulty``."""
    try:
        return book.read_key(text, office.centre.country)
    except BadAddress as bad:
        raise Faulty(f"{field}: {bad}", field) from None


def read_channel(text: str | None, field: str) -> str:
    """A channel's name, or ``*`` for all of them, which is also what nothing means. Raises ``Faulty``."""
    channel = (text or ALL_CHANNELS).lower()
    if channel not in (*CHANNELS, ALL_CHANNELS):
        raise Faulty(
            sentence("%(field)s must be one of %(CHANNELS)s, or * for all", field=field, CHANNELS=", ".join(CHANNELS)),
            field,
        )
    return channel


def add(office: Field, book: Book, entries: Sequence[Entry], by: Actor) -> frozenset[tuple[str, str]]:
    """Write entries in one transaction; what stands already stays as it is. Gives the places that are new.

    What somebody is being asked who has opted out ends as refused.
    """
    new = office.unit.attempt(lambda tx: _add(tx, office, book, entries, by))
    office.ring("follow_up")
    for entry in new:
        log.info("%s added key=%s channel=%s by=%s", book.name, masked(entry.key), entry.channel, entry.author)
    return frozenset(entry.place for entry in new)


def _add(tx: Connection, office: Field, book: Book, entries: Sequence[Entry], by: Actor) -> list[Entry]:
    write_in(tx)
    first = {entry.place: entry for entry in reversed(entries)}
    standing = {entry.place for entry in _of_keys(tx, book, [entry.key for entry in entries])}
    new = [entry for place, entry in first.items() if place not in standing]
    if new:
        tx.execute(insert(tx, book.table).on_conflict_do_nothing(), [_row(book, entry) for entry in new])
        suppressions.refuse_again(tx, book.kind, [entry.place for entry in new], office.now())
        for entry in new if book is OPT_OUTS else ():
            end_open(tx, office, entry.key, entry.channel)
        audit.note(tx, office, by, _deed(book, "added", new))
    return new


def remove(office: Field, book: Book, key: str, channel: str, by: Actor) -> Entry | None:
    """Strike an entry out, and what is left of it by hash; gives it, so that it can be put back.

    ``None`` when there was neither.
    """
    here = and_(book.table.c[book.key] == key, book.table.c.channel == channel)
    with office.unit.begin() as tx:
        lifted = suppressions.lift(tx, key, (channel,), office.now(), book.kind)
        row = tx.execute(delete(book.table).where(here).returning(*_columns(book))).first()
        if row is None and not lifted:
            return None
        struck = Entry(*row) if row else Entry(key, channel, "", lifted[0].created_at, None)
        audit.note(tx, office, by, _deed(book, "removed", [struck]))
    log.info("%s removed key=%s channel=%s by=%s", book.name, masked(key), channel, by.name)
    return struck


def _deed(book: Book, what: str, some: Sequence[Entry]) -> Deed:
    """The audit log cannot forget: whoever is meant is named in part, and what was typed is left to the book."""
    if len(some) > 1:
        return Deed(f"{book.name}.{what}", book.name, sentence("%(n)s entries", n=len(some)), {})
    (entry,) = some
    who = entry.key if is_of_many(entry.key) else masked(entry.key)
    return Deed(f"{book.name}.{what}", book.name, who, {"channel": entry.channel})


def entries(office: Field, book: Book, cursor: str | None = None, limit: int = PAGE) -> tuple[Entry, ...]:
    """Up to ``limit`` entries, the newest first, beginning after a ``cursor``. Raises ``Faulty``."""
    place = _order(book)
    wanted = select(*_columns(book)).order_by(*(each.desc() for each in place)).limit(limit)
    if cursor:
        began, key, channel = _read_cursor(cursor)
        wanted = wanted.where(tuple_(*place) < tuple_(literal(began, Moment), literal(key), literal(channel)))
    with office.unit.read() as tx:
        return tuple(Entry(*row) for row in tx.execute(wanted))


def cursor_of(office: Field, book: Book, entry: Entry) -> str:
    """Where a page begins after the entry: opaque, and readable to nobody, for it stands in addresses of pages."""
    key = book.table.c[book.key].type.seal(entry.key, office.unit.engine.dialect)  # type: ignore[attr-defined]
    written = json.dumps([entry.created_at.astimezone(UTC).isoformat(), key, entry.channel])
    return urlsafe_b64encode(written.encode()).decode().rstrip("=")


def all_entries(office: Field, book: Book) -> Iterator[Entry]:
    """Every entry, read page by page: nothing is held open between two of them."""
    cursor: str | None = None
    while page := entries(office, book, cursor, 1000):
        yield from page
        cursor = cursor_of(office, book, page[-1])


def entries_about(office: Field, book: Book, key: str) -> tuple[Entry, ...]:
    """The entries that mean an address, and the one of the pattern itself; the narrowest first.

    With them what is left by hash of somebody who was erased: it has ``BY_HASH`` for words.
    """
    meant = {text: place for place, text in enumerate(meanings(key))}
    with office.unit.read() as tx:
        found = {entry.place: entry for entry in (*_left_by_hash(tx, book, key), *_of_keys(tx, book, meant))}
    return tuple(sorted(found.values(), key=lambda entry: (meant[entry.key], entry.channel)))


def entry_at(office: Field, book: Book, key: str, channel: str) -> Entry | None:
    """The entry of a place."""
    found = (entry for entry in entries_about(office, book, key) if entry.place == (key, channel))
    return next(found, None)


def _left_by_hash(tx: Connection, book: Book, key: str) -> Iterator[Entry]:
    for row in suppressions.refusals_of(tx, [key]).values():
        if row.kind == book.kind:
            yield Entry(key, row.channel, BY_HASH, row.created_at, None)


def _order(book: Book) -> tuple[Any, ...]:
    """What pages follow, as it lies there: keys are sealed, and only tell entries of one moment apart."""
    return book.table.c.created_at, type_coerce(book.table.c[book.key], String), book.table.c.channel


def _read_cursor(cursor: str) -> tuple[datetime, str, str]:
    try:
        place = json.loads(urlsafe_b64decode(cursor[:LONGEST_CURSOR] + "=" * (-len(cursor) % 4)))
        match place:
            case [str() as began, str() as key, str() as channel] if f"{key}{channel}".isprintable():
                return datetime.fromisoformat(began).astimezone(UTC), key, channel
    except (ValueError, RecursionError, OverflowError):
        pass
    raise Faulty(sentence("this cursor was not given out here"), "cursor")


def _of_keys(tx: Connection, book: Book, keys: Collection[str]) -> list[Entry]:
    return [Entry(*row) for row in tx.execute(_by_keys(tx.dialect.name, book), {"keys": listed(tx, keys)})]


@lru_cache(maxsize=4)
def _by_keys(dialect: str, book: Book) -> Select[Any]:
    return select(*_columns(book)).where(among(dialect, book.table.c[book.key], "keys"))


def _columns(book: Book) -> list[Any]:
    return [book.table.c[name] for name in (book.key, "channel", book.words, "created_at", "author")]


def _row(book: Book, entry: Entry) -> dict[str, Any]:
    about = {"channel": entry.channel, "created_at": entry.created_at, "author": entry.author}
    return {book.key: entry.key, book.words: entry.words, **about}
