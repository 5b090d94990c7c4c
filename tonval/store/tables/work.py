"""What is still to be done, and what somebody must be told."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from tonval.store.tables.columns import Moment, metadata, serial, where

outbox = Table(
    "outbox",
    metadata,
    serial(),
    Column("kind", String, nullable=False),  # invite, follow_up, mail
    Column("ref", String, nullable=False),  # what it is about: the invitation, interview or alert
    Column("state", String, nullable=False),  # waiting, claimed, done, dead
    Column("due_at", Moment, nullable=False),
    Column("attempt", String),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("claimed_at", Moment),
    Column("detail", Text),
    Column("payload", JSON),
    UniqueConstraint("kind", "ref"),
    CheckConstraint("state IN ('waiting', 'claimed', 'done', 'dead')", name="state"),
    Index("ix_outbox_open", "kind", "due_at", **where("state IN ('waiting', 'claimed')")),
)


alerts = Table(
    "alerts",
    metadata,
    Column("id", String, primary_key=True),
    Column("rule", String, nullable=False),
    Column("interview", ForeignKey("interviews.id"), nullable=False),
    Column("question", String, nullable=False),
    Column("value", SmallInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("rule", "interview"),
    Index("ix_alerts_created_at", "created_at"),
)
