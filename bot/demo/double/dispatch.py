"""Performs a call of the Bot API by its method's name, with the faults that are planned for it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from bot.demo.double import media, methods, profile
from bot.demo.double.calls import Call
from bot.demo.double.faults import Faults
from bot.demo.double.intake import Intake
from bot.demo.double.refusals import Refusal
from bot.demo.double.state import State

METHODS: dict[str, Callable[[State, Call], Any]] = {
    "getMe": methods.get_me,
    "getChat": methods.get_chat,
    "sendMessage": methods.send_message,
    "editMessageText": methods.edit_message_text,
    "editMessageCaption": methods.edit_message_caption,
    "editMessageReplyMarkup": methods.edit_message_reply_markup,
    "editMessageMedia": media.edit_message_media,
    "deleteMessage": methods.delete_message,
    "deleteMessages": methods.delete_messages,
    "sendChatAction": methods.send_chat_action,
    "answerCallbackQuery": methods.answer_callback_query,
    "sendPhoto": media.send_photo,
    "sendDocument": media.send_document,
    "getFile": media.get_file,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.set_words,
    "getMyName": profile.get_words,
    "setMyDescription": profile.set_words,
    "getMyDescription": profile.get_words,
    "setMyShortDescription": profile.set_words,
    "getMyShortDescription": profile.get_words,
    "setChatMenuButton": profile.set_chat_menu_button,
    "getChatMenuButton": profile.get_chat_menu_button,
}
_BY_LOWER_NAME = {name.lower(): perform for name, perform in METHODS.items()}


class Dropped(Exception):
    """The call had its effect, and the answer is not to arrive."""


class Dispatch:
    """All methods over one state."""

    def __init__(self, state: State, faults: Faults, intake: Intake) -> None:
        self._state = state
        self._faults = faults
        self._receiving: dict[str, Callable[[Call], Any]] = {
            "setwebhook": intake.set_webhook,
            "deletewebhook": intake.delete_webhook,
            "getwebhookinfo": intake.get_webhook_info,
        }
        self._intake = intake
        self.counts: Counter[str] = Counter()  # calls by method in lower case, refused ones too

    async def perform(self, call: Call) -> Any:
        """Perform a call; give its result as the Bot API does.

        Raises:
            Refusal: what Telegram refuses, or a fault made it refuse.
            Dropped: a fault breaks the connection after the effect.
        """
        name = call.method.lower()
        self.counts[name] += 1
        fault = self._faults.take(call)
        if fault is None:
            return await self._perform(name, call)
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.refusal is not None:
            raise fault.refusal
        result = await self._perform(name, call)
        if fault.dropped:
            raise Dropped
        return result

    async def _perform(self, name: str, call: Call) -> Any:
        if name == "getupdates":
            return await self._intake.get_updates(call)
        if name in self._receiving:
            return self._receiving[name](call)
        if name not in _BY_LOWER_NAME:
            raise Refusal(404, "method not found")
        return _BY_LOWER_NAME[name](self._state, call)
