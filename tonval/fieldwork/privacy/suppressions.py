"""What is still known of an erased person by the keyed hash of her address: that she is not to be asked, since when.

It is looked at wherever the address itself would be: when a contact is decided on, and when a message is claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, delete, or_, select, update

from tonval.store.among import among, listed
from tonval.store.keyring import lookup
from tonval.store.tables import Moment, blocklist, caps, opt_outs, suppressions
from tonval.store.upsert import insert_new

OPTED_OUT: Final = "opted_out"
BLOCKED: Final = "blocked"
ASKED: Final = "asked"
ALL: Final = "*"

_S: Final = suppressions.c

Refusals = Mapping[tuple[str, str], Row[Any]]


@dataclass(frozen=True, slots=True)
class Known:
    """What was refused, by address and channel (``*``: all), and by address when she was asked (``deciding.caps``)."""

    refusals: Refusals
    asked: Mapping[str, Mapping[str, int]]


def refusals_of(tx: Connection, addresses: Collection[str]) -> dict[tuple[str, str], Row[Any]]:
    """What was refused by these addresses before they were erased: by address and channel, ``*`` for all."""
    digests = {lookup(tx, address): address for address in addresses}
    rows = tx.execute(_refusals(tx.dialect.name), {"digests": listed(tx, digests)}) if digests else ()
    return {(digests[row.digest], row.channel): row for row in rows}


def known_of(tx: Connection, addresses: Collection[str], now: datetime) -> Known:
    """The same, and when they were asked last as far as it still counts: one statement for both."""
    digests = {lookup(tx, address): address for address in addresses}
    found = {"digests": listed(tx, digests), "now": now}
    rows = tx.execute(_known(tx.dialect.name), found).all() if digests else ()
    return Known(
        {(digests[row.digest], row.channel): row for row in rows if row.kind != ASKED},
        {digests[row.digest]: row.asked for row in rows if row.kind == ASKED},
    )


def remember(
    tx: Connection, addresses: Collection[str], contacts: Collection[str], now: datetime, longest: timedelta
) -> dict[str, int]:
    """Keep what forbids asking the person, by hash; gives how many rows by kind. ``longest`` is the longest cap."""
    counts = dict.fromkeys((OPTED_OUT, BLOCKED, ASKED), 0)
    for kind, table, key in ((OPTED_OUT, opt_outs, opt_outs.c.address), (BLOCKED, blocklist, blocklist.c.pattern)):
        for row in tx.execute(select(key.label("key"), table.c.channel, table.c.created_at).where(key.in_(addresses))):
            counts[kind] += keep(tx, lookup(tx, row.key), kind, row.channel, row.created_at)
    asked = _last_asked(tx, contacts)
    if asked and (until := _ends(asked, longest)) > now:
        for address in addresses:
            counts[ASKED] += keep(tx, lookup(tx, address), ASKED, ALL, now, asked=asked, until=until)
    return {kind: number for kind, number in counts.items() if number}


def keep(
    tx: Connection,
    digest: str,
    kind: str,
    channel: str,
    created_at: datetime,
    *,
    asked: Mapping[str, int] | None = None,
    until: datetime | None = None,
) -> bool:
    """Write one row; one that stands is brought up to date. Tells whether it is new."""
    row = {"digest": digest, "kind": kind, "channel": channel, "created_at": created_at}
    if insert_new(tx, suppressions, {**row, "asked": asked and dict(asked), "until": until}):
        return True
    if asked is not None:
        here = (_S.digest == digest) & (_S.kind == kind) & (_S.channel == channel)
        before = tx.execute(select(_S.asked, _S.until).where(here)).one()
        later = {
            scope: max(asked.get(scope, 0), (before.asked or {}).get(scope, 0)) for scope in {*asked, *before.asked}
        }
        ends = max((each for each in (until, before.until) if each), default=None)
        tx.execute(update(suppressions).where(here).values(asked=later, until=ends))
    return False


def refuse(tx: Connection, addresses: Collection[str], now: datetime) -> int:
    """Nothing is ever sent to these addresses again, by any channel."""
    return sum(keep(tx, lookup(tx, address), OPTED_OUT, ALL, now) for address in addresses)


def lift(tx: Connection, address: str, channels: Iterable[str], kind: str = OPTED_OUT) -> Sequence[Any]:
    """She may be asked again by these channels; gives the rows that are gone."""
    here = (_S.digest == lookup(tx, address)) & (_S.kind == kind)
    gone = delete(suppressions).where(here, _S.channel.in_(list(channels)))
    return tx.execute(gone.returning(_S.channel, _S.created_at)).all()


def purge(tx: Connection, now: datetime) -> int:
    """Forget what says nothing any more."""
    return tx.execute(delete(suppressions).where(_S.until <= now)).rowcount


def listed_for(tx: Connection, digests: Collection[str]) -> list[dict[str, Any]]:
    """The rows of these hashes, JSON-ready: they go into the list that outlives the database."""
    rows = tx.execute(select(suppressions).where(_S.digest.in_(digests)).order_by(_S.digest, _S.kind, _S.channel))
    return [
        {name: each.isoformat() if isinstance(each, datetime) else each for name, each in row._mapping.items()}
        for row in rows
    ]


def _last_asked(tx: Connection, contacts: Collection[str]) -> dict[str, int]:
    """The latest moment in each scope over all her contacts."""
    found: dict[str, int] = {}
    for asked in tx.execute(select(caps.c.asked).where(caps.c.person.in_(contacts)).with_for_update()).scalars():
        for scope, moment in asked.items():
            found[scope] = max(moment, found.get(scope, 0))
    return found


def _ends(asked: Mapping[str, int], longest: timedelta) -> datetime:
    return datetime.fromtimestamp(max(asked.values()), UTC) + longest


@lru_cache(maxsize=4)
def _refusals(dialect: str) -> Select[Any]:
    wanted = select(_S.digest, _S.kind, _S.channel, _S.created_at)
    return wanted.where(_S.kind.in_((OPTED_OUT, BLOCKED)), among(dialect, _S.digest, "digests"))


@lru_cache(maxsize=4)
def _known(dialect: str) -> Select[Any]:
    wanted = select(_S.digest, _S.kind, _S.channel, _S.created_at, _S.asked)
    counts = or_(_S.until.is_(None), _S.until > bindparam("now", type_=Moment))  # only what was asked has an end
    return wanted.where(counts, among(dialect, _S.digest, "digests"))
