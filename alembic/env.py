"""Runs migrations on the connection that the program hands over; it has no settings of its own."""

from alembic import context
from bot.storage.tables import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("run `python -m bot migrate`: it opens the database that the settings name")

context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
