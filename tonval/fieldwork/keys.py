"""API keys: shown once, kept as a hash, good for the scopes they were made for."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy import bindparam, insert, or_, select, update

from tonval.fieldwork import audit
from tonval.fieldwork.audit import CONSOLE, Actor, Deed
from tonval.fieldwork.field import Field
from tonval.store.tables import api_keys
from tonval.store.unit import Unit

SCOPES: Final = ("read", "report", "admin")
PREFIX: Final = "tvl_"
REMEMBERED: Final = timedelta(seconds=10)
"""How long a key that was found is taken at its word; as long may one live on that was taken away."""

_MOST_REMEMBERED: Final = 1000
_SEEN_EVERY: Final = timedelta(minutes=10)
_WANTED: Final = select(api_keys).where(api_keys.c.digest == bindparam("digest"))


class UnknownScope(ValueError):
    """There is no such scope; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key in use; ``admin`` may do what the others may. ``digest`` is its hash, by which it is known inside."""

    name: str
    scopes: tuple[str, ...]
    digest: str = field(default="", repr=False)

    def may(self, scope: str) -> bool:
        """Whether the key is good for ``scope``."""
        return scope in self.scopes or "admin" in self.scopes


_found: WeakKeyDictionary[Unit, dict[str, tuple[Key, datetime]]] = WeakKeyDictionary()
"""Keys found lately in each database, with when. Every step on it is one that threads cannot get between."""


def make_key(office: Field, name: str, scopes: Collection[str], *, by: Actor = CONSOLE) -> str:
    """A new key, to be shown once; only its hash is kept."""
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownScope(f"“{scope}” is not a scope; known: {', '.join(SCOPES)}")
    raw = PREFIX + secrets.token_urlsafe(32)
    row = {"digest": _digest(raw), "name": name, "prefix": raw[:8], "scopes": list(scopes)}
    with office.unit.begin() as tx:
        tx.execute(insert(api_keys).values(**row, created_at=office.now()))
        audit.note(tx, office, by, Deed("key.added", "key", name, {"scopes": list(scopes)}))
    return raw


def check_key(office: Field, raw: str) -> Key | None:
    """The key, when there is one; 256 random bits need no slow hash. Its last use is noted now and then.

    A key that was found is remembered by this process for ``REMEMBERED``: one taken away may live on for ten seconds.
    """
    if not raw.startswith(PREFIX):
        return None
    digest, now = _digest(raw), office.now()
    known = _found.setdefault(office.unit, {})
    key, found_at = known.get(digest, (None, now))
    if key is not None and timedelta(0) <= now - found_at < REMEMBERED:
        return key
    return _look_up(office, digest, known)


def _look_up(office: Field, digest: str, known: dict[str, tuple[Key, datetime]]) -> Key | None:
    with office.unit.read() as tx:
        row = tx.execute(_WANTED, {"digest": digest}).one_or_none()
    if row is None:
        known.pop(digest, None)
        return None
    now = office.now()
    if row.used_at is None or row.used_at < now - _SEEN_EVERY:
        _note_use(office, digest)
    if len(known) >= _MOST_REMEMBERED:
        known.clear()
    key = Key(row.name, tuple(row.scopes), digest)
    known[digest] = (key, now)
    return key


def _note_use(office: Field, digest: str) -> None:
    now = office.now()
    stale = or_(api_keys.c.used_at.is_(None), api_keys.c.used_at < now - _SEEN_EVERY)
    with office.unit.begin() as tx:
        tx.execute(update(api_keys).where(api_keys.c.digest == digest, stale).values(used_at=now))


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()
