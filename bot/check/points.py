"""Checks of the short answers: both languages tell the same, and what is in doubt names whom to ask."""

from collections.abc import Iterator
from datetime import date

from jinja2 import TemplateError

from bot.check.findings import Finding
from bot.check.forbidden import stiffness
from bot.check.hedges import unlike
from bot.check.texts import numbers
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import plain
from bot.guidance import Ground, point_on_its_ground


def check_points(knowledge: Knowledge, on: date) -> Iterator[Finding]:
    """Find short answers that say more in one language, are hard to read, or are surer than their piece."""
    for id in knowledge.asks.points:
        where = f"points.j2 {id}"
        try:
            worded = {
                language: point_on_its_ground(knowledge, id, {}, language, on) for language in LANGUAGES
            }
        except (LookupError, TemplateError, ValueError, TypeError) as error:
            yield Finding(where, f"can't be worded on {on} ({error})", "fix what it says")
            continue
        texts = {language: plain(text) for language, (text, _) in worded.items()}
        (zh, of_zh), (en, of_en) = ((texts[language], worded[language][1]) for language in LANGUAGES)
        counted = numbers(zh) ^ numbers(en)
        if told := sorted({*of_zh.figures.used} ^ {*of_en.figures.used}) or sorted(counted):
            yield Finding(where, f"only one language tells {', '.join(told)}", "tell the same in zh and en")
        for what in unlike(texts):
            yield Finding(where, what, "be as sure in zh as in en")
        for language in LANGUAGES:
            here = f"templates/{language}/{where}"
            for what in stiffness(texts[language], language, knowledge.phrases):
                yield Finding(here, what, "say it plainly")
            yield from _doubt(knowledge, worded[language][1], language, where)


def _doubt(knowledge: Knowledge, ground: Ground, language: Language, where: str) -> Iterator[Finding]:
    """Find an answer from memory that sends nobody to a hotline, as its card does."""
    asked = any(knowledge.parameters.by_id[id].unit == "phone" for id in ground.figures.used)
    if (ground.doubtful or ground.missing) and not asked:
        here, todo = f"templates/{language}/{where}", f"say to ask {ground.piece.check_with}"
        yield Finding(here, "it isn't checked yet, and names nobody to ask", todo)
