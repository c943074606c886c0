"""Fits every model on the rebuilt population (and collected answers, where given) and seals its artifact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from models import artifact, population, survey
from models.fitting import Fit, Floats, Rows, calibrate, fit, information
from models.population import Table

ARTIFACTS = Path(__file__).parent / "artifacts"
DIGITS = 12  # significant digits kept in an artifact
SAMPLE = 2**14  # profiles for the joints that are too wide to enumerate
KNOWN_NEEDED = 0.5  # of the score's variance in the population; below, the model abstains
# Thirds of the reference population: the score is a place among workers, so the bands are places too, each as
# common as the others. Cut points in probability would rest on the constant, which can't be trusted.
BANDS = (100 / 3, 200 / 3)


@dataclass(frozen=True, slots=True, eq=False)
class Spec:
    """What a model is: its outcome, predictors, and what may be said of them.

    signs: slopes that must not have the other sign. reasons: features that may be told as a reason, if
    significant. levers: per feature the changes in level that sourced advice supports.
    """

    name: str
    outcome: str
    features: tuple[str, ...]
    served: bool
    signs: Mapping[str, int] = field(default_factory=dict)
    reasons: frozenset[str] = frozenset()
    levers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


TABLE_6 = ("region", "age", "gender", "education", "social_insurance", "premium", "income", "debt",
           "investing", "daily_hours", "income_stability")  # fmt: skip
TABLE_4 = ("region", "age", "gender", "education", "premium", "career_plan", "income", "spending", "debt",
           "saving", "investing")  # fmt: skip
CONSTRAINT = Spec(
    name="financing_constraint",
    outcome="constrained",
    # Without sex and region (protected, regional), social insurance (its sign runs against sourced advice), and
    # what Table 6 finds no effect of: age, hours, income stability.
    features=("education", "income", "debt", "premium", "investing"),
    served=True,
    signs={"debt": 1, "income": -1},
    reasons=frozenset({"income", "debt", "premium", "investing"}),
    # Owing less is what sourced advice supports. Cover and investments are not bought to be lent to, and
    # nobody is told to work more.
    levers={"debt": (-1,)},
)
GAP = Spec(
    name="insurance_gap",
    outcome="gap",
    features=("education", "income", "saving", "debt", "investing"),
    served=True,
    signs={"income": -1},
    reasons=frozenset({"education", "income", "saving"}),
)
PUBLISHED = Spec("financing_constraint_published", "constrained", TABLE_6, served=False)
EMPLOYMENT = Spec("employment_status", "flexible", TABLE_4, served=False)
SPECS = (CONSTRAINT, GAP, PUBLISHED, EMPLOYMENT)
SERVED = (CONSTRAINT, GAP)


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


@cache
def prior(spec: Spec) -> Rows:
    """What the report says of this outcome: the population's cells, expected outcomes, total weight 1."""
    if spec is EMPLOYMENT:
        return _employment_rows()
    flexible = population.rebuild("flexible")
    if spec is PUBLISHED:
        table = flexible.sample(spec.features, size=SAMPLE)
        return Rows(_floats(table), expit(published_constant(table) + table_6_offsets(table)), table.shares)
    table = flexible.table(spec.features)
    expected = _gap(table) if spec is GAP else _constrained(table)
    return Rows(_floats(table), expected, table.shares)


def train(spec: Spec, answers: Rows | None = None, *, tau: float | None = None) -> Trained:
    """The catalytic fit: the published population with total weight `tau`, each collected answer with weight 1.

    Without answers this is the published model and `tau` doesn't matter for the slopes. Uncertainty: the
    information of the published survey (n respondents, widened to the published standard errors where these
    are larger), scaled to `tau`, plus the information of the answers.
    """
    respondents = _respondents(spec)
    weight = respondents if tau is None else tau
    ground = prior(spec)
    rows = ground.times(weight) if answers is None else ground.times(weight).plus(answers)
    fitted = fit(spec.features, rows, signs=spec.signs)
    means = np.average(ground.x, axis=0, weights=ground.weight)
    fitted, means = _rounded(fitted, means)
    precision = _prior_precision(spec, fitted, ground, means) * (weight / respondents)
    if answers is not None:
        precision = precision + information(fitted, answers, centre=means)
    return Trained(spec, fitted, means, np.linalg.inv(precision))


def content(trained: Trained, made_from: Mapping[str, Any]) -> dict[str, Any]:
    """The artifact's content, for `artifact.seal`."""
    spec = trained.spec
    coding = survey.read().coding
    flexible, truck = population.rebuild("flexible"), population.rebuild("truck")
    significant = np.abs(trained.fit.slopes) > 1.959963984540054 * trained.errors
    return {
        "schema": artifact.SCHEMA,
        "name": spec.name,
        "served": spec.served,
        "outcome": spec.outcome,
        "made_from": dict(made_from),
        "features": [
            {
                "name": name,
                "codes": list(coding[name]),
                "mean": float(trained.means[index]),
                "slope": float(trained.fit.slopes[index]),
                "se": _round(trained.errors[index]),
                "significant": bool(significant[index]),
                "shown": bool(significant[index]) and name in spec.reasons,
            }
            for index, name in enumerate(spec.features)
        ],
        "baseline": trained.baseline,
        "covariance": [[_round(value) for value in row] for row in trained.covariance],
        "known_share": known_share(trained) if spec.served else {},
        "known_needed": KNOWN_NEEDED,
        "bands": [_round(cut) for cut in BANDS],
        "levers": {feature: list(steps) for feature, steps in spec.levers.items()},
        "population": _factors(flexible.factors(spec.features)) if spec.served else [],
        "groups": {"truck": _factors(truck.factors(spec.features))} if spec.served else {},
    }


