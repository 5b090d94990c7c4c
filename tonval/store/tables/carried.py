"""What carries messages: each number's pace, what a day has cost, reports that came early, how far we have heard."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from tonval.store.sealed import Sealed
from tonval.store.tables.columns import Moment, metadata, serial

senders = Table(
    "senders",
    metadata,
    Column("sender", Sealed(), primary_key=True),  # the virtual number messages go out from
    Column("free_at", Moment, nullable=False),  # the pace of its segments: when all that was claimed is through
    Column("paused_until", Moment),  # the provider asked for a pause
    Column("throttled", Integer, nullable=False, server_default="0"),  # how much it is strained: fieldwork.pacing
)

spending = Table(
    "spending",
    metadata,
    Column("day", Date, primary_key=True),  # of the centre's own zone
    Column("segments", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),  # 1/10,000 of the centre's currency
)

reports = Table(
    "reports",
    metadata,
    serial(),
    Column("provider", String, nullable=False),
    Column("ref", String, nullable=False),  # a message id of the provider that no message of ours has yet
    Column("state", String, nullable=False),
    Column("sender", Sealed()),
    Column("recipient", Sealed()),
    Column("error", Text),
    Column("at", Moment, nullable=False),
    UniqueConstraint("provider", "ref", "state"),
    Index("ix_reports_at", "at"),
)

listening = Table(
    "listening",
    metadata,
    Column("provider", String, primary_key=True),
    Column("number", String, primary_key=True),  # one of our numbers
    Column("heard_until", Moment, nullable=False),  # everything sent to it before this has been taken in
    Column("asked_at", Moment),  # when the provider's list was last asked for
    Column("quiet_until", Moment),  # after a start nobody is sent anything until it has been listened to, or until this
)

pieces = Table(
    "pieces",
    metadata,
    Column("provider", String, primary_key=True),
    Column("sender", Sealed(), primary_key=True),
    Column("recipient", Sealed(), primary_key=True),
    Column("reference", Integer, primary_key=True),  # the number all parts of a long message share
    Column("place", SmallInteger, primary_key=True),  # from 1
    Column("parts", SmallInteger, primary_key=True),
    Column("coding", SmallInteger, nullable=False),  # data_coding of the part
    Column("body", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_pieces_at", "at"),
)
"""Parts of long messages that have come in and still wait for the others."""

message_parts = Table(
    "message_parts",
    metadata,
    Column("provider", String, primary_key=True),
    Column("ref", String, primary_key=True),  # the provider's id of this part
    Column("message", ForeignKey("messages.id"), nullable=False, index=True),
    Column("state", String, nullable=False),
    Column("error", Text),
)
"""How far the parts of our long messages have come, where the provider knows each part by an id of its own."""
