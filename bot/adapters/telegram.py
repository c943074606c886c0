"""Telegram on python-telegram-bot: updates become envelopes, messages become calls."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    Chat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MenuButtonCommands,
    Update,
)
from telegram import Message as TelegramMessage
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError
from telegram.ext import Application, ApplicationBuilder, ContextTypes, TypeHandler

from bot.adapters.settings import Secret
from bot.conversation import Command, Incoming, Media, Tap, Typed
from bot.knowledge import Knowledge
from bot.messages import Keyboard, Message
from bot.questionnaire import LANGUAGES, Language
from bot.service import Envelope, Outgoing

ALLOWED_UPDATES = [Update.MESSAGE, Update.CALLBACK_QUERY]
COMMANDS = ("start", "result", "tips", "review", "restart", "cancel", "delete", "privacy", "lang", "help")

log = logging.getLogger(__name__)


def build_application(
    token: Secret, api: str, receive: Callable[[Update], Awaitable[None]]
) -> Application[Any, Any, Any, Any, Any, Any]:
    """Build the library's Application with our one handler for every update."""

    async def handle(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        await receive(update)

    application = (
        ApplicationBuilder()
        .token(token.reveal())
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .updater(None)  # its polling confirms updates before they are handled; ours does after
        .build()
    )
    application.add_handler(TypeHandler(Update, handle))
    return application


def open_envelope(update: Update) -> Envelope | None:
    """Take out of an update what the talk needs; None for what concerns no private chat."""
    user, chat = update.effective_user, update.effective_chat
    if user is None or chat is None or user.is_bot or chat.type != Chat.PRIVATE:
        return None
    language: Language = "zh" if (user.language_code or "zh").startswith("zh") else "en"
    if update.callback_query is not None:
        query = update.callback_query
        tapped = query.message.message_id if query.message else None
        return Envelope(update.update_id, chat.id, Tap(query.data or ""), language, tapped)
    if update.message is None:
        return None
    return Envelope(update.update_id, chat.id, _incoming(update.message), language)


def _incoming(message: TelegramMessage) -> Incoming:
    text = message.text
    if text is None:
        return Media()
    if text.startswith("/"):
        return Command(text[1:].split(maxsplit=1)[0].split("@")[0].lower() if text[1:].strip() else "")
    return Typed(text)


def concerns_group(update: Update) -> bool:
    """Say whether a group spoke to the bot: one line then points to the private chat."""
    message, chat = update.message, update.effective_chat
    in_group = chat is not None and chat.type in (Chat.GROUP, Chat.SUPERGROUP)
    return in_group and message is not None and (message.text or "").startswith("/")


class Telegram:
    """What the bot does in Telegram: send, edit, answer taps, introduce itself."""

    def __init__(self, application: Application[Any, Any, Any, Any, Any, Any]) -> None:
        self._bot = application.bot

    async def deliver(self, outgoing: Outgoing) -> None:
        """Send or edit one message; a message that can't be edited any more is sent anew.

        Raises the library's TelegramError for what another try or another day may mend.
        """
        if outgoing.edits is not None and await self._edited(outgoing, outgoing.edits):
            return
        message = outgoing.message
        await self._bot.send_message(outgoing.chat, **_content(message))

    async def _edited(self, outgoing: Outgoing, message_id: int) -> bool:
        try:
            await self._bot.edit_message_text(
                chat_id=outgoing.chat, message_id=message_id, **_content(outgoing.message)
            )
        except BadRequest as error:
            if "not modified" in error.message.lower():
                return True
            if "edit" in error.message.lower():
                return False  # deleted or too old
            raise
        return True

    async def answer_tap(self, query_id: str) -> None:
        """Stop the button's spinner; a query that is too old needs no answer."""
        try:
            await self._bot.answer_callback_query(query_id)
        except TelegramError as error:
            log.info("tap not answered: %s", type(error).__name__)

    async def introduce(self, knowledge: Knowledge, word: Callable[[Language, str], str]) -> None:
        """Register commands, menu button and descriptions, in every language."""
        await self._bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        for language in LANGUAGES:
            commands = [BotCommand(name, word(language, f"command_{name}")) for name in COMMANDS]
            code = None if language == "en" else language  # English also serves every other language
            await self._bot.set_my_commands(
                commands, scope=BotCommandScopeAllPrivateChats(), language_code=code
            )
            await self._bot.set_my_description(word(language, "description"), language_code=code)
            await self._bot.set_my_short_description(word(language, "about"), language_code=code)


def _content(message: Message) -> dict[str, Any]:
    return {
        "text": message.text,
        "parse_mode": ParseMode.HTML,
        "reply_markup": _keyboard(message.buttons),
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }


def _keyboard(buttons: Keyboard) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(b.text, callback_data=b.data) for b in row] for row in buttons]
    )
