"""Updates as Telegram sends them: the few fields that we use, checked, become inbounds."""

from collections import OrderedDict
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.channels.intake import Intake
from bot.content.questionnaire import Language
from bot.dialogue.conversation import Command, Group, Incoming, Media, Tap, Typed
from bot.turns.contract import Address, Inbound

NAME = "telegram"
ALLOWED = ["message", "edited_message", "callback_query"]  # what we ask Telegram to send
TOPIC = "/"  # between a group and its topic in an address
ALBUMS = 1_000  # albums that are remembered, so that each is answered once
TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")

Id = Annotated[int, Field(ge=-(2**63), lt=2**63)]


def address(chat: int) -> Address:
    """Return the address of a chat in Telegram."""
    return Address(NAME, str(chat))


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _User(_Part):
    id: Id
    is_bot: bool = False
    language_code: str | None = None


class _Chat(_Part):
    id: Id
    type: Literal["private", "group", "supergroup", "channel"]
    is_forum: bool = False


class _Message(_Part):
    message_id: Id
    chat: _Chat
    sender: Annotated[_User | None, Field(alias="from")] = None
    text: str | None = None
    business_connection_id: str | None = None
    forward_origin: object = None
    sender_chat: object = None
    media_group_id: str | None = None
    message_thread_id: int | None = None
    # What a worker may send instead of words; anything else without words is a notice of Telegram's.
    photo: object = None
    video: object = None
    voice: object = None
    audio: object = None
    document: object = None
    sticker: object = None
    animation: object = None
    video_note: object = None
    contact: object = None
    location: object = None
    poll: object = None
    dice: object = None

    @property
    def shows_something(self) -> bool:
        """Whether it holds something that a worker sent instead of words."""
        kinds = (self.photo, self.video, self.voice, self.audio, self.document, self.sticker, self.animation)
        others = (self.video_note, self.contact, self.location, self.poll, self.dice)
        return any(kind is not None for kind in (*kinds, *others))


class _Query(_Part):
    id: str
    sender: Annotated[_User, Field(alias="from")]
    data: str = ""
    message: _Message | None = None


class Update(_Part):
    """One update; of any other kind than ours only its number is read."""

    update_id: Id
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Query | None = None

    @property
    def album(self) -> str | None:
        """The album that a message belongs to: Telegram delivers each of its pictures by itself."""
        return self.message.media_group_id if self.message else None

    @property
    def tapped(self) -> str | None:
        """The id by which a tap is answered."""
        return self.callback_query.id if self.callback_query else None


_update = TypeAdapter(Update)


class NotAnUpdate(ValueError):
    """The bytes are no update that we can read; the text doesn't repeat them."""


def read_update(data: bytes | dict[str, object]) -> Update:
    """Read one update; raises NotAnUpdate."""
    try:
        if isinstance(data, bytes):
            return _update.validate_json(data)
        return _update.validate_python(data)
    except ValidationError as error:
        raise NotAnUpdate(f"{error.error_count()} fields can't be read") from None


def inbound_of(update: Update) -> Inbound | None:
    """Take out of an update what the talk needs; None for what is not for us.

    Served are private chats, where the chat is the person who speaks. A command in a group gets one line, in
    its topic, unless it names a bot or comes from a channel. Notices of Telegram's own (a pinned message, a
    timer, a background, a gift) are nobody's words.
    """
    if update.callback_query is not None:
        query = update.callback_query
        if query.message is None or not _is_private(query.message.chat, query.sender):
            return None
        if query.message.business_connection_id is not None:
            return None
        tapped = str(query.message.message_id)
        language, traditional = _language(query.sender), _reads_traditional(query.sender)
        return Inbound(
            update.update_id, address(query.sender.id), Tap(query.data), language, tapped, traditional
        )
    message = update.message or update.edited_message
    if message is None or message.sender is None or message.business_connection_id is not None:
        return None
    if _is_private(message.chat, message.sender):
        incoming = _incoming(message, edited=update.message is None)
        if incoming is None:
            return None
        language, traditional = _language(message.sender), _reads_traditional(message.sender)
        chat = address(message.chat.id)
        return Inbound(update.update_id, chat, incoming, language, traditional=traditional)
    return _in_group(update, message, message.sender)


def _in_group(update: Update, message: _Message, sender: _User) -> Inbound | None:
    command, *_ = (message.text or "").split(maxsplit=1) or ("",)
    asked = message.chat.type in ("group", "supergroup") and command.startswith("/") and "@" not in command
    if not asked or update.message is None or message.sender_chat is not None or sender.is_bot:
        return None
    topic = message.message_thread_id if message.chat.is_forum else None
    chat = f"{message.chat.id}{TOPIC}{topic}" if topic is not None else str(message.chat.id)
    return Inbound(update.update_id, Address(NAME, chat), Group(), _language(sender))


async def take(intake: Intake, data: bytes | dict[str, object]) -> str | None:
    """Take one update's turn; return the id by which its tap is answered, if it is a tap.

    Raises NotStored.
    """
    try:
        update = read_update(data)
    except NotAnUpdate:
        intake.unreadable()
        return None
    if update.album is not None and _seen(update.album, update.update_id):
        return None
    await intake.take(inbound_of(update))
    return update.tapped


_albums: OrderedDict[str, int] = OrderedDict()


def _seen(album: str, update: int) -> bool:
    """Note an album with the update that brought its first picture; says whether another one did."""
    first = _albums.setdefault(album, update)
    while len(_albums) > ALBUMS:
        _albums.popitem(last=False)
    return first != update


def _is_private(chat: _Chat, sender: _User) -> bool:
    return chat.type == "private" and chat.id == sender.id and not sender.is_bot


def _language(user: _User) -> Language:
    return "zh" if (user.language_code or "zh").startswith("zh") else "en"


def _reads_traditional(user: _User) -> bool:
    return (user.language_code or "").lower().startswith(TRADITIONAL)


def _incoming(message: _Message, *, edited: bool) -> Incoming | None:
    text = message.text
    if text is None:
        return Media() if message.shows_something and not edited else None
    if message.forward_origin is not None:
        return Typed(text, "forwarded")
    if edited:
        return None if text.startswith("/") else Typed(text, "edited")
    return _words(text)


def _words(text: str) -> Command | Typed:
    if text.startswith("/"):
        name, rest = (*text[1:].split(maxsplit=1), "", "")[:2]
        return Command(name.split("@")[0].lower(), rest.strip())
    return Typed(text)
