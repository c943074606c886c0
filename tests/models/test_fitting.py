"""The fit is the maximum-likelihood one, by an independent route, and keeps its signs."""

import numpy as np
import pytest
import statsmodels.api as sm

from models.training.fitting import Rows, calibrate, fit, information
from models.training.outcomes import expected
from models.training.specs import CONSTRAINT, EMPLOYMENT, GAP, PUBLISHED, Spec
from models.training.train import train


@pytest.mark.parametrize("spec", [CONSTRAINT, GAP, PUBLISHED, EMPLOYMENT], ids=lambda spec: spec.name)
def test_statsmodels_finds_the_same_coefficients_and_standard_errors(spec: Spec) -> None:
    rows = expected(spec).times(2110)
    design = sm.add_constant(rows.x)
    # Expected outcomes as weighted Bernoulli trials: each row once with y = 1 and once with y = 0.
    weights = np.concatenate([rows.weight * rows.y, rows.weight * (1 - rows.y)])
    model = sm.GLM(
        np.repeat([1.0, 0.0], len(rows.y)),
        np.vstack([design, design]),
        family=sm.families.Binomial(),
        freq_weights=weights,
    )
    found = model.fit(tol=1e-14, maxiter=200)
    ours = fit(spec.columns, rows, signs=spec.column_signs)
    assert found.params == pytest.approx([ours.constant, *ours.slopes], abs=1e-6)
    errors = np.sqrt(np.diag(np.linalg.inv(information(ours, rows, centre=np.zeros(len(spec.columns))))))
    assert found.bse == pytest.approx(errors, abs=1e-4)
    assert train(spec).fit.slopes == pytest.approx(ours.slopes, abs=1e-8)


def test_a_signed_slope_that_the_data_turn_is_held_at_zero_and_the_rest_is_refitted() -> None:
    draw = np.random.default_rng(1)
    x = draw.normal(size=(2000, 2))
    y = (draw.random(2000) < 1 / (1 + np.exp(-(0.8 * x[:, 1] - 0.5 * x[:, 0])))).astype(float)
    rows = Rows(x, y, np.ones(2000))
    held = fit(("debt", "income"), rows, signs={"debt": 1})
    alone = fit(("income",), Rows(x[:, 1:], y, np.ones(2000)))
    assert held.slopes[0] == 0
    assert held.slopes[1] == pytest.approx(alone.slopes[0], abs=1e-9)
    assert fit(("debt", "income"), rows).slopes[0] < 0


def test_calibration_finds_the_constant_of_a_mean() -> None:
    offsets, weights = np.array([-1.0, 0.0, 2.0]), np.array([0.2, 0.5, 0.3])
    constant = calibrate(offsets, weights, 0.69)
    assert np.average(1 / (1 + np.exp(-constant - offsets)), weights=weights) == pytest.approx(
        0.69, abs=1e-12
    )
