"""Lists that go on: newest first, and a cursor that says where the next page starts whatever was added meanwhile."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, or_

Row = TypeVar("Row")
LONGEST: Final = 200


class BadCursor(ValueError):
    """A cursor that this house did not give out."""


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, newest first; ``next`` is the cursor of the page after, ``None`` on the last."""

    rows: tuple[Row, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """Newest first by a time, and by an id where times are equal."""

    at: ColumnElement[Any]
    id: ColumnElement[Any]

    def page(self, query: Select[Any], cursor: str | None, limit: int) -> Select[Any]:
        """``query`` from the cursor on, one row more than ``limit`` so that the last page knows it is."""
        if cursor is not None:
            at, last = _read(cursor, self.id.type.python_type)
            # The first condition follows from the second; it is the one an index can begin at.
            query = query.where(self.at <= at, or_(self.at < at, self.id < last))
        return query.order_by(self.at.desc(), self.id.desc()).limit(limit + 1)


def cut(rows: Sequence[Any], limit: int, at: str, key: str) -> tuple[Sequence[Any], str | None]:
    """The rows of the page, and the cursor after them; ``at`` and ``key`` name the columns of the order."""
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]._mapping
    return rows[:limit], _written(last[at], last[key])


def _written(at: datetime, key: str | int) -> str:
    return urlsafe_b64encode(json.dumps([at.isoformat(), key]).encode()).decode().rstrip("=")


def _read(cursor: str, kind: type) -> tuple[datetime, Any]:
    """The time and id of a cursor. Raises ``BadCursor``."""
    try:
        at, key = json.loads(urlsafe_b64decode(cursor[:LONGEST] + "=" * (-len(cursor) % 4)))
        moment = datetime.fromisoformat(at)
    except (ValueError, TypeError):
        raise BadCursor("this cursor was not given out here") from None
    if moment.tzinfo is None or not isinstance(key, str | int) or type(key) is not kind or not _storable(key):
        raise BadCursor("this cursor was not given out here")
    return moment, key


def _storable(key: str | int) -> bool:
    """Whether a database can hold the id at all."""
    return key.isprintable() if isinstance(key, str) else abs(key) < 2**63
