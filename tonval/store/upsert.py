"""``INSERT … ON CONFLICT`` as both databases speak it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(tx: Connection, table: Table) -> Any:
    """An insert with ``on_conflict_do_nothing`` and ``on_conflict_do_update`` for the connection's database.

    ``rowcount`` holds on both: without ``preserve_rowcount`` PostgreSQL's is -1 once an insert's cursor is closed.
    """
    return _insert(tx.dialect.name, table)


def insert_new(tx: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert unless a row with the same key stands; tells whether it did."""
    return bool(tx.execute(_insert_new(tx.dialect.name, table), row).rowcount == 1)


@lru_cache(maxsize=256)
def _insert_new(dialect: str, table: Table) -> Any:
    """Made once: a statement that is used again costs a quarter of one that is built again."""
    return _insert(dialect, table).on_conflict_do_nothing()


def _insert(dialect: str, table: Table) -> Any:
    language = postgresql if dialect == "postgresql" else sqlite
    return language.insert(table).execution_options(preserve_rowcount=True)
