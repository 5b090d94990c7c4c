"""messages with care: the pace of numbers, what a day costs, early reports, parts of long messages; the audit log"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from tonval.store import tables

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OF_PROMPTS: tuple[tuple[str, str, Any], ...] = (
    ("prompts", "author", sa.String()),
    ("prompts", "source", sa.String()),
    ("prompts", "warnings", sa.JSON()),
    ("recordings", "peak_db", sa.Float()),
    ("recordings", "noise_db", sa.Float()),
    ("recordings", "loudness", sa.Float()),
)


_REACH = timedelta(hours=72)


def _column(name: str, kind: Any, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, **{"nullable": False, **options})


def _moment(name: str, **options: Any) -> sa.Column[Any]:
    return _column(name, tables.Moment(timezone=True), **options)


def upgrade() -> None:
    _keep_within_reach()
    _paced()
    _heard()
    _audited()
    op.add_column("messages", sa.Column("cost", sa.Integer(), nullable=True))
    op.add_column("messages", sa.Column("reading", sa.JSON(), nullable=True))
    texts = sa.text("state = 'queued' AND channel = 'sms'")
    op.create_index(
        "ix_messages_sender_due", "messages", ["sender", "due_at"], sqlite_where=texts, postgresql_where=texts
    )
    confirming = sa.text("purpose = 'confirmation'")
    op.create_index(
        "ix_messages_confirmations",
        "messages",
        ["recipient", "created_at"],
        sqlite_where=confirming,
        postgresql_where=confirming,
    )
    op.add_column("api_keys", sa.Column("unit", sa.String(), nullable=False, server_default=""))
    op.add_column("api_keys", sa.Column("expires_at", tables.Moment(timezone=True), nullable=True))
    for table, name, kind in _OF_PROMPTS:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("users") as users:
        users.drop_constraint(op.f("ck_users_role"), "check")  # roles are data of the program: fieldwork.roles
        users.alter_column("password", existing_type=sa.String(), nullable=True)
        users.add_column(sa.Column("ended_at", tables.Moment(timezone=True), nullable=True))
        users.add_column(sa.Column("totp", sa.String(), nullable=True))
        users.add_column(sa.Column("totp_step", sa.Integer(), nullable=True))
    _admitted()


def downgrade() -> None:
    for name in ("tries", "recovery_codes", "admissions", "sign_ins"):
        op.drop_table(name)
    op.execute("UPDATE users SET password = '' WHERE password IS NULL")
    with op.batch_alter_table("users") as users:
        for name in ("totp_step", "totp", "ended_at"):
            users.drop_column(name)
        users.alter_column("password", existing_type=sa.String(), nullable=False)
        users.create_check_constraint(op.f("ck_users_role"), "role IN ('admin', 'supervisor', 'agent')")
    for table, name, _ in _OF_PROMPTS:
        op.drop_column(table, name)
    op.drop_column("api_keys", "expires_at")
    op.drop_column("api_keys", "unit")
    op.drop_index("ix_messages_confirmations", "messages")
    op.drop_index("ix_messages_sender_due", "messages")
    op.drop_column("messages", "reading")
    op.drop_column("messages", "cost")
    for name in ("message_parts", "audit_head", "audit", "pieces", "listening", "reports", "spending", "senders"):
        op.drop_table(name)


def _keep_within_reach() -> None:
    """A score by SMS can be put right for a while after the end: those of the last days too, which had no such end.

    The usual window is taken, and no clock is asked: the last survey that ended says what the last days are.
    """
    moment = tables.Moment(timezone=True)
    columns = (
        *map(sa.column, ("id", "channel", "disposition")),
        sa.column("ended_at", moment),
        sa.column("expires_at"),
    )
    done, tx = sa.table("interviews", *columns), op.get_bind()
    newest = tx.execute(sa.select(sa.func.max(done.c.ended_at))).scalar()
    if newest is None:
        return
    by_sms = sa.and_(done.c.channel == "sms", done.c.disposition == "complete", done.c.ended_at > newest - _REACH)
    ends = [{"which": each.id, "until": each.ended_at + _REACH} for each in tx.execute(sa.select(done).where(by_sms))]
    if ends:
        reach = sa.update(done).where(done.c.id == sa.bindparam("which"))
        tx.execute(reach.values(expires_at=sa.bindparam("until", type_=moment)), ends)


def _paced() -> None:
    op.create_table(
        "senders",
        _column("sender", sa.String()),
        _moment("free_at"),
        _moment("paused_until", nullable=True),
        _column("throttled", sa.Integer(), server_default="0"),
        sa.PrimaryKeyConstraint("sender", name=op.f("pk_senders")),
    )
    op.create_table(
        "spending",
        _column("day", sa.Date()),
        _column("segments", sa.Integer()),
        _column("amount", sa.BigInteger()),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_spending")),
    )


def _heard() -> None:
    op.create_table(
        "reports",
        _column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True),
        _column("provider", sa.String()),
        _column("ref", sa.String()),
        _column("state", sa.String()),
        _column("sender", sa.String(), nullable=True),
        _column("recipient", sa.String(), nullable=True),
        _column("error", sa.Text(), nullable=True),
        _moment("at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("provider", "ref", "state", name=op.f("uq_reports_provider_ref_state")),
    )
    op.create_index("ix_reports_at", "reports", ["at"])
    op.create_table(
        "listening",
        _column("provider", sa.String()),
        _column("number", sa.String()),
        _moment("heard_until"),
        _moment("asked_at", nullable=True),
        _moment("quiet_until", nullable=True),
        sa.PrimaryKeyConstraint("provider", "number", name=op.f("pk_listening")),
    )
    key = ("provider", "sender", "recipient", "reference", "place", "parts")
    op.create_table(
        "pieces",
        *(_column(name, sa.String()) for name in key[:3]),
        _column("reference", sa.Integer()),
        _column("place", sa.SmallInteger()),
        _column("parts", sa.SmallInteger()),
        _column("coding", sa.SmallInteger()),
        _column("body", sa.LargeBinary()),
        _moment("at"),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_pieces")),
    )
    op.create_index("ix_pieces_at", "pieces", ["at"])
    op.create_table(
        "message_parts",
        *(_column(name, sa.String()) for name in ("provider", "ref", "message", "state")),
        _column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("provider", "ref", name=op.f("pk_message_parts")),
        sa.ForeignKeyConstraint(["message"], ["messages.id"], name=op.f("fk_message_parts_message_messages")),
    )
    op.create_index(op.f("ix_message_parts_message"), "message_parts", ["message"])


def _audited() -> None:
    op.create_table(
        "audit",
        _column("id", sa.Integer(), autoincrement=False),
        _moment("at"),
        *(_column(name, sa.String()) for name in ("actor", "name", "action", "kind", "ref")),
        _column("detail", sa.JSON()),
        _column("seal", sa.String()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"])
    op.create_index("ix_audit_kind_ref", "audit", ["kind", "ref"])
    op.create_table(
        "audit_head",
        _column("one", sa.Integer(), autoincrement=False),
        _column("id", sa.Integer()),
        _column("seal", sa.String()),
        sa.CheckConstraint("one = 1", name=op.f("ck_audit_head_one")),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_audit_head")),
    )


def _admitted() -> None:
    op.create_table(
        "sign_ins",
        *(_column(name, sa.String()) for name in ("digest", "user")),
        *(_moment(name) for name in ("created_at", "seen_at")),
        _column("device", sa.String()),
        _moment("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sign_ins")),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_sign_ins_user_users")),
    )
    op.create_index(op.f("ix_sign_ins_user"), "sign_ins", ["user"])
    op.create_table(
        "admissions",
        *(_column(name, sa.String()) for name in ("id", "digest", "user", "purpose")),
        *(_moment(name) for name in ("created_at", "expires_at")),
        _moment("used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admissions")),
        sa.UniqueConstraint("digest", name=op.f("uq_admissions_digest")),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_admissions_user_users")),
    )
    op.create_index(op.f("ix_admissions_user"), "admissions", ["user"])
    op.create_table(
        "recovery_codes",
        *(_column(name, sa.String()) for name in ("user", "digest")),
        _moment("used_at", nullable=True),
        sa.PrimaryKeyConstraint("user", "digest", name=op.f("pk_recovery_codes")),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name=op.f("fk_recovery_codes_user_users")),
    )
    op.create_table(
        "tries",
        _column("key", sa.String()),
        _column("times", sa.JSON()),
        _column("until", sa.Integer()),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_tries")),
    )
    op.create_index("ix_tries_until", "tries", ["until"])
