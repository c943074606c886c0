"""The result never contradicts the worker, tells no figure of cover, and is read in one go."""

import itertools
import random
import re
from collections.abc import Iterator
from statistics import median

import pytest

from bot import guidance
from bot.content.questionnaire import LANGUAGES, SKIPPED, Answers, Language
from bot.content.templates import length, plain
from bot.dialogue.replies import ShowResult
from bot.guidance import Outcome, facts_from, score
from bot.guidance.borrowing import Borrowing, borrowing
from bot.render.told import Told
from tests.advised import ON
from tests.answer_sets import answer_set
from tests.checkout import KNOWLEDGE
from tests.lengths import tries
from tests.test_personas import FILES, read
from tests.worded import QUESTIONNAIRE, talk, worded

HARDER = {"zh": re.compile("比多数人难|更难|难一些"), "en": re.compile("harder|more difficult")}
EASIER = {"zh": re.compile("比多数人容易|更容易借|容易一些"), "en": re.compile("easier")}
REFUSED = {("yes",), ("earlier",), ("ever",)}
COULD = {("no",), ("never_needed",)}
DIGIT = re.compile(r"[0-9０-９]")
# The answers that borrowing's part of the result hangs on.
READ = ("education", "income", "debt", "commercial_cover", "premium", "investing", "constrained")


def result(answers: Answers, language: Language, before: Answers | None = None) -> str:
    return plain(worded(ShowResult(before), talk(answers), language).text)


def parts(text: str) -> tuple[str, str]:
    """The text on borrowing and the text on cover."""
    _, _, rest = text.partition("①")
    borrowed, _, rest = rest.partition("②")
    covered = re.split("先做这几件|Do first|You have marked", rest)[0]
    return borrowed, covered.replace("②", "")


def check(answers: Answers, language: Language, text: str) -> None:
    borrowed, covered = parts(text)
    said = tuple(answers.get("constrained", ()))
    assert said not in COULD or not HARDER[language].search(borrowed), (answers, borrowed)
    assert said not in REFUSED or not EASIER[language].search(borrowed), (answers, borrowed)
    assert not DIGIT.search(covered), covered


def every_complete_answer() -> Iterator[Answers]:
    """Every combination of the answers that borrowing hangs on, the other answers fixed."""
    by_id = QUESTIONNAIRE.by_id
    options = [[o.id for o in by_id[id].options if o.id != "unknown"] for id in READ]
    options[READ.index("commercial_cover")] = ["none", "accident"]
    for chosen in itertools.product(*options):
        named = dict(zip(READ, chosen, strict=True))
        if named["commercial_cover"] == "none" and named["premium"] != "below_300":
            continue
        answers = {"age": ("from_31_to_40",), **{id: (option,) for id, option in named.items()}}
        yield QUESTIONNAIRE.relevant(answers)


def told(answers: Answers) -> Borrowing:
    scores = score(KNOWLEDGE, answers)
    return borrowing(facts_from(answers, QUESTIONNAIRE, scores, ON), scores["financing_constraint"])


def test_no_complete_answers_are_contradicted() -> None:
    seen = 0
    for answers in every_complete_answer():
        found, said = told(answers), answers["constrained"]
        assert not (said in COULD and found.band == "high"), answers
        assert not (said in REFUSED and found.band == "low"), answers
        assert found.tenths is not None
        assert 1 <= found.tenths[0] <= found.tenths[1] <= 9
        seen += 1
    assert seen > 10_000


@pytest.mark.slow
def test_no_text_contradicts_a_worker_or_gives_cover_a_figure_however_little_is_known() -> None:
    """Many workers, in both languages; each distinct text is worded once."""
    dice, seen = random.Random(19), set[object]()
    nothing = guidance.outcome(KNOWLEDGE, {}, ON).guidance
    workers = tries("results")
    for _ in range(workers):
        answers = answer_set(QUESTIONNAIRE, dice)
        for id in list(answers):
            if id not in ("age", "constrained") and dice.random() < 0.3:
                answers[id] = (SKIPPED,)
        answers = QUESTIONNAIRE.relevant(answers)
        scores = score(KNOWLEDGE, answers)
        facts = facts_from(answers, QUESTIONNAIRE, scores, ON)
        for language in LANGUAGES:
            context = Told(KNOWLEDGE, Outcome(scores, facts, nothing), language, ON).context()
            key = (language, answers.get("constrained"), *map(repr, context.values()))
            if key not in seen:
                seen.add(key)
                words = (
                    KNOWLEDGE.wording.render(language, f"{part}.j2", ON, brief=brief, **context)
                    for part in ("borrowing", "cover")
                    for brief in (0, 4)
                )
                check(answers, language, plain("\n".join(words)))
    assert len(seen) > min(workers / 2, 5_000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_some_texts_of_the_same_kind_every_time(language: Language) -> None:
    dice = random.Random(20)
    for _ in range(400):
        answers = answer_set(QUESTIONNAIRE, dice)
        changed = {**answers, "saving": ("none",)} if "saving" in answers else answers
        check(answers, language, result(answers, language))
        check(changed, language, result(QUESTIONNAIRE.relevant(changed), language, answers))


@pytest.mark.parametrize(
    ("said", "opening"),
    [
        ("yes", "您最近一年里急用钱却没借到"),
        ("earlier", "您有过急用钱却没借到的时候"),
        ("ever", "您有过急用钱却没借到的时候"),
        ("no", "您说急用钱时都借到了"),
        ("never_needed", "您说没有借过钱"),
        (SKIPPED, "您没说有没有借不到的时候"),
    ],
)
def test_what_the_worker_said_comes_first(said: str, opening: str) -> None:
    answers = {**read(FILES[0]).said, "constrained": (said,)}
    borrowed, _ = parts(result(QUESTIONNAIRE.relevant(answers), "zh"))
    assert borrowed.split("\n")[1].startswith(opening)


def test_a_place_whose_range_spans_the_middle_is_told_as_perhaps() -> None:
    dice = random.Random(21)
    sides = {
        (found.sure, found.band) for found in (told(answer_set(QUESTIONNAIRE, dice)) for _ in range(2_000))
    }
    assert {(True, "high"), (False, "high"), (True, "low"), (False, "low")} <= sides


def test_nobody_is_told_that_they_never_invested_or_pay_little_for_cover() -> None:
    for answers in itertools.islice(every_complete_answer(), 0, None, 37):
        assert {compared.feature for compared in told(answers).compared} <= {"debt", "income"}


def test_a_comparison_is_with_the_average_of_those_asked() -> None:
    answers = {**read(FILES[0]).said, "debt": ("above_1000000",), "debt_kinds": ("mortgage",)}
    compared = {each.feature: each.side for each in told(QUESTIONNAIRE.relevant(answers)).compared}
    assert compared["debt"] == "more"


def test_nine_results_of_ten_have_500_characters_at_most_in_chinese() -> None:
    lengths = [length(worded(ShowResult(), talk(read(path).said), "zh").text) for path in FILES]
    assert sum(read <= 500 for read in lengths) >= 0.9 * len(lengths)
    assert median(lengths) <= 480
