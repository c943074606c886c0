"""A chat's row: its conversation sealed with the person's own key, the answers and an open tool apart."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from bot.dialogue.conversation import Conversation, OpenTool
from bot.dialogue.seats import OtherSeat
from bot.privacy.keyring import Keyring, Sealer, WrongKey
from bot.storage.sql import among, padded
from bot.storage.tables import DAY, conversations
from bot.turns.contract import Address

_state = TypeAdapter(Conversation)
_answers = TypeAdapter(dict[str, tuple[str, ...]])
_tool = TypeAdapter(OpenTool)
_WANTED = sa.select(conversations).where(among(conversations.c.person, "people"))


@dataclass(frozen=True, slots=True)
class Row:
    """A chat's row, opened; `key` and `sealer` are the person's own."""

    conversation: Conversation
    key: bytes
    sealer: Sealer
    blocked: bool
    changed_at: int
    expires_at: int


def load(
    connection: sa.Connection, keyring: Keyring, people: Mapping[Address, bytes]
) -> tuple[dict[Address, Row], dict[Address, Exception]]:
    """Load the rows of chats, given with their pseudonyms; a row that can't be opened holds up nobody else.

    Gives both by chat: the rows, and what was wrong with those that stay closed.
    """
    found = {row.person: row for row in connection.execute(_WANTED, {"people": padded(set(people.values()))})}
    rows: dict[Address, Row] = {}
    unreadable: dict[Address, Exception] = {}
    for chat, person in people.items():
        if person in found:
            try:
                rows[chat] = unsealed(found[person], keyring)
            except (WrongKey, ValidationError) as error:
                unreadable[chat] = error
    return rows, unreadable


def seal(chat: Address, talk: Conversation, person: bytes, sealer: Sealer) -> dict[str, Any]:
    """Seal a conversation as columns, the answers apart: a constraint forbids those without consent.

    Raises:
        OtherSeat: the talk is not the one of this address.
    """
    if talk.seat != chat.seat:
        raise OtherSeat
    address = (
        sealer.seal(chat.name.encode(), b"address:" + person) if talk.reminders or talk.calendar else None
    )
    return {**seal_state(talk, person, sealer), "address": address}


def seal_state(talk: Conversation, person: bytes, sealer: Sealer) -> dict[str, Any]:
    """Seal a conversation as columns, without the address to which its reminders go."""
    answers = _answers.dump_json(dict(talk.answers)) if talk.answers else None
    return {
        "state": sealer.seal(_state.dump_json(talk, exclude={"answers", "tool"}), b"state:" + person),
        "answers": sealer.seal(answers, b"answers:" + person) if answers else None,
        "consent": talk.consent_version if talk.consent else None,
        # Apart from the rest, so that the tidying can drop it without the person's key.
        "tool": sealer.seal(_tool.dump_json(talk.tool), b"tool:" + person) if talk.tool else None,
        "tool_until": talk.tool.until if talk.tool else None,
    }


def times(talk: Conversation, now: int, days: int) -> dict[str, int | None]:
    """Return the columns that tell when a conversation is looked at again; it outlives its last reminder.

    Yearly dates don't lengthen its days: when they are over, storage/outliving.py keeps the dates alone.
    """
    due = [reminder.due for reminder in talk.reminders]
    expires_at = max(now + days * DAY, max(due, default=0) + DAY)
    wake_at = min((*due, *(entry.due for entry in talk.calendar)), default=None)
    return {"changed_at": now, "expires_at": expires_at, "wake_at": wake_at}


def unsealed(row: sa.Row[Any], keyring: Keyring) -> Row:
    """Open a row. Raises WrongKey or ValidationError."""
    sealer = keyring.sealer(row.key, row.person)
    talk = replace(state_of(row, sealer), answers=answers_of(row, sealer), tool=_tool_of(row, sealer))
    return Row(talk, row.key, sealer, row.blocked, row.changed_at, row.expires_at)


def state_of(row: sa.Row[Any], sealer: Sealer) -> Conversation:
    """Open the conversation, and leave its answers sealed."""
    return _state.validate_json(sealer.open(row.state, b"state:" + row.person))


def answers_of(row: sa.Row[Any], sealer: Sealer) -> dict[str, tuple[str, ...]]:
    """Open the answers."""
    if row.answers is None:
        return {}
    return _answers.validate_json(sealer.open(row.answers, b"answers:" + row.person))


def _tool_of(row: sa.Row[Any], sealer: Sealer) -> OpenTool | None:
    return None if row.tool is None else _tool.validate_json(sealer.open(row.tool, b"tool:" + row.person))
