"""How long a free question takes, how often it is answered rightly, and what the index costs at the start."""

import statistics
import time

from bot.content.questionnaire import LANGUAGES, Language
from bot.dialogue.retrieval import Asker
from bot.render.asides import spoken
from tests.asked import Asked, asked, share
from tests.talks import TODAY, presenter

ROUNDS = 5


def rows() -> list[tuple[str, str]]:
    """What was measured, and the figure (targets: index below 100 ms, question below 2 ms)."""
    spoke = presenter()
    askers = {language: spoke.asker(language, TODAY) for language in LANGUAGES}
    builds = {language: min(_build(asker) for _ in range(ROUNDS)) for language, asker in askers.items()}
    times = []
    for question in asked("in_topic"):
        started = time.perf_counter()
        askers[spoken(question.text)].answer(question.text)
        times.append(1e3 * (time.perf_counter() - started))
    built = ", ".join(f"{language} {taken:.0f} ms" for language, taken in builds.items())
    return [
        ("building the index", built),
        ("one question", f"{statistics.median(times):.2f} ms, at worst {max(times):.1f} ms"),
        *(_quality(askers, test) for test in (False, True)),
    ]


def _build(asker: Asker) -> float:
    anew = Asker(asker.ways, asker.vocabulary, asker.same, asker.hotlines, asker.cards, asker.fillers)
    started = time.perf_counter()
    anew.ranked("社保")
    return 1e3 * (time.perf_counter() - started)


def _quality(askers: dict[Language, Asker], test: bool) -> tuple[str, str]:
    def half(*names: str) -> list[Asked]:
        return [question for name in names for question in asked(name) if question.to_test is test]

    found = [(q, askers[spoken(q.text)].answer(q.text)) for q in half("in_topic")]
    off = [askers[spoken(q.text)].answer(q.text) for q in half("off_topic", "hard_off_topic")]
    at_once = share(answer.best in q.right for q, answer in found)
    three = share(bool(q.right & {answer.best, *answer.near, *answer.perhaps}) for q, answer in found)
    answered = share(bool(answer.near) for answer in off)
    return (
        f"the {'test' if test else 'tuned'} half: {len(found)} questions, {len(off)} off topic",
        f"hit@1 {at_once:.3f}, hit@3 {three:.3f}; off topic answered {answered:.3f}",
    )


def main() -> None:
    """Print the table."""
    for name, figure in rows():
        print(f"{name:50} {figure}")


if __name__ == "__main__":
    main()
