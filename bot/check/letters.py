"""Checks of the letters that are ready to send: what they stand on, both languages alike, short enough."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from jinja2 import TemplateError

from bot.check.findings import Finding
from bot.check.forbidden import offences
from bot.check.hedges import unlike
from bot.check.lengths import longest
from bot.check.references import PIECE_CHECK, ground_of
from bot.check.texts import bare_numbers
from bot.content.knowledge import Knowledge
from bot.content.letters import Letter
from bot.content.parameters import Figures
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import MOST, plain
from bot.dialogue.letter_taps import CHOICES
from bot.render.letters import BLANK, GIST, GUIDE, LANGUAGE, LETTER, LetterWords

FILE = "letters.yaml"
FRAME = "letters/letter.j2"
TITLE_LIMIT: Mapping[Language, int] = {"zh": 14, "en": 34}
SHORT_LIMIT: Mapping[Language, int] = {"zh": 6, "en": 16}  # two buttons stand in a row
PAGE = 480  # characters of a letter that stays on one page, large enough to be read
FOOT = "\n\n<i>"
WAYS = 2  # of naming a letter, at least, in each language


def check_letters(knowledge: Knowledge, on: date) -> Iterator[Finding]:
    """Find what is wrong with the letters: ids, grounds, dates, words, lengths, languages unlike."""
    for language in LANGUAGES:
        known = {letter.template for letter in knowledge.letters.values()} | {FRAME}
        for name in sorted(knowledge.wording.templates[language]):
            if name.startswith("letters/") and name not in known:
                where = f"templates/{language}/{name}"
                yield Finding(where, "no letter has this name", f"add its entry in {FILE} or remove it")
        yield from bare_numbers(knowledge, language, "letters/")
    for letter in knowledge.letters.values():
        yield from _entry(knowledge, letter, on)
        worded = {
            language: LetterWords(knowledge, letter, language, Figures(knowledge.parameters, on))
            for language in LANGUAGES
        }
        try:
            for words in worded.values():
                yield from _words(words)
        except (LookupError, TemplateError, ValueError, TypeError) as error:
            yield Finding(f"{FILE} {letter.id}", f"can't be worded on {on} ({error})", "fix what it says")
            continue
        where = f"templates/{letter.template}"
        for part in GUIDE:
            for what in unlike({language: plain(words.part(part)) for language, words in worded.items()}):
                yield Finding(f"{where} {part}", what, "be as sure in zh as in en")
        zh, en = (frozenset(words.figures.used) for words in worded.values())
        if told := ", ".join(sorted(zh ^ en)):
            yield Finding(where, f"only one language tells {told}", "tell the same in zh and en")
        for id in sorted({*letter.answer} - zh):
            yield Finding(f"{FILE} {letter.id}", f"no text tells {id}", "say in `due` when the answer is due")


def check_letter_dates(knowledge: Knowledge, on: date) -> Iterator[Finding]:
    """Note the letters that nobody compared with their sources for too long."""
    for letter in knowledge.letters.values():
        if letter.checked_on + PIECE_CHECK < on:
            where, found = f"{FILE} {letter.id}", f"last checked on {letter.checked_on}"
            yield Finding(where, found, "compare it with its sources again")


def _entry(knowledge: Knowledge, letter: Letter, on: date) -> Iterator[Finding]:
    where, parameters = f"{FILE} {letter.id}", knowledge.parameters.by_id
    yield from ground_of(knowledge, where, letter.citations, letter.confidence)
    if letter.checked_on > on:
        yield Finding(where, f"it was checked on {letter.checked_on}, in the future", "fix the day")
    hotline = parameters.get(letter.check_with)
    if hotline is None or hotline.unit != "phone":
        yield Finding(where, f"check_with {letter.check_with} is no hotline", "name a hotline.… parameter")
    for id in letter.answer:
        if id not in parameters or parameters[id].unit != "day":
            yield Finding(where, f"answer {id} is no number of days", "name a parameter whose unit is day")
    for id in sorted({*letter.cards} - {*knowledge.pieces}):
        yield Finding(where, f"no card {id}", "fix or remove it")
    named = knowledge.vocabulary.choices.get(CHOICES, {}).get(letter.id, ())
    if min(sum(word.isascii() for word in named), sum(not word.isascii() for word in named)) < WAYS:
        todo = f"write {WAYS} at least under choices.{CHOICES} in reading.yaml"
        yield Finding(where, "few words for it in one language", todo)


def _words(words: LetterWords) -> Iterator[Finding]:
    """Render everything, so that all figures are looked up, and find what is too long or may not be said."""
    where, language = f"templates/{words.language}/{words.letter.template}", words.language
    asked = (*GUIDE, *((GIST,) if language != LANGUAGE else ()))
    for part in asked:
        if not words.part(part):
            yield Finding(where, f"block {part} says nothing", "write it; “none needed” is something")
    for part, limit in (("title", TITLE_LIMIT), ("short", SHORT_LIMIT)):
        said = words.part(part)
        if not said or len(said) > limit[language] or "&" in said or "<" in said:
            yield Finding(
                where, f"the {part} “{said}” fits no button", f"at most {limit[language]}, no & or <"
            )
    for said in (words.guide(), words.around("taken")):
        if (read := longest(said, language)) > MOST:
            yield Finding(where, f"{read} characters (at most {MOST})", "say it in fewer words")
        for offence in offences(plain(said.partition(FOOT)[0]), language, words.knowledge.phrases):
            yield Finding(where, offence, "say it otherwise")
    if language == LANGUAGE:
        yield from _letter(words, where)


def _letter(words: LetterWords, where: str) -> Iterator[Finding]:
    text = words.text()
    if len(text) > PAGE:
        yield Finding(where, f"the letter has {len(text)} characters (at most {PAGE})", "keep it to one page")
    for offence in offences(text, LANGUAGE, words.knowledge.phrases):
        yield Finding(where, offence, "say it otherwise")
    for blank in ("签名|姓名", "日期"):
        if not re.search(f"(?:{blank}).{{0,4}}：{BLANK}", text):
            yield Finding(where, f"no blank for {blank}", "the worker fills it in")
    for citation in words.letter.grounds:
        if words.knowledge.cited(citation, LANGUAGE) not in text:
            todo = "cite it, or make it one of `sources`"
            yield Finding(where, f"the letter doesn't cite {citation}", todo)
    for part in LETTER:
        if not words.part(part):
            yield Finding(where, f"block {part} says nothing", "write the letter")
