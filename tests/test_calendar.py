"""The knowledge holds on every day of the next 430 without anybody's hand: it tells no figure that has ended.

Where a figure truly isn't known, the card says so to the worker.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

import pytest

from bot.check import Finding, lint
from bot.check.figures import check_figures
from bot.check.lengths import check_lengths
from bot.check.letters import check_letters
from bot.check.pieces import check_pieces
from bot.check.references import check_ground, values_of
from bot.check.texts import check_piece
from bot.content.knowledge import Knowledge, Piece
from bot.content.questionnaire import LANGUAGES, Answers
from bot.guidance import card, title
from tests.checkout import KNOWLEDGE
from tests.lengths import tries
from tests.talks import presenter

DAYS = 430  # so that 400 are still ahead a month after that look
A_DAY = timedelta(days=1)
NEW_YEAR = date(2027, 1, 1)


def first() -> date:
    """The day on which somebody last looked at the knowledge; the next 430 are from there."""
    figures = (value.checked_on for parameter in KNOWLEDGE.parameters for value in parameter.values)
    return max(*figures, *(piece.checked_on for piece in KNOWLEDGE.advice))


def last() -> date:
    return first() + DAYS * A_DAY


def changes() -> list[date]:
    """Every day on which a figure or a piece begins, ends, or is too old to stand in."""
    days = {first(), last()}
    for parameter in KNOWLEDGE.parameters:
        for value in parameter.values:
            days.add(value.from_)
            if value.to is not None:
                days |= {value.to + A_DAY, value.to + A_DAY * (parameter.carried_days + 1)}
    for piece in KNOWLEDGE.advice:
        days |= {day for day in (piece.valid_from,) if day}
        days |= {piece.valid_until + A_DAY} if piece.valid_until else set()
    return sorted(day for day in days if first() <= day <= last())


def looked_at() -> list[date]:
    """Each of these days at full length; each time the turn of the year and the last.

    What holds on the first is looked at by tests/test_lint.py each time.
    """
    return changes() if tries("changes") > 2 else [NEW_YEAR, last()]


@pytest.mark.slow
@pytest.mark.parametrize("day", looked_at(), ids=str)
def test_nothing_is_to_put_right_on_any_day_on_which_something_changes(day: date) -> None:
    report = lint(KNOWLEDGE, day)
    assert not report.findings, str(report)


def stretches() -> list[tuple[date, date]]:
    """The stretches of days between two changes, in which every figure and every piece stays the same."""
    begins = changes()
    ends = [*(day - A_DAY for day in begins[1:]), last()]
    return [(begin, end) for begin, end in zip(begins, ends, strict=True) if begin < end]


def between() -> list[tuple[date, date]]:
    """All stretches at full length; each time the last two days of the year."""
    return stretches() if tries("changes") > 2 else [(NEW_YEAR - 2 * A_DAY, NEW_YEAR - A_DAY)]


def worded(day: date, pieces: Iterable[Piece]) -> Mapping[str, tuple[str, ...]]:
    """Check cards on a day in every context; returns their texts by piece."""
    texts, values = {}, values_of(KNOWLEDGE)
    for piece in pieces:
        if piece.in_force(day):
            cards, findings = check_piece(KNOWLEDGE, piece, day, values)
            assert not findings, (day, *map(str, findings))
            texts[piece.id] = tuple(card.text for card in cards)
    return texts


@pytest.mark.slow
@pytest.mark.parametrize(("begin", "end"), between())
def test_nothing_is_to_put_right_on_any_day_between_two_changes(begin: date, end: date) -> None:
    """Every day: of a card whose words are the same on both ends in all contexts, these two stand for all."""
    at_first, at_last = worded(begin, KNOWLEDGE.advice), worded(end, KNOWLEDGE.advice)
    moving = [piece for piece in KNOWLEDGE.advice if at_first.get(piece.id) != at_last.get(piece.id)]
    for ahead in range(1, (end - begin).days + 1):
        day = begin + ahead * A_DAY
        worded(day, moving)
        for look in (check_ground, check_figures_on, check_lengths, check_pieces, check_letters):
            found = list(look(KNOWLEDGE, day))
            assert not found, (day, *map(str, found))


def check_figures_on(knowledge: Knowledge, day: date) -> Iterator[Finding]:
    return check_figures(knowledge.parameters, day)


def test_the_turn_of_the_year_is_such_a_day() -> None:
    assert NEW_YEAR in changes()
    assert len(changes()) >= 5


def workers() -> Iterator[Answers]:
    """One worker of each province, of other ages and incomes, for ever."""
    asked = KNOWLEDGE.questionnaire.by_id
    at = 0
    while True:
        yield {
            id: (asked[id].options[(at * step) % len(asked[id].options)].id,)
            for id, step in (
                ("province", 1), ("age", 3), ("income", 5), ("social_insurance", 2), ("worries", 1),
            )
        }  # fmt: skip
        at += 1


@pytest.mark.slow
def test_every_card_can_be_worded_on_each_of_the_days() -> None:
    """At full length each day; each time days evenly spread, the first and the last among them."""
    who, apart = workers(), DAYS // (tries("days") - 1)
    for n in range(0, DAYS + 1, apart):
        day, answers = first() + n * A_DAY, next(who)
        for piece in KNOWLEDGE.advice:
            if piece.in_force(day):
                for language in LANGUAGES:
                    assert title(KNOWLEDGE, piece.id, language, day)
                    assert card(KNOWLEDGE, piece.id, answers, language, day)


UNKNOWN = {
    "zh": "您那里的数，我们还没查准。先打12333问。",
    "en": "We have no sure figure for your place yet: ask 12333.",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("province", "day"),
    [
        ("jilin", date(2026, 11, 29)),  # two sources disagree
        ("henan", date(2027, 7, 2)),  # the base of 2025 is too old by then
    ],
)
def test_where_a_base_is_not_known_the_card_says_so(language: str, province: str, day: date) -> None:
    for piece in ("flexible_pension", "pension_tier_choice", "no_spare_money"):
        told = card(KNOWLEDGE, piece, {"province": (province,)}, language, day)  # type: ignore[arg-type]
        assert UNKNOWN[language] in told
        known = card(KNOWLEDGE, piece, {"province": ("hunan",)}, language, day)  # type: ignore[arg-type]
        assert UNKNOWN[language] not in known


def test_from_the_new_year_a_question_about_enrolment_finds_the_card_for_who_missed_it() -> None:
    for question in ("居民医保什么时候交", "现在还能交医保吗", "居民医保多少钱一年"):
        assert presenter().asker("zh", NEW_YEAR).answer(question).best == "resident_medical_closed"
        assert presenter().asker("zh", NEW_YEAR - A_DAY).answer(question).best == "resident_medical_now"
    told = card(KNOWLEDGE, "resident_medical_closed", {}, "zh", NEW_YEAR)
    assert "2026年最低标准是一年400元" in told
    assert "今年的还没查到" in told
