"""A town talks to the real bot over HTTP; what it said is what the office reads."""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.content.questionnaire import SKIPPED
from bot.demo.town.habits import Habits, slipped
from bot.demo.town.people import Resident, Town
from bot.demo.town.walking import Walked, walk
from bot.dialogue.counting import IMAGINED
from bot.dialogue.reading import Match
from bot.privacy.keyring import Keyring, keys_in
from bot.research.participants import Office, Participant
from bot.storage.engine import open_for_reading
from models.training import population
from tests.office.rooms import KNOWLEDGE
from tests.typed import read

QUESTIONNAIRE = KNOWLEDGE.questionnaire
PLAIN = Habits(research=1, longer=1, marks=0, silent=0, skips=0)


def residents(people: int, seed: int = 3) -> list[Resident]:
    return list(Town(QUESTIONNAIRE, people, seed).residents())


async def walked(
    folder: Path, people: Sequence[Resident], habits: Habits
) -> tuple[Walked, list[Participant]]:
    ended = await walk(KNOWLEDGE, people, folder / "town.sqlite", seed=1, habits=habits)
    async with reader(folder) as office:
        return ended, [participant async for participant in office.participants()]


@asynccontextmanager
async def reader(folder: Path) -> AsyncIterator[Office]:
    database = open_for_reading(f"sqlite:///{folder / 'town.sqlite'}")
    try:
        yield Office(database, Keyring(keys_in(folder / "town.keys")), KNOWLEDGE)
    finally:
        await database.dispose()


async def test_what_the_residents_would_say_is_what_the_office_reads_slips_and_all(tmp_path: Path) -> None:
    people = residents(10)
    ended, found = await walked(tmp_path, people, PLAIN)
    assert ended == Walked(finished=10, silent=0)
    said = [set(QUESTIONNAIRE.relevant(resident.answers).items()) for resident in people]
    kept = [set(participant.talk.answers.items()) for participant in found]
    assert sorted(map(sorted, said)) == sorted(map(sorted, kept))


async def test_a_town_s_database_says_that_its_people_are_imagined(tmp_path: Path) -> None:
    await walked(tmp_path, residents(1), PLAIN)
    async with reader(tmp_path) as office:
        assert (await office.counted()).numbers[IMAGINED]


async def test_of_those_who_refuse_research_the_office_reads_nothing(tmp_path: Path) -> None:
    ended, found = await walked(tmp_path, residents(4), Habits(research=0))
    assert (ended.finished + ended.silent, found) == (4, [])


async def test_who_falls_silent_or_skips_leaves_a_part(tmp_path: Path) -> None:
    habits = Habits(research=1, longer=1, silent=0.1, returns=0, skips=0.3)
    ended, found = await walked(tmp_path, residents(8), habits)
    assert ended.silent > 0
    answers = [answer for participant in found for answer in participant.talk.answers.values()]
    assert (SKIPPED,) in answers


def test_a_slip_of_the_thumb_is_never_taken_for_another_answer() -> None:
    dice = random.Random(1)
    read_right = 0
    for question in QUESTIONNAIRE.questions:
        for option in () if question.multiple else question.options:
            for _ in range(10):
                found = read(slipped(option.zh, dice), question)
                assert not isinstance(found, Match) or found.options == (option.id,)
                read_right += isinstance(found, Match)
    assert read_right > 500, "most of them are read all the same"


async def test_who_falls_silent_comes_back_days_later_to_where_they_were(tmp_path: Path) -> None:
    habits = Habits(research=1, longer=1, silent=0.05, returns=1, skips=0, marks=0)
    ended, found = await walked(tmp_path, residents(12), habits)
    async with reader(tmp_path) as office:
        numbers = (await office.counted()).numbers
    away = sum(number for (what, _), number in numbers.items() if what == "put_away")
    assert away >= 1, "who came back had put the phone away"
    assert len({participant.day for participant in found}) >= 2
    assert ended.finished + ended.silent == 12


async def test_a_town_is_not_written_over_another(tmp_path: Path) -> None:
    (tmp_path / "town.sqlite").touch()
    with pytest.raises(ValueError, match="there already"):
        await walk(KNOWLEDGE, [], tmp_path / "town.sqlite", seed=1)


def test_the_same_seed_gives_the_same_town() -> None:
    assert residents(30) == residents(30) != residents(30, seed=4)


def test_every_answer_of_a_resident_fits_its_question_and_its_code() -> None:
    for resident in residents(200):
        for question in QUESTIONNAIRE.questions:
            answer = resident.answers[question.id]
            assert question.accepts(answer)
            option = question.option(answer[0])
            if question.feature and option and question.id != "region":
                assert option.code == resident.levels[question.feature]


def test_a_town_draws_the_reference_population() -> None:
    drawn = residents(2_000)
    for feature in ("income", "debt", "commercial", "gender"):
        table = population.rebuild("flexible").table((feature,))
        for (code,), share in zip(table.levels.tolist(), table.shares.tolist(), strict=True):
            found = sum(resident.levels[feature] == code for resident in drawn) / len(drawn)
            assert abs(found - share) < 0.05
