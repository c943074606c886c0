"""Read very many strings, wild or nearly real: `python -m tests.fuzz_reading --strings 1000000 --seed 1`."""

import argparse
import random
import sys
import time
from collections import Counter

from bot.content.questionnaire import Question
from bot.dialogue.reading import Guess, Match, Reading
from tests.checkout import KNOWLEDGE
from tests.goldens import phrases
from tests.typed import read

SIGNS = (
    "五千六七几万块w k.5到-不没有是吧，左右多每天月年岁后和?？❌０１🛵\u200b麼沒\n'\"%/+~1234567890abcdefnot"
)
LONGEST = 200


def strings(chance: random.Random, known: list[str]) -> str:
    """Make one string: of any characters, of telling ones, of known phrases put together, or one bent."""
    kind = chance.randrange(4)
    if kind == 0:
        return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(12)))
    if kind == 1:
        return "".join(chance.choices(SIGNS, k=chance.randrange(1, 16)))
    text = "".join(chance.choices(known, k=chance.randrange(1, 4 if chance.random() < 0.95 else 40)))
    if kind == 2:
        return text[:LONGEST]
    at = chance.randrange(len(text))
    return (text[:at] + chance.choice(SIGNS) * chance.randrange(3) + text[at + chance.randrange(2) :])[
        :LONGEST
    ]


def is_sound(reading: Reading, question: Question) -> bool:
    """Say whether the question can take what was read."""
    if isinstance(reading, Match):
        return question.accepts(reading.options)
    return not isinstance(reading, Guess) or bool(reading.options)


def main() -> int:
    """Read all strings; print what came of them, and every one that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strings", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    questions = list(KNOWLEDGE.questionnaire.questions)
    known = [phrase.text for phrase in phrases()]
    counts: Counter[str] = Counter()
    failed = 0
    slowest = (0.0, "")
    begun = time.perf_counter()
    for _ in range(asked.strings):
        text, question = strings(chance, known), chance.choice(questions)
        at = time.perf_counter()
        try:
            reading = read(text, question)
            sound = is_sound(reading, question)
            counts[type(reading).__name__] += 1
        except Exception as error:  # noqa: BLE001  # the very thing that is sought
            sound, reading = False, repr(error)  # type: ignore[assignment]  # only shown
        slowest = max(slowest, (time.perf_counter() - at, f"{question.id}: {text!r}"))
        if not sound:
            failed += 1
            print(f"{question.id}: {text!r} -> {reading}")
    took = time.perf_counter() - begun
    print(f"{asked.strings} strings in {took:.0f} s, {failed} failed; {dict(counts)}")
    print(f"slowest: {slowest[0] * 1000:.1f} ms, {slowest[1]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
