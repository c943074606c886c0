"""Messages in Traditional script: converted by phrases, then put right where that takes another word."""

import re
from dataclasses import replace
from functools import cache
from typing import Protocol

from pydantic import TypeAdapter

from bot.render.message import Message
from bot.render.printout import PassedPicture

_read = TypeAdapter(PassedPicture)

# What the converter takes for another word in what we write, in its own spelling, and the right sign.
# It reads 签 as a lot, 干 as dry and 只 as a count where somebody signs, works or only does something.
PHRASES = (
    (re.compile("(?<![標抽])籤"), "簽"),
    (re.compile("乾(?![淨澀脆糧燥洗糙])"), "幹"),
    (re.compile("(?<=[是別單])隻"), "只"),
    (re.compile("不準(?=再接觸|打您、跟着)"), "不准"),
    (re.compile("(?<![公海])里(?!程)"), "裏"),
    (re.compile("髮(?=卡)"), "發"),
    (re.compile("揹"), "背"),
    (re.compile("彙算"), "匯算"),
    (re.compile("複議"), "復議"),
    (re.compile("分鍾"), "分鐘"),
    (re.compile("划走"), "劃走"),
    (re.compile("複覈"), "複核"),
    (re.compile("覈"), "核"),
    (re.compile("纔"), "才"),
    (re.compile("爲"), "為"),
    (re.compile("麪"), "麵"),
)


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _converter() -> _Converter:
    import opencc  # 20 MB and some ms, for those who need it

    made: _Converter = opencc.OpenCC("s2t")
    return made


def traditional(message: Message) -> Message:
    """Convert a message, its buttons and a picture of advice; what a tap sends stays as it is."""
    buttons = tuple(
        tuple(replace(b, text=in_traditional(b.text), copies=in_traditional(b.copies)) for b in row)
        for row in message.buttons
    )
    attachment = message.attachment
    if isinstance(attachment, PassedPicture):
        attachment = _read.validate_json(in_traditional(_read.dump_json(attachment).decode()))
    return replace(
        message,
        text=in_traditional(message.text),
        buttons=buttons,
        attachment=attachment,
        refused=in_traditional(message.refused) if message.refused else "",
    )


def in_traditional(text: str) -> str:
    """Convert words; numbers, tags and Latin letters stay."""
    text = _converter().convert(text)
    for wrong, right in PHRASES:
        text = wrong.sub(right, text)
    return text
