"""Minimal bots on the usual stacks, to be measured beside ours: `python -m tests.benchmarks.rivals ptb …`.

Each asks the same fifteen questions with three buttons, answers every tap and sends the next question:
two calls an update, as bots do.
"""

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

QUESTIONS = 15
TOKEN = "1000000000:" + "b" * 35
PATH = "/telegram"


def text(number: int) -> str:
    return f"第{number + 1}题：您每个月大约挣多少钱？" if number < QUESTIONS else "答完了，谢谢您。"


def serve(port: int, take: Any, loop: str = "auto") -> uvicorn.Server:
    app = Starlette(routes=[Route(PATH, take, methods=["POST"])])
    return uvicorn.Server(
        uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan="off", loop=loop)
    )


async def floor(port: int) -> None:
    """No bot at all: the update is parsed, and the answer to the tap rides on the response."""

    async def take(request: Request) -> Response:
        update = json.loads(await request.body())
        chat = update.get("message", update.get("callback_query", {}).get("message"))["chat"]["id"]
        return JSONResponse({"method": "sendMessage", "chat_id": chat, "text": text(0)})

    await serve(port, take).serve()


async def ptb(port: int, api: str, pickle: Path | None) -> None:
    """python-telegram-bot as its examples have it: ConversationHandler, the webhook fills its queue."""
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
    from telegram.ext import (
        Application,
        CallbackQueryHandler,
        CommandHandler,
        ContextTypes,
        ConversationHandler,
        PicklePersistence,
    )

    def keyboard(number: int) -> InlineKeyboardMarkup | None:
        if number == QUESTIONS:
            return None
        return InlineKeyboardMarkup(
            [[InlineKeyboardButton(f"选项{n}", callback_data=f"{number}:{n}")] for n in range(3)]
        )

    async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> int:
        assert update.message is not None
        await update.message.reply_text(text(0), reply_markup=keyboard(0))
        return 0

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        query = update.callback_query
        assert query is not None
        assert context.user_data is not None
        await query.answer()
        number = int(str(query.data).split(":")[0])
        context.user_data[number] = query.data
        await query.edit_message_text(text(number + 1), reply_markup=keyboard(number + 1))
        return number + 1 if number + 1 < QUESTIONS else ConversationHandler.END

    builder = Application.builder().token(TOKEN).base_url(f"{api}/bot").updater(None)
    if pickle is not None:
        builder = builder.persistence(PicklePersistence(pickle, update_interval=1))
    application = builder.build()
    application.add_handler(
        ConversationHandler(
            [CommandHandler("start", start)],
            {n: [CallbackQueryHandler(answer, pattern=f"^{n}:")] for n in range(QUESTIONS)},
            [CommandHandler("start", start)],
            name="survey",
            persistent=pickle is not None,
        )
    )

    async def take(request: Request) -> Response:
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return Response()

    async with application:
        await application.start()
        await serve(port, take).serve()
        await application.stop()


async def aiogram(port: int, api: str, redis: bool) -> None:
    """aiogram 3 with its FSM and its own webhook handler."""
    from aiogram import Bot, Dispatcher, F
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.filters import CommandStart
    from aiogram.fsm.context import FSMContext
    from aiogram.fsm.state import State, StatesGroup
    from aiogram.fsm.storage.base import BaseStorage
    from aiogram.fsm.storage.memory import MemoryStorage
    from aiogram.fsm.storage.redis import RedisStorage
    from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
    from aiogram.webhook.aiohttp_server import SimpleRequestHandler
    from aiohttp import web

    class Survey(StatesGroup):
        asking = State()

    def keyboard(number: int) -> InlineKeyboardMarkup | None:
        if number == QUESTIONS:
            return None
        return InlineKeyboardMarkup(
            inline_keyboard=[
                [InlineKeyboardButton(text=f"选项{n}", callback_data=f"{number}:{n}")] for n in range(3)
            ]
        )

    storage: BaseStorage = RedisStorage.from_url("redis://127.0.0.1:6379/9") if redis else MemoryStorage()
    dispatcher = Dispatcher(storage=storage)

    @dispatcher.message(CommandStart())
    async def start(message: Message, state: FSMContext) -> None:
        await state.set_state(Survey.asking)
        await message.answer(text(0), reply_markup=keyboard(0))

    @dispatcher.callback_query(Survey.asking, F.data)
    async def answer(query: CallbackQuery, state: FSMContext) -> None:
        await query.answer()
        number = int(str(query.data).split(":")[0])
        await state.update_data({str(number): query.data})
        if isinstance(query.message, Message):
            await query.message.edit_text(text(number + 1), reply_markup=keyboard(number + 1))
        if number + 1 == QUESTIONS:
            await state.clear()

    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot).register(app, path=PATH)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["floor", "ptb", "ptb_pickle", "aiogram", "aiogram_redis"])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--api", required=True)
    parser.add_argument("--pickle", type=Path)
    options = parser.parse_args()
    match options.kind:
        case "floor":
            work = floor(options.port)
        case "ptb" | "ptb_pickle":
            work = ptb(options.port, options.api, options.pickle if options.kind == "ptb_pickle" else None)
        case _:
            work = aiogram(options.port, options.api, options.kind == "aiogram_redis")
    asyncio.run(work)


if __name__ == "__main__":
    main()
