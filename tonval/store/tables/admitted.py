"""How people come in: what they are signed in by, one-time links, second factors, and how often somebody tried."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from tonval.store.tables.columns import Moment, metadata

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("digest", String, primary_key=True),  # SHA-256 of what the cookie holds
    Column("user", ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("device", String, nullable=False),  # in words: Firefox on Windows
    Column("ended_at", Moment),
)

admissions = Table(
    "admissions",
    metadata,
    Column("id", String, primary_key=True),
    Column("digest", String, nullable=False, unique=True),  # SHA-256 of the token
    Column("user", ForeignKey("users.id"), nullable=False, index=True),
    Column("purpose", String, nullable=False),  # fieldwork.admissions
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment),
)
"""What is good once: the link of an invitation or for a new password, and the step from password to code."""

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user", ForeignKey("users.id"), primary_key=True),
    Column("digest", String, primary_key=True),  # HMAC with the installation's secret
    Column("used_at", Moment),
)

tries = Table(
    "tries",
    metadata,
    Column("key", String, primary_key=True),  # HMAC of what is tried: an account, an address, a device
    Column("times", JSON, nullable=False),  # seconds since 1970 of each within the limit's window
    Column("until", Integer, nullable=False),  # from then on the row says nothing
    Index("ix_tries_until", "until"),
)
