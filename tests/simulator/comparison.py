"""The double beside the library's own types: every method is called, and what is read and answered is noted.

`make regenerate` writes docs/reference/double.md; a test says when the paper is behind.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    MenuButtonCommands,
    ReplyParameters,
    TelegramObject,
)
from telegram import constants as published
from telegram.constants import ParseMode

from bot.demo.double.calls import Call
from bot.demo.double.dispatch import METHODS
from bot.demo.double.server import Simulator
from bot.demo.double.worker import PICTURE, Worker
from tests.simulator.published import published_limits

PAGE = Path(__file__).parents[2] / "docs/reference/double.md"
HEAD = """# The double beside the library's types

Made by `make regenerate` from python-telegram-bot {version} (Bot API {api}); a test
keeps it so. Every method of the double is called by the library over HTTP. *Read* is what the double looks
at, *passed over* what the library could send besides and the double takes without looking. The answer is
parsed by the library; no answer holds a field that the library doesn't know.

What this can't show: that Telegram's own server does the same. No live server was asked.
"""
METHOD_NAMES = (*METHODS, "getUpdates", "setWebhook", "deleteWebhook", "getWebhookInfo")
TRANSPORT = {"self", "read_timeout", "write_timeout", "connect_timeout", "pool_timeout", "api_kwargs"}
# What the library takes in other words than it sends.
SENT_AS = {
    "disable_web_page_preview": "link_preview_options",
    "allow_sending_without_reply": "reply_parameters",
    "reply_to_message_id": "reply_parameters",
    "filename": "",
    "ip_address": "ip_address",
}
OLD = {"reply_to_message_id", "allow_sending_without_reply"}  # taken by Telegram still, under its old names


class Noting(Mapping[str, Any]):
    """A call's parameters, with a note of each that is looked at."""

    def __init__(self, held: Mapping[str, Any], notes: set[str]) -> None:
        self._held, self._notes = held, notes

    def __getitem__(self, name: str) -> Any:
        self._notes.add(name)
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)


@dataclass(frozen=True, slots=True)
class Compared:
    """One method: what the library can send, what the double read, and how the library read its answer."""

    method: str
    known: frozenset[str]
    read: frozenset[str]
    answer: Any

    @property
    def passed_over(self) -> list[str]:
        return sorted(self.known - self.read)

    @property
    def kind(self) -> str:
        """Name the type that the answer was parsed as."""
        if isinstance(self.answer, tuple):
            return f"tuple of {type(self.answer[0]).__name__}"
        return type(self.answer).__name__


