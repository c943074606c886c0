"""A worker's phone at each emulator, and the emulators' processes, each behind one small protocol."""

import asyncio
import itertools
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import aiohttp

from tests.emulators.door import JSON, Mend, as_it_is
from tests.faults.service import free_port
from tests.talks import TOKEN

HERE = Path(__file__).parent
ROOM = HERE.parents[1] / ".emulators"  # made by `make emulators`
WORKER = 4242
PATIENCE = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Seen:
    """A message of the bot as the emulator keeps it."""

    id: int
    text: str
    buttons: tuple[tuple[str, str], ...] = ()  # text and data
    photo: bool = False


class Phone(Protocol):
    """What a worker does at an emulator."""

    async def says(self, text: str) -> None:
        """Send a text."""

    async def taps(self, data: str, message: int) -> None:
        """Tap a button of a message."""

    async def messages(self) -> list[Seen]:
        """Return what the bot said, as edited since, oldest first."""


def _buttons(markup: Any) -> tuple[tuple[str, str], ...]:
    rows = (markup or {}).get("inline_keyboard", [])
    return tuple((button["text"], button.get("callback_data", "")) for row in rows for button in row)


@dataclass
class AtTelemelya:
    """The control API of telemelya."""

    session: aiohttp.ClientSession
    url: str

    async def says(self, text: str) -> None:
        """Send a text."""
        await self._send(text=text)

    async def taps(self, data: str, message: int) -> None:
        """Tap a button of a message."""
        await self._send(callback_data=data, callback_message_id=message)

    async def _send(self, **content: Any) -> None:
        await asyncio.sleep(0.002)  # its updates are numbered by the millisecond
        async with self.session.post(
            f"{self.url}/api/v1/test/send_update", params={"bot_token": TOKEN, "session_id": "s"},
            json={"chat_id": WORKER, **content}, headers={"Authorization": "Bearer any"},
        ) as answer:  # fmt: skip
            assert answer.status == 200, await answer.text()
            delivery = (await answer.json())["delivery"]
            assert delivery["status_code"] == 200, delivery

    async def messages(self) -> list[Seen]:
        """Return what the bot said, as edited since, oldest first."""
        async with self.session.get(
            f"{self.url}/api/v1/test/responses", params={"session_id": "s"},
            headers={"Authorization": "Bearer any"},
        ) as answer:  # fmt: skip
            records: Any = await answer.json()
        found: dict[int, Seen] = {}
        for record in records if isinstance(records, list) else records["responses"]:
            if record["method"] in ("sendMessage", "sendPhoto", "editMessageText"):
                words = record.get("text") or record.get("caption") or ""
                # Its record of an edit keeps the old buttons; what the bot sent is in `raw`.
                markup = record["raw"].get("reply_markup") or record.get("reply_markup")
                photo = record["method"] == "sendPhoto"
                id = record["message_id"]
                found[id] = Seen(id, words, _buttons(markup), photo)
        return list(found.values())


@dataclass
class AtTestApi:
    """The client's routes of telegram-test-api."""

    session: aiohttp.ClientSession
    url: str
    language: str = "zh"

    async def says(self, text: str) -> None:
        """Send a text."""
        await self._send("sendMessage", {"text": text})

    async def taps(self, data: str, message: int) -> None:
        """Tap a button of a message."""
        told = {"message_id": message, "date": int(time.time()), "chat": self._chat}
        await self._send("sendCallback", {"data": data, "message": told})

    @property
    def _chat(self) -> JSON:
        return {"id": WORKER, "type": "private", "first_name": "小王"}

    async def _send(self, route: str, content: JSON) -> None:
        sender = {"id": WORKER, "is_bot": False, "first_name": "小王", "language_code": self.language}
        common = {"botToken": TOKEN, "from": sender, "chat": self._chat, "date": int(time.time())}
        async with self.session.post(f"{self.url}/{route}", json=common | content) as answer:
            assert answer.status == 200, await answer.text()

    async def messages(self) -> list[Seen]:
        """Return what the bot said, as edited since, oldest first."""
        async with self.session.post(f"{self.url}/getUpdatesHistory", json={"token": TOKEN}) as answer:
            records = (await answer.json())["result"]
        return [
            Seen(kept["messageId"], kept["message"]["text"], _buttons(kept["message"].get("reply_markup")))
            for kept in records
            if "chat_id" in kept.get("message", {})
        ]


def mend_test_api(method: str, answer: JSON) -> JSON:
    """Return telegram-test-api's answers what the library can't read them without."""
    result = answer.get("result")
    if method == "getMe" and isinstance(result, dict):
        return {**answer, "result": {**result, "is_bot": True}}
    if isinstance(result, dict) and result.get("date", 0) > 10**11:
        return {**answer, "result": {**result, "date": result["date"] // 1000}}
    if method == "getUpdates":
        for update in result or []:
            if "callback_query" in update:
                update["callback_query"].setdefault("chat_instance", "1")
    return answer


@dataclass(frozen=True, slots=True)
class Emulator:
    """An emulator: how it is started, what its answers need, and a phone at it."""

    name: str
    command: Callable[[int], list[str]]
    phone: Callable[[aiohttp.ClientSession, str], Phone]
    mend: Mend = as_it_is

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Start it on a free port; returns its address."""
        port = free_port()
        process = await asyncio.create_subprocess_exec(*self.command(port))
        try:
            await _answering(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            await process.wait()


TELEMELYA = Emulator(
    "telemelya",
    lambda port: [str(ROOM / "bin/python"), str(HERE / "telemelya_server.py"), str(port)],
    AtTelemelya,
)
TEST_API = Emulator(
    "telegram-test-api",
    lambda port: ["node", str(HERE / "telegram_test_api.js"), str(ROOM / "node_modules"), str(port)],
    AtTestApi,
    mend_test_api,
)


async def _answering(port: int) -> None:
    end = time.monotonic() + PATIENCE
    for _ in itertools.count():
        try:
            with socket.create_connection(("127.0.0.1", port), 0.1):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            await asyncio.sleep(0.1)


async def until(phone: Phone, wish: Callable[[list[Seen]], bool], what: str) -> list[Seen]:
    """Wait until the chat is as wished; AssertionError with the chat when it doesn't come to that."""
    end = time.monotonic() + PATIENCE
    while not wish(seen := await phone.messages()):
        if time.monotonic() > end:
            raise AssertionError(
                f"not seen: {what}\n" + "\n---\n".join(message.text for message in seen[-3:])
            )
        await asyncio.sleep(0.03)
    return seen


async def tap(phone: Phone, data: str) -> None:
    """Tap a button as soon as the newest message has it."""
    seen = await until(phone, lambda seen: bool(seen) and data in dict(seen[-1].buttons).values(), data)
    await phone.taps(data, seen[-1].id)
