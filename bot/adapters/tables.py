"""The database's tables; `alembic/versions` brings a database here step by step."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("chat", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("changed_at", sa.BigInteger, nullable=False),  # seconds since 1970, UTC
)

updates = sa.Table(
    "updates",
    metadata,
    sa.Column("update", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("handled_at", sa.BigInteger, nullable=False, index=True),
)

outbox = sa.Table(
    "outbox",
    metadata,
    # SQLite numbers rows by itself only where the key is a plain INTEGER.
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("chat", sa.BigInteger, nullable=False, index=True),
    sa.Column("edits", sa.BigInteger),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("written_at", sa.BigInteger, nullable=False),
)
