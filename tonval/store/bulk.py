"""Many rows in one statement, as each database likes it best.

PostgreSQL gets all rows as one JSON parameter (its manual, ``jsonb_to_recordset``): a parameter for every value costs
more in the driver than the insert costs in the server. SQLite takes them one by one, prepared once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, Table, insert, text
from sqlalchemy.dialects import postgresql

from tonval.store.sealed import Sealed, SealedJSON

FEW: Final = 8
"""Up to so many rows the usual insert is the faster one."""

_POSTGRESQL: Final = postgresql.dialect()  # type: ignore[no-untyped-call]


def insert_all(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows``, which all have the same columns."""
    if len(rows) > FEW and tx.dialect.name == "postgresql":
        tx.execute(_from_json(table, tuple(rows[0]), ()), {"rows": _as_json(tx, table, rows)})
    elif rows:
        tx.execute(_insert(table), list(rows))


def insert_returning(
    tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]], columns: tuple[Column[Any], ...]
) -> Sequence[Row[Any]]:
    """The same, and what the database has made of ``columns``, in no order that could be relied on."""
    if len(rows) > FEW and tx.dialect.name == "postgresql":
        names = tuple(column.name for column in columns)
        return tx.execute(_from_json(table, tuple(rows[0]), names), {"rows": _as_json(tx, table, rows)}).all()
    return tx.execute(_insert_returning(table, columns), list(rows)).all() if rows else ()


@lru_cache(maxsize=64)
def _insert(table: Table) -> Any:
    return insert(table)


@lru_cache(maxsize=64)
def _insert_returning(table: Table, columns: tuple[Column[Any], ...]) -> Any:
    return insert(table).returning(*columns)


@lru_cache(maxsize=64)
def _from_json(table: Table, names: tuple[str, ...], returned: tuple[str, ...]) -> Any:
    """Names and types come from our own tables, never from outside."""
    columns = ", ".join(f'"{name}"' for name in names)
    types = ", ".join(f'"{name}" {table.c[name].type.compile(_POSTGRESQL)}' for name in names)
    source = f"SELECT {columns} FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given({types})"  # noqa: S608
    told = f" RETURNING {', '.join(returned)}" if returned else ""
    return text(f"INSERT INTO {table.name} ({columns}) {source}{told}")


def _as_json(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> str:
    """What the columns' types do on the way to the database is done here, for the database gets one text."""
    kinds = {name: kind for name, kind in _sealed(table).items() if name in rows[0]}
    if kinds:
        rows = [{**row, **{name: kind.seal(row[name], tx.dialect) for name, kind in kinds.items()}} for row in rows]
    return json.dumps(rows, default=_plain)


@lru_cache(maxsize=64)
def _sealed(table: Table) -> dict[str, Sealed | SealedJSON]:
    return {each.name: each.type for each in table.c if isinstance(each.type, (Sealed, SealedJSON))}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the database")
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is nothing a database keeps")
