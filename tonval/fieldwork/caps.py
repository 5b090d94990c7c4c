"""Who may be asked now: blocklist, opt-outs and frequency cap, checked and claimed in one atomic statement."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, String, and_, bindparam, exists, literal, or_, select

from tonval.store.tables import Moment, blocklist, caps, opt_outs
from tonval.store.upsert import insert

ALL_CHANNELS: Final = "*"


def claim_place(tx: Connection, person: str, channel: str, cap: timedelta, now: datetime, claim: str) -> str | None:
    """Take the person's one place within ``cap``. ``None``: it is ours; else the rule that forbids asking.

    The statement decides alone, whatever else runs at the same moment; the rule is only looked up afterwards.
    """
    values = select(
        bindparam("person", person, String), bindparam("asked_at", now, Moment), bindparam("claim", claim, String)
    ).where(~is_refused(literal(person), channel))
    put = insert(tx, caps).from_select(["person", "asked_at", "claim"], values)
    put = put.on_conflict_do_update(
        index_elements=["person"],
        set_={"asked_at": put.excluded.asked_at, "claim": put.excluded.claim},
        where=caps.c.asked_at <= now - cap,
    )
    if tx.execute(put).rowcount == 1:
        return None
    return refusal(tx, person, channel) or "frequency_cap"


def is_refused(person: ColumnElement[str], channel: str) -> ColumnElement[bool]:
    """SQL: whether the address is blocked, or has opted out of the channel or of all."""
    out = and_(opt_outs.c.address == person, opt_outs.c.channel.in_((channel, ALL_CHANNELS)))
    return or_(exists().where(blocklist.c.address == person), exists().where(out))


def refusal(tx: Connection, person: str, channel: str) -> str | None:
    """``blocked``, ``opted_out`` or ``None``."""
    if tx.execute(select(blocklist.c.address).where(blocklist.c.address == person)).first():
        return "blocked"
    return "opted_out" if tx.execute(select(1).where(is_refused(literal(person), channel))).first() else None
