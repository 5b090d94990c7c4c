"""telephone numbers and addresses sealed at rest"""

import sqlalchemy as sa
from alembic import op

from tonval.store import keyring
from tonval.store.sealed import OF_MANY, Sealed, SealedJSON
from tonval.store.sweeping import Swept, seal_all, unseal_all
from tonval.store.tables.columns import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ADDRESS, FAULT = Sealed(), Sealed("fault")
REPORT, DECISION = SealedJSON(("customer",)), SealedJSON(("detail", "facts"))
STATES = "CAST(state AS TEXT) LIKE '%call_back%' OR CAST(state AS TEXT) LIKE '%attributes%'"

SWEPT = (
    Swept("contacts", ("id",), {"phone": ADDRESS, "email": ADDRESS, "attributes": SealedJSON()}),
    Swept("interactions", ("id",), {"report": REPORT, "decision": DECISION}),
    Swept("invitations", ("id",), {"address": ADDRESS, "ways": SealedJSON()}),
    Swept("blocklist", ("pattern", "channel"), {"pattern": Sealed(readable=OF_MANY)}),
    Swept("opt_outs", ("address", "channel"), {"address": ADDRESS}),
    Swept("interviews", ("id",), {"thread": Sealed("thread")}, "thread IS NOT NULL"),
    Swept("interviews", ("id",), {"state": SealedJSON(("call_back", "attributes"))}, STATES),
    Swept("legs", ("id",), {"caller": ADDRESS}, "caller IS NOT NULL"),
    Swept("events", ("id",), {"data": SealedJSON(("phone",))}, "kind = 'CallBackWished'"),
    Swept("messages", ("id",), {"sender": ADDRESS, "recipient": ADDRESS}),
    Swept("senders", ("sender",), {"sender": ADDRESS}),
    Swept("reports", ("id",), {"sender": ADDRESS, "recipient": ADDRESS}),
    Swept(
        "pieces",
        ("provider", "sender", "recipient", "reference", "place", "parts"),
        {"sender": ADDRESS, "recipient": ADDRESS},
    ),
    Swept("call_backs", ("id",), {"phone": ADDRESS}),
    Swept("dials", ("id",), {"number": ADDRESS}),
    Swept("import_faults", ("id",), {"sentence": FAULT, "value": FAULT}),
    Swept("idempotent", ("key", "token"), {"body": Sealed("answer")}, "body IS NOT NULL"),
)


def upgrade() -> None:
    op.create_table(
        "keyring",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("wrapped_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_keyring"),
    )
    keyring.make_ring(op.get_bind())
    for swept in SWEPT:
        seal_all(op.get_bind(), swept)
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA user_version=0")  # the file is to be written anew: store.migrate


def downgrade() -> None:
    for swept in SWEPT:
        unseal_all(op.get_bind(), swept)
    op.drop_table("keyring")
