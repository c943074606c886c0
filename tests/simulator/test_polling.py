"""python-telegram-bot's own Application, unmodified, polling the double over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    MessageHandler,
    filters,
)

from bot.demo.double.server import Simulator

Any_ = Any
App = Application[Any, Any, Any, Any, Any, Any]


async def greet(update: Update, context: Any) -> None:
    assert update.message is not None
    markup = InlineKeyboardMarkup([[InlineKeyboardButton("同意", callback_data="yes", style="success")]])
    await update.message.reply_html(f"<b>您好</b> {' '.join(context.args)}", reply_markup=markup)


async def echo(update: Update, _context: Any) -> None:
    assert update.message is not None
    await update.message.reply_text(f"您说：{update.message.text}")


async def agree(update: Update, _context: Any) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("好")
    await query.edit_message_text("已同意")


def build(simulator: Simulator) -> App:
    application = (
        ApplicationBuilder()
        .token(simulator.token)
        .base_url(simulator.base_url)
        .base_file_url(simulator.base_file_url)
        .build()
    )
    application.add_handler(CommandHandler("start", greet))
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.add_handler(CallbackQueryHandler(agree))
    return application


@asynccontextmanager
async def polling(simulator: Simulator) -> AsyncIterator[App]:
    application = build(simulator)
    async with application:
        assert application.updater is not None
        await application.start()
        await application.updater.start_polling(timeout=5)
        yield application
        await application.updater.stop()
        await application.stop()


async def test_a_worker_starts_taps_and_is_echoed() -> None:
    async with Simulator() as simulator, polling(simulator):
        worker = simulator.worker()
        await worker.starts("campaign")
        screen = await worker.expects("您好 campaign")
        assert screen.last.entities[0] == {"type": "bold", "offset": 0, "length": 2}
        query = await worker.taps("同意")
        assert (await worker.expects_answer(query)).text == "好"
        screen = await worker.expects("已同意")
        assert screen.last.buttons == ()
        assert screen.last.edited
        await worker.says("五千五")
        await worker.expects("您说：五千五")
