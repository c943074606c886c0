"""The database's tables; `alembic/versions` brings a database here step by step.

`person` is the pseudonym of a chat, never its id; `state`, `answers`, `tool`, `body` are sealed. Times are
seconds since 1970, UTC.
"""

import sqlalchemy as sa

DAY = 24 * 3600

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# SQLite numbers rows by itself only where the key is a plain INTEGER.
Number = sa.BigInteger().with_variant(sa.Integer, "sqlite")

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("person", sa.LargeBinary, primary_key=True),
    sa.Column("key", sa.LargeBinary, nullable=False),  # the person's own, wrapped
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.Column("answers", sa.LargeBinary),
    sa.Column("consent", sa.Text),  # the version agreed to
    sa.Column("changed_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    sa.Column("blocked", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("address", sa.LargeBinary),  # the chat's id, sealed: where a reminder goes
    sa.Column("wake_at", sa.BigInteger, index=True),  # when the next reminder is due
    sa.Column("tool", sa.LargeBinary),  # the tool that typed words go to, sealed
    sa.Column("tool_until", sa.BigInteger, index=True),  # when it is dropped
    sa.CheckConstraint("answers IS NULL OR consent IS NOT NULL", name="no_answers_without_consent"),
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
    sa.Column("id", Number, primary_key=True),
    sa.Column("person", sa.LargeBinary, nullable=False, index=True),
    sa.Column("own", sa.Boolean, nullable=False),  # sealed with the person's own key, or the service's
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("written_at", sa.BigInteger, nullable=False),
    sa.Column("holder", sa.LargeBinary, index=True),  # the process that delivers it, or null
    sqlite_autoincrement=True,  # a number that came back would let a new message pass for one sent long ago
)

# What Telegram refuses for ever, for the operator to look at.
dead_letters = sa.Table(
    "dead_letters",
    metadata,
    sa.Column("id", Number, primary_key=True),
    sa.Column("person", sa.LargeBinary, nullable=False, index=True),
    sa.Column("own", sa.Boolean, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("died_at", sa.BigInteger, nullable=False, index=True),
)

# The processes at work; after `until` (the database's clock) its messages are free again.
holders = sa.Table(
    "holders",
    metadata,
    sa.Column("holder", sa.LargeBinary, primary_key=True),
    sa.Column("until", sa.Double, nullable=False),
    # Names of the wrapping keys that the process knows, the one in use first; empty before 2.0.
    sa.Column("keys", sa.LargeBinary),
)

# How many people agreed in a calendar year (China's); a person who left and came back counts again.
years = sa.Table(
    "years",
    metadata,
    sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("people", sa.Integer, nullable=False),
)

# What is counted of everybody, without a person in it: how often or how long, of which question or card.
counts = sa.Table(
    "counts",
    metadata,
    sa.Column("what", sa.Text, primary_key=True),
    sa.Column("which", sa.Text, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("since", sa.BigInteger, nullable=False),
)

# Names of the wrapping keys under which a row may lie: a process without one of them leaves that row alone.
wraps = sa.Table("wraps", metadata, sa.Column("name", sa.LargeBinary, primary_key=True))

# The first schema whose releases can work on this database; `engine.migrate` writes it.
served_by = sa.Table("served_by", metadata, sa.Column("since", sa.Text, primary_key=True))

# A sealed word that distinguishes the right master keys from wrong ones.
seals = sa.Table(
    "seals",
    metadata,
    sa.Column("key", sa.LargeBinary, primary_key=True),  # a person's key that belongs to nobody, wrapped
    sa.Column("proof", sa.LargeBinary, nullable=False),
)
