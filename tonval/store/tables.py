"""Every table. Times are aware UTC datetimes; ids with a prefix (``inv_``, ``itv_``) are made by the caller."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; SQLite has no time zones of its own."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def _where(condition: str) -> dict[str, Any]:
    """An index of some rows only."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def _serial() -> Column[Any]:
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


configs = Table(
    "configs",
    metadata,
    Column("id", String, primary_key=True),  # the first 12 hex digits of the file's SHA-256
    Column("document", Text, nullable=False),
    Column("loaded_at", Moment, nullable=False),
)

survey_versions = Table(
    "survey_versions",
    metadata,
    Column("survey", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", String, nullable=False),
    Column("form", JSON, nullable=False),
    Column("origin", String, nullable=False),  # file
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("survey", "digest"),
)

units = Table(
    "units",
    metadata,
    Column("path", String, primary_key=True),  # se/sthlm: every ancestor is a prefix
    Column("name", String, nullable=False),
)

agents = Table(
    "agents",
    metadata,
    Column("id", String, primary_key=True),  # as the PBX names them; "unknown" when nobody said
    Column("name", String, nullable=False),
    Column("unit", String, nullable=False, server_default=""),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", String, primary_key=True),
    Column("phone", String, unique=True),
    Column("email", String, unique=True),
    Column("name", String),
    Column("language", String),
    Column("tier", String),
    Column("attributes", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
)

interactions = Table(
    "interactions",
    metadata,
    _serial(),
    Column("kind", String, nullable=False),
    Column("ref", String, nullable=False),  # the reporting system's own id
    Column("queue", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("contact", ForeignKey("contacts.id")),
    Column("reported_at", Moment),  # null while only a call has mentioned it
    Column("ended_at", Moment),
    Column("report", JSON),
    Column("decision", JSON),
    Column("disposition", String, nullable=False),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("kind", "ref"),
    Index("ix_interactions_reported_at", "reported_at"),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", String, primary_key=True),
    Column("interaction", ForeignKey("interactions.id"), unique=True),
    Column("contact", ForeignKey("contacts.id")),
    Column("address", String),
    Column("channel", String, nullable=False),
    Column("survey", String, nullable=False),
    Column("queue", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("language", String),
    Column("sender", String),
    Column("state", String, nullable=False),  # waiting, asked, dropped
    Column("due_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("state IN ('waiting', 'asked', 'dropped')", name="state"),
    Index("ix_invitations_waiting_address", "address", **_where("state = 'waiting'")),
)

interviews = Table(
    "interviews",
    metadata,
    Column("id", String, primary_key=True),  # itv_…; the same id with res_ names the response
    Column("survey", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("channel", String, nullable=False),
    Column("queue", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("unit", String, nullable=False),
    Column("language", String, nullable=False),
    Column("interaction", ForeignKey("interactions.id"), index=True),
    Column("contact", ForeignKey("contacts.id"), index=True),
    Column("invitation", ForeignKey("invitations.id"), unique=True),
    Column("thread", String),  # "customer>virtual number" of an SMS interview
    Column("state", JSON, nullable=False),  # surveys.record: the machine's Interview
    Column("seq", Integer, nullable=False),  # events written so far
    Column("answered", Integer, nullable=False),
    Column("disposition", String),  # null while it is open
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
    Column("expires_at", Moment),
    Column("demo", Boolean, nullable=False, server_default=text("false")),
    Index("ix_interviews_agent_started_at", "agent", "started_at"),
    Index("ix_interviews_started_at", "started_at"),
    Index("ix_interviews_thread_started_at", "thread", "started_at"),
    Index("uq_interviews_open_thread", "thread", unique=True, **_where("disposition IS NULL")),
    Index("ix_interviews_open_expires_at", "expires_at", **_where("disposition IS NULL")),
)

legs = Table(
    "legs",
    metadata,
    Column("id", String, primary_key=True),
    Column("provider", String, nullable=False),  # sip, twilio, simulator
    Column("ref", String, nullable=False),  # the provider's call id
    Column("interview", ForeignKey("interviews.id"), index=True),  # null: heard a goodbye, was not asked
    Column("node", String),  # the SIP node that holds the call
    Column("turn_no", Integer, nullable=False),
    Column("caller", String),
    Column("cause", String),
    Column("started_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),
    Column("ended_at", Moment),
    UniqueConstraint("provider", "ref"),
    Index("ix_legs_open", "touched_at", **_where("ended_at IS NULL")),
)

turns = Table(
    "turns",
    metadata,
    Column("leg", ForeignKey("legs.id"), primary_key=True),
    Column("turn_no", Integer, primary_key=True),
    Column("turn", JSON, nullable=False),
    Column("at", Moment, nullable=False),
)

events = Table(
    "events",
    metadata,
    _serial(),
    Column("interview", ForeignKey("interviews.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String, nullable=False),
    Column("data", JSON, nullable=False),
    UniqueConstraint("interview", "seq"),
    Index("ix_events_at", "at"),
    Index("ix_events_comments_at", "at", **_where("kind = 'CommentLeft'")),
)

TALLY_KEY = ("agent", "queue", "unit", "survey", "question", "scale", "channel", "language", "day", "score")


def _tally_columns(*, key: bool) -> list[Column[Any]]:
    kinds: dict[str, Any] = {"day": Date, "score": SmallInteger}
    return [Column(name, kinds.get(name, String), primary_key=key, nullable=False) for name in TALLY_KEY]


tally = Table(
    "tally",
    metadata,
    *_tally_columns(key=True),
    Column("n", Integer, nullable=False),
    Index("ix_tally_day_agent", "day", "agent"),
)

tally_deltas = Table(
    "tally_deltas",
    metadata,
    _serial(),
    *_tally_columns(key=False),
    Column("n", Integer, nullable=False),
    sqlite_autoincrement=True,
)

messages = Table(
    "messages",
    metadata,
    Column("id", String, primary_key=True),
    Column("direction", String, nullable=False),  # in, out
    Column("purpose", String, nullable=False),  # question, thanks, confirmation, inbound
    Column("provider", String, nullable=False),
    Column("ref", String),  # the provider's message id
    Column("sender", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("segments", Integer, nullable=False),
    Column("interview", ForeignKey("interviews.id"), index=True),
    Column("state", String, nullable=False),  # sms.states: queued, sending, accepted, sent, delivered, …; received
    Column("attempt", String),  # the attempt that holds it, set before the provider is called
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("claimed_at", Moment),
    Column("due_at", Moment, nullable=False),
    Column("error", Text),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("provider", "ref"),
    Index("ix_messages_pending", "state", "due_at", **_where("state IN ('queued', 'sending', 'unknown')")),
    Index("ix_messages_created_at", "created_at"),
)

caps = Table(
    "caps",
    metadata,
    Column("person", String, primary_key=True),  # the address asked: E.164 phone or e-mail
    Column("asked_at", Moment, nullable=False),
    Column("claim", String, nullable=False),  # the invitation or leg that holds the place
)

blocklist = Table(
    "blocklist",
    metadata,
    Column("address", String, primary_key=True),
    Column("reason", String, nullable=False),
    Column("created_at", Moment, nullable=False),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("address", String, primary_key=True),
    Column("channel", String, primary_key=True),  # sms, …, or * for all
    Column("created_at", Moment, nullable=False),
    Column("source", String, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    _serial(),
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
    Index("ix_outbox_open", "kind", "due_at", **_where("state IN ('waiting', 'claimed')")),
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

prompts = Table(
    "prompts",
    metadata,
    Column("survey", String, primary_key=True),
    Column("slot", String, primary_key=True),
    Column("language", String, primary_key=True),
    Column("version", Integer, primary_key=True),  # the highest is in use
    Column("audio", ForeignKey("recordings.digest"), nullable=False),
    Column("kind", String, nullable=False),  # draft (synthetic), recorded
    Column("words", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

recordings = Table(
    "recordings",
    metadata,
    Column("digest", String, primary_key=True),  # SHA-256 of the WAV bytes
    Column("wav", LargeBinary, nullable=False),  # mono, 16 bit, 8 kHz
    Column("seconds", Integer, nullable=False),
)

users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("email", String),
    Column("password", String, nullable=False),  # Argon2id
    Column("role", String, nullable=False),  # admin, supervisor, agent
    Column("unit", String, nullable=False, server_default=""),
    Column("agent", String),
    Column("created_at", Moment, nullable=False),
    CheckConstraint("role IN ('admin', 'supervisor', 'agent')", name="role"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("digest", String, primary_key=True),  # SHA-256 of the key
    Column("name", String, nullable=False),
    Column("prefix", String, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("used_at", Moment),
)
