"""Reads the answers of those who agreed to research: nobody else's are opened, and nothing is written."""

import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from bot.content.knowledge import Knowledge
from bot.dialogue.conversation import Conversation
from bot.dialogue.counting import Count
from bot.dialogue.data_rights import RESEARCH
from bot.dialogue.flow import Flow
from bot.dialogue.reminders import CHINA
from bot.guidance.facts import MINOR
from bot.privacy.keyring import Keyring, WrongKey
from bot.privacy.tombstones import Tombstones
from bot.storage.conversations import answers_of, state_of
from bot.storage.database import Database
from bot.storage.engine import check_schema
from bot.storage.tables import conversations, counts, dead_letters

PAGE = 1_000  # rows a transaction: short enough never to stand in the bot's way


@dataclass(frozen=True, slots=True)
class Participant:
    """One person's talk with the answers that lie on the path, brought to today's questionnaire.

    `person` never leaves the office; `answered` is the version of the questionnaire that they answered.
    """

    person: bytes
    talk: Conversation
    day: date
    answered: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What the database tells of everybody without being opened."""

    conversations: int
    agreed: int
    blocked: int
    dead_letters: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted turn by turn, and since which day; None when nothing was yet."""

    numbers: Counter[Count]
    since: date | None


@dataclass
class Office:
    """The database as the office sees it; `unreadable` counts rows that could not be opened so far.

    models: the folder of the models that serve, None for those that the package carries.
    progress: for long work, takes the number of rows and gives what hears how many are done.
    """

    database: Database
    keyring: Keyring
    knowledge: Knowledge
    tombstones: Tombstones = field(default_factory=Tombstones)
    clock: Callable[[], float] = time.time
    unreadable: int = 0
    models: Path | None = None
    progress: Callable[[int], Callable[[int], None]] = lambda total: lambda done: None

    def __post_init__(self) -> None:
        self.flow = Flow.over(self.knowledge)

    async def participants(self) -> AsyncIterator[Participant]:
        """Return everyone of age who agrees to research as worded today, in the order of their pseudonyms.

        Raises:
            DatabaseBehind: the schema is not the one that this version needs.
        """
        await check_schema(self.database)
        forgotten = {(stone.person, stone.key) for stone in self.tombstones.all()}
        maybe = {person for person, _ in forgotten}
        c = conversations.c
        agreed = (c.consent.in_(self.knowledge.consent.versions), c.expires_at >= int(self.clock()))
        columns = sa.select(c.person, c.key, c.state, c.answers, c.changed_at)
        wanted = columns.where(*agreed).order_by(c.person).limit(PAGE)
        count = sa.select(sa.func.count()).select_from(conversations).where(*agreed)
        total = await self.database.read(lambda connection: connection.scalar(count))
        show = self.progress(total or 0)
        last, done = b"", 0
        while True:
            page = wanted.where(c.person > last)
            rows = await self.database.read(_rows, page)
            for row in rows:
                found = self._open(row)
                if found and row.person in maybe:  # a person who began again has another key
                    key = self.keyring.fingerprint(row.key, row.person)
                    found = None if (row.person, key) in forgotten else found
                if found:
                    yield found
            done += len(rows)
            show(done)
            if len(rows) < PAGE:
                return
            last = rows[-1].person

    def _open(self, row: Any) -> Participant | None:
        try:
            sealer = self.keyring.sealer(row.key, row.person)
            talk = state_of(row, sealer)
            if talk.seat != "own" or RESEARCH not in (talk.consent or ()) or not self.flow.agreed(talk):
                return None  # their answers stay sealed
            answers = answers_of(row, sealer)
        except (WrongKey, ValidationError):
            self.unreadable += 1
            return None
        if not set(MINOR).isdisjoint(answers.get("age", ())):
            return None
        answered, questionnaire = talk.questionnaire, self.knowledge.questionnaire
        if answered != questionnaire.version:
            talk = self.flow.survey.carried_over(replace(talk, answers=answers))
            answers = dict(talk.answers)
        talk = replace(talk, answers=questionnaire.relevant(answers))
        day = datetime.fromtimestamp(row.changed_at, CHINA).date()
        return Participant(row.person, talk, day, answered)

    async def counted(self) -> Counted:
        """Return what the bot counted of everybody, without a person in it."""
        rows = await self.database.read(_rows, sa.select(counts))
        since = min((row.since for row in rows), default=None)
        numbers = Counter({(row.what, row.which): row.number for row in rows})
        return Counted(numbers, since and datetime.fromtimestamp(since, CHINA).date())

    async def counts(self) -> Counts:
        """Count people and letters."""
        c = conversations.c
        count = sa.select(
            sa.func.count(),
            sa.func.count(c.consent),
            sa.func.count(sa.case((c.blocked, 1))),
        ).select_from(conversations)
        every, agreed, blocked = (await self.database.read(_rows, count))[0]
        dead = sa.select(sa.func.count()).select_from(dead_letters)
        letters = (await self.database.read(_rows, dead))[0][0]
        return Counts(every, agreed, blocked, letters)


def _rows(
    connection: sa.Connection, wanted: sa.Select[*tuple[Any, ...]]
) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    return connection.execute(wanted).all()
