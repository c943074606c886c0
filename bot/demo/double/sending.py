"""What every sending and editing method shares: which chat, which message, which words, which buttons."""

from typing import Any

from bot.demo.double.calls import Call
from bot.demo.double.entities import Text, read_html, settle, units
from bot.demo.double.keyboards import read_keyboard
from bot.demo.double.refusals import NOT_MODIFIED, bad_request, forbidden
from bot.demo.double.state import Chat, State

JSON = dict[str, Any]

MOST_TEXT = 4096  # UTF-16 units after entities are read
MOST_CAPTION = 1024
MOST_ENTITIES = 100  # Telegram silently keeps no more


def find_chat(state: State, call: Call) -> Chat:
    """Find the chat that the bot may speak in.

    Raises:
        Refusal: 400 `chat not found`, 403 when the worker blocked the bot or the group removed it.
    """
    if not call.text("chat_id"):
        raise bad_request("chat_id is empty")
    chat = state.chats.get(call.integer("chat_id"))
    if chat is None or not (chat.started or chat.blocked):
        raise bad_request("chat not found")
    if chat.blocked and chat.kind == "private":
        raise forbidden("bot was blocked by the user")
    if chat.blocked:
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    return chat


def find_message(chat: Chat, call: Call, deed: str) -> JSON:
    """Find the message that the bot may change; deed is `edit` or `delete`.

    Raises:
        Refusal: 400 when there is none, or it isn't the bot's to edit.
    """
    if not call.text("message_id"):
        raise bad_request("message identifier is not specified")
    message = chat.messages.get(call.integer("message_id"))
    if message is None:
        raise bad_request(f"message to {deed} not found")
    if deed == "edit" and not message["from"]["is_bot"]:
        raise bad_request("message can't be edited")
    return message


def read_text(call: Call, name: str, most: int) -> JSON:
    """Read text or caption with its entities, as fields of a message; {} when it is empty.

    Raises:
        Refusal: 400 for a text that can't be read or is too long.
    """
    return write_text(call.text(name), call.text("parse_mode"), _entities(call, name), name, most)


def _entities(call: Call, name: str) -> Any:
    return call.value("entities" if name == "text" else "caption_entities")


def write_text(source: str, mode: str, entities: Any, name: str, most: int) -> JSON:
    """Turn a text in a parse mode, or with entities, into fields of a message."""
    match mode.lower():
        case "html":
            read = read_html(source)
        case "":
            read = Text(source, tuple(_check_entities(entities, units(source))))
        case _:
            raise bad_request("unsupported parse_mode")  # the double reads HTML only
    kept = settle(read)
    if units(kept.text) > most:
        raise bad_request("message is too long" if name == "text" else "message caption is too long")
    if not kept.text:
        return {}
    marks = "entities" if name == "text" else "caption_entities"
    fields: JSON = {name: kept.text}
    return fields | ({marks: list(kept.entities[:MOST_ENTITIES])} if kept.entities else {})


def _check_entities(entities: Any, length: int) -> list[JSON]:
    checked = []
    for entity in entities if isinstance(entities, list) else []:
        if not isinstance(entity, dict) or not {"type", "offset", "length"} <= entity.keys():
            raise bad_request("can't parse MessageEntity: object expected")
        if entity["offset"] < 0 or entity["length"] <= 0 or entity["offset"] + entity["length"] > length:
            raise bad_request("entity beyond the end of the text")
        checked.append(entity)
    return checked


def read_markup(call: Call) -> JSON | None:
    """Read the inline keyboard of a call; None when there is none."""
    return read_keyboard(call.value("reply_markup"))


def send(state: State, call: Call, chat: Chat, content: JSON) -> JSON:
    """Put the bot's message into the chat, with its keyboard and what it replies to."""
    markup = read_markup(call)
    reply = _replied(chat, call)
    message = content | ({"reply_markup": markup} if markup else {})
    return state.add_message(chat, state.sender(), message | ({"reply_to_message": reply} if reply else {}))


def _replied(chat: Chat, call: Call) -> JSON | None:
    asked = call.value("reply_parameters") or {}
    id = int(asked.get("message_id") or call.integer("reply_to_message_id"))
    if not id or id in chat.messages:
        return chat.messages.get(id)
    if asked.get("allow_sending_without_reply") or call.flag("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")


def put(state: State, chat: Chat, message: JSON, content: JSON) -> JSON:
    """Put new content into a message's place; None takes a field away.

    Raises:
        Refusal: 400 `message is not modified` when nothing would change.
    """
    if all(message.get(name) == value for name, value in content.items()):
        raise bad_request(NOT_MODIFIED)
    return state.change_message(chat, message["message_id"], content)
