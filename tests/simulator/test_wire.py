"""The pushes' own HTTP against answers of every shape."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.demo.double.wire import Answer, Unanswered, Wire
from tests.simulator.receiver import let_go


@asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[tuple[str, list[bytes]]]:
    """Listen, answer each request with the next of these bytes, and keep what was asked; b"" breaks off."""
    asked: list[bytes] = []
    waiting = list(answers)
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        while waiting:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            asked.append(head + await reader.readexactly(length))
            answer = waiting.pop(0)
            writer.write(answer)
            if not answer or b"close" in answer or b"HTTP/1.0" in answer:
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook?a=1", asked
    finally:
        server.close()
        await let_go(writers)


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", Answer(200, "OK", b"{}")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, "No Content", b"")),
        (b"HTTP/1.1 500\r\ncontent-length: 0\r\n\r\n", Answer(500, "", b"")),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x\r\n}\r\n0\r\nT: x\r\n\r\n",
            Answer(200, "OK", b"{}"),
        ),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", Answer(200, "OK", b"{}")),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", Answer(200, "OK", b"{}")),
    ],
)
async def test_answers_of_every_shape_are_read_and_the_next_one_too(raw: bytes, answer: Answer) -> None:
    async with answering(raw, raw) as (url, asked):
        wire = Wire(url, {"X-Secret": "s"})
        assert [await wire.post(b'{"a":1}', 5), await wire.post(b"{}", 5)] == [answer, answer]
        wire.close()
    assert asked[0].startswith(b"POST /hook?a=1 HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nX-Secret: s\r\n" in asked[0]
    assert asked[0].endswith(b'\r\n\r\n{"a":1}')


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "Connection broken: IncompleteReadError"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nx: close\r\n\r\n{}", "IncompleteReadError"),
        (b"nonsense\r\n\r\nclose", "Connection broken: ValueError"),
    ],
)  # fmt: skip
async def test_an_answer_that_breaks_off_is_none(raw: bytes, reason: str) -> None:
    async with answering(raw) as (url, _):
        with pytest.raises(Unanswered, match=reason):
            await Wire(url, {}).post(b"{}", 5)


async def test_a_connection_that_was_closed_meanwhile_is_replaced() -> None:
    kept = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    async with answering(kept, b"", kept) as (url, asked):
        wire = Wire(url, {})
        await wire.post(b"1", 5)
        await wire.post(b"2", 5)
        wire.close()
    assert [request[-1:] for request in asked] == [b"1", b"2", b"2"]


async def test_a_slow_answer_is_given_up() -> None:
    async with answering(b"HTTP/1.1 200 OK\r\n", b"") as (url, _):
        with pytest.raises(Unanswered, match="Read timeout expired"):
            await Wire(url, {}).post(b"{}", 0.05)


@pytest.mark.parametrize("url", ["https://bot.example/hook", "http://192.0.2.1/", "https://127.0.0.1/"])
async def test_nothing_is_pushed_beyond_this_machine(url: str) -> None:
    with pytest.raises(Unanswered, match="on this machine only"):
        await Wire(url, {}).post(b"{}", 5)
