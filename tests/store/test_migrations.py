"""The migrations and the tables tell the same story."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tonval.store.migrate import is_current, migrate
from tonval.store.tables import metadata
from tonval.store.unit import Unit


def test_a_migrated_database_has_just_the_tables_of_today(unit: Unit) -> None:
    with unit.read() as tx:
        assert compare_metadata(MigrationContext.configure(tx), metadata) == []


def test_migrating_twice_changes_nothing(unit: Unit) -> None:
    migrate(unit)
    assert is_current(unit)
