"""The double as one object, `async with Simulator(token=...) as simulator`. The bot talks to its address."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette

from bot.demo.double import phone
from bot.demo.double.api import Api
from bot.demo.double.delivery import Delivery
from bot.demo.double.dispatch import Dispatch
from bot.demo.double.faults import Faults
from bot.demo.double.intake import Intake
from bot.demo.double.page import Page
from bot.demo.double.state import ChatKind, State
from bot.demo.double.worker import Worker

HOST = "127.0.0.1"  # loopback only: the page asks nobody who they are
TOKEN = "1000000000:a-token-that-only-the-double-knows"  # noqa: S105 - it opens nothing


class _Server(uvicorn.Server):
    """uvicorn inside somebody else's program: signals stay theirs, and they hear when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Simulator:
    """A Telegram for one bot, on this machine.

    Args:
        token: the bot's token; anything like `123:abc`.
        port: 0 takes a free one.
        name: the bot's name in the chat list, until setMyName.
        username: the bot's @name.
        clock: seconds since 1970; dates of messages and lives of updates and taps follow it.
        webhook_pause: seconds before a refused push is tried again, doubled at each try.
        past: how many people and updates there were before, so that none has the id of one that a bot
            remembers from an earlier double.
    """

    def __init__(
        self,
        *,
        token: str = TOKEN,
        port: int = 0,
        name: str = "零工保障助手",
        username: str = "gig_worker_guide_bot",
        clock: Callable[[], float] = time.time,
        webhook_pause: float = 1.0,
        past: int = 0,
    ) -> None:
        self.token = token
        self.faults = Faults()
        self.state = State(_describe(token, name, username), clock, past)
        self._intake = Intake(self.state, self.faults)
        self._dispatch = Dispatch(self.state, self.faults, self._intake)
        self._delivery = Delivery(self.state, self._intake, self._dispatch, self.faults, webhook_pause)
        self._page = Page(self.state)
        self._port = port

    @property
    def api_url(self) -> str:
        """Return the server's address, which stands where https://api.telegram.org would."""
        return f"http://{HOST}:{self._port}"

    @property
    def base_url(self) -> str:
        """Return what python-telegram-bot calls base_url: the token is written behind it."""
        return f"{self.api_url}/bot"

    @property
    def base_file_url(self) -> str:
        """Return what python-telegram-bot calls base_file_url."""
        return f"{self.api_url}/file/bot"

    @property
    def page_url(self) -> str:
        return f"{self.api_url}/"

    @property
    def counts(self) -> dict[str, int]:
        """Count the calls so far by method, in lower case; refused ones too."""
        return dict(self._dispatch.counts)

    def worker(self, name: str = "小王", language: str = "zh-hans") -> Worker:
        """Return a new worker, whose private chat with the bot is empty."""
        user = self.state.add_user(name, language)
        return Worker(self.state, user, self.state.chats[user.id])

    def group(self, title: str, *workers: Worker, kind: ChatKind = "group") -> list[Worker]:
        """Put workers into a group to which the first adds the bot; give them as they are in that chat."""
        chat = self.state.add_group(title, [worker.user for worker in workers], kind)
        phone.add_bot(self.state, chat, workers[0].user)
        return [Worker(self.state, worker.user, chat) for worker in workers]

    async def __aenter__(self) -> Self:
        listener = _listen(self._port)
        self._port = listener.getsockname()[1]
        routes = [*Api(self.token, self._dispatch, self.state.files).routes(), *self._page.routes()]
        config = uvicorn.Config(
            Starlette(routes=routes),
            log_config=None,
            log_level="critical",  # a broken connection is what some tests ask for
            access_log=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=1,
            timeout_keep_alive=75,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        await self._server.ready.wait()
        self._delivering = asyncio.create_task(self._delivery.run())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._intake.close()
        self._page.close()
        self._delivering.cancel()
        with suppress(asyncio.CancelledError):
            await self._delivering
        self._server.should_exit = True
        await self._serving


def _listen(port: int) -> socket.socket:
    try:
        listener = socket.create_server((HOST, port), backlog=1024)
    except OSError as error:
        reason = f"can't listen on {HOST}:{port} ({error.strerror}): choose another port"
        raise OSError(error.errno, reason) from error
    # Inherited by each connection: head and body of an answer go at once, not 40 ms apart.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _describe(token: str, name: str, username: str) -> dict[str, object]:
    """Write what getMe answers."""
    return {
        "id": int(token.partition(":")[0]),
        "is_bot": True,
        "first_name": name,
        "username": username,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
