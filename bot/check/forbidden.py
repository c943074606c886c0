"""The words that must not reach a worker: officialese, phrases across a red line, names that could sell."""

import re
from collections.abc import Iterator, Mapping

from bot.content.phrases import Phrases
from bot.content.questionnaire import Language

LINKS = re.compile(r"https?:|www\.|\.com\b|t\.me/", re.IGNORECASE)
SENTENCES: Mapping[Language, re.Pattern[str]] = {
    "zh": re.compile(r"[。！？；\n]"),
    "en": re.compile(r"(?<=[.!?;:])\s|\n"),
}
LONGEST: Mapping[Language, int] = {"zh": 40, "en": 25}  # characters; words


def sentences(text: str, language: Language) -> list[str]:
    """Cut a text without markup into sentences."""
    return [s.strip() for s in SENTENCES[language].split(text) if s.strip()]


def offences(text: str, language: Language, phrases: Phrases) -> Iterator[str]:
    """Name what may not be said in a text without markup."""
    lower = text.lower()
    for phrase in phrases.never[language]:
        if phrase in lower:
            yield f"“{phrase}” may not be said"
    for phrase in phrases.surer[language]:
        if phrase in lower:
            yield f"“{phrase}” is surer than any source"
    for sentence in sentences(lower, language):
        for phrase in phrases.warned_of[language]:
            if phrase in sentence and not _warns(sentence, language, phrases):
                yield f"“{phrase}” without a word of warning in its sentence"
    if LINKS.search(text):
        yield "a link"


def stiffness(text: str, language: Language, phrases: Phrases) -> Iterator[str]:
    """Name what makes a text without markup hard to read."""
    for phrase in phrases.officialese[language]:
        if _stands_in(phrase, text.lower(), language):
            yield f"officialese “{phrase}”"
    for sentence in sentences(text, language):
        length = len(sentence) if language == "zh" else len(sentence.split())
        if length > LONGEST[language]:
            yield f"a sentence of {length} (at most {LONGEST[language]}): {sentence[:60]}"


def _warns(sentence: str, language: Language, phrases: Phrases) -> bool:
    return any(_stands_in(word, sentence, language) for word in phrases.warning[language])


def _stands_in(phrase: str, text: str, language: Language) -> bool:
    """Say whether a text in lower case holds a phrase: in English as words of their own."""
    return re.search(rf"\b{re.escape(phrase)}\b", text) is not None if language == "en" else phrase in text
