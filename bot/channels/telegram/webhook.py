"""The webhook: authenticated before it is read, committed before it is answered, and pages of health."""

import hmac
from dataclasses import dataclass

from pydantic import SecretStr
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.intake import Intake, NotStored
from bot.channels.pages import pages
from bot.channels.telegram.updates import take
from bot.ops.metrics import Metrics
from bot.storage.unit_of_work import Store

PATH = "/telegram"
LARGEST = 1_000_000  # bytes of one update; Telegram's own are far smaller
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name


def webhook(
    intake: Intake,
    store: Store,
    metrics: Metrics,
    secret: SecretStr,
) -> ASGIApp:
    """Return the ASGI application: the updates at PATH, and the operator's pages."""
    door = _Door(intake, metrics, secret.get_secret_value().encode())
    others = pages(store, metrics, Route(PATH, door, methods=["POST"]))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        # Straight to the door: the framework's way there takes a quarter of all that an update takes here.
        is_update = scope["type"] == "http" and scope["method"] == "POST" and scope["path"] == PATH
        await (door if is_update else others)(scope, receive, send)

    return app


@dataclass(frozen=True, slots=True)
class _Door:
    """Where Telegram delivers."""

    intake: Intake
    metrics: Metrics
    secret: bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self.take(Request(scope, receive)))(scope, receive, send)

    async def take(self, request: Request) -> Response:
        """Take an update in; a tap is answered on the response itself, which saves a call.

        403 without the secret, 405 for anything but POST, 413 beyond LARGEST, 415 for anything but JSON,
        500 when the turn could not be stored (Telegram then delivers again), 200 for all else.
        """
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self.secret):
            self.metrics.updates.labels("forbidden").inc()
            return PlainTextResponse("forbidden", 403)
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            return PlainTextResponse("JSON only", 415)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return PlainTextResponse("too large", 413)
        try:
            tapped = await take(self.intake, body)
        except NotStored:
            return PlainTextResponse("not stored, deliver it again", 500)
        if tapped:
            return JSONResponse({"method": "answerCallbackQuery", "callback_query_id": tapped})
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """Read the body, but never more of it than LARGEST; None when there is more."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:12]) > LARGEST:
        return None
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)
