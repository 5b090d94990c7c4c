"""Erasing again what a restored backup has brought back: known by keyed hash, from the list beside the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, delete, select

from tonval.fieldwork.audit import Actor
from tonval.fieldwork.field import Field
from tonval.fieldwork.privacy import changes, receipts, suppressions
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.fieldwork.privacy.papers import Papers
from tonval.fieldwork.privacy.receipts import Receipt
from tonval.fieldwork.privacy.record import Key, Record, Word, read
from tonval.fieldwork.privacy.suppressions import Kept
from tonval.store import tables as t
from tonval.store.keyring import lookup

_PLACES: Final[tuple[tuple[Column[Any], Column[Any]], ...]] = (
    (t.contacts.c.phone, t.contacts.c.created_at),
    (t.contacts.c.email, t.contacts.c.created_at),
    (t.invitations.c.address, t.invitations.c.created_at),
    (t.messages.c.sender, t.messages.c.created_at),
    (t.messages.c.recipient, t.messages.c.created_at),
    (t.legs.c.caller, t.legs.c.started_at),
    (t.call_backs.c.phone, t.call_backs.c.created_at),
    (t.opt_outs.c.address, t.opt_outs.c.created_at),
    (t.blocklist.c.pattern, t.blocklist.c.created_at),
)
"""Where an address may stand, and since when."""


def erase_again(office: Field, by: Actor, papers: Papers, more: Iterable[Mapping[str, Any]] = ()) -> list[Receipt]:
    """Erase everybody who was erased after what stands of her was written; gives the receipts, none twice.

    The list is that of the database and that of ``papers``, with what ``more`` adds. Who was reported anew since her
    erasure is left as she is. Of every refusal the last word holds: what stood comes back, what was lifted goes.
    """
    with office.unit.read() as tx:
        on_their_way = changes.waiting(tx)
    record = read([*papers.noted(), *on_their_way, *more])
    office.unit.attempt(lambda tx: _put_right(tx, record))
    with office.unit.read() as tx:
        erased = _later(receipts.erased_since(tx), record.erased)
        back = sorted(set(_standing(tx, erased))) if erased else []
    found: list[Receipt] = []
    done: set[str] = set()
    for address in back:
        receipt = _erase_once(office, by, papers, address, done)
        found += [receipt] if receipt else []
    return found


def _erase_once(office: Field, by: Actor, papers: Papers, address: str, done: set[str]) -> Receipt | None:
    """Two addresses of one person are one erasure."""
    with office.unit.read() as tx:
        if lookup(tx, address) in done:
            return None
    receipt = erase(office, Order((address,), by, again=True), papers)
    done |= set(receipt.digests)
    return receipt


def _standing(tx: Connection, erased: Mapping[str, datetime]) -> Iterator[str]:
    """The addresses that stand somewhere since before their erasure."""
    for column, since in _PLACES:
        wanted = select(column, since).where(column.is_not(None)).execution_options(yield_per=1000)
        with tx.execute(wanted) as rows:
            for address, moment in rows:
                if address and (at := erased.get(lookup(tx, address))) is not None and moment <= at:
                    yield address


def _later(some: Mapping[str, datetime], others: Mapping[str, datetime]) -> dict[str, datetime]:
    return {digest: max(each[digest] for each in (some, others) if digest in each) for digest in {*some, *others}}


def _put_right(tx: Connection, record: Record) -> None:
    """The refusals as the list has them, but where something was said after its last word."""
    for kind, table, key in suppressions.BOOKS:
        rows = tx.execute(select(key.label("key"), table.c.channel, table.c.created_at)).all()
        for row in rows:
            if record.is_over((lookup(tx, row.key), kind, row.channel), row.created_at):
                tx.execute(delete(table).where(key == row.key, table.c.channel == row.channel))
    before = suppressions.kept_of(tx, record.hashes)
    suppressions.save(tx, before, {**before, **dict(_ended(before, record)), **dict(_back(before, record))})


def _ended(before: Mapping[Key, Kept], record: Record) -> Iterator[tuple[Key, Kept]]:
    """What stands here and was lifted since."""
    for key, kept in before.items():
        word = record.word(key)
        if word and kept.refuses and record.is_over(key, kept.created_at):
            yield key, replace(kept, until=word.at)


def _back(before: Mapping[Key, Kept], record: Record) -> Iterator[tuple[Key, Kept]]:
    """What stood by the list and does not here, unless it was lifted here later on; and who was erased at all."""
    for key, word in record.standing():
        here = before.get(key)
        if here is None or not here.until or here.until < word.at or here.kind == suppressions.ASKED:
            said = _read(key, word)
            yield key, suppressions.joined(here, said) if here else said
    for digest, at in record.erased.items():
        marker = Kept(digest, suppressions.ERASED, suppressions.ALL, at)
        if marker.key not in before:
            yield marker.key, marker


def _read(key: Key, word: Word) -> Kept:
    row = word.row
    until = datetime.fromisoformat(row["until"]) if row.get("until") else None
    since = datetime.fromisoformat(row["created_at"]) if row else word.at
    return Kept(*key, since, row.get("asked"), until)
