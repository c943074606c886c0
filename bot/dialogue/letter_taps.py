"""Letters ready to send: button and command say which one, and as what, so that nothing is kept."""

from collections.abc import Container
from typing import get_args

from bot.content.vocabulary import Vocabulary
from bot.dialogue.conversation import Conversation
from bot.dialogue.reading import place
from bot.dialogue.reading.exact import chosen
from bot.dialogue.replies import LetterPart, Letters, TakeLetter, Turn

PARTS: tuple[LetterPart, ...] = get_args(LetterPart)
CHOICES, CHOICES_OF_PART = "letter", "letter_part"  # in knowledge/reading.yaml


def tap(talk: Conversation | None, letter: str, part: str, letters: Container[str]) -> Turn:
    """Take a tap on `letter:<letter>[:<part>]`; of a letter that isn't there the list is shown."""
    if letter not in letters:
        return talk, (Letters(replaces=True),)
    wanted: LetterPart = next((known for known in PARTS if known == part), "guide")
    taken = (TakeLetter(letter, "taken"),) if wanted == "text" else ()
    return talk, (TakeLetter(letter, wanted), *taken)


def typed(talk: Conversation | None, words: str, letters: Container[str], vocabulary: Vocabulary) -> Turn:
    """Take the words behind /letters: a letter's name gives all of it, with “print” or “page” its page."""
    letter = chosen(words, CHOICES, vocabulary)
    if letter is None or letter not in letters:
        return talk, (Letters(),)
    page = None if place(words, vocabulary) else chosen(words, CHOICES_OF_PART, vocabulary)
    parts = tuple(part for part in PARTS if part == page) or ("guide", "text", "taken")
    return talk, tuple(TakeLetter(letter, part) for part in parts)
