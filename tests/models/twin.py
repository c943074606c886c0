"""A fit as scikit-learn has it, to compare with."""

import numpy as np
from sklearn.linear_model import LogisticRegression

from models.training.fitting import Fit


def estimator(fit: Fit) -> LogisticRegression:
    """The scikit-learn model with exactly these coefficients."""
    model = LogisticRegression()
    model.classes_ = np.array([0, 1])
    model.coef_, model.intercept_ = fit.slopes[None, :].copy(), np.array([fit.constant])
    model.n_features_in_ = len(fit.features)
    return model
