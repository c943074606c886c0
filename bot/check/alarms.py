"""Checks of what an emergency sounds like: words as texts are folded, scenes with numbers and cards."""

from collections.abc import Iterator

from bot.check.findings import Finding
from bot.content.alarms import KINDS
from bot.content.knowledge import Knowledge
from bot.dialogue.reading.folding import fold

FILE = "alarms.yaml"


def check_alarms(knowledge: Knowledge) -> Iterator[Finding]:
    """Find words that no text can hold, patterns written twice, and scenes that lead nowhere."""
    alarms = knowledge.alarms
    for kind, patterns in alarms.patterns.items():
        for language, listed in patterns.by_language.items():
            where = f"{FILE} patterns.{kind}.{language}"
            for place, pattern in enumerate(listed):
                if pattern in listed[:place]:
                    yield Finding(where, f"line {place + 1} is there twice", "remove one")
                for term in {term for group in pattern.groups for term in group}:
                    if (
                        language == "zh"
                        and (folded := fold(term, knowledge.vocabulary).replace(" ", "")) != term
                    ):
                        yield Finding(where, f"{term!r} is read as {folded!r}", "write it so")
    for name, by_language in alarms.ideas.items():
        for term in by_language.get("zh", ()):
            if (folded := fold(term, knowledge.vocabulary).replace(" ", "")) != term:
                yield Finding(f"{FILE} ideas.{name}", f"{term!r} is read as {folded!r}", "write it so")
    for scene in alarms.scenes:
        if strange := sorted({*scene.cards} - {*knowledge.pieces}):
            yield Finding(f"{FILE} scenes.{scene.id}", f"no card {', '.join(strange)}", "fix or remove it")
        if strange := sorted({*scene.numbers} - {*knowledge.parameters.by_id}):
            yield Finding(f"{FILE} scenes.{scene.id}", f"no number {', '.join(strange)}", "fix or remove it")
    for kind in KINDS:
        last = [scene for scene in alarms.scenes if scene.kind == kind][-1:]
        if not last or last[0].when:
            yield Finding(
                f"{FILE} scenes", f"none is left for {kind}", "end its scenes with one without words"
            )
