"""Emergencies are heard in the words of writers who were left out of training; ordinary words raise no alarm.

The goals: 0.98 of danger said plainly, 0.95 of danger hinted at, of violence and of swindles, at most 2 %
false alarms. What is asserted is what was measured; README.md says why it is less. Training leaves out every
writer and notes what came of it in the artifact; with LONG=1 that is done again.
"""

import random
from functools import cache
from pathlib import Path

import pytest

from bot.demo.town.habits import slipped
from bot.loading.knowledge import load_hearing
from models.serving import linear
from models.training.alarm import (
    EVERYDAY,
    ROOT,
    WRITERS,
    Corpus,
    Judged,
    Sentence,
    digest,
    heard_of,
    limits_of,
    met_of,
    sentences,
    written,
)
from tests.checkout import KNOWLEDGE
from tests.goldens import phrases
from tests.lengths import LONG
from tests.others import noted
from tests.others.triage import copied, failures, limits, served, table
from tests.talks import rules

# Of writers left out one by one: the share that raises an alarm, and with the gentle line.
LEFT_OUT = {
    "danger_plain": (0.979, 0.99), "danger_hinted": (0.86, 0.95), "violence": (0.91, 0.97),
    "swindle": (0.92, 0.97), "accident": (0.91, 0.97), "child": (0.92, 0.98), "hunger": (0.91, 0.97),
}  # fmt: skip
# Of writers who teach nothing, whose sentences nobody saw while patterns or training were made: four, and as
# many who wrote mostly between the lines, then two after whose brief others teach. Of the twelve from 111 on
# most hints could be overlooked by a reader in a hurry: they were asked for that. Last come every fifth of
# those from 131 and from 231 on, whose briefs others teach.
NEVER_SEEN = {
    (11, 12, 37, 38): {
        "danger_plain": (0.97, 1.0), "danger_hinted": (0.9, 0.96), "violence": (0.96, 1.0),
        "swindle": (0.9, 0.96), "accident": (0.95, 0.96), "child": (0.96, 0.98), "hunger": (0.96, 1.0),
    },
    (55,): {
        "danger_plain": (0.95, 1.0), "danger_hinted": (0.84, 0.94), "violence": (0.86, 0.98),
        "swindle": (0.95, 1.0),
    },
    (65,): {
        "danger_plain": (1.0, 1.0), "danger_hinted": (0.75, 0.9), "violence": (0.85, 0.97),
        "swindle": (0.9, 0.96), "accident": (0.91, 1.0), "child": (1.0, 1.0), "hunger": (0.87, 1.0),
    },
    (77,): {
        "danger_plain": (1.0, 1.0), "danger_hinted": (0.84, 0.91), "violence": (0.92, 0.97),
        "swindle": (0.96, 1.0), "accident": (1.0, 1.0), "child": (0.75, 1.0), "hunger": (1.0, 1.0),
    },
    (78,): {
        "danger_plain": (1.0, 1.0), "danger_hinted": (0.77, 0.9), "violence": (0.9, 0.95),
        "swindle": (0.98, 1.0), "accident": (0.91, 1.0), "child": (0.87, 0.87), "hunger": (1.0, 1.0),
    },
    (92,): {
        "danger_plain": (1.0, 1.0), "danger_hinted": (0.86, 0.97), "violence": (0.97, 1.0),
        "swindle": (0.96, 0.98), "accident": (1.0, 1.0), "child": (1.0, 1.0), "hunger": (0.87, 1.0),
    },
    (94,): {
        "danger_plain": (1.0, 1.0), "danger_hinted": (0.8, 0.84), "violence": (0.8, 0.82),
        "swindle": (0.82, 0.86), "accident": (0.87, 0.87), "child": (1.0, 1.0), "hunger": (0.75, 0.75),
    },
    (106,): {},
    tuple(range(111, 123)): {
        "danger_plain": (0.97, 0.99), "danger_hinted": (0.72, 0.87), "violence": (0.83, 0.96),
        "swindle": (0.97, 0.99),
    },
    tuple(range(135, 176, 5)): {
        "danger_plain": (0.97, 1.0), "danger_hinted": (0.87, 0.96), "violence": (0.88, 0.98),
        "swindle": (0.91, 0.98), "accident": (0.88, 0.96), "child": (0.97, 1.0), "hunger": (0.88, 0.98),
    },
    (235, 240, 245): {
        "danger_plain": (0.92, 0.97), "danger_hinted": (0.87, 0.95), "violence": (0.96, 0.98),
        "swindle": (0.95, 0.99), "accident": (1.0, 1.0), "child": (0.83, 0.96), "hunger": (0.83, 0.96),
    },
    (265,): {},
}  # fmt: skip
FALSE_ALARMS, FALSE_DOUBTS = 0.02, 0.06
FALSE_NEAR_MISSES = 0.055  # of ordinary sentences that mislead by design: they set no threshold
TYPED = (265,)  # who wrote nothing but typed answers to the bot's questions
TYPED_ALARMS = 0.04  # of theirs; the goal is 0.02
FEW = 0.01  # of emergencies stand word for word in two writers' files: "我不想活了"
HELD = Path(__file__).parent / "held"
FEW_WRITERS = (2, 9)
BETWEEN_THE_LINES = 51  # the first of the writers who wrote only the main lists
EVERYDAY_ALONE = 101  # the first of those who wrote nothing but everyday sentences
MAIN_LISTS = {"danger_plain", "danger_hinted", "violence", "swindle", "ordinary"}
LISTS = {"danger_plain", "danger_hinted", "violence", "swindle", "accident", "child", "hunger", "ordinary"}


