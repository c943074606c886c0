"""What people do with their phones, as the bot learns of it."""

import asyncio

import pytest

from bot.demo.double import phone
from bot.demo.double.server import Simulator
from bot.demo.double.worker import Worker
from tests.simulator.double import Double, refused


async def test_people_send_what_bots_rarely_expect(double: Double) -> None:
    await double.worker.sends_photo(caption="看")
    await double.worker.sends_sticker("😀")
    await double.worker.sends_document()
    await double.worker.sends({"location": {"latitude": 39.9, "longitude": 116.4}})
    id = await double.worker.says("五千")
    await double.worker.edits(id, "五千五")
    kinds = [next(iter(u.keys() - {"update_id"})) for u in double.state.updates.waiting()]
    assert kinds == ["message"] * 6 + ["edited_message"]
    contents = [update.get("message", {}) for update in double.state.updates.waiting()]
    media = ("photo", "sticker", "document", "location")
    assert [key for content in contents for key in media if key in content] == list(media)


async def test_a_text_of_5000_characters_comes_in_two_messages(double: Double) -> None:
    await double.worker.says("很" * 5000)
    lengths = [len(update["message"]["text"]) for update in double.state.updates.waiting()[1:]]
    assert lengths == [4096, 904]


async def test_start_carries_a_deep_link(double: Double) -> None:
    await double.worker.starts("poster-7")
    message = double.state.updates.waiting()[-1]["message"]
    assert message["text"] == "/start poster-7"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]


async def test_in_a_group_the_bot_hears_only_what_concerns_it(double: Double) -> None:
    group = double.state.add_group("外卖群", [double.worker.user])
    phone.add_bot(double.state, group, double.worker.user)
    member = Worker(double.state, double.worker.user, group)
    before = len(double.state.updates.waiting())
    await member.says("今天单子多吗")
    await member.says("/start@other_bot")
    assert len(double.state.updates.waiting()) == before
    await member.says("/start@guide_bot")
    await member.says("@guide_bot 您好")
    assert len(double.state.updates.waiting()) == before + 2
    await member.blocks()
    answer = await refused(double, "sendMessage", chat_id=group.id, text="x")
    assert answer == "Forbidden: bot was kicked from the group chat"


@pytest.mark.parametrize("steps", range(6))
async def test_a_worker_who_waits_can_be_called_off_in_the_very_moment_of_news(steps: int) -> None:
    async with Simulator() as simulator:
        worker = simulator.worker("小王")
        waiting = asyncio.create_task(worker.expects("what never comes", timeout=60))
        await asyncio.sleep(0.05)
        await worker.says("news")
        for _ in range(steps):
            await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting], timeout=2)
        assert waiting.cancelled()


async def test_a_cleared_history_shows_only_what_comes_after(double: Double) -> None:
    await double.worker.says("旧")
    double.worker.clears()
    assert str(double.worker.screen) == "(nothing yet)"
    await double.worker.says("新")
    assert [message.text for message in double.worker.screen.messages] == ["新"]
