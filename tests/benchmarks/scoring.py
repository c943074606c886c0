"""How long one score takes, beside scikit-learn's `predict_proba` on one row, measured turn by turn."""

import statistics
import time
from collections.abc import Callable

import numpy as np

from models.serving import risk
from models.training.specs import CONSTRAINT
from models.training.train import train
from tests.models.twin import estimator

ROUNDS = 15
CALLS = 400


def rows() -> list[tuple[str, str]]:
    """What was measured, and the figure (target: a score below 100 us, 20 times as fast as predict_proba)."""
    model = risk.artifact("financing_constraint")
    started = time.perf_counter()
    theirs = estimator(train(CONSTRAINT).fit)
    fitting = time.perf_counter() - started
    draw = np.random.default_rng(1)
    levels = [[int(draw.choice(model.codes[name])) for name in model.features] for _ in range(CALLS)]
    profiles: list[dict[str, int | None]] = [dict(zip(model.features, row, strict=True)) for row in levels]
    arrays = [np.array([row], dtype=float) for row in levels]
    complete = [dict(zip(model.features, row, strict=True)) for row in levels]

    def fresh() -> object:
        model.scores.clear()
        model.whole.clear()
        return [model.score(profile) for profile in profiles]

    works: dict[str, Callable[[], object]] = {
        "predict_proba on one row": lambda: [theirs.predict_proba(row) for row in arrays],
        "one probability, as predict_proba gives it": lambda: [model.probability(row) for row in complete],
        "one whole score, answers never seen": fresh,
        "one whole score, answers seen before": lambda: [model.score(profile) for profile in profiles],
    }
    # Side by side, so that a busy machine slows all of them.
    seconds = [{name: _seconds(work) for name, work in works.items()} for _ in range(ROUNDS)]
    table = []
    for name in works:
        ratio = statistics.median(row["predict_proba on one row"] / row[name] for row in seconds)
        table.append(
            (name, f"{1e6 * min(row[name] for row in seconds) / CALLS:.1f} us, {ratio:.1f} x as fast")
        )
    load = min(_seconds(lambda: risk.artifact("financing_constraint")) for _ in range(5))
    table.append(("loading and verifying the artifact", f"{1e3 * load:.0f} ms"))
    table.append(("fitting the served model of constraint", f"{fitting:.1f} s"))
    return table


def main() -> None:
    """Print the table."""
    for name, figure in rows():
        print(f"{name:40} {figure}")


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
