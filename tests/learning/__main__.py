"""Makes the matrix again (`make learning`) and writes docs/reference/gate.md; no try is made twice."""

import argparse
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from bot.research.report.labels import Labels
from bot.research.report.reasons import reason
from models.training import composition, form, gate, merit, response_checks
from tests.learning import crowds, tries
from tests.learning.matrix import (
    CELLS,
    ENOUGH,
    LEAST,
    MOST,
    SEED,
    SIZES,
    SURE,
    Result,
    broken,
    gathered,
    run,
    unsure,
)

DOCS = Path(__file__).parents[2] / "docs/reference"
TRIES = 60  # of which none may be a yes, to be 95 % sure that fewer than MOST are
# Chances at which a question refuses honest people from whom there is something to learn.
ERRORS = (*(response_checks.SURE for _ in response_checks.LIMITS), *(2 * [composition.SURE]), gate.MISFIT,
          merit.SURE)  # fmt: skip

PAGE = Path(__file__).with_name("gate.md.in")
ENGLISH = Labels("en", crowds.QUESTIONNAIRE)


def one(seed: int, number: int) -> list[Result]:
    """Make one try of every cell at every size."""
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
        rows="\n".join(_rows(results)), kept="\n".join(_kept(results)), reasons="\n".join(_reasons(results)),
        untrue=_untrue(results), seed=SEED, enough=ENOUGH, questionnaire=crowds.QUESTIONNAIRE.version,
        number=gate.LEAST, trade=gate.TRADE, psi=gate.PSI, away=gate.AWAY, effect=gate.DESIGN_EFFECT,
        gain=gate.GAIN, chance=gate.CHANCE, misfit=gate.MISFIT, group=merit.GROUP, worse=merit.SURE,
        manner=response_checks.SURE, who=composition.SURE, errors=sum(ERRORS), few=form.FEW,
        **{name: 100 * limit for name, limit in response_checks.LIMITS.items()},
    )  # fmt: skip


def _kept(results: Sequence[Result]) -> Iterator[str]:
    """Render how many promises were kept for sure, kept so far, and broken, with the broken ones by name."""
    promised = [result for result in results if result.cell.promised and (result.tries or result.certain)]
    broke = [f"{_named(result)}: {fault}" for result in results for fault in broken(result)]
    sure = sum(not broken(result) and not unsure(result) for result in promised)
    doubtful = [result for result in promised if unsure(result)]
    yield f"In {sure} of the {len(promised)} cells with a promise it was kept, which is {SURE:.0%} sure."
    if doubtful:
        yield f"In {len(doubtful)} it was kept too, in too few tries to be sure."
    yield f"Broken: {'; '.join(broke)}." if broke else "It was broken nowhere."


def _named(result: Result) -> str:
    return f"{result.cell.name} ({result.size:,})"


def _rows(results: Sequence[Result]) -> Iterable[str]:
    for cell in CELLS:
        cells = [_told(result) for size in SIZES for result in results
                 if result.cell.name == cell.name and result.size == size]  # fmt: skip
        yield f"| {cell.name} | {' | '.join(cells)} |"


def _told(result: Result) -> str:
    bound = f"≥ {100 * result.at_least:.1f} %" if result.cell.follow else f"≤ {100 * result.at_most:.1f} %"
    reasons = [name for name, _ in result.why.most_common(1)]
    sure = "never" if result.certain else bound
    return f"{result.yes} of {result.tries} ({sure}) {''.join(f'`{name}`' for name in reasons)}".rstrip()


def _untrue(results: Sequence[Result]) -> str:
    refusals = sum(result.why.total() for result in results if result.size == max(SIZES))
    others = sum(sum(result.untrue.values()) for result in results if result.size == max(SIZES))
    return f"{others or 'none'} of these {refusals:,} reasons {'is' if others < 2 else 'are'} another."


def _reasons(results: Sequence[Result]) -> Iterator[str]:
    """Read each reason at the largest size aloud, with the figures of the first try in which it was given."""
    for result in results:
        if result.size == max(SIZES):
            for why, count in result.why.most_common():
                yield f"| {result.cell.name} | {count} | `{why}` | {reason(result.said[why], ENGLISH)} |"


def main() -> int:
    """Make the matrix; returns 0 when every promise was kept."""
    parser = argparse.ArgumentParser(prog="python -m tests.learning", description=__doc__)
    parser.add_argument("--tries", type=int, default=TRIES)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    crowds.coherent()  # once, before the processes part
    kept = tries.Kept(SEED)
    results = gathered(kept.results())
    missing = [number for number in range(options.tries) if number not in kept.made]
    with ProcessPoolExecutor(options.processes) as pool:
        for number, found in zip(missing, pool.map(partial(one, SEED), missing), strict=True):
            kept.keep(number, found)
            results = gathered([*results, *found])
            (DOCS / "gate.md").write_text(page(results), encoding="utf-8")
            believed = [_named(result) for result in found if result.yes and not result.cell.follow]
            sys.stderr.write(f"try {number} of {options.tries}; believed: {believed}\n")
    (DOCS / "gate.md").write_text(page(results), encoding="utf-8")
    return int(any(broken(result) or unsure(result) for result in results))


if __name__ == "__main__":
    sys.exit(main())
