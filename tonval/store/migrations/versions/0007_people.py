"""single sign-on, and the language of each colleague"""

import sqlalchemy as sa
from alembic import op

from tonval.store import tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("language", sa.String()))
    op.create_table(
        "identities",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("user", sa.String(), nullable=False),
        sa.Column("created_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("seen_at", tables.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.id"], name="fk_identities_user_users"),
        sa.PrimaryKeyConstraint("issuer", "subject", name="pk_identities"),
    )
    op.create_index("ix_identities_user", "identities", ["user"])


def downgrade() -> None:
    op.drop_table("identities")
    op.drop_column("users", "language")
