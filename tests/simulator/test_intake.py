"""How a bot receives: polls, offsets, webhooks, one at a time."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.demo.double.refusals import Refusal
from tests.simulator.double import Double, refused


async def test_what_nobody_asked_for_is_not_queued(double: Double) -> None:
    await double.call("getUpdates", allowed_updates=["callback_query"])
    before = len(double.state.updates.waiting())
    await double.worker.says("x")
    assert len(double.state.updates.waiting()) == before
    await double.call("getUpdates")
    await double.worker.says("x")
    assert len(double.state.updates.waiting()) == before
    await double.call("getUpdates", allowed_updates=[])
    await double.worker.says("x")
    assert len(double.state.updates.waiting()) == before + 1


async def test_updates_wait_until_confirmed_by_offset(double: Double) -> None:
    for text in "一二三":
        await double.worker.says(text)
    first, *_ = batch = await double.call("getUpdates")
    assert batch == await double.call("getUpdates")
    assert len(await double.call("getUpdates", limit=2)) == 2
    rest = await double.call("getUpdates", offset=first["update_id"] + 1)
    assert rest == batch[1:]
    assert await double.call("getUpdates", offset=-1) == batch[-1:]
    assert await double.call("getUpdates") == batch[-1:]


async def test_updates_are_kept_for_a_day(double: Double) -> None:
    double.now += 24 * 3600 + 1
    await double.worker.says("x")
    (update,) = await double.call("getUpdates")
    assert update["message"]["text"] == "x"


async def test_a_poll_waits_for_the_next_update(double: Double) -> None:
    (started,) = await double.call("getUpdates")
    poll = asyncio.create_task(double.call("getUpdates", offset=started["update_id"] + 1, timeout=30))
    await asyncio.sleep(0)
    assert not poll.done()
    await double.worker.says("x")
    (update,) = await poll
    assert update["message"]["text"] == "x"


async def test_a_second_poll_ends_the_first(double: Double) -> None:
    (started,) = await double.call("getUpdates")
    first = asyncio.create_task(double.call("getUpdates", offset=started["update_id"] + 1, timeout=30))
    await asyncio.sleep(0)
    second = asyncio.create_task(double.call("getUpdates", timeout=30))
    with pytest.raises(Refusal, match="Conflict: terminated by other getUpdates request"):
        await first
    await double.worker.says("x")
    assert len(await second) == 1


async def test_polls_and_webhooks_exclude_each_other(double: Double) -> None:
    (started,) = await double.call("getUpdates")
    poll = asyncio.create_task(double.call("getUpdates", offset=started["update_id"] + 1, timeout=30))
    await asyncio.sleep(0)
    await double.call("setWebhook", url="https://bot.example/hook")
    with pytest.raises(Refusal, match="Conflict: terminated by setWebhook request"):
        await poll
    assert "can't use getUpdates method while webhook is active" in await refused(double, "getUpdates")
    await double.call("deleteWebhook", drop_pending_updates="true")
    assert await double.call("getUpdates") == []


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"url": "http://bot.example/"}, "An HTTPS URL must be provided for webhook"),
        ({"url": "https://bot.example:8080/"}, "only on ports 80, 88, 443 or 8443"),
        ({"url": "https://bot.example/", "secret_token": "很"}, "secret token contains unallowed characters"),
    ],
)
async def test_a_webhook_that_telegram_would_not_take_is_refused(
    double: Double, parameters: dict[str, str], reason: str
) -> None:
    assert reason in await refused(double, "setWebhook", **parameters)


@given(st.lists(st.integers(0, 5), max_size=20), st.integers(1, 4))
async def test_a_bot_that_confirms_what_it_took_sees_each_update_once_and_in_order(
    arrivals: list[int], limit: int
) -> None:
    double = Double()
    said, seen, offset = 0, list[str](), 0
    for arriving in [*arrivals, *[0] * 100]:
        for _ in range(arriving):
            said += 1
            await double.worker.says(str(said))
        for update in await double.call("getUpdates", offset=offset, limit=limit):
            seen.append(update["message"]["text"])
            offset = update["update_id"] + 1
    assert seen == [str(number) for number in range(1, said + 1)]
