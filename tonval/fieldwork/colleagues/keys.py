"""API keys: shown once, kept as a hash, good for the scopes they were made for."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import CONSOLE, Actor, Deed
from tonval.fieldwork.field import Field
from tonval.fieldwork.organisation import paths_of
from tonval.fieldwork.places import near
from tonval.store.tables import api_keys
from tonval.store.unit import Unit
from tonval.surveys.sentences import sentence

SCOPES: Final = ("read", "report", "admin")
PREFIX: Final = "tvl_"
REMEMBERED: Final = timedelta(seconds=10)
"""How long a key that was found is taken at its word; as long may one live on that was taken away."""

_MOST_REMEMBERED: Final = 1000
_SEEN_EVERY: Final = timedelta(minutes=10)
_WANTED: Final = select(api_keys).where(api_keys.c.digest == bindparam("digest"))


class KeyFault(ValueError):
    """A key cannot be made, found or changed as asked; the message is a sentence for people."""


class UnknownScope(KeyFault):
    """There is no such scope; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key in use; ``admin`` may do what the others may. ``digest`` is its hash, by which it is known inside.

    ``unit`` is the place it reads, with all below it; ``""``: everything. It is good until ``expires_at``.
    """

    name: str
    scopes: tuple[str, ...]
    digest: str = field(default="", repr=False)
    unit: str = ""
    expires_at: datetime | None = None

    def may(self, scope: str) -> bool:
        """Whether the key is good for ``scope``."""
        return scope in self.scopes or "admin" in self.scopes


_found: WeakKeyDictionary[Unit, dict[str, tuple[Key, datetime]]] = WeakKeyDictionary()
"""Keys found lately in each database, with when. Every step on it is one that threads cannot get between."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A key as it is listed: ``prefix`` is the beginning of it, by which people name it."""

    prefix: str
    name: str
    scopes: tuple[str, ...]
    unit: str
    created_at: datetime
    used_at: datetime | None
    expires_at: datetime | None


def make_key(
    office: Field,
    name: str,
    scopes: Collection[str],
    *,
    unit: str = "",
    lasts: timedelta | None = None,
    by: Actor = CONSOLE,
) -> str:
    """A new key, to be shown once; only its hash is kept. It reads ``unit`` alone, and ``lasts`` so long.

    Raises ``KeyFault``: for an unknown scope, for a unit that is not there, and for an ``admin`` key of one unit, since
    what it changes has no place.
    """
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownScope(f"“{scope}” is not a scope; known: {', '.join(SCOPES)}")
    if unit and "admin" in scopes:
        raise KeyFault(sentence("an admin key changes what all units share; make it without a unit"))
    with office.unit.begin() as tx:
        audit.hold(tx)  # no unit is moved meanwhile
        _check_unit(tx, unit)
        raw = _write(tx, office, {"name": name, "scopes": list(scopes), "unit": unit}, lasts)
        audit.note(tx, office, by, Deed("key.added", "key", name, {"scopes": list(scopes), "unit": unit}))
    return raw


def _check_unit(tx: Connection, unit: str) -> None:
    paths = paths_of(tx) if unit else frozenset()
    if not unit or unit in paths:
        return
    if alike := near(unit, paths):
        names = ", ".join(alike)
        raise KeyFault(sentence("there is no unit “%(unit)s”; did you mean %(names)s?", unit=unit, names=names))
    raise KeyFault(sentence("there is no unit “%(unit)s”", unit=unit))


def all_keys(office: Field) -> list[Kept]:
    """Every key that was made, the newest first."""
    wanted = select(*(api_keys.c[each.name] for each in fields(Kept))).order_by(api_keys.c.created_at.desc())
    with office.unit.read() as tx:
        return [_kept(row) for row in tx.execute(wanted)]


