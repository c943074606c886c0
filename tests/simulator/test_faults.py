"""What is planned to go wrong goes wrong, as planned."""

import time
from typing import Any

import pytest
from telegram.error import Forbidden, NetworkError, RetryAfter

from bot.demo.double.calls import Call
from bot.demo.double.faults import Faults, blocked, broken, delayed, dropped, rate_limited
from bot.demo.double.limits import Limits
from bot.demo.double.server import Simulator
from tests.simulator.test_webhook import build


async def test_planned_faults_come_once_each_and_lasting_ones_until_cleared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # else the library warns at each RetryAfter
    async with Simulator() as simulator, build(simulator) as bot:
        worker = simulator.worker()
        await worker.says("/start")

        async def send() -> Any:
            return await bot.send_message(worker.chat_id, "x")

        simulator.faults.plan("sendMessage", rate_limited(7), blocked(), broken(502), dropped())
        with pytest.raises(RetryAfter, match="7"):
            await send()
        with pytest.raises(Forbidden, match="bot was blocked by the user"):
            await send()
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await send()
        assert worker.screen.from_bot == ()
        with pytest.raises(NetworkError):
            await send()
        assert len(worker.screen.from_bot) == 1, "a dropped call has had its effect"
        await send()
        simulator.faults.keep("*", broken(500))
        for _ in range(3):
            with pytest.raises(NetworkError):
                await bot.get_me()
        simulator.faults.clear()
        simulator.faults.plan("getMe", delayed(0.05))
        before = time.monotonic()
        await bot.get_me()
        assert time.monotonic() - before >= 0.05
        assert simulator.counts["sendmessage"] == 5


def test_faults_can_be_drawn_for_each_call() -> None:
    faults = Faults()
    faults.choose = lambda call: blocked() if call.integer("chat_id") == 7 else None
    assert faults.take(Call("sendMessage", {"chat_id": "7"})) is not None
    assert faults.take(Call("sendMessage", {"chat_id": "8"})) is None


async def test_updates_may_be_polled_twice_and_out_of_order() -> None:
    async with Simulator() as simulator, build(simulator) as bot:
        worker = simulator.worker()
        for text in "一二":
            await worker.says(text)
        simulator.faults.copies = lambda _update: 2
        simulator.faults.arrange = lambda batch: batch[::-1]
        texts = [update.message.text for update in await bot.get_updates() if update.message]
        assert texts == ["二", "二", "一", "一"]


def test_telegrams_limits_hold_per_chat_per_group_and_overall() -> None:
    now = 0.0
    limits = Limits(lambda: now, overall=30, chat=1, burst=3)

    def sent(chat: int, method: str = "sendMessage") -> bool:
        return limits(Call(method, {"chat_id": chat})) is None

    assert [sent(1) for _ in range(5)] == [True, True, True, False, False]
    assert not sent(1, "editMessageText")
    assert sent(1, "answerCallbackQuery")
    now = 1.0
    assert [sent(1), sent(1)] == [True, False]
    assert sum(sent(-1) for _ in range(25)) == 20
    assert all(sent(chat, "editMessageText") for chat in range(200, 250))
    assert sum(sent(chat) for chat in range(100, 150)) == 30 - 21
    fault = limits(Call("sendMessage", {"chat_id": 1}))
    assert fault is not None
    assert fault.refusal is not None
    assert fault.refusal.parameters == {"retry_after": 1}
