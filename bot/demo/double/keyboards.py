"""What an inline keyboard may be, in Telegram's limits."""

from typing import Any

from bot.demo.double.refusals import Refusal, bad_request

JSON = dict[str, Any]

MOST_BUTTONS = 100
MOST_IN_ROW = 8  # the library's own constant; Telegram publishes none
MOST_DATA_BYTES = 64
MOST_COPIED = 256  # characters
STYLES = ("danger", "success", "primary")  # Bot API 9.4
ACTIONS = ("callback_data", "url", "web_app", "login_url", "switch_inline_query", "copy_text",
           "switch_inline_query_current_chat", "switch_inline_query_chosen_chat")  # fmt: skip


def read_keyboard(markup: Any) -> JSON | None:
    """Check a reply markup; give the inline keyboard that a message keeps, None for other markups.

    Raises:
        Refusal: 400, with Telegram's words where they are known.
    """
    if not markup:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return None  # reply keyboards and forced replies change the input field, not the message
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('can\'t parse inline keyboard: Field "inline_keyboard" must be of type Array')
    if sum(map(len, rows)) > MOST_BUTTONS or any(len(row) > MOST_IN_ROW for row in rows):
        raise bad_request("reply markup is too long")
    kept = [[_read_button(button) for button in row] for row in rows if row]
    return {"inline_keyboard": kept} if kept else None


def _read_button(button: Any) -> JSON:
    if not isinstance(button, dict):
        raise _unreadable("expected an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise _unreadable('Field "text" must be a non-empty String')
    actions = [action for action in ACTIONS if button.get(action) is not None]
    if not actions:
        raise _unreadable("Text buttons are not allowed in the inline keyboard")
    if "style" in button and button["style"] not in STYLES:
        raise _unreadable("invalid button style specified")
    if actions[0] == "callback_data":
        _check_data(button["callback_data"])
    if actions[0] == "copy_text":
        _check_copied(button["copy_text"])
    if actions[0] == "url":
        _check_url(button["url"])
    return button


def _check_data(data: Any) -> None:
    if not isinstance(data, str) or not 1 <= len(data.encode("utf-8", "surrogatepass")) <= MOST_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_copied(copied: Any) -> None:
    text = copied.get("text") if isinstance(copied, dict) else None
    if not isinstance(text, str) or not 1 <= len(text) <= MOST_COPIED:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_url(url: Any) -> None:
    if not isinstance(url, str) or not url.startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _unreadable(reason: str) -> Refusal:
    return bad_request(f"can't parse inline keyboard button: {reason}")
