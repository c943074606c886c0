"""A database with people in it, sealed as the bot seals them, and the office that reads it."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bot.dialogue.conversation import Conversation
from bot.privacy.tombstones import Tombstones
from bot.research.participants import Office
from bot.storage.conversations import seal
from bot.storage.engine import migrate, open_database, open_for_reading, prove_keys
from bot.storage.tables import conversations
from tests.chats import at
from tests.databases import begin
from tests.paths import Named, whole
from tests.talks import KEYRING, presenter

KNOWLEDGE = presenter().knowledge
AGREED = ("answers", "abroad", "research")
YEAR = 365 * 24 * 3600

NAMED: Named = {
    "age": ("from_31_to_40",),
    "occupation": ("food_delivery",),
    "province": ("shanghai",),
    "education": ("junior",),
    "income": ("from_5001",),
    "income_stability": ("unstable",),
    "saving": ("below_1000",),
    "debt": ("below_50000",),
    "debt_kinds": ("consumer", "credit_card"),
    "constrained": ("yes",),
    "why_constrained": ("credit_record",),
    "social_insurance": ("none",),
    "why_no_social_insurance": ("unknown_how",),
    "commercial_cover": ("none",),
    "investing": ("no",),
    "worries": ("accident",),
}
ANSWERS = whole(KNOWLEDGE.questionnaire, NAMED)  # what isn't named was skipped


def talk(
    answers: Mapping[str, tuple[str, ...]] = ANSWERS, consent: Sequence[str] = AGREED, **fields: Any
) -> Conversation:
    plain = Conversation(
        questionnaire=KNOWLEDGE.questionnaire.version,
        consent=tuple(consent),
        consent_version=KNOWLEDGE.consent.version,
        answers=answers,
    )
    return replace(plain, **fields)


def url_of(database: Path | str) -> str:
    return database if isinstance(database, str) else f"sqlite:///{database}"


async def fill(database: Path | str, talks: Sequence[Conversation], **columns: Any) -> None:
    """Write talks as the bot does, one a chat from chat 1 on; `columns` overwrite what is beside them.

    database: a new SQLite file, or the address of an empty database.
    """
    opened = open_database(url_of(database))
    await migrate(opened, KEYRING)
    await prove_keys(opened, KEYRING)
    now = int(time.time())
    rows = []
    for chat, held in enumerate(talks, 1):
        person = KEYRING.pseudonym(str(chat))
        key, sealer = KEYRING.new_key(person)
        sealed = seal(at(chat), held, person, sealer)
        rows.append(
            {"person": person, "key": key, "changed_at": now, "expires_at": now + YEAR, **sealed, **columns}
        )
    async with begin(opened) as connection:
        await connection.execute(sa.insert(conversations), rows)
    await opened.dispose()


@asynccontextmanager
async def office(database: Path | str, tombstones: Tombstones | None = None) -> AsyncIterator[Office]:
    opened = open_for_reading(url_of(database))
    try:
        yield Office(opened, KEYRING, KNOWLEDGE, tombstones or Tombstones())
    finally:
        await opened.dispose()
