"""The keys that sealed columns are written with."""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, Table

from tonval.store.tables.columns import Moment, metadata

keyring = Table(
    "keyring",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1: what stands between t and : of a sealed text
    Column("salt", LargeBinary, nullable=False),  # of the key that wraps, which is derived from TONVAL_SECRET_KEY
    Column("wrapped", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("wrapped_at", Moment, nullable=False),
)
