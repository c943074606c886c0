"""The Bot API over HTTP, spoken by two libraries: tokens, bodies, files, polls, stopping."""

import asyncio
import socket
import time
from io import BytesIO

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, BotCommand, InputMediaPhoto
from telegram.error import BadRequest, Forbidden, InvalidToken

from bot.demo.double.calls import read_call, read_multipart
from bot.demo.double.refusals import Refusal
from bot.demo.double.server import Simulator
from bot.demo.double.worker import PICTURE
from tests.simulator.test_webhook import build


@pytest.mark.parametrize(("token", "status"), [("1000000000:other", 401), ("nonsense", 404)])
async def test_a_wrong_token_is_refused(token: str, status: int) -> None:
    async with Simulator() as simulator, httpx.AsyncClient() as client:
        for address in (f"{simulator.base_url}{token}/getMe", f"{simulator.base_file_url}{token}/x"):
            answer = await client.get(address)
            assert (answer.status_code, answer.json()["error_code"]) == (status, status)
    with pytest.raises(InvalidToken):
        async with Simulator() as simulator, Bot(token, simulator.base_url):
            pass


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"chat_id": %d, "text": "\xe6\x82\xa8"}', "application/json"),
        (b"chat_id=%d&text=%%E6%%82%%A8", "application/x-www-form-urlencoded"),
        (
            b'--b\r\nContent-Disposition: form-data; name="chat_id"\r\n\r\n%d\r\n'
            b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xe6\x82\xa8\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
        ),
    ],
)
async def test_parameters_come_as_json_form_or_multipart(content: bytes, kind: str) -> None:
    async with Simulator() as simulator, httpx.AsyncClient() as client:
        worker = simulator.worker()
        await worker.says("/start")
        answer = await client.post(
            f"{simulator.base_url}{simulator.token}/sendMessage",
            content=content % worker.chat_id,
            headers={"content-type": kind},
        )
        assert answer.json()["result"]["text"] == "您"


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"{", "application/json", "can't parse JSON object"),
        (b"[]", "application/json", "object expected"),
        (b"\xff=1", "application/x-www-form-urlencoded", "strings must be encoded in UTF-8"),
        (b'{"text": "\\ud800"}', "application/json", "strings must be encoded in UTF-8"),
        (b"x", "multipart/form-data", "boundary not found in multipart/form-data"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(content: bytes, kind: str, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        read_call("sendMessage", kind, "", content)


@given(st.binary(), st.binary())
def test_files_pass_multipart_unchanged(first: bytes, second: bytes) -> None:
    boundary = b"a-boundary-that-no-test-draws"
    body = b"".join(
        b"--" + boundary + b'\r\nContent-Disposition: form-data; name="' + name + b'"; filename="f"\r\n'
        b"Content-Type: image/png\r\n\r\n" + content + b"\r\n"
        for name, content in ((b"one", first), (b"two", second))
    )
    kind = f"multipart/form-data; boundary={boundary.decode()}"
    _, files = read_multipart(kind, body + b"--" + boundary + b"--\r\n")
    assert {name: file.content for name, file in files.items()} == {"one": first, "two": second}
    assert files["one"].kind == "image/png"


async def test_the_library_sends_edits_and_fetches_files() -> None:
    async with Simulator() as simulator, build(simulator) as bot:
        worker = simulator.worker()
        await worker.says("/start")
        sent = await bot.send_photo(worker.chat_id, PICTURE, caption="一")
        edited = await bot.edit_message_media(
            InputMediaPhoto(PICTURE, caption="二"), worker.chat_id, sent.message_id
        )
        assert not isinstance(edited, bool)
        file = await bot.get_file(edited.photo[-1])
        assert bytes(await file.download_as_bytearray()) == PICTURE
        await bot.send_document(worker.chat_id, BytesIO("清单".encode()), filename="清单.pdf")
        assert [shown.document or shown.text for shown in worker.screen.from_bot] == ["二", "清单.pdf"]
        await bot.set_my_commands([BotCommand("start", "开始")], language_code="zh")
        assert (await bot.get_my_commands(language_code="zh"))[0].description == "开始"
        chat = await bot.get_chat(worker.chat_id)
        assert chat.first_name == "小王"


async def test_another_library_talks_to_it_too() -> None:
    # It takes seconds to import, which only the process should spend that runs this test.
    from aiogram import Bot as Aiogram
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    async with Simulator() as simulator:
        worker = simulator.worker()
        await worker.says("/start")
        bot = Aiogram(simulator.token, AiohttpSession(api=TelegramAPIServer.from_base(simulator.api_url)))
        async with bot:
            (update,) = await bot.get_updates()
            await bot.send_message(
                worker.chat_id, f"<b>{update.message.text if update.message else None}</b>", parse_mode="HTML"
            )
        assert worker.screen.last.entities[0]["type"] == "bold"


async def test_a_poll_is_held_until_something_comes() -> None:
    async with Simulator() as simulator, build(simulator) as bot:
        poll = asyncio.create_task(bot.get_updates(timeout=20))
        worker = simulator.worker()
        await worker.says("x")
        (update,) = await poll
        assert update.effective_message is not None
        assert update.effective_message.text == "x"


async def test_it_stops_at_once_while_a_bot_polls() -> None:
    async with Simulator() as simulator:
        bot = build(simulator)
        await bot.initialize()
        poll = asyncio.create_task(bot.get_updates(timeout=20))
        async with asyncio.timeout(5):
            while not simulator.counts.get("getupdates"):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.001)
        before = time.monotonic()
    assert time.monotonic() - before < 2
    assert await poll == ()
    await bot.shutdown()


async def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"can't listen on 127.0.0.1:{port} .*choose another port"):
            async with Simulator(port=port):
                pass


