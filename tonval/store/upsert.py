"""``INSERT … ON CONFLICT`` as both databases speak it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert(tx: Connection, table: Table) -> Any:
    """An insert with ``on_conflict_do_nothing`` and ``on_conflict_do_update`` for the connection's database.

    ``rowcount`` holds on both: without ``preserve_rowcount`` PostgreSQL's is -1 once an insert's cursor is closed.
    """
    dialect = postgresql if tx.dialect.name == "postgresql" else sqlite
    return dialect.insert(table).execution_options(preserve_rowcount=True)


def insert_new(tx: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Insert unless a row with the same key stands; tells whether it did."""
    return bool(tx.execute(insert(tx, table).values(row).on_conflict_do_nothing()).rowcount == 1)
