"""A worker process whose only duty is to take rows of a small SQLite table: `working.py REDIS_URL DATABASE PATROL`.

``PATROL`` is ``patrol``, or ``none`` for a worker that goes by the bell alone.
"""

from __future__ import annotations

import sqlite3
import sys
from datetime import timedelta

from tonval.workers.worker import run_worker

TABLE = "CREATE TABLE work (id INTEGER PRIMARY KEY, due REAL NOT NULL DEFAULT (julianday('now') * 86400), done INTEGER)"


def take(limit: int) -> int:
    """Mark due rows done, each exactly once, whoever else is at it."""
    with sqlite3.connect(database, timeout=10, isolation_level=None) as connection:
        taken = connection.execute(
            "UPDATE work SET done = coalesce(done, 0) + 1 WHERE id IN"
            " (SELECT id FROM work WHERE done IS NULL AND due <= julianday('now') * 86400 LIMIT ?)",
            (limit,),
        )
        return taken.rowcount


def overdue(patience: timedelta) -> frozenset[str]:
    """The one kind, when a row has waited longer than ``patience``."""
    if patrol == "none":
        return frozenset()
    with sqlite3.connect(database, timeout=10) as connection:
        late = connection.execute(
            "SELECT count(*) FROM work WHERE done IS NULL AND due <= julianday('now') * 86400 - ?",
            (patience.total_seconds(),),
        )
        return frozenset({"work"}) if late.fetchone()[0] else frozenset()


if __name__ == "__main__":
    url, database, patrol = sys.argv[1:]
    run_worker(url, {"work": take}, overdue)
