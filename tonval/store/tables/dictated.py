"""Prompts that are spoken into a telephone: who may, for which prompt, and what became of it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from tonval.store.tables.columns import Moment, metadata

dictations = Table(
    "dictations",
    metadata,
    Column("id", String, primary_key=True),
    Column("digest", String, nullable=False),  # HMAC of the PIN with the installation's secret
    Column("user", ForeignKey("users.id"), nullable=False),
    Column("survey", String, nullable=False),  # as in prompts: whose prompt it is
    Column("slot", String, nullable=False),
    Column("language", String, nullable=False),
    Column("state", String, nullable=False),  # waiting (for the call), calling, kept, taken, refused
    Column("speech", String),  # what was kept
    Column("fault", Text),  # why it was refused, for people
    Column("version", Integer),  # of the prompt that it became
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Index("ix_dictations_digest_expires_at", "digest", "expires_at"),
    Index("ix_dictations_survey_slot_language", "survey", "slot", "language"),
)
