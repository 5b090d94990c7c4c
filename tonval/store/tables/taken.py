"""Callers whom an agent has taken, while they talk."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from tonval.store.tables.columns import Moment, metadata

taken_calls = Table(
    "taken_calls",
    metadata,
    Column("leg", String, primary_key=True),  # the caller's; the row is gone when they have talked
    Column("agent", String, nullable=False),
    Column("at", Moment, nullable=False),
)
