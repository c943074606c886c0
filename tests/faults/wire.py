"""A proxy between two sides that can be cut, or fall silent; and that spreads connections over many."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import cycle
from typing import Self


class Proxy:
    """Forwards connections to one address after the other. `address` is where it listens."""

    def __init__(self, targets: Sequence[tuple[str, int]]) -> None:
        self.aim(targets)
        self._open = asyncio.Event()  # bytes pass
        self._open.set()
        self._cut = False
        self._pairs: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()
        for task in self._pairs:
            task.cancel()
        await asyncio.gather(*self._pairs, return_exceptions=True)

    def aim(self, targets: Sequence[tuple[str, int]]) -> None:
        """Lead new connections to other addresses."""
        self._targets, self._count = cycle(targets), len(targets)

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        self._cut = True
        for writer in self._writers:
            writer.transport.abort()

    def silence(self) -> None:
        """Let no byte pass in either direction, without a word."""
        self._open.clear()

    def mend(self) -> None:
        """Be a good connection again."""
        self._cut = False
        self._open.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        for _ in range(self._count):  # as proxies do: who refuses is passed over
            with suppress(OSError):
                far_reader, far_writer = await asyncio.open_connection(*next(self._targets))
                break
        else:
            writer.transport.abort()
            return
        self._writers |= {writer, far_writer}
        for source, sink in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._forward(source, sink))
            self._pairs.add(task)
            task.add_done_callback(self._pairs.discard)

    async def _forward(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await source.read(65536):
                await self._open.wait()
                sink.write(data)
                await sink.drain()
        sink.transport.abort() if self._cut else sink.close()
        self._writers.discard(sink)
