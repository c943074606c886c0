"""Makes the matrix again (`make learning`, half an hour); every try writes docs/reference/gate.md."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from models.training import gate, merit, response_checks
from tests.learning import crowds
from tests.learning.matrix import CELLS, LEAST, MOST, SEED, SIZES, SURE, Result, broken, gathered, run, unsure

DOCS = Path(__file__).parents[2] / "docs/reference"
TRIES = 60  # of which none may be a yes, to be 95 % sure that fewer than MOST are

PAGE = Path(__file__).with_name("gate.md.in")


def one(seed: int, number: int) -> list[Result]:
    """Draw one try of every cell at every size."""
    return list(run(CELLS, SIZES, [number], seed))


def page(results: Sequence[Result]) -> str:
    """Render the matrix."""
    followed = [gain for result in results if result.cell.follow for gain in result.gains]
    gains = (
        f"Where the world differs {len(followed)} challengers were followed. Each gained in truth between "
        f"{min(followed):.4f} and {max(followed):.4f} nats a worker."
        if followed
        else "Nowhere was a challenger followed."
    )
    return PAGE.read_text(encoding="utf-8").format(
        tries=max(result.tries for result in results), most=MOST, least=LEAST, sure=SURE, gains=gains,
        heads=" | ".join(f"{size:,}" for size in SIZES), rule="|".join("--" for _ in SIZES),
        rows="\n".join(_rows(results)), kept=" ".join(_kept(results)),
        number=gate.LEAST, trade=gate.TRADE, psi=gate.PSI, away=gate.AWAY, effect=gate.DESIGN_EFFECT,
        gain=gate.GAIN, z=gate.Z, misfit=merit.MISFIT, group=merit.GROUP,
        **{name: 100 * limit for name, limit in response_checks.LIMITS.items()},
    )  # fmt: skip


def _kept(results: Sequence[Result]) -> Iterator[str]:
    broke = [f"{_named(result)}: {fault}" for result in results for fault in broken(result)]
    doubtful = [_named(result) for result in results if unsure(result)]
    yield f"Broken: {'; '.join(broke)}." if broke else "In these tries all of it was kept."
    if doubtful:
        yield f"Too few tries to be sure of it: {'; '.join(doubtful)}."


def _named(result: Result) -> str:
    return f"{result.cell.name} ({result.size:,})"


def _rows(results: Sequence[Result]) -> Iterable[str]:
    for cell in CELLS:
        cells = [_told(result) for size in SIZES for result in results
                 if result.cell.name == cell.name and result.size == size]  # fmt: skip
        yield f"| {cell.name} | {' | '.join(cells)} |"


def _told(result: Result) -> str:
    bound = f"≥ {100 * result.at_least:.1f}" if result.cell.follow else f"≤ {100 * result.at_most:.1f}"
    reasons = [name for name, _ in result.why.most_common(1)]
    return f"{result.yes} of {result.tries} ({bound} %) {''.join(f'`{name}`' for name in reasons)}".rstrip()


def main() -> int:
    """Make the matrix; returns 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.learning", description=__doc__)
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    crowds.coherent()  # once, before the processes part
    results: list[Result] = []
    with ProcessPoolExecutor(options.processes) as pool:
        for number, found in enumerate(pool.map(partial(one, SEED), range(options.tries)), 1):
            results = gathered([*results, *found])
            (DOCS / "gate.md").write_text(page(results), encoding="utf-8")
            believed = [_named(result) for result in found if result.yes and not result.cell.follow]
            sys.stderr.write(f"try {number} of {options.tries}; believed: {believed}\n")
    return int(any(broken(result) or unsure(result) for result in results))


if __name__ == "__main__":
    sys.exit(main())
