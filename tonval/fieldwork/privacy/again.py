"""Erasing again what a restored backup has brought back: known by keyed hash, from the list beside the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, select

from tonval.fieldwork.audit import Actor
from tonval.fieldwork.field import Field
from tonval.fieldwork.privacy import receipts, suppressions
from tonval.fieldwork.privacy.erase import Order, erase
from tonval.fieldwork.privacy.papers import Papers
from tonval.fieldwork.privacy.receipts import Receipt
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
    erasure is left as she is.
    """
    entries = [*papers.noted(), *more]
    with office.unit.begin() as tx:
        _bring_back(tx, entries)
        erased = receipts.erased_since(tx)
    for entry in entries:
        for digest in entry["digests"]:
            moment = datetime.fromisoformat(entry["at"])
            erased[digest] = max(moment, erased.get(digest, moment))
    found: list[Receipt] = []
    with office.unit.read() as tx:
        back = sorted(set(_standing(tx, erased))) if erased else []
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


def _bring_back(tx: Connection, entries: Iterable[Mapping[str, Any]]) -> None:
    """What still forbids asking them and was decided after the backup."""
    for entry in entries:
        for row in entry.get("suppressions", ()):
            kind, created_at = (row["digest"], row["kind"], row["channel"]), datetime.fromisoformat(row["created_at"])
            until = datetime.fromisoformat(row["until"]) if row.get("until") else None
            suppressions.keep(tx, *kind, created_at, asked=row.get("asked"), until=until)
