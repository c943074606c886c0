"""The Bot API's routes over HTTP, as api.telegram.org has them."""

import hmac
import json
import logging
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.demo.double.calls import read_call
from bot.demo.double.dispatch import Dispatch, Dropped
from bot.demo.double.files import MOST_FILE_BYTES, Files
from bot.demo.double.refusals import Refusal

log = logging.getLogger(__name__)

JSON = dict[str, Any]


class Cut(Response):
    """An answer that breaks off: the client sees its connection close before the body."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise a body and send none."""
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


class Api:
    """Answers for one bot's token."""

    def __init__(self, token: str, dispatch: Dispatch, files: Files) -> None:
        self._token = token
        self._dispatch = dispatch
        self._files = files

    def routes(self) -> list[Route]:
        """Return the routes of methods and of files."""
        return [
            Route("/file/bot{token}/{path:path}", self._file),
            Route("/bot{token}/{method}", self._method, methods=["GET", "POST"]),
        ]

    async def _method(self, request: Request) -> Response:
        try:
            self._check_token(request.path_params["token"])
            body = await _read_body(request)
            kind = request.headers.get("content-type", "")
            call = read_call(request.path_params["method"], kind, request.url.query, body)
            result = await self._dispatch.perform(call)
        except Refusal as refusal:
            return _refused(refusal)
        except Dropped:
            return Cut()
        except Exception:
            log.exception("the double failed in %s", request.path_params["method"])
            return _refused(Refusal(500, "the double failed; see its log"))
        return _written({"ok": True, "result": result})

    async def _file(self, request: Request) -> Response:
        try:
            self._check_token(request.path_params["token"])
        except Refusal as refusal:
            return _refused(refusal)
        file = self._files.find_path(request.path_params["path"])
        if file is None:
            return _refused(Refusal(404))
        return Response(file.content, media_type="application/octet-stream")

    def _check_token(self, token: str) -> None:
        if not re.fullmatch(r"\d+:.+", token):
            raise Refusal(404)
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise Refusal(401)


async def _read_body(request: Request) -> bytes:
    pieces, length = [], 0
    async for piece in request.stream():
        length += len(piece)
        if length > MOST_FILE_BYTES + 1024 * 1024:
            raise Refusal(413)
        pieces.append(piece)
    return b"".join(pieces)


def _refused(refusal: Refusal) -> Response:
    wait = refusal.parameters.get("retry_after")
    return _written(refusal.answer(), refusal.status, {"Retry-After": str(wait)} if wait else None)


def _written(body: JSON, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, status, headers, media_type="application/json")
