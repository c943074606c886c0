"""Free questions of simulated writers who were left out of all tuning, by the key of simulated experts.

The key says what the rendered first message must state (`must`, each group by one of its expressions) and
what it must not. Half an answer counts for nothing. `pytest -s tests/others/test_questions.py` prints each
failure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bot import guidance
from bot.content.templates import plain
from bot.dialogue.replies import Answer
from bot.dialogue.retrieval import from_pinyin
from bot.render.asides import spoken
from models.training.words import read_words
from tests.talks import TODAY, presenter

FOLDER = Path(__file__).parent / "questions"
WRITERS = sorted(path.stem for path in FOLDER.glob("*.yaml"))
STRICT_ONLY = ("43",)  # whose keys want what is asked for, and no more; the others' want two or three things
FIGURES = ("amount", "age", "date", "rate", "duration", "count")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question: whether it is answered, rightly at once, rightly among three."""

    ask: str
    kind: str
    ours: bool
    answered: bool
    first: bool
    three: bool
    figure: bool


@cache
def key_of(writer: str) -> Mapping[str, list[dict[str, object]]]:
    return dict(read_words(FOLDER / f"{writer}.yaml"))


def meets(text: str, item: Mapping[str, object]) -> bool:
    must, must_not = item.get("must") or [], item.get("must_not") or []
    assert isinstance(must, list)
    assert isinstance(must_not, list)
    stated = all(any(re.search(way, text, re.IGNORECASE) for way in group) for group in must)
    return stated and not any(re.search(way, text, re.IGNORECASE) for way in must_not)


@cache
def outcomes(writer: str) -> tuple[Outcome, ...]:
    return tuple(outcome(item) for item in key_of(writer)["questions"])


def outcome(item: Mapping[str, object]) -> Outcome:
    ask = str(item["ask"])
    language = spoken(ask)
    (message,) = presenter().render(Answer(ask), None, language, TODAY)
    asked = from_pinyin(ask, presenter().knowledge.asks.pinyin) or ask
    found = presenter().asker(spoken(asked), TODAY).answer(asked)
    pieces = presenter().knowledge.pieces
    answered = found.best in pieces or bool(found.best and found.best.startswith("talk."))
    text = plain(message.text)
    others = [id for id in (found.best, *found.near, *found.perhaps) if id in pieces]
    cards = [plain(guidance.card(presenter().knowledge, id, {}, language, TODAY)) for id in others if id]
    return Outcome(
        ask,
        str(item["kind"]),
        item["ours"] == "yes",
        answered,
        answered and meets(text, item),
        meets(text, item) or any(meets(card, item) for card in cards),
        bool(re.search(r"\d", text)),
    )


def share(truths: list[bool]) -> float:
    return sum(truths) / max(1, len(truths))


@pytest.mark.parametrize("writer", WRITERS)
def test_a_left_out_writer_is_answered_as_often_as_was_measured(writer: str) -> None:
    ours = [each for each in outcomes(writer) if each.ours]
    for each in ours:
        if not each.first:
            print(f"{writer} {'wrong' if each.answered else 'not answered'} ({each.kind}): {each.ask}")
    answered, first = share([e.answered for e in ours]), share([e.first for e in ours])
    three = share([e.three for e in ours])
    print(f"{writer}: answered {answered:.2f}, first right {first:.2f}, among three {three:.2f}")
    assert answered >= 0.88  # the goal is 0.90
    assert first >= (0.9 if writer in STRICT_ONLY else 0.50)  # the goal is 0.90
    assert three >= (0.94 if writer in STRICT_ONLY else 0.63)  # the goal is 0.95


@pytest.mark.parametrize("writer", WRITERS)
def test_what_is_off_topic_for_a_left_out_writer_is_rarely_answered(writer: str) -> None:
    answered = []
    for item in key_of(writer).get("off_topic", []):
        ask = str(item["ask"] if isinstance(item, dict) else item)
        found = presenter().asker(spoken(ask), TODAY).answer(ask)
        if found.best in presenter().knowledge.pieces:
            answered.append(ask)
            print(f"{writer} answered though off-topic: {ask} ({found.best})")
    assert len(answered) <= 1  # of all 35 one; the goal is one of a hundred
