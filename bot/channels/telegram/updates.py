"""Updates as Telegram sends them: the few fields that we use, checked, become inbounds."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.channels.intake import Intake
from bot.content.questionnaire import Language
from bot.dialogue.conversation import Command, Group, Incoming, Media, Tap, Typed
from bot.turns.contract import Address, Inbound

NAME = "telegram"
ALLOWED = ["message", "callback_query"]  # what we ask Telegram to send

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


class _Message(_Part):
    message_id: Id
    chat: _Chat
    sender: Annotated[_User | None, Field(alias="from")] = None
    text: str | None = None
    business_connection_id: str | None = None


class _Query(_Part):
    id: str
    sender: Annotated[_User, Field(alias="from")]
    data: str = ""
    message: _Message | None = None


class Update(_Part):
    """One update; of any other kind than ours only its number is read."""

    update_id: Id
    message: _Message | None = None
    callback_query: _Query | None = None

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

    Served are private chats, where the chat is the person who speaks; a command in a group gets one line.
    """
    if update.callback_query is not None:
        query = update.callback_query
        if query.message is None or not _is_private(query.message.chat, query.sender):
            return None
        tapped = query.message.message_id
        return Inbound(
            update.update_id, address(query.sender.id), Tap(query.data), _language(query.sender), str(tapped)
        )
    message = update.message
    if message is None or message.sender is None or message.business_connection_id is not None:
        return None
    if _is_private(message.chat, message.sender):
        incoming = _incoming(message.text)
        return Inbound(update.update_id, address(message.chat.id), incoming, _language(message.sender))
    in_group = message.chat.type in ("group", "supergroup") and (message.text or "").startswith("/")
    return Inbound(update.update_id, address(message.chat.id), Group()) if in_group else None


async def take(intake: Intake, data: bytes | dict[str, object]) -> str | None:
    """Have one update's turn taken; returns the id by which its tap is answered, if it is a tap.

    Raises NotStored.
    """
    try:
        update = read_update(data)
    except NotAnUpdate:
        intake.unreadable()
        return None
    await intake.take(inbound_of(update))
    return update.tapped


def _is_private(chat: _Chat, sender: _User) -> bool:
    return chat.type == "private" and chat.id == sender.id and not sender.is_bot


def _language(user: _User) -> Language:
    return "zh" if (user.language_code or "zh").startswith("zh") else "en"


def _incoming(text: str | None) -> Incoming:
    if text is None:
        return Media()
    if text.startswith("/"):
        name, rest = (*text[1:].split(maxsplit=1), "", "")[:2]
        return Command(name.split("@")[0].lower(), rest.strip())
    return Typed(text)
