"""Messages in Traditional script: the same words, converted sign by sign and phrase by phrase."""

from dataclasses import replace
from functools import cache
from typing import Protocol

from bot.render.message import Message


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _converter() -> _Converter:
    import opencc  # 20 MB and some ms, for those who need it

    made: _Converter = opencc.OpenCC("s2t")
    return made


def traditional(message: Message) -> Message:
    """Convert a message and its buttons; what a tap sends stays as it is."""
    convert = _converter().convert
    buttons = tuple(
        tuple(replace(b, text=convert(b.text), copies=convert(b.copies)) for b in row)
        for row in message.buttons
    )
    return replace(message, text=convert(message.text), buttons=buttons)
