"""What customers spoke on the telephone."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, LargeBinary, String, Table

from tonval.store.tables.columns import Moment, metadata

speeches = Table(
    "speeches",
    metadata,
    Column("id", String, primary_key=True),  # rec_…, made of the leg and its turn: the same recording comes once
    Column("leg", ForeignKey("legs.id"), nullable=False, index=True),
    Column("interview", ForeignKey("interviews.id"), index=True),  # null: it is no part of one
    Column("question", String),
    Column("state", String, nullable=False),  # heard, kept, dropped, expired
    Column("seconds", Float, nullable=False),
    Column("ref", String),  # the provider's name for it, where its sound is still to be fetched
    Column("wav", LargeBinary),  # mono, 16 bit, 8 kHz; null: not here yet, or not any more
    Column("created_at", Moment, nullable=False, index=True),
)
