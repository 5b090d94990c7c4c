"""The ring of keys as it lies in the database: made once, wrapped anew when the secret key is exchanged."""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, select, update

from tonval.store.lock import lock_of
from tonval.store.ring import Ring, WrongSecret, fresh_ring, unwrapped
from tonval.store.tables.sealed import keyring

_SALT: Final = 16
"""Bytes of salt for the key that wraps."""

_WRAPPED: Final = select(keyring.c.salt, keyring.c.wrapped)


def lookup(tx: Connection, address: str) -> str:
    """The keyed hash by which an address is known again after it has been erased: HMAC-SHA256, base64url."""
    return lock_of(tx.dialect).ring.lookup(address)


def make_ring(tx: Connection, now: datetime | None = None) -> Ring:
    """Give a database its keys: a fresh ring, wrapped and written."""
    lock, moment = lock_of(tx.dialect), now or datetime.now(UTC)
    ring = fresh_ring(lock.secret)
    row = {"id": 1, "created_at": moment, "wrapped_at": moment, **_wrapped(ring, lock.secret)}
    tx.execute(keyring.insert(), row)
    lock.hold(ring)
    return ring


def origin(tx: Connection) -> bytes:
    """The secret key that the database began with, to derive keys from that must outlive its exchange."""
    ring = lock_of(tx.dialect).ring
    return (ring.origin or lock_of(tx.dialect).secret).encode()


def unlock(tx: Connection) -> None:
    """See to it that sealed columns can be read: others may have made the keys after this process had connected.

    Raises ``WrongSecret``, ``Locked``.
    """
    lock = lock_of(tx.dialect)
    row = None if lock.is_open else tx.execute(_WRAPPED).one_or_none()
    if row is not None:
        lock.open_with(row.salt, row.wrapped)
    if not lock.is_open:
        raise lock.why


def exchange(tx: Connection, old: str, now: datetime | None = None) -> bool:
    """Wrap the ring with this process's secret where it was wrapped with ``old``; tells whether anything was to do.

    Raises ``WrongSecret`` when it is neither. Not one sealed value is touched.
    """
    lock = lock_of(tx.dialect)
    row = tx.execute(_WRAPPED.with_for_update()).one()
    with suppress(WrongSecret):  # what the row says, not the lock: an exchange that was rolled back has opened that
        lock.hold(unwrapped(lock.secret, row.salt, row.wrapped))
        return False
    ring = unwrapped(old, row.salt, row.wrapped)
    ring = ring if ring.origin else Ring(ring.key, lock.secret)
    tx.execute(update(keyring).values(wrapped_at=now or datetime.now(UTC), **_wrapped(ring, lock.secret)))
    lock.hold(ring)
    return True


def _wrapped(ring: Ring, secret: str) -> dict[str, bytes]:
    salt = secrets.token_bytes(_SALT)
    return {"salt": salt, "wrapped": ring.wrapped(secret, salt)}
