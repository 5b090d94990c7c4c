"""What the numbers are read from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Date, Index, Integer, SmallInteger, String, Table

from tonval.store.tables.columns import metadata, serial

TALLY_KEY = ("agent", "queue", "unit", "survey", "question", "scale", "channel", "language", "day", "score")


def _tally_columns(*, key: bool) -> list[Column[Any]]:
    kinds: dict[str, Any] = {"day": Date, "score": SmallInteger}
    return [Column(name, kinds.get(name, String), primary_key=key, nullable=False) for name in TALLY_KEY]


tally = Table(
    "tally",
    metadata,
    *_tally_columns(key=True),
    Column("n", Integer, nullable=False),
    Index("ix_tally_day_agent", "day", "agent"),
)


tally_deltas = Table(
    "tally_deltas",
    metadata,
    serial(),
    *_tally_columns(key=False),
    Column("n", Integer, nullable=False),
    sqlite_autoincrement=True,
)
