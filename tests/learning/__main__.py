"""Makes the matrix again and writes docs/reference/gate.md: `make learning`, an hour or two on two
processors.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from models.training import gate, merit, response_checks
from tests.learning import crowds
from tests.learning.matrix import CELLS, LEAST, MOST, SIZES, Result, broken, run

DOCS = Path(__file__).parents[2] / "docs/reference"
TRIES = 60  # of which none may be a yes, to be 95 % sure that fewer than MOST are
SEED = 2026

PAGE = Path(__file__).with_name("gate.md.in")


def one(tries: int, seed: int, work: tuple[int, int]) -> tuple[int, Counter[str], list[float]]:
    """Draw one cell at one size; returns how often the gate said yes, why not, and what was gained."""
    place, size = work
    (result,) = run([CELLS[place]], [size], lambda cell, size: tries, seed)
    sys.stderr.write(f"{result.cell.name}, {size}: {result.yes} of {result.tries} {dict(result.why)}\n")
    return result.yes, result.why, result.gains


def page(results: Sequence[Result], tries: int) -> str:
    """Render the matrix."""
    faults = [
        f"{result.cell.name}, {result.size:,}: {fault}" for result in results for fault in broken(result)
    ]
    followed = [gain for result in results if result.cell.follow for gain in result.gains]
    gains = (
        f"Where the world differs {len(followed)} challengers were followed. Each gained in truth between "
        f"{min(followed):.4f} and {max(followed):.4f} nats a worker."
        if followed
        else "Nowhere was a challenger followed."
    )
    return PAGE.read_text(encoding="utf-8").format(
        tries=tries, most=MOST, least=LEAST, gains=gains,
        heads=" | ".join(f"{size:,}" for size in SIZES), rule="|".join("--" for _ in SIZES),
        rows="\n".join(_rows(results)),
        kept="All of it was kept." if not faults else "Broken: " + "; ".join(faults) + ".",
        number=gate.LEAST, trade=gate.TRADE, psi=gate.PSI, away=gate.AWAY, effect=gate.DESIGN_EFFECT,
        gain=gate.GAIN, z=gate.Z, misfit=merit.MISFIT, group=merit.GROUP,
        **{name: 100 * limit for name, limit in response_checks.LIMITS.items()},
    )  # fmt: skip


def _rows(results: Sequence[Result]) -> Iterable[str]:
    for cell in CELLS:
        cells = [_told(result) for size in SIZES for result in results
                 if result.cell.name == cell.name and result.size == size]  # fmt: skip
        yield f"| {cell.name} | {' | '.join(cells)} |"


def _told(result: Result) -> str:
    high = 100 * result.interval[1]
    reasons = [name for name, _ in result.why.most_common(1)]
    return f"{result.yes} (≤ {high:.0f}) {''.join(f'`{name}`' for name in reasons)}".rstrip()


def main() -> int:
    """Make the matrix; returns 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.learning", description=__doc__)
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    crowds.coherent()  # once, before the processes part
    work = [(place, size) for size in sorted(SIZES, reverse=True) for place in range(len(CELLS))]
    with ProcessPoolExecutor(options.processes) as pool:
        found = pool.map(partial(one, options.tries, SEED), work)
        results = [
            Result(CELLS[place], size, options.tries, *counted)
            for (place, size), counted in zip(work, found, strict=True)
        ]
    (DOCS / "gate.md").write_text(page(results, options.tries), encoding="utf-8")
    return int(any(broken(result) for result in results))


if __name__ == "__main__":
    sys.exit(main())
