"""Messages in simple mode: one idea a line, one big button a row."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.messages.buttons import Button, Keyboard, Message

SHORT = 6  # characters of a button's words that still leave room for a second one beside it
MANY = 12  # buttons from which short ones share a row, two by two, or the screen would be all buttons

# After a sentence, unless the line ends there; a closing bracket, quote or tag belongs to the sentence.
_IDEA = re.compile(
    r"((?:[。！？]|(?<=[a-z\d)])[.!?])(?:</[bi]>|[”’」』）)\"])*)[ \u3000]*(?=[^\s<”’」』）)\"]|<[bi]>)"
)


def simple(message: Message) -> Message:
    """Lay a message out for tired eyes: the same words and the same buttons, each on a line of its own."""
    text = message.text if message.attachment else _IDEA.sub(_break, message.text)
    return replace(message, text=text, buttons=tuple(_rows(message.buttons)))


def _break(end: re.Match[str]) -> str:
    """End the line here; in English only where a space and a capital letter follow."""
    chinese = end[1][0] in "。！？"
    spaced = end[0] != end[1] and end.string[end.end()].isupper()
    return f"{end[1]}\n" if chinese or spaced else end[0]


def _rows(keyboard: Keyboard) -> Iterator[tuple[Button, ...]]:
    many = sum(map(len, keyboard)) >= MANY
    for row in keyboard:
        if many and all(len(button.text) <= SHORT for button in row):
            yield from (row[i : i + 2] for i in range(0, len(row), 2))
        else:
            yield from ((button,) for button in row)
