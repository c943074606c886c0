"""Where a reminder goes, and when the next one is due; the version before works on with both left empty."""

import sqlalchemy as sa

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("address", sa.LargeBinary))
    op.add_column("conversations", sa.Column("wake_at", sa.BigInteger))
    op.create_index("ix_conversations_wake_at", "conversations", ["wake_at"])


def downgrade() -> None:
    op.drop_index("ix_conversations_wake_at", "conversations")
    with op.batch_alter_table("conversations") as table:
        table.drop_column("wake_at")
        table.drop_column("address")
