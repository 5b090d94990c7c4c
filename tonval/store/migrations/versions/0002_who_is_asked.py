"""who is asked"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from tonval.store import tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

LONG_AGO = "1970-01-01 00:00:00+00:00"
"""Stands in a new column that must hold a time until the line after has filled it."""


def upgrade() -> None:
    op.create_table(
        "contact_lists",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_contact_lists")),
    )
    op.create_table(
        "idempotent",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("request", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "token", name=op.f("pk_idempotent")),
    )
    with op.batch_alter_table("idempotent", schema=None) as batch_op:
        batch_op.create_index("ix_idempotent_created_at", ["created_at"], unique=False)

    op.create_table(
        "imports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("list", sa.String(), nullable=True),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Float(), server_default=sa.text("0"), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("created_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("touched_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", tables.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.UniqueConstraint("source", "digest", name=op.f("uq_imports_source_digest")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index("ix_imports_created_at", ["created_at"], unique=False)

    op.create_table(
        "quotas",
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "agent", "day", name=op.f("pk_quotas")),
    )
    op.create_table(
        "sources",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("changed_at", tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_sources")),
    )
    op.create_table(
        "waves",
        sa.Column("program", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), server_default="", nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("started_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", tables.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("program", "period", name=op.f("pk_waves")),
    )
    op.create_table(
        "import_faults",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("import_id", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_faults_import_id_imports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_faults")),
        sa.UniqueConstraint("import_id", "row", name=op.f("uq_import_faults_import_id_row")),
    )
    op.create_table(
        "list_members",
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["contact"], ["contacts.id"], name=op.f("fk_list_members_contact_contacts")),
        sa.ForeignKeyConstraint(["list"], ["contact_lists.name"], name=op.f("fk_list_members_list_contact_lists")),
        sa.PrimaryKeyConstraint("list", "contact", name=op.f("pk_list_members")),
    )
    with op.batch_alter_table("list_members", schema=None) as batch_op:
        batch_op.create_index("ix_list_members_contact", ["contact"], unique=False)

    _widen()
    _fill()
    _rebuild_caps()
    _rebuild_blocklist()


def _widen() -> None:
    """Columns are added where the tables stand: SQLite would otherwise drop and refill tables others refer to."""
    op.add_column("contacts", sa.Column("unit", sa.String(), nullable=True))
    op.add_column("contacts", sa.Column("zone", sa.String(), nullable=True))
    op.add_column("contacts", _moment("seen_at"))
    op.add_column("interactions", sa.Column("ticket", sa.String(), nullable=True))
    op.add_column("interactions", _moment("created_at"))
    op.add_column("interactions", sa.Column("rule", sa.String(), nullable=True))
    op.add_column("invitations", sa.Column("ways", sa.JSON(), nullable=True))
    op.add_column("invitations", sa.Column("settled_at", tables.Moment(timezone=True), nullable=True))
    op.add_column("opt_outs", sa.Column("author", sa.String(), nullable=True))
    op.add_column("messages", sa.Column("open_from", tables.Moment(timezone=True), nullable=True))
    op.add_column("messages", sa.Column("open_until", tables.Moment(timezone=True), nullable=True))
    op.create_index("ix_interactions_contact", "interactions", ["contact"])
    op.create_index("ix_interactions_created_at", "interactions", ["created_at"])
    named = sa.text("ticket IS NOT NULL")
    op.create_index("ix_interactions_ticket", "interactions", ["ticket"], sqlite_where=named, postgresql_where=named)
    waiting = sa.text("state = 'waiting' AND channel = 'keypad'")
    name, columns = "ix_invitations_waiting_keypad", ["created_at"]
    op.create_index(name, "invitations", columns, sqlite_where=waiting, postgresql_where=waiting)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, tables.Moment(timezone=True), nullable=False, server_default=LONG_AGO)


def _fill() -> None:
    first = "(SELECT min(started_at) FROM interviews WHERE interviews.interaction = interactions.id)"
    op.execute(f"UPDATE interactions SET created_at = coalesce(reported_at, {first}, created_at)")  # noqa: S608
    rule = "json_extract(decision, '$.rule')" if _on_sqlite() else "decision ->> 'rule'"
    op.execute(f"UPDATE interactions SET rule = {rule} WHERE disposition = 'suppressed'")  # noqa: S608
    op.execute(
        "UPDATE interactions SET disposition = 'pending' WHERE disposition = 'not-offered' AND (EXISTS (SELECT 1 FROM"
        " invitations WHERE invitations.interaction = interactions.id AND state = 'waiting') OR EXISTS (SELECT 1 FROM"
        " interviews WHERE interviews.interaction = interactions.id AND interviews.disposition IS NULL))"
    )
    op.execute("UPDATE contacts SET seen_at = created_at")


def _rebuild_caps() -> None:
    """From addresses to contacts, and from one moment to one for each scope; ``*`` is the person's own."""
    op.rename_table("caps", "old_caps")
    op.create_table(
        "caps",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("asked", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("claim", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_caps_2")),
    )
    epoch = "CAST(strftime('%s', asked_at) AS INTEGER)" if _on_sqlite() else "extract(epoch FROM asked_at)::bigint"
    asked = f"json_object('*', {epoch})" if _on_sqlite() else f"jsonb_build_object('*', {epoch})"
    op.execute(
        f"INSERT INTO caps (person, asked, claim) SELECT contacts.id, {asked}, claim FROM old_caps"  # noqa: S608
        " JOIN contacts ON contacts.phone = old_caps.person"
    )
    op.drop_table("old_caps")
    if not _on_sqlite():
        op.execute("ALTER TABLE caps RENAME CONSTRAINT pk_caps_2 TO pk_caps")


def _rebuild_blocklist() -> None:
    op.rename_table("blocklist", "old_blocklist")
    op.create_table(
        "blocklist",
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("author", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint(
            "pattern", "channel", name=op.f("pk_blocklist") if _on_sqlite() else op.f("pk_blocklist_2")
        ),
    )
    op.execute(
        "INSERT INTO blocklist (pattern, channel, reason, created_at)"
        " SELECT address, '*', reason, created_at FROM old_blocklist"
    )
    op.drop_table("old_blocklist")
    if not _on_sqlite():
        op.execute("ALTER TABLE blocklist RENAME CONSTRAINT pk_blocklist_2 TO pk_blocklist")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def downgrade() -> None:
    """There is no way back: who was asked when, in which scope, does not fit into the old tables."""
    raise NotImplementedError("restore the backup that was taken before the upgrade")
