"""What Telegram would hold: people, chats, messages, taps. No I/O; listeners are called on each change."""

import itertools
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from bot.demo.double.files import Files
from bot.demo.double.updates import FIRST_ID, Updates

JSON = dict[str, Any]
ChatKind = Literal["private", "group", "supergroup"]

FIRST_USER = 5_000_000_001  # past 32 bits, as new Telegram accounts are
FIRST_GROUP = -4_000_000_001


@dataclass(frozen=True, slots=True)
class User:
    """A Telegram account."""

    id: int
    first_name: str
    language: str = ""  # language_code in updates, empty where the client sends none
    username: str = ""

    def json(self) -> JSON:
        """Write it as the Bot API does."""
        body: JSON = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.username:
            body["username"] = self.username
        return body | ({"language_code": self.language} if self.language else {})


@dataclass(slots=True)
class Chat:
    """A chat with all of its messages, as Bot API objects by id, oldest first."""

    id: int
    kind: ChatKind
    title: str
    members: dict[int, User]
    messages: dict[int, JSON] = field(default_factory=dict)
    started: bool = False  # somebody spoke to the bot, so it may speak
    blocked: bool = False  # the worker blocked it, or the group removed it
    last_message: int = 0

    def json(self) -> JSON:
        """Write it as the Bot API does."""
        if self.kind != "private":
            return {"id": self.id, "type": self.kind, "title": self.title}
        (user,) = self.members.values()
        body: JSON = {"id": self.id, "type": "private", "first_name": user.first_name}
        return body | ({"username": user.username} if user.username else {})


@dataclass(slots=True)
class Query:
    """A tap on a button that waits for the bot's answer."""

    id: str
    chat: int
    message: int
    user: int
    data: str
    asked: float
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed in a chat, for the chat page and for tests."""

    kind: Literal["message", "edited", "deleted", "action", "answered", "chat", "profile"]
    chat: int  # 0 for what concerns all chats
    content: JSON


Listener = Callable[[Event], None]


class State:
    """The double's whole memory."""

    def __init__(self, bot: JSON, clock: Callable[[], float], past: int = 0) -> None:
        self.bot = bot
        self.clock = clock
        self.updates = Updates(clock, FIRST_ID + past)
        self._first_user = FIRST_USER + past
        self.files = Files()
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        self.profile: dict[tuple[str, ...], Any] = {}  # names, descriptions, commands, menu buttons
        self._numbers = itertools.count(1)
        self._listeners: dict[int, list[Listener]] = defaultdict(list)

    def sender(self) -> JSON:
        """Write the bot as a sender."""
        return {name: self.bot[name] for name in ("id", "is_bot", "first_name", "username")}

    def add_user(self, first_name: str, language: str = "", username: str = "") -> User:
        """Open an account with its private chat, in which nobody has spoken yet."""
        user = User(self._first_user + len(self.users), first_name, language, username)
        self.users[user.id] = user
        self.chats[user.id] = Chat(user.id, "private", first_name, {user.id: user})
        self.tell(Event("chat", user.id, self.chats[user.id].json()))
        return user

    def change_user(self, id: int, *, language: str) -> None:
        """Change the language that the user's client sends."""
        user = self.users[id] = replace(self.users[id], language=language)
        for chat in self.chats.values():
            if id in chat.members:
                chat.members[id] = user

    def add_group(self, title: str, members: list[User], kind: ChatKind = "group") -> Chat:
        """Open a group of people; the bot is made a member by `phone.add_bot`."""
        chat = Chat(FIRST_GROUP - len(self.chats), kind, title, {user.id: user for user in members})
        self.chats[chat.id] = chat
        self.tell(Event("chat", chat.id, chat.json()))
        return chat

    def add_message(self, chat: Chat, sender: JSON, content: JSON) -> JSON:
        """Put a message into a chat; give the Bot API object."""
        chat.last_message += 1
        message: JSON = {
            "message_id": chat.last_message,
            "from": sender,
            "chat": chat.json(),
            "date": int(self.clock()),
            **content,
        }
        chat.messages[chat.last_message] = message
        self.tell(Event("message", chat.id, message))
        return message

    def change_message(self, chat: Chat, id: int, content: JSON) -> JSON:
        """Put other content into a message's place; None as a value takes a field away."""
        edited = {**chat.messages[id], **content, "edit_date": int(self.clock())}
        message = {name: value for name, value in edited.items() if value is not None}
        chat.messages[id] = message
        self.tell(Event("edited", chat.id, message))
        return message

    def delete_message(self, chat: Chat, id: int) -> None:
        del chat.messages[id]
        self.tell(Event("deleted", chat.id, {"message_id": id}))

    def add_query(self, chat: Chat, user: User, message: int, data: str) -> Query:
        """Note a tap."""
        query = Query(str(10**17 + next(self._numbers)), chat.id, message, user.id, data, self.clock())
        self.queries[query.id] = query
        return query

    def listen(self, chat: int, listener: Listener) -> Callable[[], None]:
        """Subscribe to one chat's changes, or to all with 0; return what ends the subscription."""
        self._listeners[chat].append(listener)
        return lambda: self._listeners[chat].remove(listener)

    def tell(self, event: Event) -> None:
        """Let the listeners know."""
        for chat in {event.chat, 0}:
            for listener in tuple(self._listeners.get(chat, ())):
                listener(event)
