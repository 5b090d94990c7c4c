"""Bringing a database to the newest schema, by one process at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tonval.store.keyring import exchange, unlock
from tonval.store.ring import WrongSecret
from tonval.store.unit import Unit

_LOCK = 7_208_661  # any constant: one advisory lock of PostgreSQL for all migrations of Tonval


def migrate(unit: Unit) -> None:
    """Run every migration that is missing, and open the lock. Others that start at the same moment wait.

    Raises ``ring.WrongSecret``.
    """
    if not is_current(unit):
        _upgrade(unit)
    try:
        with unit.read() as tx:
            unlock(tx)
    except WrongSecret as wrong:
        _claim(unit, wrong)


def _upgrade(unit: Unit) -> None:
    with unit.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
            connection.commit()
        overwriting = connection.dialect.name == "sqlite"
        if overwriting:  # what is sealed now is not to be found in the file as it was
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
            connection.commit()
        settings = _settings()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        connection.commit()
        if overwriting:
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


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