def held() -> list[Sentence]:
    return [sentence for path in sorted(HELD.glob("*.yaml")) for sentence in written(path)]


@cache
def seen() -> list[Judged]:
    """Judge by the alarm that serves what it learned from."""
    return served(each for each in sentences() if each.writer in FEW_WRITERS)


def test_writers_left_out_one_by_one_were_heard_as_often_as_training_must() -> None:
    measured = noted.measured("alarm")
    print(measured)
    for name, (alarms, met) in LEFT_OUT.items():
        raised, lines, count = measured[name]
        assert raised / count >= alarms, f"{name}: {raised} of {count}"
        assert lines / count >= met, f"{name}: {lines} of {count}"
    raised, lines, count = (
        sum(numbers) for numbers in zip(*map(measured.__getitem__, EVERYDAY), strict=True)
    )
    assert count >= 3000
    assert raised / count <= FALSE_ALARMS
    assert measured["near_misses"][0] / measured["near_misses"][2] <= FALSE_NEAR_MISSES
    assert (lines - raised) / count <= FALSE_DOUBTS


def test_the_alarm_was_made_from_these_sentences() -> None:
    assert noted.made_from("alarm")["sentences"] == digest(sentences()), "run `python -m models train-alarm`"


def test_a_writer_who_is_left_out_teaches_nothing() -> None:
    own = [each for each in sentences() if each.writer in FEW_WRITERS]
    few = Corpus(load_hearing(ROOT), own[::4])
    found = few.left_out()
    others = few.fitted([n for n, each in enumerate(few.sentences) if each.writer != FEW_WRITERS[0]])
    model = linear.LinearModel(others.heads, others.biases, 0.0, others.numbers(few.names), sized=True)
    for place, each in enumerate(few.sentences):
        if each.writer == FEW_WRITERS[0]:
            judged = next(one for one in found if one.sentence == each)
            assert judged.score == pytest.approx(few.judge(model, place).score, abs=0.01)


@pytest.mark.skipif(not LONG, reason="trains once for each writer: LONG=1")
def test_training_again_comes_to_what_was_noted() -> None:
    corpus = Corpus(load_hearing(ROOT), sentences())
    found = corpus.left_out()
    for writer in corpus.writers:
        own = [each for each in found if each.sentence.writer == writer]
        print(f"\nwriter {writer}", *table(own, limits()), *failures(own, limits()), sep="\n  ")
    assert limits_of(found) == limits()
    heard, met = heard_of(found, limits()), met_of(found, limits())
    assert {name: [raised, met[name][0], count] for name, (raised, count) in heard.items()} == noted.measured(
        "alarm"
    )


