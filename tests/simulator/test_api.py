"""The Bot API over HTTP: tokens, forms, files, and what is told to go wrong."""

import asyncio
import socket
import time
from io import BytesIO
from typing import Any

import httpx
import pytest
from aiogram import Bot as Aiogram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from hypothesis import given
from hypothesis import strategies as st
from telegram import Bot, BotCommand, InputMediaPhoto
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.simulator.calls import Call, read_call, read_multipart
from bot.simulator.faults import Faults, blocked, broken, delayed, dropped, rate_limited
from bot.simulator.files import measure_picture
from bot.simulator.limits import Limits
from bot.simulator.refusals import Refusal
from bot.simulator.server import Simulator
from bot.simulator.worker import PICTURE
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


@given(
    st.binary(max_size=64),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"GIF89a", b"RIFF0000WEBPVP8X"]),
)
def test_any_bytes_are_measured_or_refused(rest: bytes, start: bytes) -> None:
    try:
        width, height = measure_picture(start + rest)
    except Refusal as refusal:
        description = refusal.description
    else:
        description = ""
        assert 0 < width + height <= 10000
    assert description in ("", "Bad Request: IMAGE_PROCESS_FAILED", "Bad Request: PHOTO_INVALID_DIMENSIONS")


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (b"\xff\xd8\xff\xe0\0\x04xx\xff\xc0\0\x0b\x08\0\x10\0\x20\x03xx", (32, 16)),
        (b"GIF89a\x20\0\x10\0", (32, 16)),
        (b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + b"\x1f\0\0\x0f\0\0", (32, 16)),
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + b"\x20\0\x10\0", (32, 16)),
    ],
)
def test_pictures_of_each_kind_are_measured(content: bytes, size: tuple[int, int]) -> None:
    assert measure_picture(content) == size


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
    assert sent(1, "editMessageText")
    now = 1.0
    assert [sent(1), sent(1)] == [True, False]
    assert sum(sent(-1) for _ in range(25)) == 20
    assert sum(sent(chat) for chat in range(100, 150)) == 30 - 21
    fault = limits(Call("sendMessage", {"chat_id": 1}))
    assert fault is not None
    assert fault.refusal is not None
    assert fault.refusal.parameters == {"retry_after": 1}


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
