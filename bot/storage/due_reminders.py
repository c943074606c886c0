"""Wakes the talks whose reminder is due: a few at a look, so that those who write don't wait behind them."""

from contextlib import suppress

import sqlalchemy as sa

from bot.dialogue.conversation import Wake
from bot.privacy.keyring import WrongKey
from bot.storage.tables import conversations
from bot.storage.unit_of_work import MOST, Store
from bot.turns.contract import Address, Inbound


class Waking:
    """Goes round those that are due: one that can't be woken keeps nobody else from their turn."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._last = (0, b"")  # when it was due, and who

    async def wake(self) -> int:
        """Take the turn of the next chats whose reminder is due; returns how many were looked at."""
        c = conversations.c
        after = sa.tuple_(c.wake_at, c.person) > sa.tuple_(*map(sa.literal, self._last))
        due = sa.select(c.wake_at, c.person, c.key, c.address).where(self._due(), after)
        some = due.order_by(c.wake_at, c.person).limit(MOST)
        rows = await self._store.database.read(lambda connection: connection.execute(some).all())
        for row in rows:
            with suppress(WrongKey):  # told when they write
                sealer = self._store.keyring.sealer(row.key, row.person)
                chat = Address.named(sealer.open(row.address, b"address:" + row.person).decode())
                await self._store.take(Inbound(None, chat, Wake()))
        self._last = (rows[-1].wake_at, rows[-1].person) if len(rows) == MOST else (0, b"")
        return len(rows)

    async def overdue(self) -> float:
        """Return the age in seconds of the oldest reminder that is due and has not come, or 0."""
        oldest = sa.select(sa.func.min(conversations.c.wake_at)).where(self._due())
        since = await self._store.database.read(lambda connection: connection.scalar(oldest))
        return 0.0 if since is None else self._store.clock() - since

    def _due(self) -> sa.ColumnElement[bool]:
        return (conversations.c.wake_at <= int(self._store.clock())) & ~conversations.c.blocked