async def test_many_errors_reach_the_library_by_its_own_kinds() -> None:
    async with Simulator() as simulator, build(simulator) as bot:
        worker = simulator.worker()
        await worker.says("/start")
        with pytest.raises(BadRequest, match="Can't parse entities: can't find end tag"):
            await bot.send_message(worker.chat_id, "<b>x", parse_mode="HTML")
        await worker.blocks()
        with pytest.raises(Forbidden):
            await bot.send_message(worker.chat_id, "x")


async def test_a_group_hears_the_bot_and_shows_who_speaks() -> None:
    async with Simulator() as simulator, build(simulator) as bot:
        wang, li = simulator.group("外卖群", simulator.worker("王"), simulator.worker("李"))
        await li.says("/start")
        update = (await bot.get_updates())[-1]
        assert update.effective_chat is not None
        assert (update.effective_chat.type, update.effective_chat.title) == ("group", "外卖群")
        await bot.send_message(update.effective_chat.id, "请私聊")
        assert wang.screen == li.screen
        assert wang.screen.text == "请私聊"


async def test_what_is_not_seen_in_time_is_told_with_the_chat() -> None:
    async with Simulator() as simulator:
        worker = simulator.worker()
        await worker.says("/start")
        with pytest.raises(AssertionError, match=r"not seen within 0.01 s: '您好'\nworker: /start"):
            await worker.expects("您好", timeout=0.01)


async def test_a_file_that_is_not_there_is_not_found_and_a_huge_body_is_not_read() -> None:
    async with Simulator() as simulator, httpx.AsyncClient() as client:
        answer = await client.get(f"{simulator.base_file_url}{simulator.token}/photos/file_9.png")
        assert answer.json() == {"ok": False, "error_code": 404, "description": "Not Found"}
        address = f"{simulator.base_url}{simulator.token}/sendDocument"
        huge = await client.post(address, content=bytes(52 * 1024 * 1024))
        assert huge.json()["description"] == "Request Entity Too Large"


async def test_a_fault_of_the_doubles_own_is_said_to_be_its_own(caplog: pytest.LogCaptureFixture) -> None:
    async with Simulator() as simulator, httpx.AsyncClient() as client:
        worker = simulator.worker()
        await worker.says("/start")
        call = {"chat_id": worker.chat_id, "text": "x", "reply_parameters": [1]}  # not an object
        answer = await client.post(f"{simulator.base_url}{simulator.token}/sendMessage", json=call)
        assert answer.json()["description"] == "Internal Server Error: the double failed; see its log"
        assert "the double failed in sendMessage" in caplog.text
