"""How Telegram says no: status, words, and parameters."""

from collections.abc import Mapping

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as"
    " a current content and reply markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER_POLL = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_SET = "terminated by setWebhook request"

_KINDS = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class Refusal(Exception):
    """A call that Telegram would answer with `ok: false`."""

    def __init__(self, status: int, text: str = "", parameters: Mapping[str, int] | None = None) -> None:
        kind = _KINDS.get(status, "Error")
        self.status = status
        self.description = f"{kind}: {text}" if text else kind
        self.parameters = dict(parameters or {})
        super().__init__(self.description)

    def answer(self) -> dict[str, object]:
        """Return the body that Telegram would answer with."""
        body: dict[str, object] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        return body | {"parameters": self.parameters} if self.parameters else body


def bad_request(text: str) -> Refusal:
    """Refuse what the bot asked for: 400."""
    return Refusal(400, text)


def forbidden(text: str) -> Refusal:
    """Refuse what the chat doesn't allow: 403."""
    return Refusal(403, text)


def conflict(text: str) -> Refusal:
    """Refuse one of two receivers: 409."""
    return Refusal(409, text)


def too_many_requests(seconds: int) -> Refusal:
    """Refuse for now: 429, to be tried again after so many seconds."""
    return Refusal(429, f"retry after {seconds}", {"retry_after": seconds})
