"""Messages in simple mode: one idea a line, one big button a row."""

from collections.abc import Iterator
from dataclasses import replace

from bot.content.templates import one_idea_a_line
from bot.render.message import Button, Keyboard, Message

SHORT = 6  # characters of a button's words that still leave room for a second one beside it
MANY = 12  # buttons from which short ones share a row, two by two, or the screen would be all buttons


def simple(message: Message) -> Message:
    """Lay a message out for tired eyes: the same words and the same buttons, each on a line of its own."""
    text = message.text if message.attachment else one_idea_a_line(message.text)
    return replace(message, text=text, buttons=tuple(_rows(message.buttons)))


def _rows(keyboard: Keyboard) -> Iterator[tuple[Button, ...]]:
    many = sum(map(len, keyboard)) >= MANY
    for row in keyboard:
        if many and all(len(button.text) <= SHORT for button in row):
            yield from (row[i : i + 2] for i in range(0, len(row), 2))
        else:
            yield from ((button,) for button in row)
