"""Checks of what emergencies and swindles sound like: folded words, scenes, numbers and cards."""

from collections.abc import Iterable, Iterator
from typing import get_args

from bot.check.findings import Finding
from bot.check.vocabulary import folded_once
from bot.content.alarms import KINDS, Heeded
from bot.content.knowledge import Knowledge
from bot.content.swindles import KINDS as SWINDLES
from bot.content.swindles import TAPPED, Speech

FILE = "alarms.yaml"
OF_SWINDLES = "swindles.yaml"


def check_alarms(knowledge: Knowledge) -> Iterator[Finding]:
    """Find words that no text can hold, patterns written twice, and scenes that lead nowhere."""
    alarms = knowledge.alarms
    yield from _words(knowledge, alarms, FILE, "patterns")
    for scene in alarms.scenes:
        if strange := sorted({*scene.cards} - {*knowledge.pieces}):
            yield Finding(f"{FILE} scenes.{scene.id}", f"no card {', '.join(strange)}", "fix or remove it")
        if strange := sorted({*scene.numbers} - {*knowledge.parameters.by_id}):
            yield Finding(f"{FILE} scenes.{scene.id}", f"no number {', '.join(strange)}", "fix or remove it")
    for kind in KINDS:
        if (number := alarms.gentle.get(kind)) not in knowledge.parameters.by_id:
            yield Finding(f"{FILE} gentle.{kind}", f"no number {number}", "name one")
        last = [scene for scene in alarms.scenes if scene.kind == kind][-1:]
        if not last or last[0].when:
            yield Finding(
                f"{FILE} scenes", f"none is left for {kind}", "end its scenes with one without words"
            )


def check_swindles(knowledge: Knowledge) -> Iterator[Finding]:
    """Find words that no text can hold, signs that nothing hears, and kinds that lead to no card."""
    swindles = knowledge.swindles
    yield from _words(knowledge, swindles, OF_SWINDLES, "signs")
    yield from _words(knowledge, swindles.speaks, OF_SWINDLES, "speaks")
    if strange := sorted({*get_args(Speech)} ^ {*swindles.speaks.patterns}):
        yield Finding(f"{OF_SWINDLES} speaks", f"strange or missing: {', '.join(strange)}", "have each once")
    for kind in SWINDLES:
        if swindles.cards.get(kind) not in knowledge.pieces:
            yield Finding(f"{OF_SWINDLES} cards.{kind}", "it leads to no card", "name one")
    if strange := sorted({*TAPPED, *swindles.enough} - {*swindles.patterns}):
        yield Finding(f"{OF_SWINDLES} signs", f"nothing hears {', '.join(strange)}", "write their patterns")


def _words(knowledge: Knowledge, heeded: Heeded, file: str, table: str) -> Iterator[Finding]:
    for kind, patterns in heeded.patterns.items():
        for language, listed in patterns.by_language.items():
            where = f"{file} {table}.{kind}.{language}"
            for place, pattern in enumerate(listed):
                if pattern in listed[:place]:
                    yield Finding(where, f"line {place + 1} is there twice", "remove one")
                if language == "zh":
                    terms = {term for group in pattern.groups for term in group}
                    yield from _folded(knowledge, where, sorted(terms))
    for name, by_language in heeded.ideas.items():
        yield from _folded(knowledge, f"{file} ideas.{name}", by_language.get("zh", ()))


def _folded(knowledge: Knowledge, where: str, terms: Iterable[str]) -> Iterator[Finding]:
    for term in terms:
        if (folded := folded_once(term, knowledge.vocabulary).replace(" ", "")) != term:
            yield Finding(where, f"{term!r} is read as {folded!r}", "write it so")
