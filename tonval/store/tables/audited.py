"""Who changed what, and who looked at whom: written with the deed itself, never changed, each entry sealed."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from tonval.store.tables.columns import Moment, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 …: a missing one shows
    Column("at", Moment, nullable=False),
    Column("actor", String, nullable=False),  # usr_…, key_…, or a part of the house such as "console"
    Column("name", String, nullable=False),  # what the actor was called then
    Column("action", String, nullable=False),  # answer.corrected, user.added …
    Column("kind", String, nullable=False),  # what it was done to: interview, user …
    Column("ref", String, nullable=False),
    Column("detail", JSON, nullable=False),
    Column("seal", String, nullable=False),  # HMAC-SHA256 over this entry and the seal before it, in hexadecimal
    Index("ix_audit_at", "at"),
    Index("ix_audit_kind_ref", "kind", "ref"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("id", Integer, nullable=False),  # of the newest entry
    Column("seal", String, nullable=False),
    CheckConstraint("one = 1", name="one"),
)
"""The end of the chain: locked by who adds to it, so that entries cut off at the end are missed."""

reasons = Table(
    "reasons",
    metadata,
    Column("entry", Integer, primary_key=True, autoincrement=False),  # of the audit log, which has the digest alone
    Column("interview", ForeignKey("interviews.id"), nullable=False, index=True),
    Column("salt", String, nullable=False),  # without it the digest leads back to no words
    Column("words", Text, nullable=False),  # what somebody typed about a customer
)
"""Why answers were put right: beside the log, which cannot forget, so that the words can be erased."""
