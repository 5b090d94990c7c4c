"""Calls of ours to customers who hung up before they could be asked."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from tonval.store.sealed import Sealed
from tonval.store.tables.columns import Moment, metadata, where

dials = Table(
    "dials",
    metadata,
    Column("id", String, primary_key=True),  # dial_…: the attempt, known before the provider is called
    Column("invitation", ForeignKey("invitations.id"), nullable=False),
    Column("attempt", Integer, nullable=False),  # from 1
    Column("queue", String, nullable=False),
    Column("number", Sealed(), nullable=False),
    Column("state", String, nullable=False),  # fieldwork.ringing.State
    Column("provider", String),  # sip, twilio; null until it is claimed
    Column("ref", String),  # the provider's call id
    Column("why", Text),  # a sentence for people, where there is something to say
    Column("tries", Integer, nullable=False, server_default=text("0")),  # how often a provider was asked to place it
    Column("due_at", Moment, nullable=False),
    Column("claimed_at", Moment),
    Column("ended_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("invitation", "attempt"),
    UniqueConstraint("provider", "ref"),
    Index("ix_dials_created_at", "created_at"),
    Index("ix_dials_number", "number"),
    Index("ix_dials_waiting", "due_at", **where("state = 'waiting'")),
    Index("ix_dials_claimed", "queue", "claimed_at", **where("claimed_at IS NOT NULL")),
    Index(
        "uq_dials_under_way",
        "number",
        unique=True,
        **where("state IN ('dialling', 'unknown', 'placed', 'answered')"),
    ),
)
"""One row for each attempt. No number is rung twice at once: the index of those under way is unique."""
