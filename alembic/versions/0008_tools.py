"""The tool that typed words go to, and until when; the version before works on with both left empty."""

import sqlalchemy as sa

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("tool", sa.LargeBinary))
    op.add_column("conversations", sa.Column("tool_until", sa.BigInteger))
    op.create_index("ix_conversations_tool_until", "conversations", ["tool_until"])


def downgrade() -> None:
    op.drop_index("ix_conversations_tool_until", "conversations")
    with op.batch_alter_table("conversations") as table:
        table.drop_column("tool_until")
        table.drop_column("tool")
