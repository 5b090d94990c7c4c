"""What is still known of an erased person by the keyed hash of her address: that she is not to be asked, since when.

It is looked at wherever the address itself would be: when a contact is decided on, and when a message is claimed. What
she says after her erasure is kept by hash too, and goes into the list beside the database (``changes``): a refusal that
was lifted stays as a row that has ended, so that no backup brings it back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, delete, literal, or_, select, union_all, update

from tonval.fieldwork.privacy import changes
from tonval.fieldwork.privacy.record import Key
from tonval.store.among import among, listed, one_of
from tonval.store.bulk import insert_all
from tonval.store.keyring import lookup
from tonval.store.tables import Moment, blocklist, caps, opt_outs, suppressions

OPTED_OUT: Final = "opted_out"
BLOCKED: Final = "blocked"
ASKED: Final = "asked"
ERASED: Final = "erased"
"""Says nothing but that she was erased: what she says from now on goes into the list."""

ALL: Final = "*"
REFUSALS: Final = (OPTED_OUT, BLOCKED)

_S: Final = suppressions.c
_HERE: Final = tuple(suppressions.primary_key.columns)
_RENEW: Final = (
    update(suppressions)
    .where(*(column == bindparam(f"the_{column.name}") for column in _HERE))
    .values({name: bindparam(f"new_{name}", type_=_S[name].type) for name in ("asked", "created_at", "until")})
)

BOOKS: Final = ((OPTED_OUT, opt_outs, opt_outs.c.address), (BLOCKED, blocklist, blocklist.c.pattern))
"""Where each kind of refusal stands while its customer is known, and by which column."""

Refusals = Mapping[tuple[str, str], Row[Any]]


@dataclass(frozen=True, slots=True)
class Known:
    """What was refused, by address and channel (``*``: all), and by address when she was asked (``deciding.caps``)."""

    refusals: Refusals
    asked: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Kept:
    """One row: what stands since ``created_at`` (aware). Only ``ASKED`` has ``asked`` and ends, at ``until``."""

    digest: str
    kind: str
    channel: str
    created_at: datetime
    asked: Mapping[str, int] | None = None
    until: datetime | None = None

    @property
    def refuses(self) -> bool:
        """Whether it is a refusal that stands."""
        return self.kind in REFUSALS and self.until is None

    @property
    def key(self) -> Key:
        """What there is one of."""
        return self.digest, self.kind, self.channel

    def row(self) -> dict[str, Any]:
        """As the table has it."""
        own = {"digest": self.digest, "kind": self.kind, "channel": self.channel, "created_at": self.created_at}
        return {**own, "asked": None if self.asked is None else dict(self.asked), "until": self.until}


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
        {(digests[row.digest], row.channel): row for row in rows if row.kind in REFUSALS},
        {digests[row.digest]: row.asked for row in rows if row.kind == ASKED},
    )


def forbidding(
    tx: Connection, addresses: Collection[str], contacts: Collection[str], now: datetime, longest: timedelta
) -> list[Kept]:
    """What forbids asking the person, to be kept by hash. ``longest`` is the longest cap."""
    entries = (
        select(literal(kind).label("kind"), key.label("key"), table.c.channel, table.c.created_at).where(
            one_of(tx, key, addresses)
        )
        for kind, table, key in BOOKS
    )
    rows = tx.execute(union_all(*entries)).all()
    kept = [Kept(lookup(tx, row.key), row.kind, row.channel, row.created_at) for row in rows]
    asked = _last_asked(tx, contacts)
    if asked and (until := _ends(asked, longest)) > now:
        kept += [Kept(lookup(tx, address), ASKED, ALL, now, asked, until) for address in addresses]
    return kept


def keep(tx: Connection, wanted: Sequence[Kept], digests: Collection[str]) -> dict[str, int]:
    """Write these rows of the hashes; gives how many of each kind stand then, those from before counted.

    A refusal that had ended stands again; when she was asked last is told from both.
    """
    before = kept_of(tx, digests)
    after = dict(before)
    for each in wanted:
        after[each.key] = joined(after[each.key], each) if each.key in after else each
    save(tx, before, after)
    return dict(Counter(kept.kind for kept in after.values() if kept.refuses or kept.kind == ASKED))


def kept_of(tx: Connection, digests: Collection[str]) -> dict[Key, Kept]:
    """What is kept of these hashes, that which has ended too."""
    found = tx.execute(select(suppressions).where(one_of(tx, _S.digest, digests)))
    return {kept.key: kept for kept in (Kept(**row._mapping) for row in found)}


def save(tx: Connection, before: Mapping[Key, Kept], after: Mapping[Key, Kept]) -> None:
    """Write what has become of ``before``, of which nothing is missing."""
    insert_all(tx, suppressions, [kept.row() for key, kept in after.items() if key not in before])
    renewed = [kept for key, kept in after.items() if key in before and kept != before[key]]
    if renewed:
        tx.execute(_RENEW, [_renewal(kept) for kept in renewed])


def joined(before: Kept, now: Kept) -> Kept:
    """Two of one key as one."""
    if now.kind != ASKED:
        return now if before.until else before
    scopes = {**(before.asked or {}), **(now.asked or {})}
    asked = {scope: max((each.asked or {}).get(scope, 0) for each in (before, now)) for scope in scopes}
    until = max((each.until for each in (before, now) if each.until), default=None)
    return Kept(*before.key, before.created_at, asked, until)


def lift(tx: Connection, address: str, channels: Iterable[str], now: datetime, kind: str = OPTED_OUT) -> Sequence[Any]:
    """She may be asked again by these channels; gives the rows that stood until now."""
    digest = lookup(tx, address)
    here = (_S.digest == digest) & (_S.kind == kind) & _S.until.is_(None) & _S.channel.in_(list(channels))
    ended = tx.execute(update(suppressions).where(here).values(until=now).returning(_S.channel, _S.created_at)).all()
    for row in ended:
        changes.put(tx, (digest, kind, row.channel), now, refuses=False)
    return ended


def refuse_again(tx: Connection, kind: str, places: Collection[tuple[str, str]], now: datetime) -> None:
    """These addresses refuse these channels: of those who were erased once, it is kept by hash as well, and listed."""
    digests = {lookup(tx, address) for address, _ in places}
    known = set(tx.execute(select(_S.digest).where(one_of(tx, _S.digest, digests))).scalars())
    hers = [Kept(digest, kind, each[1], now) for each in places if (digest := lookup(tx, each[0])) in known]
    if hers:
        keep(tx, hers, known)
    for kept in hers:
        changes.put(tx, kept.key, now, refuses=True)


def purge(tx: Connection, now: datetime) -> int:
    """Forget when somebody was asked last where it says nothing any more."""
    return tx.execute(delete(suppressions).where(_S.kind == ASKED, _S.until <= now)).rowcount


def forget_ended(tx: Connection, before: datetime) -> int:
    """Forget what was lifted before, and who was erased before, as their receipts go; what stands stays."""
    ended = _S.kind.in_(REFUSALS) & (_S.until < before)
    return tx.execute(delete(suppressions).where(ended | ((_S.kind == ERASED) & (_S.created_at < before)))).rowcount


def listed_for(tx: Connection, digests: Collection[str], now: datetime) -> list[dict[str, Any]]:
    """What stands of these hashes, JSON-ready: it goes into the list that outlives the database."""
    stands = (_S.kind != ERASED) & or_(_S.until.is_(None), _S.until > now)
    wanted = select(suppressions).where(stands, one_of(tx, _S.digest, digests))
    return [
        {name: each.isoformat() if isinstance(each, datetime) else each for name, each in row._mapping.items()}
        for row in tx.execute(wanted.order_by(*_HERE))
    ]


def _renewal(kept: Kept) -> dict[str, Any]:
    key = {f"the_{column.name}": value for column, value in zip(_HERE, kept.key, strict=True)}
    row = kept.row()
    return key | {f"new_{name}": row[name] for name in ("asked", "created_at", "until")}


def _last_asked(tx: Connection, contacts: Collection[str]) -> dict[str, int]:
    """The latest moment in each scope over all her contacts."""
    found: dict[str, int] = {}
    wanted = select(caps.c.asked).where(one_of(tx, caps.c.person, contacts)).with_for_update()
    for asked in tx.execute(wanted).scalars() if contacts else ():
        for scope, moment in asked.items():
            found[scope] = max(moment, found.get(scope, 0))
    return found


def _ends(asked: Mapping[str, int], longest: timedelta) -> datetime:
    return datetime.fromtimestamp(max(asked.values()), UTC) + longest


@lru_cache(maxsize=4)
def _refusals(dialect: str) -> Select[Any]:
    wanted = select(_S.digest, _S.kind, _S.channel, _S.created_at)
    return wanted.where(_S.kind.in_(REFUSALS), _S.until.is_(None), among(dialect, _S.digest, "digests"))


@lru_cache(maxsize=4)
def _known(dialect: str) -> Select[Any]:
    wanted = select(_S.digest, _S.kind, _S.channel, _S.created_at, _S.asked)
    counts = or_(_S.until.is_(None), _S.until > bindparam("now", type_=Moment))
    return wanted.where(counts, _S.kind != ERASED, among(dialect, _S.digest, "digests"))
