"""The first schema whose releases can work here, so that an older release knows whether it may start."""

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "served_by",
        sa.Column("since", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("since", name="pk_served_by"),
    )


def downgrade() -> None:
    op.drop_table("served_by")
