"""Letters ready to send: which one, and as what; everything stands in the button, nothing is kept."""

from collections.abc import Container
from typing import get_args

from bot.dialogue.conversation import Conversation
from bot.dialogue.replies import LetterPart, Letters, TakeLetter, Turn

PARTS: tuple[LetterPart, ...] = get_args(LetterPart)


def tap(talk: Conversation | None, letter: str, part: str, letters: Container[str]) -> Turn:
    """Take a tap on `letter:<letter>[:<part>]`; of a letter that isn't there the list is shown."""
    if letter not in letters:
        return talk, (Letters(replaces=True),)
    chosen: LetterPart = next((known for known in PARTS if known == part), "guide")
    taken = (TakeLetter(letter, "taken"),) if chosen == "text" else ()
    return talk, (TakeLetter(letter, chosen), *taken)
