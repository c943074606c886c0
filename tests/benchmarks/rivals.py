"""Minimal bots on the usual stacks, to be measured beside ours: `python -m tests.benchmarks.rivals ptb …`.

Each asks fifteen of our questions, handed over ready-made as lists of [text, options], answers every tap
and puts the next question in the message's place: two calls an update, as bots do.
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

TOKEN = "1000000000:" + "b" * 35
PATH = "/telegram"
DONE = "答完了，谢谢您。"

Survey = list[tuple[str, list[str]]]


def serve(port: int, take: Any, loop: str = "auto") -> uvicorn.Server:
    app = Starlette(routes=[Route(PATH, take, methods=["POST"])])
    return uvicorn.Server(
        uvicorn.Config(app, port=port, log_config=None, access_log=False, lifespan="off", loop=loop)
    )


async def floor(port: int, survey: Survey) -> None:
    """No bot at all: the update is parsed, and the answer to the tap rides on the response."""

    async def take(request: Request) -> Response:
        update = json.loads(await request.body())
        chat = update.get("message", update.get("callback_query", {}).get("message"))["chat"]["id"]
        return JSONResponse({"method": "sendMessage", "chat_id": chat, "text": survey[0][0]})

    await serve(port, take).serve()


async def ptb(port: int, api: str, survey: Survey, pickle: Path | None) -> None:
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

    def screen(number: int) -> dict[str, Any]:
        if number == len(survey):
            return {"text": DONE}
        text, options = survey[number]
        rows = [[InlineKeyboardButton(o, callback_data=f"{number}:{n}")] for n, o in enumerate(options)]
        return {"text": text, "parse_mode": "HTML", "reply_markup": InlineKeyboardMarkup(rows)}

    async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> int:
        assert update.message is not None
        await update.message.reply_text(**screen(0))
        return 0

    async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        query = update.callback_query
        assert query is not None
        assert context.user_data is not None
        await query.answer()
        number = int(str(query.data).split(":")[0])
        context.user_data[number] = query.data
        await query.edit_message_text(**screen(number + 1))
        return number + 1 if number + 1 < len(survey) else ConversationHandler.END

    builder = Application.builder().token(TOKEN).base_url(f"{api}/bot").updater(None)
    if pickle is not None:
        builder = builder.persistence(PicklePersistence(pickle, update_interval=1))
    application = builder.build()
    application.add_handler(
        ConversationHandler(
            [CommandHandler("start", start)],
            {n: [CallbackQueryHandler(answer, pattern=f"^{n}:")] for n in range(len(survey))},
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


async def aiogram(port: int, api: str, survey: Survey, redis: bool) -> None:
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

    class Talk(StatesGroup):
        asking = State()

    def screen(number: int) -> dict[str, Any]:
        if number == len(survey):
            return {"text": DONE}
        text, options = survey[number]
        rows = [
            [InlineKeyboardButton(text=option, callback_data=f"{number}:{n}")]
            for n, option in enumerate(options)
        ]
        markup = InlineKeyboardMarkup(inline_keyboard=rows)
        return {"text": text, "parse_mode": "HTML", "reply_markup": markup}

    storage: BaseStorage = RedisStorage.from_url("redis://127.0.0.1:6379/9") if redis else MemoryStorage()
    dispatcher = Dispatcher(storage=storage)

    @dispatcher.message(CommandStart())
    async def start(message: Message, state: FSMContext) -> None:
        await state.set_state(Talk.asking)
        await message.answer(**screen(0))

    @dispatcher.callback_query(Talk.asking, F.data)
    async def answer(query: CallbackQuery, state: FSMContext) -> None:
        await query.answer()
        number = int(str(query.data).split(":")[0])
        await state.update_data({str(number): query.data})
        if isinstance(query.message, Message):
            await query.message.edit_text(**screen(number + 1))
        if number + 1 == len(survey):
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
    parser.add_argument("--survey", type=Path, required=True)
    parser.add_argument("--pickle", type=Path)
    options = parser.parse_args()
    survey = json.loads(options.survey.read_text(encoding="utf-8"))
    match options.kind:
        case "floor":
            work = floor(options.port, survey)
        case "ptb" | "ptb_pickle":
            pickle = options.pickle if options.kind == "ptb_pickle" else None
            work = ptb(options.port, options.api, survey, pickle)
        case _:
            work = aiogram(options.port, options.api, survey, options.kind == "aiogram_redis")
    asyncio.run(work)


if __name__ == "__main__":
    main()
