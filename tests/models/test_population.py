"""The rebuilt populations have every share, the most entropy, and nothing else."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.training import population, published
from models.training.population import InfeasibleShares

NAMES = ("flexible", "truck", "stable")


@pytest.mark.parametrize("name", NAMES)
def test_every_share_is_rebuilt_to_a_millionth(name: str) -> None:
    rebuilt = population.rebuild(name)
    assert len(rebuilt.constraints) == len(published.read().populations[name][1])
    for share in rebuilt.constraints:
        assert rebuilt.share(share.of, share.given) == pytest.approx(share.value, abs=1e-6), share.label


@pytest.mark.parametrize("name", NAMES)
def test_the_balance_ends_at_the_shares_themselves_on_whatever_processor(name: str) -> None:
    rebuilt = population.rebuild(name)
    missed = [abs(rebuilt.share(share.of, share.given) - share.value) for share in rebuilt.constraints]
    assert max(missed) < 1e-13


@pytest.mark.parametrize("name", NAMES)
def test_shares_are_positive_and_sum_to_one(name: str) -> None:
    for block in population.rebuild(name).blocks:
        assert block.shares.min() > 0
        assert block.shares.sum() == pytest.approx(1, abs=1e-12)


def test_the_named_modes_are_the_modes() -> None:
    for mode in published.read().modes:
        table = population.rebuild(mode.population).table([mode.feature])
        assert table.levels[table.shares.argmax(), 0] == mode.level, mode


def test_the_joint_of_social_and_commercial_cover_is_the_published_one() -> None:
    flexible = population.rebuild("flexible")
    joint = flexible.table(["social_insurance", "commercial"])
    assert joint.levels.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert joint.shares == pytest.approx([0.1335, 0.0165, 0.0665, 0.7835], abs=1e-8)


def test_nobody_pays_a_higher_premium_without_commercial_cover() -> None:
    assert population.rebuild("flexible").share({"premium": (1,)}, {"commercial": (0,)}) == 1


def test_a_truck_driver_differs_only_as_the_report_says() -> None:
    flexible, truck = population.rebuild("flexible"), population.rebuild("truck")
    assert truck.share({"age": (2,)}) == pytest.approx(flexible.share({"age": (2,)}), abs=1e-9)
    assert truck.share({"saving": (1,)}) == pytest.approx(flexible.share({"saving": (1,)}), abs=1e-9)
    assert truck.share({"debt": (1,)}) == pytest.approx(0.26, abs=1e-8)


def test_features_that_no_share_ties_together_are_independent() -> None:
    table = population.rebuild("flexible").table(["debt", "income"])
    outer = np.outer(table.marginal(["debt"]).shares, table.marginal(["income"]).shares)
    assert table.shares == pytest.approx(outer.ravel(), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_other_population_with_the_same_shares_has_more_entropy(seed: int) -> None:
    rebuilt = population.rebuild("flexible")
    block = max(rebuilt.blocks, key=lambda table: len(table.shares))
    inside = [share for share in rebuilt.constraints if share.features <= set(block.features)]
    moments = [block.holds(share.given) * (block.holds(share.of) - share.value) for share in inside]
    fixed = np.column_stack([np.ones(len(block.shares)), *moments])
    push = np.random.default_rng(seed).normal(size=len(block.shares)) * block.shares
    push -= fixed @ np.linalg.lstsq(fixed, push, rcond=None)[0]
    push *= 0.5 / np.abs(push / block.shares).max()
    other = block.shares + push
    assert np.abs(fixed[:, 1:].T @ other).max() < 1e-8
    assert -(other * np.log(other)).sum() < -(block.shares * np.log(block.shares)).sum()


def test_a_sample_has_every_share_too() -> None:
    flexible = population.rebuild("flexible")
    names = sorted(published.read().coding)
    sample = flexible.sample(names, size=2**12)
    for share in flexible.constraints:
        assert sample.share(share.of, share.given) == pytest.approx(share.value, abs=1e-6), share.label


def test_shares_that_contradict_each_other_are_refused_by_name() -> None:
    evidence = published.read()
    base, shares = evidence.populations["flexible"]
    changed = tuple(replace(share, value=0.9) if share.of == {"age": (4,)} else share for share in shares)
    wrong = replace(evidence, populations={"flexible": (base, changed)})
    with pytest.raises(InfeasibleShares, match=r"age .*shares\.yaml"):
        population.build("flexible", wrong)
