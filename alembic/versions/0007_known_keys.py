"""Which wrapping keys each process knows, so that a new one is used only when everybody can open it."""

import sqlalchemy as sa

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("holders", sa.Column("keys", sa.LargeBinary))
    op.create_table(
        "wraps",
        sa.Column("name", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_wraps"),
    )


def downgrade() -> None:
    op.drop_table("wraps")
    op.drop_column("holders", "keys")
