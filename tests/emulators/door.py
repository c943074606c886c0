"""The thin adapter: a door between the bot and an emulator, which mends what breaks the library."""

import asyncio
import itertools
import json
import time
from collections import defaultdict
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from bot.channels.telegram.webhook import PATH, SECRET_HEADER

JSON = dict[str, Any]
NOBODY = "0:a"  # a token: answerCallbackQuery looks at none in either emulator
Mend = Callable[[str, JSON], JSON]  # a method's name and its answer -> the answer as Telegram gives it


def as_it_is(_method: str, answer: JSON) -> JSON:
    """Mend nothing."""
    return answer


class Door:
    """Passes the bot's calls on to the emulator, and the emulator's pushes, with the secret, to the bot."""

    def __init__(self, emulator: str, bot: str = "", secret: str = "", mend: Mend = as_it_is) -> None:
        self._emulator, self._bot, self._secret, self._mend = emulator, bot, secret, mend
        self._numbers = itertools.count(int(time.time()))  # the emulators may give one number to two updates
        self._called: dict[str, asyncio.Event] = defaultdict(asyncio.Event)  # by method

    @property
    def url(self) -> str:
        """Where the bot calls."""
        return f"http://127.0.0.1:{self._site._server.sockets[0].getsockname()[1]}"  # type: ignore[union-attr]

    @property
    def webhook_url(self) -> str:
        """Where the emulator pushes."""
        return self.url + PATH

    async def called(self, method: str) -> None:
        """Wait until the bot has called a method: an emulator drops updates that come before its webhook."""
        await self._called[method].wait()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        app = web.Application(client_max_size=60_000_000)
        app.router.add_post(PATH, self._push)
        app.router.add_route("*", "/{call:bot.+}", self._call)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await self._site.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()
        await self._runner.cleanup()

    async def _call(self, request: web.Request) -> web.Response:
        headers = {"Content-Type": request.headers.get("Content-Type", "")}
        async with self._session.post(
            f"{self._emulator}/{request.match_info['call']}", data=await request.read(), headers=headers
        ) as answer:
            status, content = answer.status, await answer.json()
        method = request.path.rpartition("/")[2]
        mended = self._mend(method, content) if status == 200 else content
        self._called[method].set()
        if method == "getUpdates":
            for update in mended.get("result", []):
                update["update_id"] = next(self._numbers)
            if not mended.get("result"):
                await asyncio.sleep(0.1)  # Telegram holds an empty poll
        return web.json_response(mended, status=status)

    async def _push(self, request: web.Request) -> web.Response:
        headers = {"Content-Type": "application/json", SECRET_HEADER: self._secret}
        update = await request.json() | {"update_id": next(self._numbers)}
        url = self._bot + PATH
        async with self._session.post(url, data=json.dumps(update), headers=headers) as answer:
            status, text = answer.status, await answer.text()
        if status == 200 and text:  # a call on the answer: Telegram performs it, the emulators don't
            call = json.loads(text)
            await self._session.post(f"{self._emulator}/bot{NOBODY}/{call.pop('method')}", json=call)
        return web.Response(status=status)