def known_share(trained: Trained) -> dict[str, float]:
    """For each set of missing features: the share of the score's variance that the other answers carry."""
    features = trained.spec.features
    table = population.rebuild("flexible").table(features)
    logits = trained.fit.logits(_floats(table))
    total = _variance(logits, table.shares)
    result = {}
    for count in range(len(features) + 1):
        for missing in combinations(sorted(features), count):
            known = [features.index(name) for name in features if name not in missing]
            result[",".join(missing)] = round(_variance_between(table, known, logits) / total, DIGITS)
    return result


def make(folder: Path = ARTIFACTS) -> list[Path]:
    """Train every model on the report alone and write its artifact; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    made_from = {"evidence": survey.read().sha256, "answers": None}
    written = []
    for spec in SPECS:
        path = folder / f"{spec.name}.json"
        path.write_text(artifact.seal(content(train(spec), made_from)), encoding="utf-8")
        written.append(path)
    return written


def table_6_offsets(table: Table) -> Floats:
    """Published log-odds of each cell, without the constant, over those of Table 6's predictors it has."""
    slopes = survey.read().table_6
    return _offsets(table, {name: slopes[name].coef for name in TABLE_6 if name in table.features})


def published_constant(table: Table) -> float:
    """The constant that makes Table 6's slopes give the published share of constrained workers."""
    return calibrate(table_6_offsets(table), table.shares, survey.read().constrained)


def _constrained(table: Table) -> Floats:
    """P(constrained | cell): Table 6, calibrated to the published share, averaged over what the cell leaves."""
    flexible = population.rebuild("flexible")
    left_out = [name for name in TABLE_6 if name not in table.features and name != "social_insurance"]
    rest = flexible.table(left_out)
    rest_offsets, rest_shares = _merged(table_6_offsets(rest), rest.shares)
    wide = flexible.table((*table.features, "social_insurance"))
    offsets = table_6_offsets(wide)
    every = (offsets[:, None] + rest_offsets[None, :]).ravel()
    shares = np.outer(wide.shares, rest_shares).ravel()
    constant = calibrate(every, shares, survey.read().constrained)
    p = expit(constant + offsets[:, None] + rest_offsets[None, :]) @ rest_shares
    return _conditional(wide, p, table)


def _gap(table: Table) -> Floats:
    """P(no commercial cover | cell): neither cover, or social only."""
    wide = population.rebuild("flexible").table((*table.features, "commercial"))
    return _conditional(wide, 1 - wide.column("commercial"), table)


def _employment_rows() -> Rows:
    """Flexible and stable workers in the survey's proportion, Table 4's slopes, a recalibrated constant."""
    evidence = survey.read()
    share = evidence.sample["flexible"] / evidence.sample["total"]
    parts = [
        (population.rebuild(name).sample(TABLE_4, size=SAMPLE), weight)
        for name, weight in (("flexible", share), ("stable", 1 - share))
    ]
    table = Table(
        TABLE_4,
        np.vstack([part.levels for part, _ in parts]),
        np.concatenate([part.shares * weight for part, weight in parts]),
    )
    offsets = _offsets(table, {name: evidence.table_4[name].coef for name in TABLE_4})
    return Rows(_floats(table), expit(calibrate(offsets, table.shares, share) + offsets), table.shares)


def _conditional(wide: Table, values: Floats, table: Table) -> Floats:
    """Mean of `values` over the wide table's cells, for each cell of the narrow table."""
    places = {tuple(cell): index for index, cell in enumerate(table.levels.tolist())}
    columns = wide.levels[:, [wide.features.index(name) for name in table.features]]
    where = np.array([places[tuple(cell)] for cell in columns.tolist()])
    totals = np.bincount(where, weights=values * wide.shares, minlength=len(places))
    result: Floats = totals / np.bincount(where, weights=wide.shares, minlength=len(places))
    return result


def _merged(offsets: Floats, shares: Floats) -> tuple[Floats, Floats]:
    values, where = np.unique(offsets.round(12), return_inverse=True)
    return values, np.bincount(where, weights=shares)


def _prior_precision(spec: Spec, fitted: Fit, ground: Rows, means: Floats) -> Floats:
    respondents = _respondents(spec)
    covariance = np.linalg.inv(information(fitted, ground.times(respondents), centre=means))
    implied = np.sqrt(np.diag(covariance))
    factors = [_widening(spec, name, se) for name, se in zip(spec.features, implied[1:], strict=True)]
    widened = np.array([1.0, *factors])
    result: Floats = np.linalg.inv(covariance * np.outer(widened, widened))
    return result


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
    baseline = _round(fitted.constant + fitted.slopes @ means)
    return Fit(fitted.features, float(baseline - slopes @ means), slopes), means


def _offsets(table: Table, slopes: Mapping[str, float]) -> Floats:
    result: Floats = np.zeros(len(table.shares))
    for name, slope in slopes.items():
        result = result + slope * table.column(name)
    return result


def _factors(tables: Sequence[Table]) -> list[dict[str, Any]]:
    return [
        {"features": list(table.features), "shares": [_round(share) for share in table.shares]}
        for table in tables
    ]


def _variance_between(table: Table, known: Sequence[int], logits: Floats) -> float:
    if not known:
        return 0.0
    _, where = np.unique(table.levels[:, known], axis=0, return_inverse=True)
    shares = np.bincount(where.ravel(), weights=table.shares)
    means = np.bincount(where.ravel(), weights=table.shares * logits) / shares
    return _variance(means, shares)


def _variance(values: Floats, shares: Floats) -> float:
    return float(np.average((values - np.average(values, weights=shares)) ** 2, weights=shares))


def _floats(table: Table) -> Floats:
    return table.levels.astype(np.float64)


def _round(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
