"""Checks of length: what is said is read in one go, in either language, script and look."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import get_args

from jinja2 import TemplateError

from bot.check.findings import Finding
from bot.content.alarms import KINDS
from bot.content.commands import CommandSaying
from bot.content.knowledge import THEMES, Knowledge
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import MOST, length
from bot.dialogue.replies import (
    VARIANTS,
    Alarm,
    Answer,
    Ask,
    AskCalendar,
    AskConsent,
    Calendar,
    Explain,
    FollowUp,
    Gentle,
    Letters,
    Note,
    Reckon,
    Reminders,
    RemindYearly,
    Reply,
    Say,
    ShowResult,
    Tips,
)
from bot.guidance import pages
from bot.render import Message, Presenter
from bot.render.script import traditional

PAGES = 3  # of a card
FIRST_STEP = "①"
# The notes whose words depend on the question that they stand before, and no note at all.
OF_THE_QUESTION = frozenset({None, "why", "guess", "ticked", "other_quantity"})


def check_lengths(knowledge: Knowledge, on: date) -> Iterator[Finding]:
    """Find what is too long of what is said to everybody, whatever they answer."""
    own = Presenter(knowledge)
    for presenter, language in product((own, own.for_family), LANGUAGES):
        for reply in _said_to_everybody(knowledge):
            where = f"{language}, {presenter.seat}: {reply}"
            try:
                (message,) = presenter.render(reply, None, language, on)
            except (LookupError, TemplateError, ValueError, TypeError) as error:
                yield Finding(where, f"can't be worded on {on} ({error})", "fix what it says")
                continue
            if (read := longest(message.text, language)) > MOST:
                yield Finding(where, f"{read} characters (at most {MOST})", "say it in fewer words")


def unread(card: str, language: Language) -> Iterator[str]:
    """Find what of a card is too long to be read, or comes too late."""
    leaves = pages(card)
    for number, page in enumerate(leaves, 1):
        if (read := longest(page, language)) > MOST:
            yield f"page {number} has {read} characters (at most {MOST})"
    if len(leaves) > PAGES:
        yield f"{len(leaves)} pages (at most {PAGES})"
    if FIRST_STEP not in leaves[0]:
        yield f"no {FIRST_STEP} on its first page: shorten what stands before it"


def longest(html: str, language: Language) -> int:
    """Count the characters that are read, in whichever script has more."""
    other = traditional(Message(html)).text if language == "zh" else html
    return max(length(html), length(other))


def _said_to_everybody(knowledge: Knowledge) -> Iterator[Reply]:
    questions = knowledge.questionnaire.questions
    longest_ones = [max(questions, key=lambda each: len(each.text.in_(language))) for language in LANGUAGES]
    for note in (None, *get_args(Note)):
        yield AskConsent(note=note)
        # A note that says the same before every question is tried before the longest one.
        for question in questions if note in OF_THE_QUESTION else longest_ones:
            guess = tuple(option.id for option in question.options)[:2] if note == "guess" else ()
            yield Ask(question.id, 1, len(questions), note=note, guess=guess)
    yield from (Say(CommandSaying(what)) for what in knowledge.commands.sayings)
    yield from (Alarm(scene, variant) for scene in knowledge.scenes for variant in range(VARIANTS))
    yield from map(Gentle, KINDS)
    yield from (Tips(theme) for theme in (None, *THEMES))
    yield from (RemindYearly(date) for date in knowledge.calendar)
    yield from (AskCalendar(date) for date in knowledge.calendar)
    yield from (FollowUp(piece.id) for piece in knowledge.advice)
    yield Calendar()
    yield from (Answer(), Explain(), Letters(), Reckon(), Reminders(), ShowResult())
