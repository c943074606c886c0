"""The double pushes updates as Telegram does: in order, with the secret, again until taken."""

import socket

from telegram import Bot
from telegram.request import HTTPXRequest

from bot.demo.double.server import Simulator
from tests.simulator.receiver import Push, Receiver


def build(simulator: Simulator) -> Bot:
    return Bot(simulator.token, simulator.base_url, simulator.base_file_url, request=HTTPXRequest())


def texts(pushes: list[Push]) -> list[str]:
    return [push.update["message"]["text"] for push in pushes if "message" in push.update]


async def test_updates_come_in_order_with_the_secret_and_are_then_gone() -> None:
    async with Simulator() as simulator, Receiver() as receiver, build(simulator) as bot:
        worker = simulator.worker()
        await worker.says("早于设置")
        await bot.set_webhook(receiver.url, secret_token="a-secret", max_connections=3)
        for text in "一二三":
            await worker.says(text)
        pushes = await receiver.expects(lambda pushes: len(pushes) == 4)
        assert texts(pushes) == ["早于设置", "一", "二", "三"]
        assert {push.headers["x-telegram-bot-api-secret-token"] for push in pushes} == {"a-secret"}
        info = await bot.get_webhook_info()
        assert (info.url, info.max_connections) == (receiver.url, 3)


async def test_an_update_is_pushed_again_until_it_is_taken_and_holds_up_only_its_chat() -> None:
    async with Simulator(webhook_pause=0.05) as simulator, Receiver() as receiver, build(simulator) as bot:
        receiver.answers.extend([(500, None), (503, None)])
        await bot.set_webhook(receiver.url)
        wang, li = simulator.worker("王"), simulator.worker("李")
        await wang.says("王一")
        await receiver.expects(lambda pushes: len(pushes) == 1)
        info = await bot.get_webhook_info()
        assert info.last_error_message == "Wrong response from the webhook: 500 Status"
        assert info.pending_update_count == 1
        await wang.says("王二")
        await receiver.expects(lambda pushes: len(pushes) == 2)
        await li.says("李一")
        pushes = await receiver.expects(lambda pushes: len(pushes) == 5)
        assert [text for text in texts(pushes) if text[0] == "王"] == ["王一", "王一", "王一", "王二"]
        assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_a_refused_connection_is_noted_and_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with Simulator(webhook_pause=0.01) as simulator, build(simulator) as bot:
        await bot.set_webhook(f"http://127.0.0.1:{port}/")
        worker = simulator.worker()
        await worker.says("x")
        info = await bot.get_webhook_info()
        while not info.last_error_message:
            info = await bot.get_webhook_info()
        assert (info.last_error_message, info.pending_update_count) == ("Connection refused", 1)


async def test_a_call_may_ride_on_the_answer() -> None:
    async with Simulator() as simulator, Receiver() as receiver, build(simulator) as bot:
        await bot.set_webhook(receiver.url)
        worker = simulator.worker()
        call = {
            "method": "sendMessage",
            "chat_id": worker.chat_id,
            "text": "<b>收到</b>",
            "parse_mode": "HTML",
        }
        receiver.answers.extend([(200, call), (200, {"method": "sendMessage", "chat_id": 7}), (200, "ok")])
        await worker.says("一")
        await worker.expects("收到")
        await worker.says("二")
        await worker.says("三")
        await receiver.expects(lambda pushes: len(pushes) == 3)
        assert len(worker.screen.from_bot) == 1


async def test_no_more_connections_than_asked_for_are_opened() -> None:
    async with Simulator() as simulator, Receiver(wait=0.01) as receiver, build(simulator) as bot:
        workers = [simulator.worker(str(number)) for number in range(12)]
        for worker in workers:
            await worker.says("x")
        await bot.set_webhook(receiver.url, max_connections=4)
        await receiver.expects(lambda pushes: len(pushes) == 12)
        assert receiver.most_at_once == 4


async def test_a_new_webhook_takes_over_and_none_stops() -> None:
    async with Simulator() as simulator, Receiver() as old, Receiver() as new, build(simulator) as bot:
        worker = simulator.worker()
        await bot.set_webhook(old.url)
        await worker.says("一")
        await old.expects(lambda pushes: len(pushes) == 1)
        await bot.set_webhook(new.url)
        await worker.says("二")
        await new.expects(lambda pushes: len(pushes) == 1)
        await bot.delete_webhook()
        await worker.says("三")
        assert (await bot.get_webhook_info()).url == ""
        (update,) = await bot.get_updates()
        assert update.message is not None
        assert update.message.text == "三"
        assert (len(old.pushes), len(new.pushes)) == (1, 1)


async def test_updates_may_come_twice_and_out_of_order() -> None:
    async with Simulator() as simulator, Receiver() as receiver, build(simulator) as bot:
        wang, li = simulator.worker("王"), simulator.worker("李")
        await wang.says("王")
        await li.says("李")
        simulator.faults.copies = lambda _update: 2
        simulator.faults.arrange = lambda batch: batch[::-1]
        await bot.set_webhook(receiver.url, max_connections=1)
        pushes = await receiver.expects(lambda pushes: len(pushes) == 4)
        assert texts(pushes) == ["李", "李", "王", "王"]
