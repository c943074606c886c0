"""Opens the port on which updates come in, and serves HTTP there. It listens, and never calls anybody."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

BACKLOG = 2048  # connections that may wait to be taken
WHOLE = 20.0  # seconds within which a request has to arrive, with its body


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; raises OSError that says which setting to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "another program uses it" if taken else "it can't be opened on this machine"
        raise OSError(f"WEBHOOK_HOST {host}, WEBHOOK_PORT {port}: {reason}") from None


def server_of(app: ASGIApp, last_words: int) -> uvicorn.Server:
    """Return the server of an application; when it is to stop, requests have so many seconds to end."""
    return _Server(
        uvicorn.Config(
            app,
            http=_Punctual,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            date_header=False,
            lifespan="off",
            timeout_graceful_shutdown=last_words,
        )
    )


class _Server(uvicorn.Server):
    """The library's server without its signal handlers.

    It raises a captured signal again once it has served, which would end the process before its messages are
    drained and its lease is given back.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to `stopped_by_signals`."""
        yield


class _Punctual(HttpToolsProtocol):
    """The library's HTTP, which drops a connection whose request isn't whole after WHOLE seconds.

    The library limits only the time between requests, and any byte ends that wait, so a client that sends a
    byte at a time would hold a connection for as long as it likes.
    """

    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        idle = self.cycle is None or self.cycle.response_complete
        if idle:  # also empty lines before a request, with which no message begins
            self._expect()
        super().data_received(data)

    def on_message_begin(self) -> None:
        self._expect()
        super().on_message_begin()

    def on_message_complete(self) -> None:
        self._expect_no_more()
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_no_more()
        super().connection_lost(exc)

    def _expect(self) -> None:
        if self._limit is None:
            self._limit = self.loop.call_later(WHOLE, self.transport.abort)

    def _expect_no_more(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
