"""The chat page's routes: what people do there, what they read, and who is kept out."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.demo.double.server import Simulator
from bot.demo.double.worker import PICTURE
from tests.simulator.test_webhook import build


async def events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, Any]]:
    kind = ""
    async for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            kind = value
        elif name == "data":
            yield kind, json.loads(value)


async def test_deeds_on_the_page_reach_the_bot_and_changes_reach_the_page() -> None:
    async with (
        Simulator() as simulator,
        build(simulator) as bot,
        httpx.AsyncClient(base_url=simulator.page_url) as page,
    ):
        id = (await page.post("page/chats", json={"language": "en", "name": "Li"})).json()["id"]

        async def act(deed: str, **content: Any) -> None:
            assert (await page.post(f"page/chats/{id}/{deed}", json=content)).status_code == 204

        await act("start", payload="poster")
        async with page.stream("GET", "page/events") as stream:
            told = events(stream.aiter_lines())
            kind, snapshot = await anext(told)
            assert kind == "snapshot"
            (chat,) = snapshot["chats"]
            assert (chat["id"], chat["language"], chat["messages"][0]["text"]) == (id, "en", "/start poster")
            sent = await bot.send_message(id, "x")
            kind, message = await anext(told)
            assert (kind, message["content"]["text"]) == ("message", "x")
            await bot.edit_message_text("y", id, sent.message_id)
            assert (await anext(told))[0] == "edited"
            await bot.set_my_description("Helps", language_code="en")
            assert (await anext(told))[1]["description"] == "Helps"
            await act("tap", message_id=sent.message_id, data="yes")
            await act("text", text="hello")
            await act("edit", message_id=3, text="hello!")
            await act("sticker", emoji="👍")
            picture = await page.post(
                f"page/chats/{id}/photo", content=PICTURE, headers={"content-type": "image/png"}
            )
            assert picture.status_code == 204
            await act("language", language="zh-hans")
            await act("block", blocked=True)
            await act("block", blocked=False)
            kinds = [(await anext(told))[0] for _ in range(7)]
            assert kinds == ["message", "edited", "message", "message", "chat", "chat", "chat"]
        updates = await bot.get_updates()
        assert [next(iter(update.to_dict().keys() - {"update_id"})) for update in updates] == [
            "message", "callback_query", "message", "edited_message", "message", "message",
            "my_chat_member", "my_chat_member",
        ]  # fmt: skip
        (photo,) = [u.message.photo[-1].file_id for u in updates if u.message and u.message.photo]
        file = await page.get(f"page/files/{photo}")
        assert (file.content, file.headers["content-type"]) == (PICTURE, "image/png")


@pytest.mark.parametrize(
    ("path", "content", "kind", "status"),
    [
        ("page/chats/{id}/text", b'{"text": "x"}', "text/plain", 400),  # what another site's form could send
        ("page/chats", b'{"language": "en"}', "text/plain", 400),
        ("page/chats/{id}/text", b"[]", "application/json", 400),
        ("page/chats/{id}/text", b"{", "application/json", 400),
        ("page/chats/{id}/text", b"{}", "application/json", 400),
        ("page/chats/{id}/edit", b'{"message_id": 9, "text": "x"}', "application/json", 400),
        ("page/chats/{id}/photo", b"x", "text/html", 400),
        ("page/chats/{id}/photo", b"x", "image/png", 400),
        ("page/chats/7/text", b'{"text": "x"}', "application/json", 404),
    ],
)
async def test_what_is_not_understood_is_refused(path: str, content: bytes, kind: str, status: int) -> None:
    async with Simulator() as simulator, httpx.AsyncClient(base_url=simulator.page_url) as page:
        worker = simulator.worker()
        address = path.format(id=worker.chat_id)
        answer = await page.post(address, content=content, headers={"content-type": kind})
        assert answer.status_code == status
        assert answer.json()["error"]
        assert worker.screen.messages == ()


async def test_the_bots_messages_are_not_the_workers_to_edit() -> None:
    async with (
        Simulator() as simulator,
        build(simulator) as bot,
        httpx.AsyncClient(base_url=simulator.page_url) as page,
    ):
        worker = simulator.worker()
        await worker.says("/start")
        sent = await bot.send_message(worker.chat_id, "x")
        edit = {"message_id": sent.message_id, "text": "y"}
        assert (await page.post(f"page/chats/{worker.chat_id}/edit", json=edit)).status_code == 400
        assert worker.screen.text == "x"


async def test_every_answer_of_the_page_forbids_foreign_content_and_foreign_names() -> None:
    async with Simulator() as simulator, httpx.AsyncClient(base_url=simulator.page_url) as page:
        for path in ("", "chat.js", "chat.css", "icon.svg"):
            answer = await page.get(path)
            assert answer.status_code == 200
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
        assert (await page.get("", headers={"host": "evil.example"})).status_code == 400


async def test_a_file_is_shown_as_a_picture_only_if_it_is_one() -> None:
    async with Simulator() as simulator, httpx.AsyncClient(base_url=simulator.page_url) as page:
        worker = simulator.worker()
        await worker.sends_document("x.html", b"<script>")
        (message,) = simulator.state.chats[worker.chat_id].messages.values()
        answer = await page.get(f"page/files/{message['document']['file_id']}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert (await page.get("page/files/none")).status_code == 404
