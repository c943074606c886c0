"""Telegram through python-telegram-bot: send, edit, answer, fetch, introduce itself."""

import asyncio
import json
import logging
from collections.abc import Callable
from functools import cached_property, lru_cache
from typing import Any, assert_never

from pydantic import SecretStr
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    MenuButtonCommands,
    WebhookInfo,
)
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.limits import CAPABILITIES
from bot.channels.telegram.transport import Request, Upload
from bot.channels.telegram.updates import ALLOWED, TOPIC
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import untimed
from bot.delivery.port import Blocked, NotDelivered, Refused, SlowDown, Unreachable
from bot.delivery.typesetting import Typesetter
from bot.render import Attachment, Button, File, Message
from bot.render.printout import Checklist, Handout, LetterPaper, PassedPicture, ResultCard, ResultPicture
from bot.turns.contract import Outbound

# Buttons that hold words of the knowledge alone begin so: of questions, answers, cards and screens.
ALIKE = ("a:", "+:", "-:", "done:", "skip:", "edit:", "open:", "go:")
PRINTOUT = "what-to-do.pdf"  # as release 1.0.0 named it
PAUSE = 2.0  # seconds between looks whether Telegram can be reached at the start
UNTIMELY = ("tg-time", "date_invalid")  # in a refusal: the tag isn't known, or the time is out of range
WAIT = 30  # seconds that Telegram holds an empty poll

log = logging.getLogger(__name__)


