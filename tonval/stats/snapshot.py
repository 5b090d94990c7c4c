"""One consistent look at tally, deltas and events, and the one writer of the tally at a time.

SQLite gives both by itself: a reader sees one state, and BEGIN IMMEDIATE lets in one writer.
"""

from __future__ import annotations

from sqlalchemy import Connection

SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"


def freeze(connection: Connection) -> None:
    """Let every later statement of this transaction see the same state. Must be its first statement."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(SNAPSHOT)


def hold_tally(tx: Connection) -> None:
    """Be the only one who moves counts about, then freeze. Must be the transaction's first statement.

    PostgreSQL takes the snapshot at the first query, and LOCK is none: the state seen is from after the wait. Deltas
    may still be inserted meanwhile; they are outside the snapshot whatever their id, and are left for the next time.
    """
    if tx.dialect.name == "postgresql":
        tx.exec_driver_sql(SNAPSHOT)
        tx.exec_driver_sql("LOCK TABLE tally IN SHARE ROW EXCLUSIVE MODE")
