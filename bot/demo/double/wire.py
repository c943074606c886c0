"""The pushes' own HTTP: POST over connections that are kept, to this machine only.

A library would do, but the double is measured beside the bots that it feeds and must not be the slow part.
"""

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

MOST_HEAD = 64 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Unanswered(Exception):
    """No answer came; the text says why, as getWebhookInfo tells it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    reason: str
    body: bytes


class Wire:
    """Connections to one address."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        address = urlsplit(url)
        self._local = address.scheme == "http" and address.hostname in LOOPBACK
        self._host, self._port = address.hostname or "", address.port or 80
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        lines = [f"POST {target} HTTP/1.1", f"Host: {address.netloc}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._head = "\r\n".join(lines).encode()
        self._idle: list[Streams] = []

    async def post(self, body: bytes, seconds: float) -> Answer:
        """Post a JSON body.

        Raises:
            Unanswered: when the address isn't on this machine, refuses, breaks off, or takes too long.
        """
        if not self._local:
            raise Unanswered("The double pushes to http on this machine only")
        try:
            async with asyncio.timeout(seconds):
                return await self._post(body)
        except TimeoutError as error:
            raise Unanswered("Read timeout expired") from error
        except ConnectionRefusedError as error:
            raise Unanswered("Connection refused") from error
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as error:
            raise Unanswered(f"Connection broken: {type(error).__name__}") from error

    def close(self) -> None:
        while self._idle:
            self._idle.pop()[1].close()

    async def _post(self, body: bytes) -> Answer:
        while self._idle:
            streams = self._idle.pop()
            try:
                return await self._exchange(streams, body)
            except (ConnectionError, EOFError):
                continue  # it was closed while it waited: take another, or a new one
        streams = await asyncio.open_connection(self._host, self._port, limit=MOST_HEAD)
        return await self._exchange(streams, body)

    async def _exchange(self, streams: Streams, body: bytes) -> Answer:
        reader, writer = streams
        try:
            writer.write(self._head + b"\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            await writer.drain()
            answer, kept = await _read(reader)
        except BaseException:
            writer.close()
            raise
        if kept:
            self._idle.append(streams)
        else:
            writer.close()
        return answer


async def _read(reader: asyncio.StreamReader) -> tuple[Answer, bool]:
    """Read an answer; say whether its connection may be used again."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    version, status, *reason = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    kept = version == "HTTP/1.1" and headers.get("connection", "").lower() != "close"
    if "chunked" in headers.get("transfer-encoding", "").lower():
        body = await _read_chunks(reader)
    elif "content-length" in headers:
        body = await reader.readexactly(int(headers["content-length"]))
    else:
        kept, body = kept and status == "204", b"" if status == "204" else await reader.read()
    return Answer(int(status), "".join(reason), body), kept


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    while await reader.readline() not in (b"\r\n", b""):
        pass  # trailers
    return body
