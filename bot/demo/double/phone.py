"""What people do with their phones (say, tap, send, edit, block), which the bot learns as from Telegram."""

from typing import Any

from bot.demo.double.entities import Text, settle, units
from bot.demo.double.files import Upload, measure_picture
from bot.demo.double.state import Chat, Event, Query, State, User

JSON = dict[str, Any]

MOST_TEXT = 4096  # clients cut longer texts into several messages, as `say` does


def say(state: State, chat: Chat, user: User, text: str, reply_to: int | None = None) -> list[JSON]:
    """Send a text; a longer one goes as several messages. Give the messages."""
    pieces = [text[at : at + MOST_TEXT] for at in range(0, len(text), MOST_TEXT)]
    if units(text) > len(text):  # characters outside the basic plane count twice
        pieces = [text[at : at + MOST_TEXT // 2] for at in range(0, len(text), MOST_TEXT // 2)]
    return [send(state, chat, user, _worded(piece, reply_to, chat)) for piece in pieces if piece.strip()]


def start(state: State, chat: Chat, user: User, payload: str = "") -> list[JSON]:
    """Press Start, or follow a deep link t.me/bot?start=payload."""
    return say(state, chat, user, f"/start {payload}".strip())


def send_photo(state: State, chat: Chat, user: User, upload: Upload, caption: str = "") -> JSON:
    width, height = measure_picture(upload.content)
    file = state.files.keep(upload, "photos")
    size = {"file_id": file.id, "file_unique_id": file.unique_id, "file_size": len(file.content)}
    photo = [{**size, "width": width, "height": height}]
    return send(state, chat, user, {"photo": photo} | ({"caption": caption} if caption else {}))


def send_document(state: State, chat: Chat, user: User, upload: Upload) -> JSON:
    file = state.files.keep(upload, "documents")
    document = {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "file_name": file.name,
        "mime_type": file.kind,
        "file_size": len(file.content),
    }
    return send(state, chat, user, {"document": document})


def send_sticker(state: State, chat: Chat, user: User, emoji: str = "👍") -> JSON:
    file = state.files.keep(Upload("sticker.webp", emoji.encode(), "image/webp"), "stickers")
    sticker = {
        "file_id": file.id,
        "file_unique_id": file.unique_id,
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "emoji": emoji,
    }
    return send(state, chat, user, {"sticker": sticker})


def send(state: State, chat: Chat, user: User, content: JSON) -> JSON:
    """Send any content; it starts the chat, and unblocks the bot as a client does before sending."""
    if chat.blocked and chat.kind == "private":
        unblock(state, chat, user)
    chat.started = True
    message = state.add_message(chat, user.json(), content)
    if chat.kind == "private" or _concerns_bot(message, state.bot["username"]):
        state.updates.push("message", message)
    return message


def edit(state: State, chat: Chat, message_id: int, text: str) -> JSON:
    """Edit one's own text."""
    kept = settle(Text(text))
    content = {"text": kept.text, "entities": list(kept.entities) or None}
    message = state.change_message(chat, message_id, content)
    if chat.kind == "private" or _concerns_bot(message, state.bot["username"]):
        state.updates.push("edited_message", message)
    return message


def tap(state: State, chat: Chat, user: User, message_id: int, data: str) -> Query:
    """Tap a button; an old client may send data which the message no longer shows."""
    query = state.add_query(chat, user, message_id, data)
    update: JSON = {
        "id": query.id,
        "from": user.json(),
        "chat_instance": str(abs(chat.id) * 31),
        "data": data,
        # What is gone comes as an inaccessible message, with date 0.
        "message": chat.messages.get(message_id)
        or {"chat": chat.json(), "message_id": message_id, "date": 0},
    }
    state.updates.push("callback_query", update)
    return query


def block(state: State, chat: Chat, user: User) -> None:
    """Block the bot, or remove it from the group."""
    _change_membership(state, chat, user, "member", "kicked", blocked=True)


def unblock(state: State, chat: Chat, user: User) -> None:
    """Let the bot speak again."""
    _change_membership(state, chat, user, "kicked", "member", blocked=False)


def add_bot(state: State, chat: Chat, user: User) -> None:
    """Make the bot a member of a group."""
    chat.started = True
    _change_membership(state, chat, user, "left", "member", blocked=False)
    members = [state.sender()]
    content = {"new_chat_members": members, "new_chat_participant": members[0]}
    state.updates.push("message", state.add_message(chat, user.json(), content))


def _change_membership(state: State, chat: Chat, user: User, old: str, new: str, *, blocked: bool) -> None:
    chat.blocked = blocked
    bot = state.sender()
    update: JSON = {
        "chat": chat.json(),
        "from": user.json(),
        "date": int(state.clock()),
        "old_chat_member": _membership(bot, old),
        "new_chat_member": _membership(bot, new),
    }
    state.tell(Event("chat", chat.id, chat.json()))
    state.updates.push("my_chat_member", update)


def _membership(bot: JSON, status: str) -> JSON:
    return {"user": bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})


def _worded(text: str, reply_to: int | None, chat: Chat) -> JSON:
    kept = settle(Text(text))
    content: JSON = {"text": kept.text}
    if kept.entities:
        content["entities"] = list(kept.entities)
    if reply_to in chat.messages:
        content["reply_to_message"] = chat.messages[reply_to]
    return content


def _concerns_bot(message: JSON, username: str) -> bool:
    """Say whether a bot in privacy mode hears it: commands, mentions of it, replies to it."""
    text = message.get("text", "")
    commands = [
        word for word in text.split() if word.startswith("/") and word.partition("@")[2] in ("", username)
    ]
    replied = message.get("reply_to_message", {}).get("from", {}).get("is_bot", False)
    return bool(commands) or f"@{username}" in text or replied