def python_name(method: str) -> str:
    """Return the library's name: sendMessage -> send_message."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in method)


def sendable(method: str) -> frozenset[str]:
    """Return the names of the parameters that the library can send with a method."""
    taken = set(inspect.signature(getattr(Bot, python_name(method))).parameters) - TRANSPORT
    return frozenset({SENT_AS.get(name, name) for name in taken})


def unknown_fields(answer: Any) -> set[str]:
    """Return the fields, all the way down, that the library has no place for."""
    if isinstance(answer, list | tuple):
        return set().union(*map(unknown_fields, answer))
    if not isinstance(answer, TelegramObject):
        return set()
    found = {f"{type(answer).__name__}.{name}" for name in answer.api_kwargs}
    for name in answer.__slots__ if hasattr(answer, "__slots__") else ():
        if not name.startswith("_") and name != "api_kwargs":
            found |= unknown_fields(getattr(answer, name, None))
    return found


Calls = dict[str, Callable[[], Awaitable[Any]]]


def _calls(bot: Bot, worker: Worker, text: int, photo: int) -> Calls:
    """Return an example of every method; text and photo are messages of the bot."""
    chat = worker.chat_id
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("是", callback_data="yes")]])
    html, plain = ParseMode.HTML, LinkPreviewOptions(is_disabled=True)
    reply = ReplyParameters(text)
    scope = BotCommandScopeAllPrivateChats()
    named = [BotCommand("start", "开始")]

    async def answered() -> bool:
        query = await worker.taps("yes", message=text)
        return await bot.answer_callback_query(query.id, "好", show_alert=True)

    async def looked_up() -> Any:
        sent = await bot.send_document(chat, b"text", filename="a.txt")
        assert sent.document is not None
        return await bot.get_file(sent.document.file_id)

    return {
        "getMe": bot.get_me,
        "getChat": lambda: bot.get_chat(chat),
        "sendMessage": lambda: bot.send_message(
            chat, "<b>您好</b>", html, reply_markup=keys, link_preview_options=plain, reply_parameters=reply
        ),
        "editMessageText": lambda: bot.edit_message_text("<i>好</i>", chat, text, None, html, keys),
        "editMessageReplyMarkup": lambda: bot.edit_message_reply_markup(chat, photo, reply_markup=None),
        "answerCallbackQuery": answered,
        "sendPhoto": lambda: bot.send_photo(chat, PICTURE, "<b>图</b>", parse_mode=html, reply_markup=keys),
        "editMessageCaption": lambda: bot.edit_message_caption(chat, photo, None, "字"),
        "editMessageMedia": lambda: bot.edit_message_media(InputMediaPhoto(PICTURE, "新"), chat, photo),
        "sendDocument": lambda: bot.send_document(chat, b"text", "纸", filename="a.txt", parse_mode=html),
        "getFile": looked_up,
        "sendChatAction": lambda: bot.send_chat_action(chat, "typing"),
        "deleteMessage": lambda: bot.delete_message(chat, photo),
        "deleteMessages": lambda: bot.delete_messages(chat, [text]),
        "setMyCommands": lambda: bot.set_my_commands(named, scope, "zh"),
        "getMyCommands": lambda: bot.get_my_commands(scope, "zh"),
        "deleteMyCommands": lambda: bot.delete_my_commands(scope, "zh"),
        "setMyName": lambda: bot.set_my_name("助手", "zh"),
        "getMyName": lambda: bot.get_my_name("zh"),
        "setMyDescription": lambda: bot.set_my_description("说明", "zh"),
        "getMyDescription": lambda: bot.get_my_description("zh"),
        "setMyShortDescription": lambda: bot.set_my_short_description("短", "zh"),
        "getMyShortDescription": lambda: bot.get_my_short_description("zh"),
        "setChatMenuButton": lambda: bot.set_chat_menu_button(chat, MenuButtonCommands()),
        "getChatMenuButton": lambda: bot.get_chat_menu_button(chat),
        "getUpdates": lambda: bot.get_updates(limit=5, timeout=0),
        "setWebhook": lambda: bot.set_webhook("http://127.0.0.1:1/x", secret_token="s" * 40),
        "getWebhookInfo": bot.get_webhook_info,
        "deleteWebhook": bot.delete_webhook,
    }  # fmt: skip


async def compare() -> list[Compared]:
    """Call every method of the double through the library."""
    notes: dict[str, set[str]] = {}

    def note(call: Call) -> None:
        looked_at = notes.setdefault(call.method.lower(), set())
        object.__setattr__(call, "parameters", Noting(call.parameters, looked_at))

    async with Simulator() as simulator:
        worker = simulator.worker()
        await worker.starts()
        async with Bot(simulator.token, simulator.base_url, simulator.base_file_url) as bot:
            keys = InlineKeyboardMarkup([[InlineKeyboardButton("是", callback_data="yes")]])
            text = (await bot.send_message(worker.chat_id, "问", reply_markup=keys)).message_id
            photo = (await bot.send_photo(worker.chat_id, PICTURE, reply_markup=keys)).message_id
            simulator.faults.choose = note
            found = []
            for method, call in _calls(bot, worker, text, photo).items():
                notes.pop(method.lower(), None)
                answer = await call()
                read = frozenset(notes[method.lower()])
                found.append(Compared(method, sendable(method), read, answer))
    return found


def page(found: list[Compared]) -> str:
    """Return it as tables."""
    import telegram

    lines = [HEAD.format(version=telegram.__version__, api=published.BOT_API_VERSION)]
    lines += ["| method | read | passed over | parsed as |", "|---|---|---|---|"]
    for one in found:
        read, over = (", ".join(names) or "-" for names in (sorted(one.read & one.known), one.passed_over))
        lines.append(f"| {one.method} | {read} | {over} | {one.kind} |")
    lines += ["", "## Limits", "", "| limit | the library's constant | the double |", "|---|---|---|"]
    for name, said, kept in published_limits():
        shown = [f"{len(v)} kinds" if isinstance(v, list) and len(v) > 4 else str(v) for v in (said, kept)]
        lines.append(f"| {name} | {shown[0]} | {shown[1]} |")
    return "\n".join(lines) + "\n"


def record() -> None:
    """Write the page."""
    PAGE.write_text(page(asyncio.run(compare())), encoding="utf-8")
