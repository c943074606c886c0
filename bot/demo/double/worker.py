"""A worker with a phone, for tests: says, taps, sends, and waits for what the screen shows."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from bot.demo.double import phone
from bot.demo.double.files import Upload
from bot.demo.double.state import Chat, Event, Query, State, User

JSON = dict[str, Any]

PATIENCE = 10.0  # seconds

# The smallest PNG: one pixel.
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8ffff3f0005fe02fe0def46b80000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message."""

    text: str
    data: str = ""
    url: str = ""
    copies: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the worker sees it."""

    id: int
    mine: bool
    text: str  # or the caption
    buttons: tuple[tuple[Button, ...], ...] = ()
    entities: tuple[JSON, ...] = ()
    photo: str = ""  # file_id
    document: str = ""  # file name
    edited: bool = False

    def button(self, name: str) -> Button | None:
        """Find a button by its data or text; failing these, by a part of its text."""
        every = [button for row in self.buttons for button in row]
        for fits in (
            lambda b: b.data == name,
            lambda b: b.text == name,
            lambda b: name in b.text,
        ):
            for button in every:
                if fits(button):
                    return button
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tap was answered with: a toast, an alert, an address, or nothing (empty)."""

    text: str
    alert: bool
    url: str


@dataclass(frozen=True, slots=True)
class Screen:
    """A chat as it stands."""

    messages: tuple[Shown, ...]
    answers: tuple[Answer, ...] = ()

    @property
    def last(self) -> Shown:
        """Return the bot's newest message; IndexError when it said nothing yet."""
        return self.from_bot[-1]

    @property
    def from_bot(self) -> tuple[Shown, ...]:
        """Return what the bot said, oldest first."""
        return tuple(message for message in self.messages if not message.mine)

    @property
    def text(self) -> str:
        """Return the text of the bot's newest message; empty when it said nothing yet."""
        return self.from_bot[-1].text if self.from_bot else ""

    def __str__(self) -> str:
        return "\n".join(map(_line, self.messages)) or "(nothing yet)"


Wish = Callable[[Screen], bool] | str


