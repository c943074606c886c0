"""What of a talk outlives its answers: the yearly dates that its worker opted into, under a new key."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from bot.dialogue.calendar import kept_on
from bot.privacy.keyring import Keyring, WrongKey
from bot.privacy.tombstones import Tombstone
from bot.storage.conversations import seal, times, unsealed
from bot.storage.tables import DAY, conversations, dead_letters, outbox
from bot.turns.contract import Address

GRACE = 30 * DAY  # after the next date: of a worker who blocked us by then nothing is kept
AGAIN = 3600  # seconds after which it is tried again to change the key, once the messages that wait have gone


@dataclass(frozen=True, slots=True)
class Outlived:
    """A row without its answers, and the stone of the key under which they lay (None: it is still needed)."""

    values: dict[str, Any]
    stone: Tombstone | None


def outlived(connection: sa.Connection, keyring: Keyring, row: sa.Row[Any], now: int) -> Outlived | None:
    """Return what stays of a row whose days are over, or None.

    The answers' key is destroyed with them, so that no backup can bring them back.
    """
    if row.blocked or row.address is None:
        return None
    try:
        opened = unsealed(row, keyring)
        talk = kept_on(opened.conversation)
        if talk is None:
            return None
        chat = Address.named(opened.sealer.open(row.address, b"address:" + row.person).decode())
        stone = Tombstone(row.person, keyring.fingerprint(row.key, row.person), now)
    except (WrongKey, ValidationError):
        return None  # nobody can open it, and nobody will be reminded
    due = times(talk, now, 0)["wake_at"] or now
    waits = sa.select(outbox.c.id).where(outbox.c.person == row.person, outbox.c.own).limit(1)
    if connection.scalar(waits) is not None:  # sealed with the key
        sealed = seal(chat, talk, row.person, opened.sealer)
        return Outlived({**sealed, "expires_at": now + AGAIN, "wake_at": due}, None)
    key, sealer = keyring.new_key(row.person)
    sealed = seal(chat, talk, row.person, sealer)
    values = {**sealed, "key": key, "expires_at": max(now + DAY, due + GRACE), "wake_at": due}
    return Outlived(values, stone)


def outlive(connection: sa.Connection, person: bytes, left: Outlived) -> None:
    """Write what stays of a row; the caller has remembered its stone."""
    if left.stone is not None:  # dead letters were sealed with the key
        connection.execute(sa.delete(dead_letters).where(dead_letters.c.person == person, dead_letters.c.own))
    mine = conversations.c.person == person
    connection.execute(sa.update(conversations).where(mine).values(**left.values))
