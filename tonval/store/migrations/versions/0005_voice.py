"""spoken comments, calls to customers, and what was agreed before the agent"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from tonval.store import tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_RECEIVED = sa.text("reception IS NOT NULL")


def _moment(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, tables.Moment(timezone=True), **{"nullable": False, **options})


def upgrade() -> None:
    op.add_column("legs", sa.Column("reception", sa.JSON(none_as_null=True), nullable=True))
    op.create_index(
        "ix_legs_received", "legs", ["caller", "started_at"], sqlite_where=_RECEIVED, postgresql_where=_RECEIVED
    )
    _spoken()


def _spoken() -> None:
    op.create_table(
        "speeches",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("leg", sa.String(), nullable=False),
        sa.Column("interview", sa.String(), nullable=True),
        sa.Column("question", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("ref", sa.String(), nullable=True),
        sa.Column("wav", sa.LargeBinary(), nullable=True),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speeches")),
        sa.ForeignKeyConstraint(["leg"], ["legs.id"], name=op.f("fk_speeches_leg_legs")),
        sa.ForeignKeyConstraint(["interview"], ["interviews.id"], name=op.f("fk_speeches_interview_interviews")),
    )
    for column in ("leg", "interview", "created_at"):
        op.create_index(op.f(f"ix_speeches_{column}"), "speeches", [column])


def downgrade() -> None:
    op.drop_table("speeches")
    op.drop_index("ix_legs_received", "legs")
    op.drop_column("legs", "reception")
