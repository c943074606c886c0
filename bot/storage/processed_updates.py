"""Which updates were handled: each is noted once, however often and by which way it is delivered."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.storage.sql import unnested
from bot.storage.tables import updates

_given = unnested({"id": updates.c.update.type})
_rows = sa.select(_given.c.id, sa.bindparam("now", type_=updates.c.handled_at.type))
_TO_SERVER = postgresql.insert(updates).from_select(["update", "handled_at"], _rows)
_NOTE_ON_SERVER = _TO_SERVER.on_conflict_do_nothing().returning(updates.c.update)
_NOTE = sqlite.insert(updates).on_conflict_do_nothing().returning(updates.c.update)


def note(connection: sa.Connection, ids: Collection[int], now: int) -> frozenset[int]:
    """Note updates as handled; returns those that were noted before."""
    if not ids:
        return frozenset()
    if connection.dialect.name == "postgresql":
        new = connection.scalars(_NOTE_ON_SERVER, {"id": sorted(ids), "now": now})
    else:
        new = connection.scalars(_NOTE, [{"update": id, "handled_at": now} for id in ids])
    return frozenset(ids).difference(new)
