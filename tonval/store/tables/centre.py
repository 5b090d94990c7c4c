"""The centre as it is set up: its file, surveys, places, people, prompts and keys."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from tonval.store.tables.columns import Moment, metadata

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
    Column("origin", String, nullable=False),  # file, page
    Column("created_at", Moment, nullable=False),
    Column("document", Text),  # the survey in YAML as it was published; null for those from before there were any
    Column("author", String),
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
    Column("author", String),  # who put it here; null: Tonval itself, or somebody at the machine in former days
    Column("source", String),  # what the file that was sent was called; null: there was none
    Column("warnings", JSON),  # sentences about that file
)


recordings = Table(
    "recordings",
    metadata,
    Column("digest", String, primary_key=True),  # SHA-256 of the WAV bytes
    Column("wav", LargeBinary, nullable=False),  # mono, 16 bit, 8 kHz
    Column("seconds", Integer, nullable=False),
    Column("peak_db", Float),  # dBFS: the loudest sample, and the quietest tenth; null: kept before we measured
    Column("noise_db", Float),
    Column("loudness", Float),  # LUFS; null where nobody measured it
    Column("wide", LargeBinary),  # the same at 16 kHz; null where what was sent had no more than 8 kHz, or long ago
)


users = Table(
    "users",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("email", String),
    Column("password", String),  # Argon2id; null: invited, and has not chosen one yet
    Column("role", String, nullable=False),  # fieldwork.roles
    Column("unit", String, nullable=False, server_default=""),
    Column("agent", String),
    Column("created_at", Moment, nullable=False),
    Column("ended_at", Moment),  # her access has ended; the row stays, for the audit log names her
    Column("totp", String),  # what her second factor's secret is computed from; null: she has none
    Column("totp_step", Integer),  # the step of the last code that was taken: no code is good twice
    Column("language", String),  # in which she reads the pages: en, sv, es, et; null: as her browser asks
)


api_keys = Table(
    "api_keys",
    metadata,
    Column("digest", String, primary_key=True),  # SHA-256 of the key
    Column("name", String, nullable=False),
    Column("prefix", String, nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("unit", String, nullable=False, server_default=""),  # reads this place and all below it; "": everything
    Column("created_at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("expires_at", Moment),  # null: until it is revoked
)
