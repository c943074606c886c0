"""What each emulator lacks for this bot, asked by the library without the door.

`python -m tests.emulators.gaps` writes docs/reference/emulators.md.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, MenuButtonCommands
from telegram.error import TelegramError

from bot.demo.double.worker import PICTURE
from tests.emulators.phones import TELEMELYA, TEST_API, WORKER, Emulator
from tests.talks import TOKEN

PAGE = Path(__file__).parents[2] / "docs/reference/emulators.md"
EMULATORS = (TELEMELYA, TEST_API)
HEAD = """# The talk at emulators that others wrote

`make emulators` installs two emulators of the Bot API beside the bot (PyPI `telemelya` 0.2.2, npm
`telegram-test-api` 4.2.1; both pinned by hash, in `.emulators/`; Node.js is needed) and holds the same
talk at each, with the bot in a process of its own: the whole questionnaire to the result and a card,
typed amounts and mistakes, a killed bot that goes on, deletion; and the picture where pictures are known.
They are no part of
`make test`, listen on this machine only, and are installed without their own scripts; nobody looked
through them or what they bring for weaknesses.

What they lack or do otherwise than Telegram is mended in one place, `tests/emulators/door.py`, and told
here:

- **Neither sends the webhook's secret**, so the door adds it; neither performs a call that comes on the
  answer to a push (how the bot answers taps), so the door makes it; both may give two updates one number,
  so the door numbers them.
- **Neither delivers again** what the bot didn't take, knows limits of sending, or checks lengths, HTML or
  buttons: these are proved at the project's own double (docs/reference/double.md) only.
- `telemelya` has no getUpdates, wants Redis and an S3 store (memory takes their place in
  `tests/emulators/telemelya_server.py`), and sends no language of the worker.
- `telegram-test-api` answers getMe without `is_bot` and dates in milliseconds, gives taps without
  `chat_instance`, holds no empty poll, ignores `offset`, forgets an update as soon as it gave it, and
  keeps the old buttons of a message that is edited without any.

## Every method that the bot calls

Asked by python-telegram-bot without the door; written by `python -m tests.emulators.gaps`, compared by
`make emulators`.

"""


def _calls(bot: Bot) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Return an example of every method that bot/channels/telegram/client.py calls."""
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("是", callback_data="yes")]])
    return {
        "getMe": bot.get_me,
        "sendMessage": lambda: bot.send_message(WORKER, "<b>问</b>", "HTML", reply_markup=keys),
        "editMessageText": lambda: bot.edit_message_text("好", WORKER, 1),
        "answerCallbackQuery": lambda: bot.answer_callback_query("1"),
        "sendPhoto": lambda: bot.send_photo(WORKER, PICTURE, "图"),
        "sendDocument": lambda: bot.send_document(WORKER, b"text", filename="a.txt"),
        "getUpdates": lambda: bot.get_updates(timeout=0),
        "setWebhook": lambda: bot.set_webhook("http://127.0.0.1:1/", secret_token="s" * 40),
        "getWebhookInfo": bot.get_webhook_info,
        "setChatMenuButton": lambda: bot.set_chat_menu_button(menu_button=MenuButtonCommands()),
        "setMyCommands": lambda: bot.set_my_commands([BotCommand("start", "开始")]),
        "setMyDescription": lambda: bot.set_my_description("说明"),
        "setMyShortDescription": lambda: bot.set_my_short_description("短"),
    }


async def _outcome(call: Callable[[], Awaitable[Any]]) -> str:
    try:
        answer = await call()
    except TelegramError as error:
        return f"refused: {type(error).__name__}"
    except (TypeError, KeyError, ValueError, OverflowError, AttributeError) as error:
        return f"breaks the library: {type(error).__name__}"
    return "answers" if answer is not None else "answers nothing (null)"


async def _asked(emulator: Emulator) -> dict[str, str]:
    async with emulator.running() as address:
        bot = Bot(TOKEN, f"{address}/bot", f"{address}/file/bot")
        for request in bot._request:
            await request.initialize()
        try:
            return {name: await _outcome(call) for name, call in _calls(bot).items()}
        finally:
            for request in bot._request:
                await request.shutdown()


async def page() -> str:
    """Ask both, and word the page."""
    found = [await _asked(emulator) for emulator in EMULATORS]
    lines = ["| method | " + " | ".join(emulator.name for emulator in EMULATORS) + " |", "|---|---|---|"]
    lines += [f"| {name} | " + " | ".join(one[name] for one in found) + " |" for name in found[0]]
    return HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(asyncio.run(page()), encoding="utf-8")
