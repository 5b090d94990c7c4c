"""What a database still has on the disk of rows that were changed or deleted.

SQLite overwrites them (``unit``), but not in its log; PostgreSQL keeps them until its autovacuum has been there.
"""

from __future__ import annotations

from contextlib import closing

from tonval.store.unit import Unit


def empty_log(unit: Unit) -> bool:
    """Take SQLite's write-ahead log into the database and empty it; ``False`` where a reader stood in the way."""
    if unit.engine.dialect.name != "sqlite":
        return True
    with closing(unit.engine.raw_connection()) as connection:
        busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def rewrite(unit: Unit) -> None:
    """Write the whole database anew without what was deleted or changed in it: a while where it is large."""
    if unit.engine.dialect.name != "sqlite":
        return  # autovacuum gives the room of old rows to new ones
    with closing(unit.engine.raw_connection()) as connection:
        connection.cursor().execute("VACUUM")
    empty_log(unit)
