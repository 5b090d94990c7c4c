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
_WAITING = sa.text("state = 'waiting'")
_SPOKEN = sa.text("kind = 'CommentSpoken'")
_CLAIMED = sa.text("claimed_at IS NOT NULL")
_UNDER_WAY = sa.text("state IN ('dialling', 'unknown', 'placed', 'answered')")


def _moment(name: str, **options: Any) -> sa.Column[Any]:
    return sa.Column(name, tables.Moment(timezone=True), **{"nullable": False, **options})


def upgrade() -> None:
    op.add_column("legs", sa.Column("reception", sa.JSON(none_as_null=True), nullable=True))
    op.create_index(
        "ix_legs_received", "legs", ["caller", "started_at"], sqlite_where=_RECEIVED, postgresql_where=_RECEIVED
    )
    _spoken()
    _dialled()
    _taken()


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
    op.create_index("ix_events_spoken_at", "events", ["at"], sqlite_where=_SPOKEN, postgresql_where=_SPOKEN)
    for column in ("leg", "interview", "created_at"):
        op.create_index(op.f(f"ix_speeches_{column}"), "speeches", [column])


def _dialled() -> None:
    op.create_table(
        "dials",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("invitation", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=True),
        sa.Column("ref", sa.String(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False, server_default=sa.text("0")),
        _moment("due_at"),
        _moment("claimed_at", nullable=True),
        _moment("ended_at", nullable=True),
        _moment("created_at"),
        _moment("changed_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dials")),
        sa.ForeignKeyConstraint(["invitation"], ["invitations.id"], name=op.f("fk_dials_invitation_invitations")),
        sa.UniqueConstraint("invitation", "attempt", name=op.f("uq_dials_invitation_attempt")),
        sa.UniqueConstraint("provider", "ref", name=op.f("uq_dials_provider_ref")),
    )
    op.create_index("ix_dials_created_at", "dials", ["created_at"])
    op.create_index("ix_dials_waiting", "dials", ["due_at"], sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_index(
        "ix_dials_claimed", "dials", ["queue", "claimed_at"], sqlite_where=_CLAIMED, postgresql_where=_CLAIMED
    )
    op.create_index(
        "uq_dials_under_way",
        "dials",
        ["number"],
        unique=True,
        sqlite_where=_UNDER_WAY,
        postgresql_where=_UNDER_WAY,
    )


def _taken() -> None:
    op.create_table(
        "taken_calls",
        sa.Column("leg", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        _moment("at"),
        sa.PrimaryKeyConstraint("leg", name=op.f("pk_taken_calls")),
    )


def downgrade() -> None:
    op.drop_table("taken_calls")
    op.drop_table("dials")
    op.drop_index("ix_events_spoken_at", "events")
    op.drop_table("speeches")
    op.drop_index("ix_legs_received", "legs")
    op.drop_column("legs", "reception")
