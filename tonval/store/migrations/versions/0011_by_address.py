"""whatever is a person's by her address; words about her beside the audit log; books by time"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ADDED: tuple[tuple[str, str, list[str], str], ...] = (
    ("ix_messages_customer_in", "messages", ["sender"], "direction = 'in'"),
    ("ix_messages_customer_out", "messages", ["recipient"], "direction = 'out'"),
    ("ix_legs_caller_started_at", "legs", ["caller", "started_at"], "caller IS NOT NULL"),
    ("ix_invitations_address", "invitations", ["address"], "address IS NOT NULL"),
    ("ix_invitations_contact", "invitations", ["contact"], "contact IS NOT NULL"),
    ("ix_dials_number", "dials", ["number"], ""),
    ("ix_call_backs_contact", "call_backs", ["contact"], ""),
    ("ix_call_backs_phone", "call_backs", ["phone"], ""),
    ("ix_blocklist_created_at", "blocklist", ["created_at", "pattern", "channel"], ""),
    ("ix_opt_outs_created_at", "opt_outs", ["created_at", "address", "channel"], ""),
)
REPLACED: tuple[tuple[str, str, list[str], str], ...] = (
    ("ix_legs_received", "legs", ["caller", "started_at"], "reception IS NOT NULL"),
    ("ix_invitations_waiting_address", "invitations", ["address"], "state = 'waiting'"),
    ("ix_invitations_page_address", "invitations", ["address"], "state = 'asked' AND channel IN ('link', 'email')"),
)
"""Each of a part of the rows that one of the others now has all of: one index to write instead of two."""


def upgrade() -> None:
    for index in ADDED:
        _create(*index)
    for name, table, _, _ in REPLACED:
        op.drop_index(name, table)
    op.create_table(
        "reasons",
        sa.Column("entry", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("interview", sa.String(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["interview"], ["interviews.id"], name="fk_reasons_interview_interviews"),
        sa.PrimaryKeyConstraint("entry", name="pk_reasons"),
    )
    op.create_index("ix_reasons_interview", "reasons", ["interview"])
    op.create_table(
        "searches",
        sa.Column("erasure", sa.String(), nullable=False),
        sa.Column("addresses", sa.JSON(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("erasure", name="pk_searches"),
    )


def downgrade() -> None:
    op.drop_table("searches")
    op.drop_table("reasons")
    for index in REPLACED:
        _create(*index)
    for name, table, _, _ in ADDED:
        op.drop_index(name, table)


def _create(name: str, table: str, columns: list[str], where: str) -> None:
    some: dict[str, Any] = {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)} if where else {}
    op.create_index(name, table, columns, **some)
