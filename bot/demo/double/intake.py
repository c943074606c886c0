"""The Bot API's methods by which a bot receives: getUpdates, and the webhook's settings."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot.demo.double.calls import Call
from bot.demo.double.faults import Faults
from bot.demo.double.refusals import OTHER_POLL, WEBHOOK_ACTIVE, WEBHOOK_SET, Refusal, bad_request, conflict
from bot.demo.double.state import State

JSON = dict[str, Any]

LONGEST_POLL = 50  # seconds that Telegram holds a poll, whatever is asked
MOST_CONNECTIONS = 100
PORTS = (443, 80, 88, 8443)
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(slots=True)
class Webhook:
    """Where updates are pushed to, and how that went."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    ip_address: str = ""
    last_error_date: int = 0
    last_error: str = ""
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class Intake:
    """One receiver at a time: a poll, or a webhook."""

    def __init__(self, state: State, faults: Faults) -> None:
        self._state = state
        self._faults = faults
        self.webhook = Webhook()
        self._poll: asyncio.Future[Refusal | None] | None = None
        self._closed = False
        state.updates.arrived = self._wake

    async def get_updates(self, call: Call) -> list[JSON]:
        """Return what waits; when nothing does, wait up to `timeout` seconds for it.

        Raises:
            Refusal: 409 when a webhook is set, or another poll or setWebhook ends this one.
        """
        if self.webhook.url:
            raise conflict(WEBHOOK_ACTIVE)
        self._end_poll(conflict(OTHER_POLL))
        self._allow(call)
        batch = self._fetch(call)
        seconds = min(call.integer("timeout"), LONGEST_POLL)
        if batch or seconds <= 0 or self._closed:
            return batch
        poll = self._poll = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                refusal = await poll
        except TimeoutError:
            return []
        finally:
            if self._poll is poll:
                self._poll = None
        if refusal is not None:
            raise refusal
        return self._fetch(call)

    def _fetch(self, call: Call) -> list[JSON]:
        batch = self._state.updates.fetch(call.integer("offset"), call.integer("limit", 100))
        doubled = [update for update in batch for _ in range(self._faults.copies(update["update_id"]))]
        return self._faults.arrange(doubled)

    def set_webhook(self, call: Call) -> bool:
        """Push updates to an address from now on; an empty one ends that.

        Unlike Telegram, plain http to this machine is taken, on any port.
        """
        url = call.text("url")
        if not url:
            return self.delete_webhook(call)
        _check_address(url)
        secret = call.text("secret_token")
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
            raise bad_request("secret token contains unallowed characters")
        connections = call.integer("max_connections", 40)
        self._end_poll(conflict(WEBHOOK_SET))
        self._allow(call)
        if call.flag("drop_pending_updates"):
            self._state.updates.drop()
        self._replace(
            Webhook(url, secret, max(1, min(connections, MOST_CONNECTIONS)), call.text("ip_address"))
        )
        return True

    def delete_webhook(self, call: Call) -> bool:
        """Push no more."""
        if call.flag("drop_pending_updates"):
            self._state.updates.drop()
        self._replace(Webhook())
        return True

    def get_webhook_info(self, _call: Call) -> JSON:
        """Say where updates go, how many wait, and what went wrong last."""
        webhook = self.webhook
        info: JSON = {
            "url": webhook.url,
            "has_custom_certificate": False,
            "pending_update_count": len(self._state.updates.waiting()),
        }
        if webhook.url:
            info |= {
                "max_connections": webhook.max_connections,
                "ip_address": webhook.ip_address or "127.0.0.1",
            }
        if webhook.last_error:
            info |= {"last_error_date": webhook.last_error_date, "last_error_message": webhook.last_error}
        allowed = self._state.updates.allowed
        return info | ({"allowed_updates": list(allowed)} if allowed else {})

    def close(self) -> None:
        """Let a waiting poll go, and wait no more."""
        self._closed = True
        self._wake()

    def _replace(self, webhook: Webhook) -> None:
        before, self.webhook = self.webhook, webhook
        before.changed.set()

    def _allow(self, call: Call) -> None:
        """Take the kinds of updates asked for; none given keeps what was asked for before."""
        kinds = call.value("allowed_updates")
        if isinstance(kinds, list):
            self._state.updates.allowed = tuple(map(str, kinds))

    def _wake(self) -> None:
        self._end_poll(None)
        self.webhook.changed.set()

    def _end_poll(self, refusal: Refusal | None) -> None:
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(refusal)


def _check_address(url: str) -> None:
    address = urlsplit(url)
    if address.hostname in LOOPBACK and address.scheme in ("http", "https"):
        return
    if address.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (address.port or 443) not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
