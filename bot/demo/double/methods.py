"""The Bot API's methods on messages: send, edit, delete, show typing, answer a tap."""

from typing import Any

from bot.demo.double import sending
from bot.demo.double.calls import Call
from bot.demo.double.refusals import QUERY_TOO_OLD, bad_request
from bot.demo.double.state import Event, State

JSON = dict[str, Any]

QUERY_LIFE = 60.0  # seconds; Telegram publishes none, and refuses after about a minute
DELETABLE = 48 * 3600
MOST_ANSWER = 200
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription",
         "gifts_from_channels")  # fmt: skip
ACTIONS = ("typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
           "upload_document", "choose_sticker", "find_location", "record_video_note",
           "upload_video_note")  # fmt: skip


def get_me(state: State, _call: Call) -> JSON:
    """Say who the bot is."""
    return state.bot


def get_chat(state: State, call: Call) -> JSON:
    return sending.find_chat(state, call).json() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, False),
    }


def send_message(state: State, call: Call) -> JSON:
    chat = sending.find_chat(state, call)
    content = sending.read_text(call, "text", sending.MOST_TEXT)
    if not content:
        raise bad_request("message text is empty")
    return sending.send(state, call, chat, content)


def edit_message_text(state: State, call: Call) -> JSON:
    """Put another text, and other buttons or none, into a message's place."""
    chat = sending.find_chat(state, call)
    message = sending.find_message(chat, call, "edit")
    content = sending.read_text(call, "text", sending.MOST_TEXT)
    if not content:
        raise bad_request("message text is empty")
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    markup = sending.read_markup(call)
    return sending.put(state, chat, message, {"entities": None, **content, "reply_markup": markup})


def edit_message_caption(state: State, call: Call) -> JSON:
    """Put another caption, or none, under a picture or file."""
    chat = sending.find_chat(state, call)
    message = sending.find_message(chat, call, "edit")
    content = sending.read_text(call, "caption", sending.MOST_CAPTION)
    if "photo" not in message and "document" not in message:
        raise bad_request("there is no caption in the message to edit")
    markup = sending.read_markup(call)
    fields = {"caption": None, "caption_entities": None, **content, "reply_markup": markup}
    return sending.put(state, chat, message, fields)


def edit_message_reply_markup(state: State, call: Call) -> JSON:
    """Put other buttons, or none, under a message."""
    chat = sending.find_chat(state, call)
    message = sending.find_message(chat, call, "edit")
    return sending.put(state, chat, message, {"reply_markup": sending.read_markup(call)})


def delete_message(state: State, call: Call) -> bool:
    """Take a message away; not after 48 hours."""
    chat = sending.find_chat(state, call)
    message = sending.find_message(chat, call, "delete")
    if state.clock() - message["date"] > DELETABLE:
        raise bad_request("message can't be deleted for everyone")
    state.delete_message(chat, message["message_id"])
    return True


def delete_messages(state: State, call: Call) -> bool:
    """Take up to 100 messages away, passing over those that are gone."""
    chat = sending.find_chat(state, call)
    ids = call.value("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad_request("there are no messages to delete" if not ids else "too many messages to delete")
    for id in ids:
        if id in chat.messages:
            state.delete_message(chat, id)
    return True


def send_chat_action(state: State, call: Call) -> bool:
    """Show for five seconds, or until the next message, what the bot is doing."""
    chat = sending.find_chat(state, call)
    action = call.text("action")
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    state.tell(Event("action", chat.id, {"action": action}))
    return True


def answer_callback_query(state: State, call: Call) -> bool:
    """Answer a tap: stop the button's spinner, show a toast or an alert, open an address."""
    query = state.queries.get(call.text("callback_query_id"))
    if query is None or query.answered or state.clock() - query.asked > QUERY_LIFE:
        raise bad_request(QUERY_TOO_OLD)
    text = call.text("text")
    if len(text) > MOST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    del state.queries[query.id]
    query.answered = True
    answer = {"query": query.id, "message_id": query.message, "data": query.data, "text": text}
    state.tell(
        Event("answered", query.chat, answer | {"alert": call.flag("show_alert"), "url": call.text("url")})
    )
    return True
