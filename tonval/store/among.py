"""``IN`` with a list of any length as one parameter, so that the statement is built, sent and planned once."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Connection, String, any_, bindparam, func, select


def among(dialect: str, column: ColumnElement[str], name: str) -> ColumnElement[bool]:
    """SQL: whether ``column`` is one of the texts that ``listed`` puts into the parameter ``name``.

    An array on PostgreSQL, JSON on SQLite (sqlite.org/json1.html, json_each); both use an index on ``column``.
    """
    if dialect == "postgresql":
        return column == any_(bindparam(name, type_=ARRAY(String)))
    return column.in_(select(func.json_each(bindparam(name, type_=String)).table_valued("value").c.value))


def listed(tx: Connection, texts: Collection[str]) -> Any:
    """``texts`` as the parameter of ``among``."""
    return list(texts) if tx.dialect.name == "postgresql" else json.dumps(list(texts))
