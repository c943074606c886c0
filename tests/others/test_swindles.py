"""A swindle is found in the words of writers who taught nothing; honest texts seldom are called one.

The goals: 0.95 of each kind, at most 3 % of honest texts. What is asserted is what was measured; README.md
says how often the writers held out were looked at.
"""

from collections.abc import Callable, Iterable
from functools import cache

from bot.content.swindles import KINDS
from bot.dialogue.suspicion import suspicion
from models.training.swindle import (
    HELD,
    WRITERS,
    Corpus,
    Judged,
    Text,
    found_of,
    texts,
    threshold_of,
    written,
)
from tests.talks import presenter

AT_LEAST = 0.91  # of the swindles of writers held out; 0.93 without 24, who came last
LEFT_OUT = 0.89  # of the swindles of writers left out of training; those from 15 on are smooth by design
EACH = 0.84  # of each kind, by writers left out of training
UNKNOWN_KIND = 0.5  # of all, the kind left out of training with half of the writers
FALSE_ALARMS = 0.031  # by writers left out of training: 0.03, and one text by the rounding of the threshold
HELD_FALSE_ALARMS = 0.03  # by writers held out


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


def is_honest(each: Judged) -> bool:
    return each.text.kind is None


def test_writers_who_never_taught_are_heard_as_often_as_was_measured() -> None:
    limit = presenter().knowledge.swindle.threshold
    print(found_of(held(), limit))
    assert share(held(), limit, is_swindle) >= AT_LEAST
    assert share(held(), limit, is_honest) <= HELD_FALSE_ALARMS


def test_what_is_called_a_swindle_is_mostly_called_by_its_own_name() -> None:
    limit = presenter().knowledge.swindle.threshold
    red = [each for each in held() if is_swindle(each) and each.red(limit)]
    assert sum(each.kind == each.text.kind for each in red) / len(red) >= 0.9


def test_writers_left_out_one_by_one_are_heard_as_often_as_was_measured() -> None:
    found = corpus(texts()).without_writers()
    limit = threshold_of(found)
    counted = found_of(found, limit)
    print(counted)
    assert share(found, limit, is_swindle) >= LEFT_OUT
    assert share(found, limit, is_honest) <= FALSE_ALARMS
    for kind in KINDS:
        red, count = counted[kind]
        assert red / count >= EACH, kind


def test_a_kind_that_nobody_taught_is_still_heard_more_often_than_not() -> None:
    found = corpus(texts()).without_kinds()
    assert share(found, presenter().knowledge.swindle.threshold, is_swindle) >= UNKNOWN_KIND
