"""What is made in the browser: surveys with their drafts, which queue uses which, and their pictures."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from tonval.store.sealed import Sealed
from tonval.store.tables.columns import Moment, metadata

surveys = Table(
    "surveys",
    metadata,
    Column("id", String, primary_key=True),
    Column("draft", Text),  # YAML as surveys.writer writes it; null: nothing has been changed since it was published
    Column("revision", Integer, nullable=False),  # counts the changes of the draft: who saves must have seen the last
    Column("version", Integer),  # the version in force, null: none has been published
    Column("archived_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("author", String),  # who changed it last
)


assignments = Table(
    "assignments",
    metadata,
    Column("queue", String, primary_key=True),  # empty: for every queue that has no other
    Column("template", String, primary_key=True),  # a ticket's template; empty: whatever the template
    Column("survey", String, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("author", String),
)


pictures = Table(
    "pictures",
    metadata,
    Column("digest", String, primary_key=True),  # SHA-256 of the bytes
    Column("type", String, nullable=False),  # image/png, image/jpeg, image/webp
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
)


revisions = Table(
    "revisions",
    metadata,
    Column("name", String, primary_key=True),  # surveys: counts what was published, assigned or archived
    Column("n", Integer, nullable=False),
)


call_backs = Table(
    "call_backs",
    metadata,
    Column("id", String, primary_key=True),
    Column("interview", ForeignKey("interviews.id"), nullable=False, unique=True),
    Column("question", String, nullable=False),
    Column("contact", ForeignKey("contacts.id")),
    Column("phone", Sealed(), nullable=False),
    Column("opens_at", Moment, nullable=False),  # the slot that was promised
    Column("closes_at", Moment, nullable=False),
    Column("queue", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("state", String, nullable=False),
    Column("note", Text),
    Column("author", String),  # who called, or noted that nobody answered
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    CheckConstraint("state IN ('planned', 'done', 'missed', 'withdrawn')", name="state"),
    Index("ix_call_backs_state_opens_at", "state", "opens_at"),
    Index("ix_call_backs_contact", "contact"),
    Index("ix_call_backs_phone", "phone"),
)


call_back_slots = Table(
    "call_back_slots",
    metadata,
    Column("queue", String, primary_key=True),
    Column("opens_at", Moment, primary_key=True),
    Column("taken", Integer, nullable=False),
)
