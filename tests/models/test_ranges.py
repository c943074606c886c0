"""Ranges hold what plausible worlds leave open: judged on worlds that had no part in making them."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from models.serving import risk
from models.serving.risk import Model, Score
from models.training import ranges
from models.training.published import EvidenceError
from models.training.specs import CONSTRAINT, GAP, SERVED, Spec
from models.training.train import ARTIFACTS, train
from models.training.worlds import FEATURES, World, worlds

HELD_OUT = ranges.SEED + 2  # another seed: none of these worlds had a part in making or judging the ranges
SPEC = pytest.mark.parametrize("spec", SERVED, ids=lambda spec: spec.name)


@cache
def held_out() -> tuple[World, ...]:
    return tuple(worlds(120, HELD_OUT))


def scores(spec: Spec, levels: np.ndarray) -> list[Score]:
    model = risk.artifact(spec.name, folder=ARTIFACTS)
    found = [model.score(dict(zip(spec.features, row.tolist(), strict=True))) for row in levels]
    return [score for score in found if isinstance(score, Score)]


@SPEC
def test_the_range_of_a_frequency_holds_in_worlds_that_did_not_make_it(spec: Spec) -> None:
    levels = ranges.profiles(spec)
    told = scores(spec, levels)
    low, high = np.array([score.low for score in told]), np.array([score.high for score in told])
    truths = np.array([world.frequency(spec, levels) for world in held_out()])
    held = ((low <= truths) & (truths <= high)).mean(axis=0)
    assert held.mean() >= 0.88
    assert held.min() >= 0.80
    assert held.mean() <= 0.97, "wider than it need be"


def test_the_range_of_a_place_in_borrowing_holds_there_too() -> None:
    levels = ranges.profiles(CONSTRAINT)
    told = scores(CONSTRAINT, levels)
    held = np.zeros(len(told))
    for world in held_out():
        everyone = world.frequency(CONSTRAINT, world.codes(CONSTRAINT.features))
        own = world.frequency(CONSTRAINT, levels)
        below = (everyone[None, :] < own[:, None] - 1e-9) @ world.shares
        level = (np.abs(everyone[None, :] - own[:, None]) <= 1e-9) @ world.shares
        places = 100 * (below + level / 2)
        held += [s.place_low - 1 <= place <= s.place_high + 1 for s, place in zip(told, places, strict=True)]
    held /= len(held_out())
    assert held.mean() >= 0.88
    assert held.min() >= 0.80


@SPEC
def test_a_range_of_before_would_not_hold(spec: Spec) -> None:
    # Of release 1.0.0: it knew the coefficients' errors alone, and asked no doubt of the population.
    old = risk.load(
        (ARTIFACTS.parents[1] / f"tests/models/release_1_0_0/{spec.name}.json").read_text(), name=spec.name
    )
    levels = ranges.profiles(spec)
    told = [old.score(dict(zip(spec.features, row.tolist(), strict=True))) for row in levels]
    low, high = (np.array([getattr(score, end) for score in told]) for end in ("low", "high"))
    truths = np.array([world.frequency(spec, levels) for world in held_out()])
    assert ((low <= truths) & (truths <= high)).mean() < 0.8


@SPEC
def test_the_served_ranges_are_those_of_the_file(spec: Spec) -> None:
    assert train(spec).covariance == pytest.approx(ranges.read(spec), abs=1e-9)


def test_a_place_stands_in_its_range(constraint: Model, gap: Model) -> None:
    for model in (constraint, gap):
        for score in scores(
            CONSTRAINT if model is constraint else GAP,
            ranges.profiles(CONSTRAINT if model is constraint else GAP),
        ):
            assert 0 <= score.place_low <= score.percentile <= score.place_high
            assert score.place_high <= 100 + 1e-9


def test_a_world_has_the_shares_that_it_drew_and_the_outcomes_of_its_coefficients() -> None:
    world = next(worlds(1, HELD_OUT))
    assert world.shares.sum() == pytest.approx(1)
    assert (world.shares > 0).all()
    uninsured = world.levels[:, FEATURES.index("commercial")] == 0
    assert (world.levels[uninsured, FEATURES.index("premium")] == 1).all()
    assert world.shares @ world.constrained == pytest.approx(0.69, abs=0.06)
    assert world.shares @ world.uncovered == pytest.approx(world.shares[uninsured].sum())


def test_the_same_seed_gives_the_same_worlds() -> None:
    for one, other in zip(worlds(2, 5), worlds(2, 5), strict=True):
        assert (one.shares == other.shares).all()
    assert (next(worlds(1, 6)).shares != next(worlds(1, 5)).shares).any()


def test_ranges_of_other_evidence_are_refused(tmp_path: Path) -> None:
    text = ranges.FILE.read_text(encoding="utf-8")
    path = tmp_path / "ranges.json"
    path.write_text(text.replace('"evidence": "', '"evidence": "0'), encoding="utf-8")
    with pytest.raises(EvidenceError, match="run `make train`"):
        ranges.read(CONSTRAINT, path)
    with pytest.raises(EvidenceError, match="can't be read"):
        ranges.read(CONSTRAINT, tmp_path / "none.json")


@SPEC
def test_what_the_file_says_of_worlds_held_out_is_promised_too(spec: Spec) -> None:
    held = ranges.document()["held_out"][spec.name]
    assert held["mean"] >= 0.88
    assert held["least"] >= 0.80
