"""A swindle is found in the words of writers who taught nothing; honest texts seldom are called one.

The goals: 0.95 of each kind, at most 3 % of honest texts. What is asserted is what was measured; README.md
says how often the writers held out were looked at.
"""

from collections.abc import Callable, Iterable
from functools import cache

import pytest

from bot.content.swindles import KINDS
from bot.dialogue.suspicion import suspicion
from models.training.swindle import (
    HELD,
    WRITERS,
    Corpus,
    Judged,
    Text,
    digest,
    found_of,
    texts,
    threshold_of,
    written,
)
from tests.lengths import LONG
from tests.others import noted
from tests.talks import presenter

FEW_WRITERS = (1, 2, 9)
# Of the swindles of writers held out, those who were asked for the smoothest apart.
AT_LEAST = {(7, 8, 12, 14, 17, 24, 29, 33, 38, 43): 0.95, (48, 53, 58): 0.86}
LEFT_OUT = 0.93  # of the swindles of writers left out of training; those from 15 on are smooth by design
EACH = 0.9  # of each kind, by writers left out of training
UNKNOWN_KIND = 0.65  # of all, the kind left out of training with half of the writers
FALSE_ALARMS = 0.026  # by writers left out of training: 0.025, and one text by the rounding of the threshold
HELD_FALSE_ALARMS = 0.03  # of everyday texts by writers held out
HELD_MISLED = 0.06  # of texts that they wrote to mislead


def corpus(chosen: Iterable[Text]) -> Corpus:
    knowledge = presenter().knowledge
    return Corpus(suspicion(knowledge.swindles, knowledge.vocabulary, knowledge.swindle), tuple(chosen))


@cache
def held() -> list[Judged]:
    """Judge the writers held out by the model that serves."""
    found = corpus(t for path in sorted(WRITERS.glob("*.yaml")) for t in written(path) if t.writer in HELD)
    return [found.judge(presenter().knowledge.swindle, place) for place in range(len(found.texts))]


def share(judged: Iterable[Judged], limit: float, which: Callable[[Judged], bool]) -> float:
    chosen = [each.red(limit) for each in judged if which(each)]
    return sum(chosen) / len(chosen)


def is_swindle(each: Judged) -> bool:
    return each.text.kind is not None


def is_everyday(each: Judged) -> bool:
    return each.text.everyday


def misleads(each: Judged) -> bool:
    return each.text.kind is None and not each.text.everyday


def test_writers_who_never_taught_are_heard_as_often_as_was_measured() -> None:
    limit = presenter().knowledge.swindle.threshold
    print(found_of(held(), limit))
    assert {writer for writers in AT_LEAST for writer in writers} == set(HELD)
    for writers, least in AT_LEAST.items():
        own = [each for each in held() if each.text.writer in writers]
        assert share(own, limit, is_swindle) >= least, writers
    assert share(held(), limit, is_everyday) <= HELD_FALSE_ALARMS
    assert share(held(), limit, misleads) <= HELD_MISLED


def test_what_is_called_a_swindle_is_mostly_called_by_its_own_name() -> None:
    limit = presenter().knowledge.swindle.threshold
    red = [each for each in held() if is_swindle(each) and each.red(limit)]
    assert sum(each.kind == each.text.kind for each in red) / len(red) >= 0.89  # 1,941 of 2,162


def test_the_check_was_made_from_these_texts() -> None:
    assert noted.made_from("swindle")["texts"] == digest(texts()), "run `python -m models train-swindle`"


def test_writers_left_out_one_by_one_were_heard_as_often_as_training_must() -> None:
    measured = noted.measured("swindle")
    print(measured)
    swindles = [measured[kind] for kind in KINDS]
    honest = [counts for name, counts in measured.items() if name.startswith("honest")]
    assert sum(red for red, *_ in swindles) / sum(count for _, count, *_ in swindles) >= LEFT_OUT
    assert sum(red for red, _ in honest) / sum(count for _, count in honest) <= FALSE_ALARMS
    for kind in KINDS:
        red, count, *_ = measured[kind]
        assert red / count >= EACH, kind


def test_a_kind_that_nobody_taught_was_still_heard_more_often_than_not() -> None:
    unknown = [measured[2:] for name, measured in noted.measured("swindle").items() if name in KINDS]
    assert sum(red for red, _ in unknown) / sum(count for _, count in unknown) >= UNKNOWN_KIND


def test_a_writer_who_is_left_out_teaches_nothing() -> None:
    few = corpus([each for each in texts() if each.writer in FEW_WRITERS][::3])
    others = few.fitted([n for n, each in enumerate(few.texts) if each.writer != FEW_WRITERS[0]])
    found = {each.text: each.score for each in few.without_writers()}
    for place, each in enumerate(few.texts):
        if each.writer == FEW_WRITERS[0]:
            assert found[each] == few.judge(others, place).score


@pytest.mark.skipif(not LONG, reason="trains once for each writer and kind: LONG=1")
def test_training_again_comes_to_what_was_noted() -> None:
    every = corpus(texts())
    found = every.without_writers()
    limit = threshold_of(found)
    assert limit == presenter().knowledge.swindle.threshold
    unknown = found_of(every.without_kinds(), limit)
    assert {
        name: [*counts, *unknown.get(name, ())] for name, counts in found_of(found, limit).items()
    } == noted.measured("swindle")