def revoke(office: Field, prefix: str, *, by: Actor = CONSOLE) -> Kept:
    """The key is good for nothing from now on. Raises ``KeyFault`` when none in use begins with ``prefix``."""
    with office.unit.begin() as tx:
        row = _in_use(tx, office, prefix)
        tx.execute(update(api_keys).where(api_keys.c.digest == row.digest).values(expires_at=office.now()))
        audit.note(tx, office, by, Deed("key.revoked", "key", row.name, {"prefix": row.prefix}))
    return _kept(row)


def rotate(office: Field, prefix: str, overlap: timedelta, *, by: Actor = CONSOLE) -> str:
    """A new key for the same use; the old one is good for ``overlap`` longer. Raises ``KeyFault`` as ``revoke``."""
    with office.unit.begin() as tx:
        row = _in_use(tx, office, prefix)
        ends = min(filter(None, (row.expires_at, office.now() + overlap)))
        tx.execute(update(api_keys).where(api_keys.c.digest == row.digest).values(expires_at=ends))
        lasts = row.expires_at - row.created_at if row.expires_at else None
        raw = _write(tx, office, {"name": row.name, "scopes": row.scopes, "unit": row.unit}, lasts)
        audit.note(
            tx, office, by, Deed("key.rotated", "key", row.name, {"prefix": row.prefix, "until": ends.isoformat()})
        )
    return raw


def _write(tx: Connection, office: Field, about: dict[str, Any], lasts: timedelta | None) -> str:
    raw, now = PREFIX + secrets.token_urlsafe(32), office.now()
    times = {"created_at": now, "expires_at": now + lasts if lasts else None}
    tx.execute(insert(api_keys).values(digest=_digest(raw), prefix=raw[:8], **about, **times))
    return raw


def _in_use(tx: Connection, office: Field, prefix: str) -> Row[Any]:
    named = func.substr(api_keys.c.prefix, 1, len(prefix)) == prefix
    good = or_(api_keys.c.expires_at.is_(None), api_keys.c.expires_at > office.now())
    found = tx.execute(select(api_keys).where(named, good).limit(2)).all() if prefix else []
    if len(found) == 1:
        return found[0]
    raise KeyFault(f"{'more than one key' if found else 'no key in use'} begins with “{prefix}”")


def _kept(row: Row[Any]) -> Kept:
    return Kept(**{each.name: getattr(row, each.name) for each in fields(Kept)} | {"scopes": tuple(row.scopes)})


def check_key(office: Field, raw: str) -> Key | None:
    """The key, when there is one; 256 random bits need no slow hash. Its last use is noted now and then.

    A key that was found is remembered by this process for ``REMEMBERED``: one taken away may live on for ten seconds.
    """
    if not raw.startswith(PREFIX):
        return None
    digest, now = _digest(raw), office.now()
    known = _found.setdefault(office.unit, {})
    key, found_at = known.get(digest, (None, now))
    if key is not None and timedelta(0) <= now - found_at < REMEMBERED and not _is_over(key, now):
        return key
    return _look_up(office, digest, known)


def _look_up(office: Field, digest: str, known: dict[str, tuple[Key, datetime]]) -> Key | None:
    with office.unit.read() as tx:
        row = tx.execute(_WANTED, {"digest": digest}).one_or_none()
    now = office.now()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        known.pop(digest, None)
        return None
    if row.used_at is None or row.used_at < now - _SEEN_EVERY:
        _note_use(office, digest)
    if len(known) >= _MOST_REMEMBERED:
        known.clear()
    key = Key(row.name, tuple(row.scopes), digest, row.unit, row.expires_at)
    known[digest] = (key, now)
    return key


def _is_over(key: Key, now: datetime) -> bool:
    return key.expires_at is not None and key.expires_at <= now


def _note_use(office: Field, digest: str) -> None:
    now = office.now()
    stale = or_(api_keys.c.used_at.is_(None), api_keys.c.used_at < now - _SEEN_EVERY)
    with office.unit.begin() as tx:
        tx.execute(update(api_keys).where(api_keys.c.digest == digest, stale).values(used_at=now))


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()
