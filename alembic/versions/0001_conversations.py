"""Conversations, handled updates, outbox."""

import sqlalchemy as sa

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("chat", sa.BigInteger, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("chat", name="pk_conversations"),
    )
    op.create_table(
        "updates",
        sa.Column("update", sa.BigInteger, autoincrement=False),
        sa.Column("handled_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("update", name="pk_updates"),
    )
    op.create_index("ix_updates_handled_at", "updates", ["handled_at"])
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite")),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("edits", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("written_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_chat", "outbox", ["chat"])


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("updates")
    op.drop_table("conversations")
