"""API keys: shown once, kept as a hash, good for the scopes they were made for."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import insert, or_, select, update

from tonval.fieldwork.field import Field
from tonval.store.tables import api_keys

SCOPES: Final = ("read", "report", "admin")
PREFIX: Final = "tvl_"
_SEEN_EVERY: Final = timedelta(minutes=10)


class UnknownScope(ValueError):
    """There is no such scope; the message says which there are."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key in use; ``admin`` may do what the others may."""

    name: str
    scopes: tuple[str, ...]

    def may(self, scope: str) -> bool:
        """Whether the key is good for ``scope``."""
        return scope in self.scopes or "admin" in self.scopes


def make_key(office: Field, name: str, scopes: Collection[str]) -> str:
    """A new key, to be shown once; only its hash is kept."""
    for scope in scopes:
        if scope not in SCOPES:
            raise UnknownScope(f"“{scope}” is not a scope; known: {', '.join(SCOPES)}")
    raw = PREFIX + secrets.token_urlsafe(32)
    row = {"digest": _digest(raw), "name": name, "prefix": raw[:8], "scopes": list(scopes)}
    with office.unit.begin() as tx:
        tx.execute(insert(api_keys).values(**row, created_at=office.now()))
    return raw


def check_key(office: Field, raw: str) -> Key | None:
    """The key, when there is one; 256 random bits need no slow hash. Its last use is noted now and then."""
    if not raw.startswith(PREFIX):
        return None
    digest, now = _digest(raw), office.now()
    with office.unit.read() as tx:
        row = tx.execute(select(api_keys).where(api_keys.c.digest == digest)).one_or_none()
    if row is None:
        return None
    if row.used_at is None or row.used_at < now - _SEEN_EVERY:
        _note_use(office, digest)
    return Key(row.name, tuple(row.scopes))


def _note_use(office: Field, digest: str) -> None:
    now = office.now()
    stale = or_(api_keys.c.used_at.is_(None), api_keys.c.used_at < now - _SEEN_EVERY)
    with office.unit.begin() as tx:
        tx.execute(update(api_keys).where(api_keys.c.digest == digest, stale).values(used_at=now))


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()
