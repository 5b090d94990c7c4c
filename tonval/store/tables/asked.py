"""Who is asked and who is not: contacts, interactions, invitations, and what forbids asking."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from tonval.store.sealed import OF_MANY, Sealed, SealedJSON
from tonval.store.tables.columns import Moment, metadata, serial, where

contacts = Table(
    "contacts",
    metadata,
    Column("id", String, primary_key=True),
    Column("phone", Sealed(), unique=True),
    Column("email", Sealed(), unique=True),
    Column("name", String),
    Column("language", String),
    Column("tier", String),
    Column("attributes", SealedJSON(), nullable=False),  # whatever the centre tells of her
    Column("unit", String),
    Column("zone", String),  # IANA, where somebody said; else it is read from the number
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),  # when anything was last heard of or from the person
)


interactions = Table(
    "interactions",
    metadata,
    serial(),
    Column("kind", String, nullable=False),
    Column("ref", String, nullable=False),  # the reporting system's own id
    Column("queue", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("contact", ForeignKey("contacts.id")),
    Column("ticket", String),  # what several interactions may have in common: asked about once
    Column("created_at", Moment, nullable=False),
    Column("reported_at", Moment),  # null while only a call has mentioned it
    Column("ended_at", Moment),
    Column("report", SealedJSON(("customer",))),
    Column("decision", SealedJSON(("detail", "facts"))),
    Column("disposition", String, nullable=False),
    Column("rule", String),  # what kept the customer from being asked; null for the others
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("kind", "ref"),
    Index("ix_interactions_created_at", "created_at"),
    Index("ix_interactions_reported_at", "reported_at"),
    Index("ix_interactions_contact", "contact"),
    Index("ix_interactions_ticket", "ticket", **where("ticket IS NOT NULL")),
)


invitations = Table(
    "invitations",
    metadata,
    Column("id", String, primary_key=True),
    Column("interaction", ForeignKey("interactions.id"), unique=True),
    Column("contact", ForeignKey("contacts.id")),
    Column("address", Sealed()),
    Column("channel", String, nullable=False),
    Column("survey", String, nullable=False),
    Column("queue", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("language", String),
    Column("sender", String),
    Column("ways", SealedJSON()),  # the channels that are left when this one fails: [{channel, address, sender}, …]
    Column("state", String, nullable=False),  # waiting, asked, dropped
    Column("settled_at", Moment),  # when she was asked by a message, or the invitation was dropped
    Column("due_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("state IN ('waiting', 'asked', 'dropped')", name="state"),
    Index("ix_invitations_address", "address", **where("address IS NOT NULL")),
    Index("ix_invitations_contact", "contact", **where("contact IS NOT NULL")),
    Index("ix_invitations_waiting_keypad", "created_at", **where("state = 'waiting' AND channel = 'keypad'")),
)


caps = Table(
    "caps",
    metadata,
    Column("person", String, primary_key=True),  # the contact
    Column("asked", JSON().with_variant(JSONB, "postgresql"), nullable=False),  # scope to epoch seconds: deciding.caps
    Column("claim", String, nullable=False),  # the invitation that holds the place
)

quotas = Table(
    "quotas",
    metadata,
    Column("queue", String, primary_key=True),
    Column("agent", String, primary_key=True),
    Column("day", Date, primary_key=True),  # in the centre's zone
    Column("n", Integer, nullable=False),
)

blocklist = Table(
    "blocklist",
    metadata,
    Column("pattern", Sealed(readable=OF_MANY), primary_key=True),  # an address, +4670* or *@example.com: refusals
    Column("channel", String, primary_key=True),  # sms, …, or * for all
    Column("reason", String, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("author", String),
    Index("ix_blocklist_created_at", "created_at", "pattern", "channel"),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("address", Sealed(), primary_key=True),
    Column("channel", String, primary_key=True),  # sms, …, or * for all
    Column("created_at", Moment, nullable=False),
    Column("source", String, nullable=False),  # message, provider, page, file, api, …
    Column("author", String),  # who noted it, where somebody did
    Index("ix_opt_outs_created_at", "created_at", "address", "channel"),
)
