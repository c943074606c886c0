"""Imagined people counted at once, without a database or a talk."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import date

from bot.demo.town.people import Town
from bot.dialogue.conversation import Conversation
from bot.research.columns import Columns
from bot.research.participants import Participant
from bot.research.tally import Tally, tally
from tests.office.rooms import KNOWLEDGE, talk

DAY = date(2026, 11, 23)
SHEET = Columns(KNOWLEDGE)


def talks_of(people: int, seed: int = 5, *, moved: bool = False) -> list[Conversation]:
    """Everybody answers everything that is asked."""
    questionnaire = KNOWLEDGE.questionnaire
    town = Town(questionnaire, people, seed, moved)
    return [talk(questionnaire.relevant(resident.answers), research=True) for resident in town.residents()]


def counted(talks: Iterable[Conversation]) -> Tally:
    async def people() -> AsyncIterator[Participant]:
        for held in talks:
            yield Participant(b"", held, DAY, held.questionnaire)

    return asyncio.run(tally(people(), SHEET))
