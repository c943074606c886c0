"""How long a free question takes, how often it is answered rightly, and what the index costs at the start."""

import statistics
import time

from bot.adapters.files import load_knowledge
from bot.ask import Asker
from tests.asked import asked, share

ROUNDS = 5


def rows() -> list[tuple[str, str]]:
    """What was measured, and the figure; targets: index below 100 ms, question below 2 ms."""
    asks = load_knowledge().asks
    ways = {id: said["zh"] for id, said in asks.ways.items()}
    builds = []
    for _ in range(ROUNDS):
        asker = Asker(ways, asks.same)
        started = time.perf_counter()
        asker.ranked("社保")
        builds.append(1e3 * (time.perf_counter() - started))
    questions = [question for question in asked("in_topic") if not question.text.isascii()]
    times = []
    for question in questions:
        started = time.perf_counter()
        asker.answer(question.text)
        times.append(1e3 * (time.perf_counter() - started))
    halves = [[question for question in questions if question.to_test is test] for test in (False, True)]
    hits = [share(asker.answer(q.text).best in q.right for q in half) for half in halves]
    return [
        ("building the index of one language", f"{min(builds):.0f} ms"),
        ("one question", f"{statistics.median(times):.2f} ms, at worst {max(times):.1f} ms"),
        ("Chinese questions answered rightly at once", f"{hits[1]:.2f} (on the tuned half {hits[0]:.2f})"),
    ]


def main() -> None:
    """Print the table."""
    for name, figure in rows():
        print(f"{name:44} {figure}")


if __name__ == "__main__":
    main()
