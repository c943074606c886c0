"""A small bot of python-telegram-bot's own kind, for looking at the chat page."""

import struct
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

from telegram import BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import ApplicationBuilder, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.demo.double.server import Simulator

PROVINCES = ("北京", "天津", "河北", "山西", "内蒙古", "辽宁", "吉林", "黑龙江", "上海", "江苏", "浙江",
             "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "重庆",
             "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆")  # fmt: skip
CONSENT = (
    "<b>开始之前</b>\n\n我会问您 <b>14 个问题</b>，大约 2 分钟。\n\n"
    "• 答案只用来给您算参考结果\n• 随时可以删除：/delete\n• 我们不是贷款机构，也不卖保险\n\n"
    "<blockquote expandable>依据：《个人信息保护法》第十三条、第二十八条。您可以不同意，也可以中途停下。"
    "停下之后，已经保存的答案会在 30 天后自动删除，您也可以马上删除。我们不会把答案交给任何人。</blockquote>"
    '\n详情见 <a href="https://example.org/privacy">隐私说明</a>'
)


def keys(*rows: list[tuple[str, str]], **styles: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(text, callback_data=data, style=styles.get(data)) for text, data in row]
            for row in rows
        ]
    )


def province_keys() -> InlineKeyboardMarkup:
    named = [(name, f"province:{index}") for index, name in enumerate(PROVINCES)]
    rows = [named[at : at + 4] for at in range(0, len(named), 4)]
    return keys(*rows, [("‹ 上一题", "back"), ("跳过", "skip"), ("为什么问", "why")])


def drawing(width: int = 480, height: int = 320) -> bytes:
    """Draw a PNG: a gradient from blue to green."""
    lines = b"".join(
        b"\0" + bytes(value for x in range(width) for value in (40 + y // 4, 120 + x // 5, 190 - x // 6))
        for y in range(height)
    )

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


async def greet(update: Update, context: Any) -> None:
    assert update.message is not None
    markup = keys(
        [("同意，开始", "agree")], [("先看隐私说明", "privacy"), ("不同意", "decline")], agree="success"
    )
    await update.message.reply_html(CONSENT, reply_markup=markup)
    if context.args:
        await update.message.reply_text(f"来自 {context.args[0]}")


async def echo(update: Update, _context: Any) -> None:
    message = update.message or update.edited_message
    assert message is not None
    if message.text == "结果":
        await message.reply_chat_action("upload_photo")
        await message.reply_photo(drawing(), caption="<b>您的参考结果</b>\n保障缺口：偏高", parse_mode="HTML")
        await message.reply_document(BytesIO("清单".encode()), filename="带去窗口的清单.pdf")
    elif message.text:
        await message.reply_text(f"{'改成' if update.edited_message else '您说'}：{message.text}")
    else:
        await message.reply_text("我只看得懂文字和按钮")


async def press(update: Update, _context: Any) -> None:
    query = update.callback_query
    assert query is not None
    if query.data == "agree":
        await query.answer()
        await query.edit_message_text(
            "<b>第 3 题，还剩 11 题</b>\n▓▓▓░░░░░░░░░\n\n您在哪个省份干活？", parse_mode="HTML",
            reply_markup=province_keys(),
        )  # fmt: skip
    elif query.data == "why":
        await query.answer("各地社保缴费标准不一样，知道省份才能给您准的数字。", show_alert=True)
    elif query.data == "skip":
        await query.answer("已跳过")
    else:
        await query.answer()
        await query.edit_message_text(f"已选：{query.data}")


@asynccontextmanager
async def demonstration() -> AsyncIterator[Simulator]:
    """Run the double with a small bot of the library's own kind."""
    async with Simulator() as simulator:
        builder = ApplicationBuilder().token(simulator.token).base_url(simulator.base_url)
        application = builder.base_file_url(simulator.base_file_url).build()
        application.add_handler(CommandHandler("start", greet))
        application.add_handler(MessageHandler(filters.ALL, echo))
        application.add_handler(CallbackQueryHandler(press))
        async with application:
            await application.bot.set_my_commands([BotCommand("start", "Begin"), BotCommand("help", "Help")])
            chinese = [
                BotCommand("start", "开始或继续"),
                BotCommand("delete", "删除我的数据"),
                BotCommand("help", "怎么用"),
            ]
            await application.bot.set_my_commands(chinese, language_code="zh")
            await application.bot.set_my_description(
                "回答十几个问题，看看借钱和保障两方面的风险，以及可以怎么办。", "zh"
            )
            await application.start()
            assert application.updater is not None
            await application.updater.start_polling(timeout=5)
            try:
                yield simulator
            finally:
                await application.updater.stop()
                await application.stop()
