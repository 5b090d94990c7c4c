"""The one unit of work: every transaction of the house begins here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url

BUSY_MS = 10_000


class Unit:
    """Opens transactions on one database. ``begin`` writes, ``read`` only looks."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One writing transaction: committed at the end of the block, rolled back on any error."""
        with self.engine.begin() as tx:
            yield tx

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction, always rolled back; on SQLite it takes no write lock."""
        with self.engine.connect() as connection:
            reader = connection.execution_options(tonval_read=True)
            yield reader
            reader.rollback()


def open_unit(url: str) -> Unit:
    """Connect to ``url`` (SQLite or PostgreSQL). SQLite's folder is made when it is missing."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return Unit(create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=8))
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False})
    _teach_sqlite(engine)
    return Unit(engine)


def _teach_sqlite(engine: Engine) -> None:
    """WAL, full sync, foreign keys, and BEGIN IMMEDIATE: a reader that turns writer is what "locks" a database."""

    @event.listens_for(engine, "connect")
    def settings(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def immediate(connection: Connection) -> None:
        reading = connection.get_execution_options().get("tonval_read", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
