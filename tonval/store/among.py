"""``IN`` with a list of any length as one parameter, so that the statement is built, sent and planned once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, any_, bindparam, func, select

from tonval.store.sealed import Several


def among(dialect: str, column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """SQL: whether ``column`` is one of the texts that ``listed`` puts into the parameter ``name``.

    An array on PostgreSQL, JSON on SQLite (sqlite.org/json1.html, json_each); both use an index on ``column``.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(column.type)))
    return column.in_(select(func.json_each(bindparam(name, type_=Several(column.type))).table_valued("value").c.value))


def listed(tx: Connection, texts: Collection[str]) -> Any:
    """``texts`` as the parameter of ``among``."""
    return list(texts)


def one_of(tx: Connection, column: ColumnElement[Any], texts: Collection[Any]) -> ColumnElement[bool]:
    """The same with its list in it, for statements that are built as they are needed."""
    if tx.dialect.name == "postgresql":
        return column == any_(bindparam(None, list(texts), type_=ARRAY(column.type), unique=True))
    some = bindparam(None, list(texts), type_=Several(column.type), unique=True)
    return column.in_(select(func.json_each(some).table_valued("value").c.value))
