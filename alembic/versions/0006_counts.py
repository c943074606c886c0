"""What is counted of everybody without a person in it: how often, how long."""

import sqlalchemy as sa

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counts",
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("which", sa.Text, nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("what", "which", name="pk_counts"),
    )


def downgrade() -> None:
    op.drop_table("counts")
