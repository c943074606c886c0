"""Fits every model on the rebuilt population (and collected answers, where given) and seals its artifact."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from models.serving import artifact
from models.training import population, ranges
from models.training import published as survey
from models.training.evaluation import auc
from models.training.fitting import Fit, Floats, Rows, fit, information
from models.training.outcomes import expected
from models.training.population import Table, weighted_counts
from models.training.specs import EMPLOYMENT, SPECS, Spec

ARTIFACTS = Path(__file__).parents[1] / "artifacts"
DIGITS = 9  # significant digits kept in an artifact: what processors add in another order stays below
KNOWN_NEEDED = 0.5  # of the score's variance in the population; below, the model abstains
# Thirds of the reference population: the score is a place among workers, so the bands are places too, each as
# common as the others. Cut points in probability would rest on the constant, which can't be trusted.
BANDS = (100 / 3, 200 / 3)


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A fitted model before sealing: `covariance` is of (log-odds at `means`, slopes)."""

    spec: Spec
    fit: Fit
    means: Floats
    covariance: Floats

    @property
    def baseline(self) -> float:
        """Log-odds at the population's mean answers."""
        return float(self.fit.constant + self.fit.slopes @ self.means)

    @property
    def errors(self) -> Floats:
        """Standard errors of the slopes."""
        result: Floats = np.sqrt(np.diag(self.covariance)[1:])
        return result

    @property
    def significant(self) -> list[bool]:
        """Whether each slope differs from zero at 5 %, two-sided."""
        found: list[bool] = (np.abs(self.fit.slopes) > 1.959963984540054 * self.errors).tolist()
        return found


def train(spec: Spec, answers: Rows | None = None, *, tau: float | None = None) -> Trained:
    """The catalytic fit: the published population with total weight `tau`, each collected answer with 1.

    Without answers this is the published model and `tau` doesn't matter. Uncertainty of the report: what
    plausible worlds leave open (see `ranges`), of a model that isn't served the information of the survey,
    widened to the published standard errors where these are larger. With answers the fit is a weighted mean
    of what the report and the answers say, so its variance is that of the two, each by the square of its
    weight: trusting the report more, by a larger `tau`, makes it no surer.
    """
    weight = _respondents(spec) if tau is None else tau
    ground = expected(spec)
    fitted, means = _fitted(spec, answers, weight)
    covariance: Floats = _of_the_report(spec, fitted, ground, means)
    if answers is not None:
        told = information(fitted, answers, centre=means)
        kept = weight * information(fitted, ground.times(1 / ground.weight.sum()), centre=means)
        either = np.linalg.inv(kept + told)
        of_report, of_answers = either @ kept, either
        both = of_report @ covariance @ of_report.T + of_answers @ told @ of_answers.T
        covariance = np.asarray(both, dtype=np.float64)
    return Trained(spec, fitted, means, covariance)


def centre(spec: Spec) -> ranges.Centre:
    """What a model says by the report alone, before it is known how far it may be off."""
    fitted, means = _fitted(spec, None, 1.0)
    baseline = fitted.constant + fitted.slopes @ means
    return ranges.Centre(np.concatenate([[baseline], fitted.slopes]), means)


def _fitted(spec: Spec, answers: Rows | None, weight: float) -> tuple[Fit, Floats]:
    ground = expected(spec)
    rows = ground.times(weight) if answers is None else ground.times(weight).plus(answers)
    fitted = fit(spec.columns, rows, signs=spec.column_signs)
    return _rounded(fitted, ground.weight @ ground.x / ground.weight.sum())


def content(trained: Trained, made_from: Mapping[str, Any]) -> dict[str, Any]:
    """The artifact's content, for `artifact.seal`."""
    spec = trained.spec
    coding = survey.read().coding
    flexible, truck = population.rebuild("flexible"), population.rebuild("truck")
    significant = dict(zip(spec.columns, trained.significant, strict=True))
    ground = expected(spec)
    told = {term.feature for term in spec.terms if significant[term.name]} & spec.reasons
    return {
        "schema": artifact.SCHEMA,
        "name": spec.name,
        "served": spec.served,
        "outcome": spec.outcome,
        "made_from": dict(made_from),
        "features": [
            {"name": name, "codes": list(coding[name]), "shown": name in told} for name in spec.features
        ],
        "terms": [
            {
                "name": term.name,
                "feature": term.feature,
                "at_least": term.at_least,
                "mean": float(trained.means[index]),
                "slope": float(trained.fit.slopes[index]),
                "se": _round(trained.errors[index]),
                "significant": significant[term.name],
            }
            for index, term in enumerate(spec.terms)
        ],
        "baseline": _round(trained.baseline),
        "covariance": [[_round(value) for value in row] for row in trained.covariance.tolist()],
        "known_share": known_share(trained) if spec.served else {},
        "known_needed": KNOWN_NEEDED,
        "bands": [_round(cut) for cut in BANDS],
        "order": _round(auc(trained.fit.probabilities(ground.x), ground)) if spec.served else None,
        "population": _factors(flexible.factors(spec.features)) if spec.served else [],
        "groups": {"truck": _factors(truck.factors(spec.features))} if spec.served else {},
    }


