"""How long the questions take: what is promised before them is what is measured of the personas."""

from math import ceil
from statistics import median

from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import plain
from tests.talks import TODAY, presenter
from tests.test_every_button import QUESTIONNAIRE, taps_for
from tests.test_personas import FILES, read
from tests.test_rights import said

A_SIGN = {"zh": 1 / 5, "en": 1 / 15}  # seconds; a Chinese sign is about three letters
A_TAP = 2.0  # seconds


def seconds(language: Language) -> float:
    """Return the median over the personas: consent, questions and options read once, and every tap."""
    _, (consent,) = said(None, "/start", "lang:en") if language == "en" else said(None, "/start")
    found = []
    for path in FILES:
        asked = QUESTIONNAIRE.path(answers := read(path).said)
        signs = len(plain(consent.text)) + sum(
            len(question.text.in_(language)) + sum(len(option.in_(language)) for option in question.options)
            for question in asked
        )
        taps = taps_for({question.id: answers[question.id] for question in asked})
        found.append(A_SIGN[language] * signs + A_TAP * len(taps))
    return median(found)


def test_the_minutes_that_are_promised_are_those_of_the_slower_language() -> None:
    promised = presenter().knowledge.parameters.at("questions.minutes", TODAY).value
    assert promised == ceil(max(map(seconds, LANGUAGES)) / 60)
