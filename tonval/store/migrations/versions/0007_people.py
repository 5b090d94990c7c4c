"""single sign-on, and the language of each colleague"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("language", sa.String()))


def downgrade() -> None:
    op.drop_column("users", "language")
