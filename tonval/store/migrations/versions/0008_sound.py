"""prompts of queues, wide masters, recording by phone"""

import sqlalchemy as sa
from alembic import op

from tonval.store import tables

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("recordings", sa.Column("wide", sa.LargeBinary()))
    op.add_column("legs", sa.Column("dictation", sa.JSON()))
    op.create_table(
        "dictations",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("id", "digest", "user")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("survey", "slot", "language", "state")),
        sa.Column("speech", sa.String()),
        sa.Column("fault", sa.Text()),
        sa.Column("version", sa.Integer()),
        sa.Column("created_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_dictations_user_users"),
        sa.PrimaryKeyConstraint("id", name="pk_dictations"),
    )
    op.create_index("ix_dictations_digest_expires_at", "dictations", ["digest", "expires_at"])
    op.create_index("ix_dictations_survey_slot_language", "dictations", ["survey", "slot", "language"])


def downgrade() -> None:
    op.drop_table("dictations")
    op.drop_column("legs", "dictation")
    op.drop_column("recordings", "wide")
