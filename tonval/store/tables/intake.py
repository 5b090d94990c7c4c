"""What came by file or in bulk, and the lists and waves of periodic surveys."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from tonval.store.sealed import Sealed, SealedText
from tonval.store.tables.columns import Moment, metadata, serial

imports = Table(
    "imports",
    metadata,
    Column("id", String, primary_key=True),  # imp_…
    Column("source", String, nullable=False),  # who sends such files; its columns are remembered
    Column("kind", String, nullable=False),  # interactions, contacts
    Column("name", String, nullable=False),  # the file's own
    Column("digest", String, nullable=False),  # SHA-256 of its bytes
    Column("columns", JSON, nullable=False),  # column heading to field
    Column("settings", JSON, nullable=False),  # what stands for a column that is not there: {"queue": "sales"}
    Column("list", String),  # the contact list that contacts are put on
    Column("author", String),
    Column("state", String, nullable=False),  # running, done, failed
    Column("rows", Integer, nullable=False),  # read so far; where a killed run goes on
    Column("progress", Float, nullable=False, server_default=text("0")),  # the share of the file, 0 to 1
    Column("outcomes", JSON, nullable=False),  # invited, suppressed, repeated, refused, and rules to counts
    Column("detail", Text),  # why it failed
    Column("created_at", Moment, nullable=False),
    Column("touched_at", Moment, nullable=False),
    Column("ended_at", Moment),
    UniqueConstraint("source", "digest"),
    Index("ix_imports_created_at", "created_at"),
)

import_faults = Table(
    "import_faults",
    metadata,
    serial(),
    Column("import_id", ForeignKey("imports.id"), nullable=False),
    Column("row", Integer, nullable=False),  # as a spreadsheet numbers it: the headings are row 1
    Column("field", String),
    Column("sentence", Sealed("fault"), nullable=False),  # it may quote the value
    Column("value", Sealed("fault")),
    UniqueConstraint("import_id", "row"),
)

sources = Table(
    "sources",
    metadata,
    Column("name", String, primary_key=True),
    Column("kind", String, nullable=False),  # interactions, contacts
    Column("columns", JSON, nullable=False),  # column heading to field, as last used
    Column("settings", JSON, nullable=False),  # what stands for a column that is not there: {"queue": "sales"}
    Column("changed_at", Moment, nullable=False),
)

contact_lists = Table(
    "contact_lists",
    metadata,
    Column("name", String, primary_key=True),
    Column("created_at", Moment, nullable=False),
)

list_members = Table(
    "list_members",
    metadata,
    Column("list", ForeignKey("contact_lists.name"), primary_key=True),
    Column("contact", ForeignKey("contacts.id"), primary_key=True),
    Index("ix_list_members_contact", "contact"),
)

waves = Table(
    "waves",
    metadata,
    Column("program", String, primary_key=True),
    Column("period", String, primary_key=True),  # 2026-11-22, 2026-11, 2026-Q4
    Column("list", String, nullable=False),
    Column("cursor", String, nullable=False, server_default=""),  # the last contact that was seen to
    Column("outcomes", JSON, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("ended_at", Moment),
)

idempotent = Table(
    "idempotent",
    metadata,
    Column("key", String, primary_key=True),  # the API key's digest
    Column("token", String, primary_key=True),  # the caller's Idempotency-Key
    Column("request", String, nullable=False),  # SHA-256 of method, path and body
    Column("status", Integer),  # null while the first one is being answered
    Column("body", SealedText("answer")),
    Column("created_at", Moment, nullable=False),
    Index("ix_idempotent_created_at", "created_at"),
)
