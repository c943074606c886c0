"""People by pseudonym, everything they say sealed; dead letters, holds.

Revision 0001's outbox is sent under its own schema: stop the old version when it is empty, or lose no
more than the screens that /start shows again.
"""

import json

import sqlalchemy as sa

from alembic import context, op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
WEEK = 7 * 24 * 3600


def upgrade() -> None:
    connection = op.get_bind()
    old = sa.table("conversations", *(sa.column(name) for name in ("chat", "state", "changed_at")))
    kept = connection.execute(sa.select(old)).all()
    op.drop_table("conversations")
    op.drop_table("outbox")
    op.create_table(
        "conversations",
        sa.Column("person", sa.LargeBinary),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("answers", sa.LargeBinary),
        sa.Column("consent", sa.Text),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("blocked", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("person", name="pk_conversations"),
        sa.CheckConstraint(
            "answers IS NULL OR consent IS NOT NULL", name="ck_conversations_no_answers_without_consent"
        ),
    )
    op.create_index("ix_conversations_expires_at", "conversations", ["expires_at"])
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER),
        sa.Column("person", sa.LargeBinary, nullable=False),
        sa.Column("own", sa.Boolean, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("written_at", sa.BigInteger, nullable=False),
        sa.Column("holder", sa.LargeBinary),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_person", "outbox", ["person"])
    op.create_index("ix_outbox_holder", "outbox", ["holder"])
    op.create_table(
        "dead_letters",
        sa.Column("id", NUMBER),
        sa.Column("person", sa.LargeBinary, nullable=False),
        sa.Column("own", sa.Boolean, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("died_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dead_letters"),
    )
    op.create_index("ix_dead_letters_person", "dead_letters", ["person"])
    op.create_index("ix_dead_letters_died_at", "dead_letters", ["died_at"])
    op.create_table(
        "holders",
        sa.Column("holder", sa.LargeBinary),
        sa.Column("until", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("holder", name="pk_holders"),
    )
    op.create_table(
        "seals",
        sa.Column("key", sa.LargeBinary),
        sa.Column("proof", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_seals"),
    )
    _seal(connection, kept)


def _seal(connection: sa.Connection, kept) -> None:  # type: ignore[no-untyped-def]
    """Carry the conversations of 0001 over, sealed as the version of this revision seals them."""
    keyring = context.config.attributes.get("keyring")
    if not kept:
        return
    if keyring is None:
        raise SystemExit("there are conversations to seal: run `python -m bot migrate`, which has the keys")
    columns = ("person", "key", "state", "answers", "consent", "changed_at", "expires_at")
    new = sa.table("conversations", *(sa.column(name) for name in columns))
    for row in kept:
        talk = json.loads(row.state)
        answers = talk["answers"]
        talk["answers"] = {}
        person = keyring.pseudonym(str(row.chat))
        key, sealer = keyring.new_key(person)
        connection.execute(
            sa.insert(new).values(
                person=person,
                key=key,
                state=sealer.seal(json.dumps(talk).encode(), b"state:" + person),
                answers=sealer.seal(json.dumps(answers).encode(), b"answers:" + person) if answers else None,
                consent=talk["consent_version"] if talk["consent"] else None,
                changed_at=row.changed_at,
                expires_at=row.changed_at + WEEK,
            )
        )


def downgrade() -> None:
    """Go back without the conversations: the plain schema must not hold what was promised to be sealed."""
    for table in ("seals", "holders", "dead_letters", "outbox", "conversations"):
        op.drop_table(table)
    op.create_table(
        "conversations",
        sa.Column("chat", sa.BigInteger, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("chat", name="pk_conversations"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", NUMBER),
        sa.Column("chat", sa.BigInteger, nullable=False),
        sa.Column("edits", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("written_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_chat", "outbox", ["chat"])
