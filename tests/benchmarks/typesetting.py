"""How long the picture and the printout take, cold and warm, and how other chats fare beside them."""

import asyncio
import itertools
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.content.questionnaire import LANGUAGES
from bot.delivery.typesetting import Typesetter
from bot.dialogue.conversation import Tap
from bot.render.printout import Handout, ResultCard
from tests.talks import CONSENT, NOON, SHORT_PATH, TODAY, presenter, rules
from tests.test_handout import many_workers, of, paper

D = TypeVar("D")
ROUNDS = 60
TICK = 0.005  # seconds between two turns of the other chat


def rows() -> list[tuple[str, str]]:
    """What was measured (targets: picture below 300 ms, printout below 3 s, other chats no slower)."""
    table = [("start and first picture, a new process", f"{_cold('picture'):.0f} ms")]
    table.append(("start and first printout, a new process", f"{_cold('pdf'):.0f} ms"))
    return [*table, *asyncio.run(_warm())]


async def _warm() -> list[tuple[str, str]]:
    cards, papers = _documents()
    typesetter = Typesetter()
    await typesetter.picture(cards[0])
    await typesetter.pdf(papers[0])
    before = _resident()
    table = []
    table.append(("one picture", await _each(typesetter.picture, cards)))
    table.append(("one printout", await _each(typesetter.pdf, papers)))
    table.append((f"memory grown by these {len(cards) + len(papers)}", f"{_resident() - before:.0f} MB"))
    idle = await _beside(asyncio.sleep(3))
    busy = await _beside(asyncio.gather(*map(typesetter.picture, cards), *map(typesetter.pdf, papers)))
    for name, share in (("p95", 0.95), ("worst", 1.0)):
        figure = f"{_quantile(idle, share):.1f} ms, {_quantile(busy, share):.1f} ms"
        table.append((f"another chat's turn, {name}: idle, all of them set", figure))
    typesetter.close()
    return table


def _documents() -> tuple[list[ResultCard], list[Handout]]:
    workers = many_workers()[: ROUNDS // 2]
    return (
        [of(answers, language) for answers in workers for language in LANGUAGES],
        [paper(answers, language) for answers in workers for language in LANGUAGES],
    )


async def _each(work: Callable[[D], Awaitable[bytes]], documents: list[D]) -> str:
    taken = []
    for document in documents:
        started = time.perf_counter()
        await work(document)
        taken.append(1e3 * (time.perf_counter() - started))
    return f"{statistics.median(taken):.0f} ms, at worst {max(taken):.0f} ms"


async def _beside(work: Awaitable[object]) -> list[float]:
    """Milliseconds that the turns of another chat took, from when they were due, while the work was done."""
    taken: list[float] = []
    turns = itertools.cycle(("/start", *CONSENT, *SHORT_PATH))

    async def answer() -> None:
        talk = None
        while True:
            due = time.perf_counter() + TICK
            await asyncio.sleep(TICK)
            tapped = next(turns)
            step = rules().step(None if tapped == "/start" else talk, Tap(tapped), "zh", NOON)
            talk = step.talk
            for reply in step.replies:
                presenter().render(reply, talk, "zh", TODAY)
            taken.append(1e3 * (time.perf_counter() - due))

    answering = asyncio.create_task(answer())
    await work
    answering.cancel()
    return taken


def _quantile(taken: list[float], share: float) -> float:
    return sorted(taken)[min(len(taken) - 1, int(share * len(taken)))]


def _cold(which: str) -> float:
    """Milliseconds in a new process, from making the typesetter, without the knowledge's loading."""
    code = (
        "import asyncio, time; from bot.delivery.typesetting import Typesetter; "
        "from tests.test_handout import ENOUGH, of, paper; "
        f"document = {'of' if which == 'picture' else 'paper'}(ENOUGH, 'zh'); started = time.perf_counter(); "
        f"asyncio.run(Typesetter().{which}(document)); print(1e3 * (time.perf_counter() - started))"
    )
    runs = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(3)
    ]
    return statistics.median(float(run.stdout) for run in runs)


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # megabytes on Linux, at the highest


def main() -> None:
    """Print the table."""
    for name, figure in rows():
        print(f"{name:52} {figure}")


if __name__ == "__main__":
    main()
