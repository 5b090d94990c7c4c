"""Opt-outs and the blocklist: who must not be asked, by channel or at all."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, select

from tonval.fieldwork.deciding.refusals import ALL_CHANNELS
from tonval.fieldwork.field import Field
from tonval.fieldwork.privacy import suppressions
from tonval.store.tables import blocklist, opt_outs
from tonval.store.upsert import insert_new

_BOOK: Final = 7_206_881
"""What this book is called among PostgreSQL's advisory locks."""

_READ: Final = select(func.pg_advisory_xact_lock_shared(_BOOK))
_WRITE: Final = select(func.pg_advisory_xact_lock(_BOOK))


def hold_refusals(tx: Connection) -> None:
    """Whoever says no from now waits until this transaction has ended: what it claims was claimed before that.

    Otherwise a STOP could commit between the claim's look into the book and the claim's own commit. Take it before any
    message is locked. SQLite has one writer at a time and needs nothing of the kind.
    """
    if tx.dialect.name == "postgresql":
        tx.execute(_READ)


def write_in(tx: Connection) -> None:
    """Wait for the claims that have begun; those that begin now wait for this transaction."""
    if tx.dialect.name == "postgresql":
        tx.execute(_WRITE)


def opt_out(tx: Connection, address: str, channel: str, now: datetime, source: str) -> bool:
    """Note that ``address`` wants nothing more by ``channel``; tells whether that is news."""
    write_in(tx)
    is_new = insert_new(tx, opt_outs, {"address": address, "channel": channel, "created_at": now, "source": source})
    if is_new:
        suppressions.refuse_again(tx, suppressions.OPTED_OUT, [(address, channel)], now)
    return is_new


def opt_in(tx: Connection, address: str, channel: str, now: datetime) -> bool:
    """Lift the opt-out of the channel and the general one; tells whether there was any."""
    there = opt_outs.c.channel.in_((channel, ALL_CHANNELS))
    lifted = suppressions.lift(tx, address, (channel, ALL_CHANNELS), now)
    return tx.execute(delete(opt_outs).where(opt_outs.c.address == address, there)).rowcount + len(lifted) > 0


def lift(tx: Connection, address: str, channel: str, now: datetime) -> bool:
    """Lift the opt-out of this channel and no other; tells whether there was one."""
    here = (opt_outs.c.address == address) & (opt_outs.c.channel == channel)
    lifted = suppressions.lift(tx, address, (channel,), now)
    return tx.execute(delete(opt_outs).where(here)).rowcount + len(lifted) > 0


def block(office: Field, pattern: str, reason: str, author: str | None = None) -> bool:
    """Put a pattern that was read (deciding.refusals) on the blocklist of every channel; tells whether it is news."""
    row = {"pattern": pattern, "channel": ALL_CHANNELS, "reason": reason, "created_at": office.now(), "author": author}
    with office.unit.begin() as tx:
        write_in(tx)
        return insert_new(tx, blocklist, row)


def unblock(office: Field, pattern: str) -> bool:
    """Take a pattern off the blocklist of every channel; tells whether it was on it."""
    with office.unit.begin() as tx:
        return tx.execute(delete(blocklist).where(blocklist.c.pattern == pattern)).rowcount > 0
