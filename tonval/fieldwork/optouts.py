"""Opt-outs and the blocklist: who must not be asked, by channel or at all."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete

from tonval.fieldwork.deciding.refusals import ALL_CHANNELS
from tonval.fieldwork.field import Field
from tonval.store.tables import blocklist, opt_outs
from tonval.store.upsert import insert_new


def opt_out(tx: Connection, address: str, channel: str, now: datetime, source: str) -> bool:
    """Note that ``address`` wants nothing more by ``channel``; tells whether that is news."""
    return insert_new(tx, opt_outs, {"address": address, "channel": channel, "created_at": now, "source": source})


def opted_out_at_provider(office: Field, address: str) -> None:
    """The provider says that ``address`` wants no SMS from us: kept as an opt-out of our own."""
    with office.unit.begin() as tx:
        opt_out(tx, address, "sms", office.now(), "provider")


def opt_in(tx: Connection, address: str, channel: str) -> bool:
    """Lift the opt-out of the channel and the general one; tells whether there was any."""
    there = opt_outs.c.channel.in_((channel, ALL_CHANNELS))
    return tx.execute(delete(opt_outs).where(opt_outs.c.address == address, there)).rowcount > 0


def lift(tx: Connection, address: str, channel: str) -> bool:
    """Lift the opt-out of this channel and no other; tells whether there was one."""
    here = (opt_outs.c.address == address) & (opt_outs.c.channel == channel)
    return tx.execute(delete(opt_outs).where(here)).rowcount > 0


def block(office: Field, pattern: str, reason: str, author: str | None = None) -> bool:
    """Put a pattern that was read (deciding.refusals) on the blocklist of every channel; tells whether it is news."""
    row = {"pattern": pattern, "channel": ALL_CHANNELS, "reason": reason, "created_at": office.now(), "author": author}
    with office.unit.begin() as tx:
        return insert_new(tx, blocklist, row)


def unblock(office: Field, pattern: str) -> bool:
    """Take a pattern off the blocklist of every channel; tells whether it was on it."""
    with office.unit.begin() as tx:
        return tx.execute(delete(blocklist).where(blocklist.c.pattern == pattern)).rowcount > 0