def archive(text: str, name: str, folder: Path) -> Path:
    """Keep an artifact that is about to be replaced, under its version, in `previous/`."""
    path = folder / "previous" / f"{name}-{json.loads(text)['sha256'][:12]}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def known_share(trained: Trained) -> dict[str, float]:
    """For each set of missing features: the share of the score's variance that the other answers carry."""
    features = trained.spec.features
    table = population.rebuild("flexible").table(features)
    logits = trained.fit.logits(trained.spec.design(table.levels))
    total = _variance(logits, table.shares)
    result = {}
    for count in range(len(features) + 1):
        for missing in combinations(sorted(features), count):
            known = [features.index(name) for name in features if name not in missing]
            result[",".join(missing)] = round(_variance_between(table, known, logits) / total, DIGITS)
    return result


def make(folder: Path = ARTIFACTS) -> list[Path]:
    """Train every model on the report alone and write its artifact; the same bytes on every machine."""
    folder.mkdir(parents=True, exist_ok=True)
    made_from = {"evidence": survey.read().sha256, "answers": None}
    written = []
    for spec in SPECS:
        path = folder / f"{spec.name}.json"
        if path.exists() and '"answers": null' not in (old := path.read_text(encoding="utf-8")):
            # It learned from answers: the report alone must not wipe that out.
            archive(old, spec.name, folder)
        path.write_text(artifact.seal(content(train(spec), made_from)), encoding="utf-8")
        written.append(path)
    return written


def _of_the_report(spec: Spec, fitted: Fit, ground: Rows, means: Floats) -> Floats:
    """The covariance of (log-odds at `means`, slopes) by the report alone."""
    if spec.served:
        return ranges.read(spec)
    respondents = _respondents(spec)
    covariance = np.linalg.inv(information(fitted, ground.times(respondents), centre=means))
    implied = np.sqrt(np.diag(covariance))
    factors = [_widening(spec, name, se) for name, se in zip(spec.columns, implied[1:], strict=True)]
    widened = np.array([1.0, *factors])
    return np.asarray(covariance * np.outer(widened, widened), dtype=np.float64)


def _widening(spec: Spec, name: str, implied: float) -> float:
    tables = {"constrained": survey.read().table_6, "flexible": survey.read().table_4}
    published = tables.get(spec.outcome, {}).get(name)
    return 1.0 if published is None else max(1.0, published.se / implied)


def _respondents(spec: Spec) -> int:
    return survey.read().sample["total" if spec is EMPLOYMENT else "flexible"]


def _rounded(fitted: Fit, means: Floats) -> tuple[Fit, Floats]:
    """Coefficients as the artifact keeps them, so that JSON and scikit-learn hold the same model."""
    slopes = np.array([_round(value) for value in fitted.slopes])
    slopes[np.abs(slopes) < 1e-8] = 0.0  # below the solver's tolerance: the report knows no association
    means = np.array([_round(value) for value in means])
    baseline = _round(float(fitted.constant + fitted.slopes @ means))
    return Fit(fitted.features, float(baseline - slopes @ means), slopes), means


def _factors(tables: Sequence[Table]) -> list[dict[str, Any]]:
    return [
        {"features": list(table.features), "shares": [_round(share) for share in table.shares.tolist()]}
        for table in tables
    ]


def _variance_between(table: Table, known: Sequence[int], logits: Floats) -> float:
    if not known:
        return 0.0
    _, where = np.unique(table.levels[:, known], axis=0, return_inverse=True)
    shares = weighted_counts(where, table.shares)
    means = weighted_counts(where, table.shares * logits) / shares
    return _variance(means, shares)


def _variance(values: Floats, shares: Floats) -> float:
    return float(np.average((values - np.average(values, weights=shares)) ** 2, weights=shares))


def _round(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
