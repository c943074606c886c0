"""The report, live, for one operator on this machine: read-only, behind a token."""

import asyncio
import hmac
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.content.questionnaire import Language
from bot.research.report.findings import Facts

HOST = "127.0.0.1"  # loopback only
FRESH = 60.0  # seconds for which what was counted is shown again
COOKIE = "office"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
LINKS: dict[Language, str] = {"zh": "en", "en": "./"}  # from a page in this language to the other one


@dataclass
class Desk:
    """Counts when it is asked and the last count is old, one at a time; `word` makes HTML with a link."""

    gather: Callable[[], Awaitable[Facts]]
    word: Callable[[Facts, Language, str], str]
    clock: Callable[[], float] = time.monotonic
    _held: tuple[float, Facts] | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def html(self, language: Language) -> str:
        """Give the report in one language."""
        async with self._lock:
            if self._held is None or self.clock() - self._held[0] > FRESH:
                self._held = (self.clock(), await self.gather())
            found = self._held[1]
            return await asyncio.to_thread(self.word, found, language, LINKS[language])


def application(desk: Desk, token: SecretStr) -> Starlette:
    """Build the page. The token comes once in the address and then as a cookie; without it 403.

    Browsers send a machine's cookies to all of its ports, so the page stands under a path that nobody can
    guess, and the cookie is for that path only: another program on this machine doesn't get it.
    """
    expected, room = token.get_secret_value().encode(), f"/{secrets.token_urlsafe(16)}"

    def known(given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), expected)

    async def show(request: Request) -> Response:
        if request.url.path == "/" and known(request.query_params.get("token", "")):
            response: Response = RedirectResponse(f"{room}/", 303)
            response.set_cookie(COOKIE, token.get_secret_value(), path=room, httponly=True, samesite="strict")
        elif request.url.path != "/" and known(request.cookies.get(COOKIE, "")):
            language: Language = "en" if request.url.path == f"{room}/en" else "zh"
            response = HTMLResponse(await desk.html(language))
        else:
            response = PlainTextResponse("open the address that was printed at the start", 403)
        response.headers.update(HEADERS)
        return response

    routes = [Route(path, show, methods=["GET"]) for path in ("/", f"{room}/", f"{room}/en")]
    hosts = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])  # against DNS rebinding
    return Starlette(routes=routes, middleware=[hosts])