class Worker:
    """One account in one chat with the bot: its private chat, unless another is given."""

    def __init__(self, state: State, user: User, chat: Chat) -> None:
        self._state = state
        self._chat = chat
        self._answers: list[Answer] = []
        self._cleared = 0  # the newest message that the phone shows no more
        self.id = user.id
        self.chat_id = chat.id
        self.close = state.listen(chat.id, self._hear)

    @property
    def user(self) -> User:
        """Return the account as it now is."""
        return self._state.users[self.id]

    @property
    def screen(self) -> Screen:
        """Return the chat as it now is."""
        newest_first = takewhile(
            lambda message: message["message_id"] > self._cleared, reversed(self._chat.messages.values())
        )
        messages = tuple(show(message) for message in newest_first)[::-1]
        return Screen(messages, tuple(self._answers))

    async def says(self, text: str) -> int:
        """Send a text; give the id of its (last) message."""
        sent = phone.say(self._state, self._chat, self.user, text)
        await asyncio.sleep(0)
        return int(sent[-1]["message_id"]) if sent else 0

    async def starts(self, payload: str = "") -> None:
        """Press Start, or follow a deep link with a payload."""
        phone.start(self._state, self._chat, self.user, payload)
        await asyncio.sleep(0)

    async def taps(self, name: str, *, message: int | None = None) -> Query:
        """Tap the newest button of this data or text, in the given message or in any.

        Raises:
            AssertionError: when no message shows such a button.
        """
        for shown in reversed(self.screen.messages):
            button = shown.button(name) if message in (None, shown.id) else None
            if button is not None:
                return await self.taps_data(button.data, message=shown.id)
        raise AssertionError(f"no button {name!r} on the screen:\n{self.screen}")

    async def taps_data(self, data: str, *, message: int) -> Query:
        """Tap a button that may be there no longer, as an old client or two quick fingers do."""
        query = phone.tap(self._state, self._chat, self.user, message, data)
        await asyncio.sleep(0)
        return query

    async def sends_photo(self, content: bytes = PICTURE, caption: str = "") -> int:
        upload = Upload("photo.png", content, "image/png")
        return int(phone.send_photo(self._state, self._chat, self.user, upload, caption)["message_id"])

    async def sends_document(self, name: str = "file.txt", content: bytes = b"text") -> int:
        return int(
            phone.send_document(self._state, self._chat, self.user, Upload(name, content))["message_id"]
        )

    async def sends_sticker(self, emoji: str = "👍") -> int:
        return int(phone.send_sticker(self._state, self._chat, self.user, emoji)["message_id"])

    async def sends(self, content: JSON) -> int:
        """Send any other content, as Bot API fields: a contact, a location, a voice message."""
        return int(phone.send(self._state, self._chat, self.user, content)["message_id"])

    async def edits(self, message: int, text: str) -> None:
        """Edit one's own text."""
        phone.edit(self._state, self._chat, message, text)

    def clears(self) -> None:
        """Clear the history on the phone; the bot can still edit what it said."""
        self._cleared = next(reversed(self._chat.messages), 0)
        self._answers.clear()

    async def blocks(self) -> None:
        phone.block(self._state, self._chat, self.user)

    async def unblocks(self) -> None:
        phone.unblock(self._state, self._chat, self.user)

    async def expects(self, wish: Wish, timeout: float = PATIENCE) -> Screen:  # noqa: ASYNC109 - it words the failure
        """Wait until the screen is as wished; a string wishes that the bot's newest message holds it.

        Raises:
            AssertionError: with the whole chat, when `timeout` seconds pass first.
        """
        fits = (lambda screen: wish in screen.text) if isinstance(wish, str) else wish
        changed = asyncio.Event()
        stop = self._state.listen(self.chat_id, lambda _event: changed.set())
        end = time.monotonic() + timeout
        try:
            while not fits(self.screen):
                changed.clear()
                async with asyncio.timeout(max(end - time.monotonic(), 0)):
                    await changed.wait()
        except TimeoutError:
            wished = f": {wish!r}" if isinstance(wish, str) else ""
            raise AssertionError(f"not seen within {timeout} s{wished}\n{self.screen}") from None
        finally:
            stop()
        return self.screen

    async def expects_answer(self, query: Query, timeout: float = PATIENCE) -> Answer:  # noqa: ASYNC109
        """Wait until a tap is answered."""
        await self.expects(lambda _screen: query.answered, timeout)
        return self._answers[-1]

    def _hear(self, event: Event) -> None:
        if event.kind == "answered":
            content = event.content
            self._answers.append(Answer(content["text"], content["alert"], content["url"]))


def show(message: JSON) -> Shown:
    """Return a message as it is seen."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = tuple(
        tuple(
            Button(
                b["text"],
                b.get("callback_data", ""),
                b.get("url", ""),
                b.get("copy_text", {}).get("text", ""),
            )
            for b in row
        )
        for row in rows
    )
    return Shown(
        id=message["message_id"],
        mine=not message["from"]["is_bot"],
        text=message.get("text") or message.get("caption") or "",
        buttons=buttons,
        entities=tuple(message.get("entities") or message.get("caption_entities") or ()),
        photo=message["photo"][-1]["file_id"] if "photo" in message else "",
        document=message.get("document", {}).get("file_name", ""),
        edited="edit_date" in message,
    )


def _line(message: Shown) -> str:
    kind = "[picture] " if message.photo else f"[{message.document}] " if message.document else ""
    rows = "".join("\n    " + " ".join(f"[{b.text}]" for b in row) for row in message.buttons)
    return f"{'worker' if message.mine else 'bot'}: {kind}{message.text}{rows}"
