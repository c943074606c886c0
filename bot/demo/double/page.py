"""The chat page's routes: the page itself, what people do on it, and what changes, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route

from bot.demo.double import phone, profile
from bot.demo.double.files import Upload
from bot.demo.double.refusals import Refusal
from bot.demo.double.state import Chat, Event, State, User

JSON = dict[str, Any]

STATIC = Path(__file__).parent / "static"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
SIGN_OF_LIFE = 15.0  # seconds
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


class Page:
    """The chat page of one double."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._watchers: set[asyncio.Queue[Event | None]] = set()

    def routes(self) -> list[BaseRoute]:
        """Return the page's routes; they answer on this machine's own names only, against DNS rebinding."""
        static = [Route(f"/{path.name}", partial(_static, path)) for path in STATIC.iterdir()]
        deeds: list[BaseRoute] = [
            Route(f"/page/chats/{{id:int}}/{name}", partial(self._act, deed), methods=["POST"])
            for name, deed in DEEDS.items()
        ]
        routes = [
            Route("/", partial(_static, STATIC / "index.html")),
            Route("/page/events", self._events),
            Route("/page/chats", self._open, methods=["POST"]),
            Route("/page/files/{id}", self._file),
            *static,
            *deeds,
        ]
        hosts = Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
        return [Mount("", routes=routes, middleware=[hosts])]

    def close(self) -> None:
        for watcher in self._watchers:
            watcher.put_nowait(None)

    async def _open(self, request: Request) -> Response:
        try:
            asked = await _read_json(request)
        except ValueError as error:
            return JSONResponse({"error": f"not understood: {error}"}, 400)
        user = self._state.add_user(str(asked.get("name") or "小王"), str(asked.get("language") or ""))
        return JSONResponse({"id": user.id})

    async def _act(self, deed: "Deed", request: Request) -> Response:
        chat = self._state.chats.get(request.path_params["id"])
        if chat is None:
            return JSONResponse({"error": "there is no such chat"}, 404)
        try:
            await deed(self._state, chat, request)
        except Refusal as refusal:
            return JSONResponse({"error": refusal.description}, refusal.status)
        except (KeyError, TypeError, ValueError) as error:
            return JSONResponse({"error": f"not understood: {error}"}, 400)
        return Response(status_code=204)

    async def _file(self, request: Request) -> Response:
        file = self._state.files.find(request.path_params["id"])
        if file is None:
            return Response(status_code=404)
        kind = file.kind if file.kind in PICTURES else "application/octet-stream"
        return Response(file.content, media_type=kind, headers=HEADERS)

    async def _events(self, _request: Request) -> Response:
        return StreamingResponse(self._watch(), media_type="text/event-stream", headers=HEADERS)

    async def _watch(self) -> AsyncIterator[str]:
        """Stream everything as it stands, then every change."""
        watcher: asyncio.Queue[Event | None] = asyncio.Queue()
        self._watchers.add(watcher)
        stop = self._state.listen(0, watcher.put_nowait)
        try:
            chats = [
                self._describe(chat) | {"messages": list(chat.messages.values())}
                for chat in self._state.chats.values()
            ]
            yield _sent("snapshot", {"chats": chats})
            while True:
                try:
                    async with asyncio.timeout(SIGN_OF_LIFE):
                        event = await watcher.get()
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if event is None:
                    return
                for line in self._told(event):
                    yield line
        finally:
            stop()
            self._watchers.discard(watcher)

    def _told(self, event: Event) -> list[str]:
        if event.kind == "profile":
            return [_sent("chat", self._describe(chat)) for chat in self._state.chats.values()]
        if event.kind == "chat":
            return [_sent("chat", self._describe(self._state.chats[event.chat]))]
        return [_sent(event.kind, {"chat": event.chat, "content": event.content})]

    def _describe(self, chat: Chat) -> JSON:
        """Say how a chat looks to its first member's client."""
        user = next(iter(chat.members.values()))
        menu = self._state.profile.get(("menu", str(chat.id)), self._state.profile.get(("menu", ""), {}))
        return {
            "id": chat.id,
            "kind": chat.kind,
            "title": chat.title,
            "user": user.id,
            "language": user.language,
            "blocked": chat.blocked,
            "name": profile.words_for(self._state, "name", user.language),
            "username": self._state.bot["username"],
            "description": profile.words_for(self._state, "description", user.language),
            "commands": profile.commands_for(self._state, chat, user.language),
            "menu": menu.get("type", "default"),
        }


def _sent(kind: str, content: JSON) -> str:
    return f"event: {kind}\ndata: {json.dumps(content, ensure_ascii=False)}\n\n"


async def _static(path: Path, _request: Request) -> Response:
    return FileResponse(path, headers=HEADERS)


async def _read_json(request: Request) -> JSON:
    """Read a JSON object; another site's form can't send this kind without asking first."""
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise ValueError("application/json expected")
    body = await request.json()
    if not isinstance(body, dict):
        raise ValueError("an object expected")
    return body


Deed = Callable[[State, Chat, Request], Awaitable[None]]


async def _say(state: State, chat: Chat, request: Request) -> None:
    phone.say(state, chat, _first(chat), str((await _read_json(request))["text"]))


async def _start(state: State, chat: Chat, request: Request) -> None:
    phone.start(state, chat, _first(chat), str((await _read_json(request)).get("payload") or ""))


async def _tap(state: State, chat: Chat, request: Request) -> None:
    asked = await _read_json(request)
    phone.tap(state, chat, _first(chat), int(asked["message_id"]), str(asked["data"]))


async def _edit(state: State, chat: Chat, request: Request) -> None:
    asked = await _read_json(request)
    if chat.messages[int(asked["message_id"])]["from"]["is_bot"]:
        raise ValueError("this is the bot's message")
    phone.edit(state, chat, int(asked["message_id"]), str(asked["text"]))


async def _sticker(state: State, chat: Chat, request: Request) -> None:
    phone.send_sticker(state, chat, _first(chat), str((await _read_json(request))["emoji"]))


async def _photo(state: State, chat: Chat, request: Request) -> None:
    kind = request.headers.get("content-type", "")
    if kind not in PICTURES:
        raise ValueError(f"a picture expected: {', '.join(PICTURES)}")
    name = f"photo.{kind.removeprefix('image/')}"
    phone.send_photo(state, chat, _first(chat), Upload(name, await request.body(), kind))


async def _block(state: State, chat: Chat, request: Request) -> None:
    change = phone.block if (await _read_json(request))["blocked"] else phone.unblock
    change(state, chat, _first(chat))


async def _language(state: State, chat: Chat, request: Request) -> None:
    state.change_user(_first(chat).id, language=str((await _read_json(request))["language"]))
    state.tell(Event("chat", chat.id, chat.json()))


def _first(chat: Chat) -> User:
    return next(iter(chat.members.values()))


DEEDS: dict[str, Deed] = {
    "text": _say,
    "start": _start,
    "tap": _tap,
    "edit": _edit,
    "sticker": _sticker,
    "photo": _photo,
    "block": _block,
    "language": _language,
}