class Telegram:
    """The bot's side of the Bot API; to be used inside `async with`."""

    def __init__(self, token: SecretStr, api: str) -> None:
        self._request = Request()
        self._url = f"{api}/bot{token.get_secret_value()}/"
        self._bot = Bot(
            token.get_secret_value(),
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            request=self._request,
            get_updates_request=Request(),
        )

    async def __aenter__(self) -> "Telegram":
        while True:
            try:
                await self._bot.initialize()
            except InvalidToken:
                await self._bot.shutdown()
                raise
            except NetworkError as error:  # the network may come up after us
                log.warning("Telegram not reached, tried again", extra={"error": type(error).__name__})
                await asyncio.sleep(PAUSE)
            else:
                return self

    async def __aexit__(self, *_: object) -> None:
        await self._bot.shutdown()
        if "_typesetter" in self.__dict__:
            self._typesetter.close()

    @cached_property
    def _typesetter(self) -> Typesetter:
        return Typesetter()  # made when the first picture is asked for

    capabilities = CAPABILITIES

    async def deliver(self, outgoing: Outbound, may: Callable[[], bool] = lambda: True) -> None:
        """Send or edit one message; a message that can no longer be edited is sent again.

        `may` is asked as the bytes are given to the connection. Raises NotDelivered.
        """
        try:
            await self._deliver(outgoing, may)
        except TelegramError as error:
            refused = outcome(error)
            # Where a group lets us not write, or has moved, nobody waits for the line that points here.
            raise Blocked() if _is_group(outgoing) and isinstance(refused, Refused) else refused from None

    async def _deliver(self, outgoing: Outbound, may: Callable[[], bool]) -> None:
        id, _, topic = outgoing.chat.id.partition(TOPIC)
        chat = int(id)
        if outgoing.message.attachment is not None:
            await self._hand_over(chat, outgoing.message, outgoing.message.attachment, may)
            return
        if outgoing.edits is not None and await self._edited(
            chat, int(outgoing.edits), outgoing.message, may
        ):
            return
        content = {"chat_id": chat, **_content(outgoing.message)}
        if topic:
            content["message_thread_id"] = int(topic)
        await self._put("sendMessage", content, may)

    async def _put(self, method: str, content: dict[str, Any], may: Callable[[], bool]) -> None:
        """Send or edit words; once more without times where Telegram refuses these, as older servers do."""
        try:
            await self._request.call(self._url + method, content, may=may)
        except BadRequest as error:
            plainer = untimed(content["text"])
            if plainer == content["text"] or not any(reason in error.message.lower() for reason in UNTIMELY):
                raise
            await self._request.call(self._url + method, {**content, "text": plainer}, may=may)

    async def _hand_over(
        self, chat: int, message: Message, attachment: Attachment, may: Callable[[], bool]
    ) -> None:
        method = "sendDocument"
        match attachment:
            case File(name, text):
                upload = Upload("document", name, text.encode())
            case ResultPicture() | ResultCard():
                method = "sendPhoto"
                upload = Upload("photo", "result.png", await self._typesetter.picture(attachment))
            case PassedPicture():
                method = "sendPhoto"
                upload = Upload("photo", "advice.png", await self._typesetter.picture(attachment))
            case Handout():
                upload = Upload("document", PRINTOUT, await self._typesetter.pdf(attachment))
            case Checklist(name=name):
                upload = Upload("document", name, await self._typesetter.pdf(attachment))
            case LetterPaper(name=name):
                upload = Upload("document", name, await self._typesetter.letter(attachment))
            case _:
                assert_never(attachment)
        content = {"chat_id": chat, "caption": message.text, **keyboard(message)}
        try:
            await self._request.call(self._url + method, content, upload=upload, may=may)
        except BadRequest as error:
            log.warning("attachment refused, its words sent", extra={"error": _reason(error)})
            words = "\n\n".join(filter(None, (message.refused, message.text)))
            alone = {"chat_id": chat, "text": words, **keyboard(message)}
            await self._request.call(self._url + "sendMessage", alone, may=may)

    async def _edited(self, chat: int, message_id: int, message: Message, may: Callable[[], bool]) -> bool:
        try:
            edited = {"chat_id": chat, "message_id": message_id, **_content(message)}
            await self._put("editMessageText", edited, may)
        except BadRequest as error:
            # Deleted, too old, not ours: what is wrong with the words is refused as a new message too.
            return "not modified" in error.message.lower()
        return True

    async def answer_tap(self, query_id: str) -> None:
        """Stop the button's spinner; a query that is too old needs no answer."""
        try:
            await self._bot.answer_callback_query(query_id)
        except TelegramError as error:
            log.info("tap not answered", extra={"error": type(error).__name__})

    async def fetch(self, offset: int) -> list[dict[str, object]]:
        """Fetch updates from `offset` on, which confirms those before it; waits for one if there is none.

        The library would make objects of them, and fail over one that is newer than itself.
        """
        asked = {"offset": offset, "timeout": WAIT, "allowed_updates": ALLOWED}
        answer = await self._request.call(self._url + "getUpdates", asked, WAIT + 5)
        try:
            updates = json.loads(answer)["result"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise NetworkError("no Bot API answered") from error
        if not isinstance(updates, list):
            raise NetworkError("no Bot API answered")
        return [update for update in updates if isinstance(update, dict)]

    async def set_webhook(self, url: str, secret: SecretStr, connections: int = 40) -> None:
        """Ask Telegram to push updates to `url`."""
        await self._bot.set_webhook(
            url, secret_token=secret.get_secret_value(), allowed_updates=ALLOWED, max_connections=connections
        )

    async def greet(self) -> str:
        """Return the bot's name at Telegram; raises TelegramError."""
        await self._request.initialize()
        return (await self._bot.get_me()).username or ""

    async def close(self) -> None:
        """Close what `greet` opened."""
        await self._request.shutdown()

    async def clock(self) -> float | None:
        """Return the time by Telegram's clock in seconds since 1970; None when it doesn't say."""
        try:
            await self._bot.get_me()
        except TelegramError:
            return None
        return self._request.server_time

    async def webhook_info(self) -> WebhookInfo:
        """Return what Telegram says of the webhook: its address, what waits, what failed last."""
        return await self._bot.get_webhook_info()

    async def introduce(self, knowledge: Knowledge, word: Callable[[Language, str], str]) -> None:
        """Register commands, menu button and descriptions, in every language."""
        await self._bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        for language in LANGUAGES:
            commands = [BotCommand(each.id, each.in_(language)) for each in knowledge.commands.listed()]
            code = None if language == "en" else language  # English also serves every other language
            await self._bot.set_my_commands(
                commands, scope=BotCommandScopeAllPrivateChats(), language_code=code
            )
            await self._bot.set_my_description(word(language, "description"), language_code=code)
            await self._bot.set_my_short_description(word(language, "about"), language_code=code)


def _is_group(outgoing: Outbound) -> bool:
    return outgoing.chat.id.startswith("-")


def outcome(error: TelegramError) -> NotDelivered:
    """Return what an error of the library means for a message."""
    match error:
        case RetryAfter():
            pause = error.retry_after  # the library is moving this from int to timedelta
            return SlowDown(float(pause) if isinstance(pause, int) else pause.total_seconds())
        case Forbidden():
            return Blocked()
        case BadRequest():
            return Refused(_reason(error))
    return Unreachable(type(error).__name__)


def _reason(error: BadRequest) -> str:
    """Return Telegram's reason as far as it can't repeat a worker's words."""
    return error.message.split(":")[0].split('"')[0][:60].strip() or "BadRequest"


def _content(message: Message) -> dict[str, Any]:
    return {
        "text": message.text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
        **keyboard(message),
    }


def keyboard(message: Message) -> dict[str, Any]:
    """Return the field of a call that carries a message's buttons; empty without any."""
    if not message.buttons:
        return {}
    return {"reply_markup": {"inline_keyboard": [[_button(b) for b in row] for row in message.buttons]}}


def _button(button: Button) -> dict[str, Any]:
    """Return a button as Telegram takes it: what a worker said to a tool is not remembered."""
    fixed = not button.copies and button.data.startswith(ALIKE)
    return same_for_all(button) if fixed else _made(button)


def _made(button: Button) -> dict[str, Any]:
    if button.copies:
        return {"text": button.text, "copy_text": {"text": button.copies}}
    plain = {"text": button.text, "callback_data": button.data}
    return {**plain, "style": button.colour} if button.colour else plain


same_for_all = lru_cache(4096)(_made)
