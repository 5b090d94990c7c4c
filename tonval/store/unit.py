"""The one unit of work: every transaction of the house begins here."""

from __future__ import annotations

import fcntl
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import IntegrityError, InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from tonval.store.lock import hang_lock

T = TypeVar("T")

BUSY_MS = 10_000
ATTEMPTS = 8
"""How often ``Unit.attempt`` begins anew."""

DEADLOCKED = ("40001", "40P01")
"""PostgreSQL's codes for a transaction that lost against another (appendix A of its manual)."""

_SETTINGS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON")
"""``secure_delete``: what is changed or deleted is overwritten, so that no page of the file still holds a customer."""

RESTED = 1.0
"""Seconds after which a connection of the pool is tried before it is used."""

LOST_MS = 10_000
"""How long a PostgreSQL server may leave what we sent unacknowledged before the connection counts as lost."""


class Unit:
    """Opens transactions on one database. ``begin`` writes, ``read`` only looks."""

    def __init__(self, engine: Engine, file: Path | None = None) -> None:
        self.engine = engine
        self._file = file

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One writing transaction: committed at the end of the block, rolled back on any error."""
        with self._turn(), self.engine.begin() as tx:
            yield tx
        self._make_durable()

    def attempt(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in a writing transaction, again from the start when another one got in between.

        That is how a claim without a lock is made: look, write what must be new, and look again when it was not.
        ``work`` must have no effect outside the database. Raises the database's error after ``ATTEMPTS`` tries.
        """
        for left in range(ATTEMPTS - 1, -1, -1):
            try:
                with self.begin() as tx:
                    return work(tx)
            except (IntegrityError, OperationalError) as error:
                if not left or not _was_in_the_way(error):
                    raise
                time.sleep(random.uniform(0, 0.01) * (ATTEMPTS - left))  # noqa: S311 - so that two do not meet again
        raise AssertionError("unreachable")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction, always rolled back; on SQLite it takes no write lock."""
        with self.engine.connect() as connection:
            reader = connection.execution_options(tonval_read=True)
            yield reader
            reader.rollback()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for the one writer's place on SQLite. SQLite itself polls with growing pauses; the kernel wakes at once.

        A process that dies gives its place up. It is a courtesy between our own processes, not what keeps the data
        whole: that is still ``BEGIN IMMEDIATE``.
        """
        if self._file is None:
            yield
            return
        place = os.open(f"{self._file}-turn", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(place, fcntl.LOCK_EX)
            yield
        finally:
            os.close(place)

    def _make_durable(self) -> None:
        """Force the write-ahead log to the disk before anybody is told that the transaction is done.

        It is what ``synchronous=FULL`` does, but after the lock is released, so that nobody waits for another's disk
        write; SQLite forces the log itself before it moves pages into the database (sqlite.org/wal.html, section 2.3).
        """
        if self._file is None:
            return
        with suppress(FileNotFoundError):  # no log: a checkpoint has taken all of it into the database and forced that
            log = os.open(f"{self._file}-wal", os.O_RDWR | os.O_CLOEXEC)
            try:
                os.fdatasync(log)
            finally:
                os.close(log)


def open_unit(url: str, secret: str = "") -> Unit:
    """Connect to ``url`` (SQLite or PostgreSQL). SQLite's folder is made when it is missing.

    ``secret`` opens the keys of sealed columns; without the right one they can be neither read nor written.
    What goes into statements is customers' own: errors are logged, so they do not name it.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        patience = {"connect_timeout": 5, "tcp_user_timeout": LOST_MS}
        address = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(address, pool_size=8, hide_parameters=True, connect_args=patience)
        hang_lock(engine, secret)
        _try_the_rested(engine)
        return Unit(engine)
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    arguments = {"timeout": BUSY_MS / 1000, "check_same_thread": False}
    engine = create_engine(parsed, connect_args=arguments, hide_parameters=True)
    _teach_sqlite(engine)
    hang_lock(engine, secret)
    in_memory = parsed.database in (None, "", ":memory:")
    return Unit(engine, None if in_memory else Path(str(parsed.database)))


def _try_the_rested(engine: Engine) -> None:
    """A connection that has rested for a while is tried before it is used: the server may have been restarted.

    To try each one each time (``pool_pre_ping``) is a tenth of what an answer costs.
    """

    @event.listens_for(engine, "checkin")
    def leave(connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["left"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def take(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
        if time.monotonic() - record.info.get("left", time.monotonic()) < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _was_in_the_way(error: IntegrityError | OperationalError) -> bool:
    """Whether a second look may end otherwise."""
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in DEADLOCKED


def _teach_sqlite(engine: Engine) -> None:
    """WAL, foreign keys, and BEGIN IMMEDIATE: a reader that turns writer is what "locks" a database.

    ``synchronous=NORMAL`` because ``Unit.begin`` forces the log to the disk itself, after the lock is released.
    """

    @event.listens_for(engine, "connect")
    def settings(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in (*_SETTINGS, f"busy_timeout={BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def immediate(connection: Connection) -> None:
        reading = connection.get_execution_options().get("tonval_read", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
