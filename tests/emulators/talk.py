"""The same conversation, end to end, at emulators that others wrote; run by `make emulators`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.emulators import gaps
from tests.emulators.door import Door
from tests.emulators.phones import TELEMELYA, TEST_API, Emulator, Phone, tap, until
from tests.faults.service import Service
from tests.talks import CONSENT, SHORT_PATH, onwards, up_to

LANES = [(TELEMELYA, "webhook"), (TEST_API, "webhook"), (TEST_API, "polling")]
lanes = pytest.mark.parametrize(("emulator", "way"), LANES, ids=[f"{e.name}-{way}" for e, way in LANES])


@asynccontextmanager
async def at(emulator: Emulator, way: str, folder: Path) -> AsyncIterator[tuple[Phone, Service]]:
    """Run the bot as the operator does, against the emulator; yields a phone and the bot's process."""
    service = Service(folder, f"sqlite:///{folder}/bot.sqlite", "", command=way)
    bot = f"http://127.0.0.1:{service.port}"
    async with (
        emulator.running() as address,
        Door(address, bot, "s" * 40, emulator.mend) as door,
        aiohttp.ClientSession() as session,
    ):
        service.api, service.url = door.url, door.webhook_url
        await service.start()
        try:
            await service.listening()
            await door.called("setWebhook" if way == "webhook" else "getUpdates")
            yield emulator.phone(session, address), service
        finally:
            await service.kill()


async def answer_all(phone: Phone) -> None:
    await phone.says("/start")
    for data in (*CONSENT, *SHORT_PATH):
        await tap(phone, data)
    await until(phone, lambda seen: "您的结果" in seen[-1].text, "the result")


@lanes
async def test_a_rider_answers_is_scored_and_is_advised(emulator: Emulator, way: str, tmp_path: Path) -> None:
    async with at(emulator, way, tmp_path) as (phone, _):
        await answer_all(phone)
        survey, result = await phone.messages()
        assert "不是征信报告" in result.text
        assert survey.id < result.id
        advice = next(data for _, data in result.buttons if data.startswith("open:"))
        await phone.taps(advice, result.id)
        seen = await until(phone, lambda seen: len(seen) == 3, "a piece of advice")
        assert "依据" in seen[-1].text or "来源" in seen[-1].text or "出处" in seen[-1].text


@lanes
async def test_words_amounts_and_mistakes_are_answered(emulator: Emulator, way: str, tmp_path: Path) -> None:
    async with at(emulator, way, tmp_path) as (phone, _):
        await phone.says("/start")
        for data in (*CONSENT, *up_to("income")):
            await tap(phone, data)
        await until(phone, lambda seen: "挣多少钱" in seen[-1].text, "the question on income")
        await phone.says("/nonsense")
        await until(phone, lambda seen: "没有这个命令" in seen[-1].text, "the word on unknown commands")
        await phone.says("五千多")
        await until(phone, lambda seen: "稳定吗" in seen[-1].text, "the next question")


@lanes
async def test_a_killed_bot_goes_on_where_it_was_and_deletes(
    emulator: Emulator, way: str, tmp_path: Path
) -> None:
    async with at(emulator, way, tmp_path) as (phone, service):
        await phone.says("/start")
        for data in (*CONSENT, *up_to("income_stability")):
            await tap(phone, data)
        await until(phone, lambda seen: "稳定吗" in seen[-1].text, "the sixth question")
        await service.kill()
        await service.start()
        await service.listening()
        for data in onwards("income_stability"):
            await tap(phone, data)
        await until(phone, lambda seen: "您的结果" in seen[-1].text, "the result")
        await phone.says("/delete")
        await tap(phone, "go:forget")
        await until(phone, lambda seen: "已全部删除" in seen[-1].text, "the word that all is deleted")


async def test_the_picture_of_the_result_arrives_where_pictures_are_known(tmp_path: Path) -> None:
    async with at(TELEMELYA, "webhook", tmp_path) as (phone, _):
        await answer_all(phone)
        await tap(phone, "go:picture")
        seen = await until(phone, lambda seen: seen[-1].photo, "the picture")
        assert seen[-1].text


async def test_the_gaps_are_those_that_the_paper_tells() -> None:
    assert gaps.PAGE.read_text(encoding="utf-8") == await gaps.page()