def test_writers_who_were_never_trained_on_are_heard_as_often_as_was_measured() -> None:
    found = served(held())
    print("\nnever seen", *table(found, limits()), sep="\n  ")  # totals alone: nobody reads the failures
    assert {each.sentence.writer for each in found} == {writer for own in NEVER_SEEN for writer in own}
    for writers, shares in NEVER_SEEN.items():
        own = [each for each in found if each.sentence.writer in writers]
        heard, met = heard_of(own, limits()), met_of(own, limits())
        for name, (alarms, lines) in shares.items():
            raised, count = heard[name]
            assert raised / count >= alarms, f"{name}: {raised} of {count}"
            assert met[name][0] / count >= lines, f"{name}: {met[name][0]} of {count}"
    misleading = [each.alarms(limits()) for each in found if each.sentence.list == "near_misses"]
    assert sum(misleading) / len(misleading) <= FALSE_NEAR_MISSES
    typed = [each.alarms(limits()) for each in found if each.sentence.writer in TYPED]
    assert sum(typed) / len(typed) <= TYPED_ALARMS
    everyday = [e for e in found if e.sentence.list in EVERYDAY and e.sentence.writer not in TYPED]
    assert sum(each.alarms(limits()) for each in everyday) / len(everyday) <= FALSE_ALARMS
    assert sum(each.is_met(limits()) for each in everyday) / len(everyday) <= FALSE_ALARMS + FALSE_DOUBTS


@pytest.mark.parametrize("path", [*WRITERS.glob("*.yaml"), *HELD.glob("*.yaml")], ids=lambda path: path.stem)
def test_a_writers_file_has_its_number_and_all_lists(path: Path) -> None:
    own = list(written(path))
    assert {each.writer for each in own} == {int(path.stem)}
    lists = {"ordinary" if each.kind is None else each.list for each in own}
    number = int(path.stem)
    full = MAIN_LISTS if number >= BETWEEN_THE_LINES else LISTS
    assert lists >= ({"ordinary"} if number >= EVERYDAY_ALONE else full)
    assert all(each.text.strip() for each in own)


def test_writers_share_few_sentences() -> None:
    everybody = [*held(), *(each for path in WRITERS.glob("*.yaml") for each in written(path))]
    shared = list(copied(everybody))
    print(
        *(
            f"{a.writer} {b.writer} {a.text}"
            for a, b in shared
            if a.writer not in {11, 12, 37, 38, 55, 65, 77, 78}
        ),
        sep="\n",
    )
    assert len(shared) <= FEW * sum(each.kind is not None for each in everybody)


def test_who_is_heard_is_mostly_answered_as_the_right_kind() -> None:
    heard = [each for each in seen() if each.sentence.kind and each.alarms(limits())]
    right = sum(each.kind == each.sentence.kind for each in heard)
    assert right / len(heard) >= 0.95


def test_the_served_alarm_hears_what_it_learned_from() -> None:
    heard = heard_of(seen(), limits())
    for name in LEFT_OUT:
        raised, count = heard[name]
        assert raised / count >= 0.9, f"{name}: {raised} of {count}"


def test_typed_answers_raise_no_alarm() -> None:
    triage = rules().triage
    assert triage is not None
    texts = sorted({phrase.text for phrase in phrases()})
    alarming = [text for text in texts if triage.scene(text) is not None]
    print(*alarming, sep="\n")
    assert len(alarming) <= 0.005 * len(texts)


def test_no_option_typed_word_for_word_raises_an_alarm_but_to_be_cheated() -> None:
    triage = rules().triage
    assert triage is not None
    alarming = {
        (option.id, term)
        for question in KNOWLEDGE.questionnaire.questions
        for option in question.options
        for term in (option.zh, option.en, *option.aliases)
        if triage.scene(term) is not None
    }
    assert alarming == {("cheated", "被骗了钱"), ("cheated", "Cheated of money")}


def test_no_option_typed_with_a_slip_of_the_thumb_raises_an_alarm_that_the_option_does_not() -> None:
    triage = rules().triage
    assert triage is not None
    options = (option for question in KNOWLEDGE.questionnaire.questions for option in question.options)
    terms = {term for option in options for term in (option.zh, *option.aliases) if not term.isascii()}
    slips = {slipped(term, random.Random(f"{seed} {term}")) for term in terms for seed in range(6)}
    alarming = {slip for slip in slips if triage.scene(slip) is not None and "骗" not in slip}
    assert not alarming


@pytest.mark.parametrize(
    "text", ["跳单", "跳楼价", "死单", "累死了", "抑郁症能报销吗", "心脏病能买保险吗", "意外险死了赔多少"]
)
def test_frightening_words_in_ordinary_use_raise_none(text: str) -> None:
    triage = rules().triage
    assert triage is not None
    assert triage.scene(text) is None
