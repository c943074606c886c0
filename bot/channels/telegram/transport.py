"""The library's transport on aiohttp: less work a call than its own, and no URL in any error."""

import json
import mimetypes
from collections.abc import Callable
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any, NamedTuple

import aiohttp
from pydantic import TypeAdapter
from telegram.error import (
    BadRequest,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

CONNECTIONS = 100
JSON = "application/json"
PATIENCE = 25.0  # seconds for a message of the talk
SECONDS = 20.0  # for a call that names no time of its own

_any: TypeAdapter[Any] = TypeAdapter(Any)  # writes JSON in a third of the standard library's time


class Withheld(NetworkError):
    """The call wasn't made: by the time that it could be, it might not."""


class Upload(NamedTuple):
    """A file that goes with a call, under the name of its field."""

    field: str
    name: str
    content: bytes


class _Body(aiohttp.BytesPayload):
    """A body that asks as it is written whether it still may; nothing of the call has left by then."""

    def __init__(self, content: bytes, kind: str, may: Callable[[], bool]) -> None:
        super().__init__(content, content_type=kind)
        self._may = may
        self.withheld = False

    async def write_with_length(
        self, writer: aiohttp.abc.AbstractStreamWriter, content_length: int | None
    ) -> None:
        # The waiting is over: head and body go to the socket from here without another round of the loop.
        if not self._may():
            self.withheld = True
            raise Withheld("too late")
        await super().write_with_length(writer, content_length)


class Request(BaseRequest):
    """One session with kept-alive connections. Errors name their kind only: every URL holds the token.

    A redirect is not followed: what is sent is for Telegram alone.
    """

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None
        self.server_time: float | None = None  # by the last answer's Date header

    @property
    def read_timeout(self) -> float:
        """The seconds that a call may take."""
        return SECONDS

    async def initialize(self) -> None:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(
        self,
        url: str,
        payload: dict[str, Any],
        seconds: float = PATIENCE,
        *,
        upload: Upload | None = None,
        may: Callable[[], bool] = lambda: True,
    ) -> bytes:
        """Make one call, if it may be made when there is a connection; returns the answer's body.

        Raises the library's errors; Withheld when it may not. The library's own way makes and reads objects
        that are thrown away at once: for the messages of the talk, nearly all calls, this is a fifth of its
        work.
        """
        if self._session is None:
            raise NetworkError("the transport is closed")
        body = await _form(payload, upload, may) if upload else _Body(_any.dump_json(payload), JSON, may)
        try:
            async with self._session.post(
                url,
                data=body,
                timeout=_within(seconds),
                allow_redirects=False,
            ) as response:
                status, answer = response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise Withheld("too late") if body.withheld else NetworkError(type(error).__name__) from None
        if status != 200:
            raise refusal(status, answer)
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one call; returns status and body. Raises NetworkError or TimedOut."""
        if self._session is None:
            raise NetworkError("the transport is closed")
        seconds = read_timeout if isinstance(read_timeout, int | float) else SECONDS
        try:
            async with self._session.request(
                method,
                url,
                data=request_data.json_parameters if request_data else None,
                timeout=_within(seconds + 5),
                allow_redirects=False,
            ) as response:
                self.server_time = _time_of(response.headers.get("Date"))
                return response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None


@cache
def _within(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=seconds, sock_connect=5)


def _time_of(date: str | None) -> float | None:
    """Return the seconds since 1970 that a Date header says."""
    try:
        return parsedate_to_datetime(date).timestamp() if date else None
    except ValueError:
        return None


def refusal(status: int, body: bytes) -> TelegramError:
    """Name what Telegram refused by the library's kinds of error."""
    try:
        answer = json.loads(body)
        text = str(answer.get("description", ""))
        pause = (answer.get("parameters") or {}).get("retry_after")
    except (ValueError, AttributeError):
        text, pause = "", None
    if isinstance(pause, int):
        return RetryAfter(timedelta(seconds=pause))
    match status:
        case 400:
            return BadRequest(text or "Bad Request")
        case 401 | 404:
            return InvalidToken("the token was rejected")
        case 403:
            return Forbidden(text or "Forbidden")
        case 409:
            return Conflict(text or "Conflict")
    return NetworkError(f"{text or 'no answer'} ({status})")


async def _form(payload: dict[str, Any], upload: Upload, may: Callable[[], bool]) -> _Body:
    # Quoted fields would have a Chinese file name arrive as %E5...
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in payload.items():
        form.add_field(name, value if isinstance(value, str) else _any.dump_json(value).decode())
    kind = mimetypes.guess_type(upload.name)[0]
    form.add_field(upload.field, upload.content, filename=upload.name, content_type=kind)
    whole = form()
    return _Body(await whole.as_bytes(), whole.headers["Content-Type"], may)
