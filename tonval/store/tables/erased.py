"""Who has been forgotten, as far as that must be remembered: never by an address, only by its keyed hash."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table

from tonval.store.sealed import SealedJSON
from tonval.store.tables.columns import Moment, metadata

suppressions = Table(
    "suppressions",
    metadata,
    Column("digest", String, primary_key=True),  # store.keyring.lookup of an address
    Column("kind", String, primary_key=True),  # opted_out, blocked, asked
    Column("channel", String, primary_key=True),  # sms, …, or * for all
    Column("asked", JSON),  # of the kind asked: scope to epoch seconds, as in caps
    Column("created_at", Moment, nullable=False),
    Column("until", Moment),  # from then on it says nothing; null: for ever
    Index("ix_suppressions_until", "until"),
)
"""What still keeps an erased person from being asked, should anybody report her again."""

erasures = Table(
    "erasures",
    metadata,
    Column("id", String, primary_key=True),  # era_…, the number of the receipt
    Column("at", Moment, nullable=False),
    Column("actor", String, nullable=False),
    Column("name", String, nullable=False),  # what the actor was called then
    Column("digests", JSON, nullable=False),  # of every address of the person: a restored backup is searched for them
    Column("receipt", JSON, nullable=False),  # privacy.receipts
    Index("ix_erasures_at", "at"),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("name", String, primary_key=True),  # a class of data: privacy.terms
    Column("until", Moment, nullable=False),  # what is older has been forgotten
    Column("swept_at", Moment, nullable=False),
)
"""How far each class of data has been forgotten by its age."""

searches = Table(
    "searches",
    metadata,
    Column("erasure", String, primary_key=True),  # the number of the receipt
    Column("addresses", SealedJSON(), nullable=False),  # of whom is looked for; the row is gone when she is found
    Column("place", Integer, nullable=False),  # privacy.mentions: which texts are being read
    Column("after", String, nullable=False),  # the last one that was read; "": none yet
    Column("read", Integer, nullable=False),  # texts so far
    Column("hidden", Integer, nullable=False),  # texts so far that named her
    Column("created_at", Moment, nullable=False),
)
"""Texts of other customers that are still being read for whoever was erased."""
