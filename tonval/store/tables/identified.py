"""Who colleagues are to the service that signs them in: one row for each account there that is somebody here."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, String, Table

from tonval.store.tables.columns import Moment, metadata

identities = Table(
    "identities",
    metadata,
    Column("issuer", String, primary_key=True),
    Column("subject", String, primary_key=True),  # OpenID Connect: unique at its issuer, and never given to another
    Column("user", ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
)
