"""A step that no line makes is found where somebody made one, and seldom where nobody did."""

import numpy as np
import pytest
from scipy.special import expit

from models.training import form, gate
from models.training.fitting import Fit, Rows
from models.training.outcomes import expected
from models.training.sheet import Picked
from models.training.specs import CONSTRAINT, GAP, Spec
from models.training.train import train

PEOPLE = 4_300
DRAWS = 40


def drawn(seed: int, spec: Spec = CONSTRAINT, law: Fit | None = None, people: int = PEOPLE) -> Picked:
    """People of the reference population, whose outcomes follow a law of the model's own form."""
    dice = np.random.default_rng([5, seed])
    ground, law = expected(spec), law or train(spec).fit
    order = dice.choice(len(ground.weight), size=people, p=ground.weight / ground.weight.sum())
    x = ground.x[order]
    y = (dice.random(people) < law.probabilities(x)).astype(float)
    return Picked(x[:, : len(spec.features)].astype(np.int64), Rows(x, y, np.ones(people)), np.arange(people))


def attacked(seed: int, share: float, feature: str, least: int) -> Picked:
    """The same people, of whom a share say that only those below a feature's code have the outcome."""
    picked = drawn(seed)
    levels = picked.levels[:, CONSTRAINT.features.index(feature)]
    y = picked.rows.y.copy()
    y[: round(share * PEOPLE)] = (levels < least)[: round(share * PEOPLE)]
    return Picked(picked.levels, Rows(picked.rows.x, y, picked.rows.weight), picked.at)


def refused(found: form.Misfit) -> bool:
    return found.chance < gate.MISFIT


@pytest.mark.parametrize(("feature", "least"), [("premium", 4), ("income", 4), ("debt", 3)])
def test_the_step_that_an_attack_leaves_is_found_where_it_lies(feature: str, least: int) -> None:
    found = [
        form.misfit(CONSTRAINT, attacked(seed, 0.15, feature, least), train(CONSTRAINT).fit)
        for seed in range(20)
    ]
    assert sum(map(refused, found)) >= 18
    assert sum(one.about == feature for one in found) >= 15


def test_where_the_form_follows_the_answers_no_more_than_the_stated_share_is_refused() -> None:
    found = [form.misfit(CONSTRAINT, drawn(seed), train(CONSTRAINT).fit) for seed in range(DRAWS)]
    assert sum(map(refused, found)) <= 2 * gate.MISFIT * DRAWS


def test_a_slope_whose_sign_the_model_may_not_learn_is_no_step() -> None:
    published = train(CONSTRAINT).fit
    turned = Fit(published.features, published.constant, published.slopes * np.array([1, -2, -1, 1, 1]))
    found = [form.misfit(CONSTRAINT, drawn(seed, law=turned), published) for seed in range(10)]
    assert sum(map(refused, found)) <= 2


def test_a_step_that_the_model_can_make_itself_is_not_sought() -> None:
    picked = drawn(1, GAP)
    income = picked.levels[:, GAP.features.index("income")]
    y = np.random.default_rng(9).random(PEOPLE) < expit(np.where(income >= GAP.steps["income"], -1.5, 1.0))
    made = Picked(picked.levels, Rows(picked.rows.x, y.astype(float), picked.rows.weight), picked.at)
    assert not refused(form.misfit(GAP, made, train(GAP).fit))


def test_too_few_people_show_no_step() -> None:
    assert form.misfit(CONSTRAINT, drawn(1, people=40), train(CONSTRAINT).fit) == form.Misfit(1.0, "")
