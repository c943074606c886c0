"""Checks of yearly dates, which need a day, cards and words, and of the consent that they need."""

from collections.abc import Iterator, Mapping
from datetime import date

from bot.check.findings import Finding
from bot.content.knowledge import Knowledge
from bot.content.parameters import Figure
from bot.content.questionnaire import LANGUAGES
from bot.dialogue.calendar import CHOICES, PURPOSE

FILE, CONSENT = "calendar.yaml", "consent.yaml"
COMMON_YEAR = 2027  # a day that not every year has is no day of every year


def check_calendar(knowledge: Knowledge) -> Iterator[Finding]:
    """Find dates without a day, a card or a word, and purposes that can't be asked for."""
    parameters = knowledge.parameters.by_id
    for yearly in knowledge.calendar.values():
        where = f"{FILE} {yearly.id}"
        if yearly.day not in parameters:
            yield Finding(where, f"no figure {yearly.day}", "add it to parameters.yaml or fix the id")
        else:
            for value in parameters[yearly.day].values:
                if not _every_year(value.value):
                    what = f"{yearly.day} is no day of every year"
                    yield Finding(where, what, "write {month: 3, day: 10}")
        for id in sorted({*yearly.cards} - {*knowledge.pieces}):
            yield Finding(where, f"no card {id}", "fix or remove it")
        for language in LANGUAGES:
            for block in (f"name_{yearly.id}", f"tell_{yearly.id}"):
                if block not in knowledge.wording.blocks(language, "calendar.j2"):
                    name = f"templates/{language}/calendar.j2"
                    yield Finding(name, f"it has no block {block}", "write it")
        if yearly.id not in knowledge.vocabulary.choices.get(CHOICES, {}):
            yield Finding(where, "no words for it", f"write some under choices.{CHOICES} in reading.yaml")
    yield from _consent(knowledge)


def _consent(knowledge: Knowledge) -> Iterator[Finding]:
    consent = knowledge.consent
    if PURPOSE not in {purpose.id for purpose in consent.purposes if purpose.on_use}:
        yield Finding(CONSENT, f"no purpose {PURPOSE} is on_use", "yearly dates need it")
    for purpose in consent.purposes:
        if purpose.on_use and purpose.required:
            yield Finding(f"{CONSENT} {purpose.id}", "it is required and on_use", "choose one")
    for version in consent.still:
        if version >= consent.version:
            yield Finding(f"{CONSENT} still", f"{version} is no earlier version", "remove it")


def _every_year(figure: Figure) -> bool:
    try:
        if isinstance(figure, Mapping):
            return bool(date(COMMON_YEAR, int(figure["month"]), int(figure["day"])))
        return False
    except (KeyError, ValueError):
        return False
