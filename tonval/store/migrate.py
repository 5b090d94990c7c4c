"""Bringing a database to the newest schema, by one process at a time."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tonval.store.keyring import exchange, unlock
from tonval.store.ring import WrongSecret
from tonval.store.unit import Unit

log = logging.getLogger(__name__)

REWRITTEN: Final = 9
"""The ``user_version`` of a file that was written anew after migration 0009."""

_LOCK = 7_208_661  # any constant: one advisory lock of PostgreSQL for all migrations of Tonval


def migrate(unit: Unit) -> None:
    """Run every migration that is missing, and open the lock. Others that start at the same moment wait.

    Raises ``ring.WrongSecret``.
    """
    if not is_current(unit):
        _upgrade(unit)
    if unit.engine.dialect.name == "sqlite":
        _rewrite(unit)
    try:
        with unit.read() as tx:
            unlock(tx)
    except WrongSecret as wrong:
        _claim(unit, wrong)


def _upgrade(unit: Unit) -> None:
    with unit.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.detach()  # closed at the end instead of kept for the next: the lock goes with it
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
            connection.commit()
        settings = _settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        connection.commit()


def _rewrite(unit: Unit) -> None:
    """Write SQLite's file anew, once, after what it held was sealed: old pages still had it open.

    The file itself remembers that it was done, so that a process which was killed on the way is made good by the next.
    """
    with closing(unit.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        if cursor.execute("PRAGMA user_version").fetchone()[0] >= REWRITTEN:
            return
        try:
            for step in ("VACUUM", f"PRAGMA user_version={REWRITTEN}", "PRAGMA wal_checkpoint(TRUNCATE)"):
                cursor.execute(step)
        except sqlite3.OperationalError as busy:
            log.warning("the database's file still holds what it was; it is written anew at the next start: %s", busy)


def _claim(unit: Unit, wrong: WrongSecret) -> None:
    """A database that was made without a secret takes the first one it is given. Raises ``wrong`` for any other."""
    try:
        with unit.begin() as tx:
            exchange(tx, "")
    except WrongSecret:
        raise wrong from None


def is_current(unit: Unit) -> bool:
    """Whether the schema is the newest this program knows."""
    head = ScriptDirectory.from_config(_settings()).get_current_head()
    with unit.read() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def _settings() -> Any:
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return settings
