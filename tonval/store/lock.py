"""The lock of a database: its keys lie in the database itself, wrapped with the installation's secret key.

The lock hangs on the dialect of the unit's engine, for that is what a column's type is given when it reads or writes.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Dialect, Engine, event

from tonval.store.ring import Ring, WrongSecret, unwrapped

_LOCK: Final = "tonval_lock"
_THERE: Final = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'keyring'",
    "postgresql": "SELECT count(to_regclass('keyring'))",
}
_LATEST: Final = "SELECT salt, wrapped FROM keyring ORDER BY id DESC"


class Locked(RuntimeError):
    """A sealed column was asked for before the keys of its database were at hand."""


class Lock:
    """The secret that this process was given, and the ring, once the database has shown it; ``why`` it has not yet."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self._ring: Ring | None = None
        self.why: Exception = Locked("this database has no keys yet: it has to be migrated first")

    @property
    def is_open(self) -> bool:
        """Whether the ring is there."""
        return self._ring is not None

    @property
    def ring(self) -> Ring:
        """The keys. Raises ``Locked``, or ``WrongSecret`` where the secret was another."""
        if self._ring is None:
            raise self.why
        return self._ring

    def open_with(self, salt: bytes, wrapped: bytes) -> None:
        """Unwrap the ring; with the wrong secret the lock stays shut, and says so to whoever wants the ring."""
        try:
            self.hold(unwrapped(self.secret, salt, wrapped))
        except WrongSecret as wrong:
            self.why = wrong

    def hold(self, ring: Ring) -> None:
        """From now on values are sealed with ``ring``."""
        self._ring = ring


def hang_lock(engine: Engine, secret: str) -> None:
    """Give the engine a lock; the first connection to a database that has keys opens it."""
    lock = Lock(secret)
    setattr(engine.dialect, _LOCK, lock)

    @event.listens_for(engine, "connect")
    def open_lock(connection: Any, _: Any) -> None:
        if not lock.is_open:
            _show(lock, engine.dialect.name, connection)


def lock_of(dialect: Dialect) -> Lock:
    """The lock of a connection's dialect. Raises ``Locked`` where its engine was not made by ``open_unit``."""
    lock = getattr(dialect, _LOCK, None)
    if not isinstance(lock, Lock):
        raise Locked("sealed columns are read and written by way of store.unit.open_unit alone")
    return lock


def _show(lock: Lock, dialect: str, connection: Any) -> None:
    """By the driver's own connection, which is not yet in any transaction of ours."""
    cursor = connection.cursor()
    try:
        cursor.execute(_THERE[dialect])
        if cursor.fetchone()[0]:
            cursor.execute(_LATEST)
            row = cursor.fetchone()
            if row is not None:
                lock.open_with(bytes(row[0]), bytes(row[1]))
    finally:
        cursor.close()
        connection.rollback()
