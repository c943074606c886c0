"""The library's transport on aiohttp: less work a call than its own, and no URL in any error."""

import json
from datetime import timedelta
from typing import Any

import aiohttp
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import BaseRequest, RequestData

CONNECTIONS = 100
JSON = {"Content-Type": "application/json"}
PATIENCE = 25.0  # seconds for a message of the talk
SECONDS = 20.0  # for a call that names no time of its own


class Request(BaseRequest):
    """One session with kept-alive connections. Errors name their kind only: every URL holds the token.

    A redirect is not followed: what is sent is for Telegram alone.
    """

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """The seconds that a call may take."""
        return SECONDS

    async def initialize(self) -> None:
        """Open the session."""
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=60)
            self._session = aiohttp.ClientSession(connector=connector)

    async def shutdown(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, url: str, payload: dict[str, Any], seconds: float = PATIENCE) -> bytes:
        """Make one call with a JSON body; gives the answer's. Raises the library's errors.

        The library's own way makes and reads objects that are thrown away at once: for the messages of the
        talk, nearly all calls, this is a fifth of its work.
        """
        if self._session is None:
            raise NetworkError("the transport is closed")
        try:
            async with self._session.post(
                url,
                data=json.dumps(payload, ensure_ascii=False).encode(),
                headers=JSON,
                timeout=aiohttp.ClientTimeout(total=seconds, sock_connect=5),
                allow_redirects=False,
            ) as response:
                status, body = response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None
        if status != 200:
            raise refusal(status, body)
        return body

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
        """Make one call; gives status and body. Raises NetworkError or TimedOut."""
        if self._session is None:
            raise NetworkError("the transport is closed")
        seconds = read_timeout if isinstance(read_timeout, int | float) else SECONDS
        try:
            async with self._session.request(
                method,
                url,
                data=_body(request_data),
                timeout=aiohttp.ClientTimeout(total=seconds + 5, sock_connect=5),
                allow_redirects=False,
            ) as response:
                return response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None


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
    return NetworkError(f"{text or 'no answer'} ({status})")


def _body(data: RequestData | None) -> aiohttp.FormData | dict[str, str] | None:
    if data is None:
        return None
    if not data.contains_files:
        return data.json_parameters
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
