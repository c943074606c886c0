"""A null Telegram for measuring: takes every call at once, pushes updates as fast as they are answered."""

import asyncio
import itertools
import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httptools

CHAT = re.compile(rb'chat_id(?:=|"\r\n\r\n|": ?"?)(\d+)')
ANSWER = (
    b'{"ok":true,"result":{"message_id":5,"date":1,"text":"x",'
    b'"chat":{"id":7,"type":"private","first_name":"w"},'
    b'"from":{"id":1000000000,"is_bot":true,"first_name":"b"}}}'
)
TRUE = b'{"ok":true,"result":true}'
ME = b'{"ok":true,"result":{"id":1000000000,"is_bot":true,"first_name":"b","username":"b_bot"}}'


class Replies:
    """The waiters for a message, by chat."""

    def __init__(self) -> None:
        self.waiting: dict[int, asyncio.Future[float]] = {}
        self.calls = 0

    def expect(self, chat: int) -> asyncio.Future[float]:
        self.waiting[chat] = asyncio.get_running_loop().create_future()
        return self.waiting[chat]

    def came(self, chat: int) -> None:
        future = self.waiting.pop(chat, None)
        if future is not None and not future.done():
            future.set_result(time.perf_counter())


class Api(asyncio.Protocol):
    """One connection of the bot."""

    def __init__(self, replies: Replies) -> None:
        self.replies = replies
        self.parser = httptools.HttpRequestParser(self)
        self.url, self.body = b"", b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.url, self.body = url, b""

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.replies.calls += 1
        method = self.url.rsplit(b"/", 1)[-1].lower()
        answer = TRUE
        if method.startswith((b"send", b"edit")):
            answer = ANSWER
            found = CHAT.search(self.body) or CHAT.search(self.url)
            if found:
                self.replies.came(int(found[1]))
        elif method == b"getme":
            answer = ME
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(
            answer
        )
        self.transport.write(head + answer)


@dataclass
class Result:
    """What was seen of one bot: latencies in seconds from an update's delivery to the reply."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    refused: int = 0


class Push:
    """One kept-alive connection to a bot's webhook."""

    def __init__(self, port: int, path: str, secret: str) -> None:
        self.port, self.path, self.secret = port, path, secret
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: bytes) -> tuple[int, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(
            f"POST {self.path} HTTP/1.1\r\nHost: bot\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {self.secret}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = re.search(rb"content-length: (\d+)", head)
        return int(head[9:12]), await reader.readexactly(int(length[1]) if length else 0)

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()


numbers = itertools.count(1)


def person(chat: int) -> dict[str, object]:
    return {"id": chat, "is_bot": False, "first_name": "w", "language_code": "zh-hans"}


def private(chat: int) -> dict[str, object]:
    return {"id": chat, "type": "private", "first_name": "w"}


def said(chat: int, text: str) -> bytes:
    entity = {"type": "bot_command", "offset": 0, "length": len(text)}
    message = {"message_id": 1, "date": 1, "text": text, "entities": [entity], "chat": private(chat)}
    return json.dumps({"update_id": next(numbers), "message": {**message, "from": person(chat)}}).encode()


def tapped(chat: int, data: str) -> bytes:
    rows = [[{"text": f"选项{n}", "callback_data": data}] for n in range(3)]
    message = {
        "message_id": 5,
        "date": 1,
        "text": "第1题：您每个月大约挣多少钱？",
        "chat": private(chat),
        "from": {"id": 1000000000, "is_bot": True, "first_name": "b"},
        "reply_markup": {"inline_keyboard": rows},
    }
    query = {"id": str(next(numbers)), "chat_instance": "1", "data": data, "message": message}
    return json.dumps(
        {"update_id": next(numbers), "callback_query": {**query, "from": person(chat)}}
    ).encode()


class Telegram:
    """The double: serves the Bot API on `api`, and drives bots through their webhooks."""

    def __init__(self) -> None:
        self.replies = Replies()
        self.api = ""

    async def __aenter__(self) -> "Telegram":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Api(self.replies), "127.0.0.1", 0)
        self.api = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def drive(
        self, ports: Sequence[int], path: str, secret: str, taps: Sequence[str], chats: int, seconds: float
    ) -> Result:
        """Let `chats` workers talk at once, each answering as soon as it is asked, over all the ports."""
        result, end = Result(), time.perf_counter() + seconds

        async def worker(slot: int) -> None:
            pushes = [Push(port, path, secret) for port in ports]
            turn = itertools.cycle(range(len(pushes)))
            try:
                while time.perf_counter() < end:
                    chat = 10**9 + next(numbers)
                    for body in (said(chat, "/start"), *(tapped(chat, data) for data in taps)):
                        began, future = time.perf_counter(), self.replies.expect(chat)
                        status, answer = await pushes[next(turn)].post(body)
                        result.refused += status != 200
                        if answer.startswith(b'{"method":"sendMessage"'):
                            self.replies.came(chat)
                        async with asyncio.timeout(30):
                            result.latencies.append(await future - began)
                        if time.perf_counter() >= end:
                            return
            finally:
                for push in pushes:
                    push.close()

        began = time.perf_counter()
        await asyncio.gather(*(worker(slot) for slot in range(chats)))
        result.seconds = time.perf_counter() - began
        return result
