"""The webhook: authenticated before read, committed before answered; health and metrics beside it."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.channels.intake import Intake, NotStored
from bot.channels.telegram.updates import take
from bot.ops.metrics import Metrics
from bot.storage.due_reminders import Waking
from bot.storage.unit_of_work import Store

PATH = "/telegram"
LARGEST = 1_000_000  # bytes of one update; Telegram's own are far smaller
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
GONE = (SQLAlchemyError, OSError, TimeoutError)


def webhook(
    intake: Intake,
    store: Store,
    metrics: Metrics,
    secret: SecretStr,
    alive: Callable[[], bool] = lambda: True,
) -> Starlette:
    """Build the ASGI application: the updates at PATH, /healthz, /readyz and /metrics."""
    pages = _Pages(store, metrics, alive)
    return Starlette(
        routes=[
            Route(PATH, _Door(intake, metrics, secret.get_secret_value().encode()), methods=["POST"]),
            Route("/healthz", pages.healthy),
            Route("/readyz", pages.ready),
            Route("/metrics", pages.measure),
        ]
    )


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


@dataclass(frozen=True, slots=True)
class _Pages:
    """What the operator's tools ask: 503 when the process or its database doesn't answer."""

    store: Store
    metrics: Metrics
    alive: Callable[[], bool]

    async def healthy(self, _request: Request) -> Response:
        alive = self.alive()
        return PlainTextResponse("alive" if alive else "stopped", 200 if alive else 503)

    async def ready(self, _request: Request) -> Response:
        try:
            letters, oldest = await self.store.outbox.backlog()
        except GONE:
            return PlainTextResponse("the database doesn't answer", 503)
        return JSONResponse({"outbox": letters, "oldest_seconds": round(oldest)})

    async def measure(self, _request: Request) -> Response:
        try:
            page = await self.metrics.page(self.store.outbox.backlog, Waking(self.store).overdue)
        except GONE:
            return PlainTextResponse("the database doesn't answer", 503)
        return Response(page, media_type="text/plain; version=0.0.4")


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
