"""A bot's webhook for tests: keeps what is pushed, and answers as planned."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Push:
    """One request that came in."""

    update: dict[str, Any]
    headers: dict[str, str]


@dataclass
class Receiver:
    """Answers 200 with an empty body unless `answers` holds others: (status, JSON), each for one request."""

    pushes: list[Push] = field(default_factory=list)
    answers: deque[tuple[int, Any]] = field(default_factory=deque)
    wait: float = 0.0  # seconds before each answer
    most_at_once: int = 0
    _now: int = 0
    _writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        host, port = self._server.sockets[0].getsockname()[:2]
        return f"http://{host}:{port}/hook"

    async def __aenter__(self) -> Self:
        self._came = asyncio.Event()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        await let_go(self._writers)

    async def expects(self, fits: Callable[[list[Push]], bool]) -> list[Push]:
        """Wait until the pushes are as wished."""
        async with asyncio.timeout(10):
            while not fits(self.pushes):
                self._came.clear()
                await self._came.wait()
        return self.pushes

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")[1:-2]
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                body = await reader.readexactly(int(headers["content-length"]))
                writer.write(await self._answer(Push(json.loads(body), headers)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return

    async def _answer(self, push: Push) -> bytes:
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        await asyncio.sleep(self.wait)
        self._now -= 1
        self.pushes.append(push)
        self._came.set()
        status, content = self.answers.popleft() if self.answers else (200, None)
        body = b"" if content is None else json.dumps(content).encode()
        kind = "Content-Type: application/json"
        return f"HTTP/1.1 {status} Status\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def let_go(writers: list[asyncio.StreamWriter]) -> None:
    """Close connections and see them closed, so that none outlives its test."""
    for writer in writers:
        writer.close()
    await asyncio.gather(*(writer.wait_closed() for writer in writers), return_exceptions=True)
