"""A letter's number is never given twice: SQLite gave a deleted letter's to the next one."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _recreate(once=True)


def downgrade() -> None:
    _recreate(once=False)


def _recreate(*, once: bool) -> None:
    if op.get_bind().dialect.name == "sqlite":  # a server's sequences never go back
        with op.batch_alter_table("outbox", recreate="always", table_kwargs={"sqlite_autoincrement": once}):
            pass
