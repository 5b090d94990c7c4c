"""surveys on the web"""

import sqlalchemy as sa
from alembic import op

from tonval.store import tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PENDING = sa.text("state IN ('queued', 'sending', 'unknown')")
ON_PAGE = sa.text("state = 'asked' AND channel IN ('link', 'email')")


def upgrade() -> None:
    _designed()
    _called_back()
    _linked()
    op.add_column("survey_versions", sa.Column("document", sa.Text(), nullable=True))
    op.add_column("survey_versions", sa.Column("author", sa.String(), nullable=True))
    op.add_column("messages", sa.Column("channel", sa.String(), nullable=False, server_default="sms"))
    op.add_column("messages", sa.Column("subject", sa.Text(), nullable=True))
    op.drop_index("ix_messages_pending", "messages")
    columns = ["channel", "state", "due_at"]
    op.create_index("ix_messages_due", "messages", columns, sqlite_where=PENDING, postgresql_where=PENDING)
    name, columns = "ix_invitations_page_address", ["address"]
    op.create_index(name, "invitations", columns, sqlite_where=ON_PAGE, postgresql_where=ON_PAGE)
    op.create_index("ix_interviews_survey_version", "interviews", ["survey", "version"])


def downgrade() -> None:
    op.drop_index("ix_interviews_survey_version", "interviews")
    op.drop_index("ix_invitations_page_address", "invitations")
    op.drop_index("ix_messages_due", "messages")
    columns = ["state", "due_at"]
    op.create_index("ix_messages_pending", "messages", columns, sqlite_where=PENDING, postgresql_where=PENDING)
    for table, column in (
        ("messages", "subject"),
        ("messages", "channel"),
        ("survey_versions", "author"),
        ("survey_versions", "document"),
    ):
        op.drop_column(table, column)
    for name in ("links", "call_back_slots", "call_backs", "revisions", "pictures", "assignments", "surveys"):
        op.drop_table(name)


def _designed() -> None:
    op.create_table(
        "surveys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("archived_at", tables.Moment(timezone=True), nullable=True),
        sa.Column("created_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("changed_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("author", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
    )
    op.create_table(
        "assignments",
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("survey", sa.String(), nullable=False),
        sa.Column("changed_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("author", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("queue", "template", name=op.f("pk_assignments")),
    )
    op.create_table(
        "pictures",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_pictures")),
    )
    op.create_table(
        "revisions",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_revisions")),
    )


def _called_back() -> None:
    op.create_table(
        "call_backs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("interview", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("opens_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("closes_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("author", sa.String(), nullable=True),
        sa.Column("created_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("changed_at", tables.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("state IN ('planned', 'done', 'missed', 'withdrawn')", name=op.f("ck_call_backs_state")),
        sa.ForeignKeyConstraint(["contact"], ["contacts.id"], name=op.f("fk_call_backs_contact_contacts")),
        sa.ForeignKeyConstraint(["interview"], ["interviews.id"], name=op.f("fk_call_backs_interview_interviews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_backs")),
        sa.UniqueConstraint("interview", name=op.f("uq_call_backs_interview")),
    )
    op.create_index("ix_call_backs_state_opens_at", "call_backs", ["state", "opens_at"])
    op.create_table(
        "call_back_slots",
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("opens_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("queue", "opens_at", name=op.f("pk_call_back_slots")),
    )


def _linked() -> None:
    op.create_table(
        "links",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("interview", sa.String(), nullable=False),
        sa.Column("created_at", tables.Moment(timezone=True), nullable=False),
        sa.Column("expires_at", tables.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["interview"], ["interviews.id"], name=op.f("fk_links_interview_interviews")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_links")),
    )
    op.create_index("ix_links_interview", "links", ["interview"])
