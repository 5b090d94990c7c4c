"""PostgreSQL databases lent to one test after another: emptying one takes a tenth of what copying the schema takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from sqlalchemy import make_url

from tests.drivers.postgres import Server
from tests.waiting import wait_until
from tonval.store.tables import metadata

MOST = 8 * 2**20
"""Octets in the tables above which a database is thrown away: what was deleted still takes room."""

_TABLES = tuple(table.name for table in metadata.sorted_tables)
_FILLED = " UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in _TABLES)
_COUNTED = "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
_SIZE = "SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_SHAPE = """
SELECT md5(string_agg(concat_ws(' ', c.relname, a.attname, a.atttypid, a.attnotnull), ',' ORDER BY c.relname, a.attnum))
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
"""
_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@dataclass(slots=True)
class Shelf:
    """Copies of ``template`` on ``server``, empty and with their sequences at the start whenever one is lent."""

    server: Server
    template: str
    _free: list[_Copy] = field(default_factory=list)

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The URL of an empty database with the schema, for the block; a test that spoilt it is its last one."""
        copy = self._free.pop() if self._free else _Copy.of(self.server.fresh(self.template))
        yield copy.url
        if copy.emptied():
            self._free.append(copy)
        else:
            copy.connection.close()

    def close(self) -> None:
        """Hang up."""
        while self._free:
            self._free.pop().connection.close()


@dataclass(frozen=True, slots=True)
class _Copy:
    """One copy, with a connection that may pass over foreign keys, and what it was like: shape, and tables with rows.

    Those rows, which the migrations have written, are kept beside.
    """

    url: str
    connection: psycopg.Connection
    shape: str
    written: frozenset[str]

    @classmethod
    def of(cls, url: str) -> _Copy:
        made = make_url(url)
        at = psycopg.connect(host=str(made.query["host"]), user="tonval", dbname=made.database, autocommit=True)
        at.execute("SET session_replication_role = replica")
        written = frozenset(row[0] for row in at.execute(_FILLED))
        at.execute("; ".join(["CREATE SCHEMA kept", *(f'CREATE TABLE kept."{t}" AS TABLE "{t}"' for t in written)]))
        return cls(url, at, _one(at, _SHAPE), written)

    def emptied(self) -> bool:
        """Empty it; ``False`` when it is still in use, lost its connection, or is not what it was."""
        try:
            return self._is_left() and self._is_as_before() and self._empty()
        except psycopg.Error:
            return False

    def _is_left(self) -> bool:
        """Whether everybody else has gone; who has just hung up takes the server a moment."""
        try:
            wait_until(lambda: _one(self.connection, _OTHERS) == 0, 0.5, every=0.005)
        except AssertionError:
            return False
        return True

    def _is_as_before(self) -> bool:
        return bool(_one(self.connection, _SHAPE) == self.shape and _one(self.connection, _SIZE) <= MOST)

    def _empty(self) -> bool:
        filled = {row[0] for row in self.connection.execute(_FILLED)} | self.written
        counted = [row[0] for row in self.connection.execute(_COUNTED)]
        steps = [f'DELETE FROM "{name}"' for name in filled]
        steps += [f'INSERT INTO "{name}" OVERRIDING SYSTEM VALUE TABLE kept."{name}"' for name in self.written]
        steps += [f'ALTER SEQUENCE "{name}" RESTART' for name in counted]
        self.connection.execute("; ".join(steps))
        return True


def _one(connection: psycopg.Connection, query: str):  # type: ignore[no-untyped-def]
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]
