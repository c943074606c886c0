"""How many people joined in a year: beyond a limit the law asks for more than we have."""

import sqlalchemy as sa

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "years",
        sa.Column("year", sa.Integer, autoincrement=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("year", name="pk_years"),
    )


def downgrade() -> None:
    op.drop_table("years")
