"""What is set up in the browser beneath queues.yaml, and what opens the doors of providers, sealed."""

from __future__ import annotations

from sqlalchemy import JSON, Column, String, Table

from tonval.store.sealed import SealedText
from tonval.store.tables.columns import Moment, metadata

configured = Table(
    "configured",
    metadata,
    Column("path", String, primary_key=True),  # queues/support, numbers/+46…, brand: as queues.yaml names it
    Column("body", JSON, nullable=False),  # what would stand there in the file
    Column("changed_at", Moment, nullable=False),
    Column("author", String),
)


secrets = Table(
    "secrets",
    metadata,
    Column("name", String, primary_key=True),  # a provider: twilio, smpp, mail, trunk
    Column("sealed", SealedText("provider"), nullable=False),  # what its form was filled in with, as JSON
    Column("changed_at", Moment, nullable=False),
    Column("author", String),
)
