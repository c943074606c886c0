"""Plausible worlds: what the report doesn't exclude of its workers, drawn at random by a seed.

A world differs from the rebuilt population in what nobody printed and in what chance did to the survey: how
features go together, the shares that are assumed, and every printed share and coefficient within its sampling
error. People were found through a few platforms, so the sampling variance of all that is printed is doubled.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtr, ndtri

from models.training import population, published
from models.training.fitting import Floats, calibrate
from models.training.published import Codes, Share
from models.training.specs import GAP, TABLE_6, Spec

DESIGN_EFFECT = 2.0
PEOPLE = 1024  # latent profiles of a world, each once with and once without commercial cover
FEATURES = (*TABLE_6, "saving", "commercial")
STEPS = 60  # of Newton's, at most
CLOSE = 1e-11  # on a share
RIDGE = 1e-9  # keeps a column without a profile from dividing by nothing
LEAST_EIGENVALUE = 0.02  # of a correlation matrix
Levels = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """Profiles and what is expected of each; every array has a row a profile.

    levels: codes [profiles x FEATURES]. shares: sum to 1. constrained: P(refused) by this world's own
    coefficients (`slopes`, `constant`). as_printed: the same by the printed ones. uncovered: P(no commercial
    cover) given all other features.
    """

    levels: Levels
    shares: Floats
    constrained: Floats
    as_printed: Floats
    uncovered: Floats
    slopes: Mapping[str, float]
    constant: float

    def codes(self, features: Sequence[str]) -> Levels:
        """The codes [profiles x features]."""
        return self.levels[:, [FEATURES.index(name) for name in features]]

    def holds(self, codes: Codes) -> Floats:
        """For each profile 1.0 where every named feature has one of its codes, else 0.0."""
        return _holds(self.levels, codes)

    def outcome(self, spec: Spec, *, as_printed: bool = False) -> Floats:
        """What a served model's outcome is expected to be for each profile."""
        if spec is GAP:
            return self.uncovered
        return self.as_printed if as_printed else self.constrained

    def frequency(self, spec: Spec, levels: Levels) -> Floats:
        """How often the outcome is met here among people with these codes [rows x features of the model].

        It is smooth, because a sample of profiles has few of each kind. What other features add to being
        refused is a straight line in the codes with a normal rest. Being uncovered may bend with each code.
        """
        if spec is GAP:
            bent = project(_bent(spec, self.codes(spec.features)), self.uncovered, self.shares)
            return np.asarray(expit(_with_one(_bent(spec, levels)) @ bent))
        own = sum(self.slopes[name] * levels[:, i] for i, name in enumerate(spec.features))
        x, others = _with_one(self.codes(spec.features)), np.zeros(len(self.shares))
        for name in TABLE_6:
            if name not in spec.features:
                others += self.slopes[name] * self.levels[:, FEATURES.index(name)]
        line = np.linalg.solve((x * self.shares[:, None]).T @ x, x.T @ (self.shares * others))
        rest = np.sqrt(self.shares @ (others - x @ line) ** 2)
        centre = self.constant + own + _with_one(levels) @ line
        at, weights = np.polynomial.hermite_e.hermegauss(15)
        result: Floats = expit(centre[:, None] + rest * at[None, :]) @ weights / weights.sum()
        return result


def project(x: Floats, y: Floats, weights: Floats) -> Floats:
    """The constant and slopes of the best logistic line through expected outcomes, by Newton's method."""
    design, found = _with_one(x), np.zeros(x.shape[1] + 1)
    for _ in range(STEPS):
        p = expit(design @ found)
        curvature = (design * (weights * p * (1 - p))[:, None]).T @ design
        step = np.linalg.solve(curvature + RIDGE * np.eye(len(found)), design.T @ (weights * (y - p)))
        found = found + step
        if np.abs(step).max() < CLOSE:
            break
    return found


def _with_one(x: NDArray[Any]) -> Floats:
    return np.column_stack([np.ones(len(x)), x]).astype(np.float64)


def _bent(spec: Spec, levels: Levels) -> Floats:
    """Columns that let a frequency bend: one a code of what has few, a curve for what has many."""
    columns = []
    for index, name in enumerate(spec.features):
        codes, known = levels[:, index], published.read().coding[name]
        if name in ("education", "income"):
            columns += [codes == code for code in known[1:]]
        else:
            columns += [codes] if len(known) == 2 else [codes, (codes - np.mean(known)) ** 2]
    return np.column_stack(columns).astype(np.float64)


def worlds(count: int, seed: int) -> Iterator[World]:
    """Draw so many worlds; one whose shares contradict each other is drawn again."""
    draw = np.random.default_rng(seed)
    while count:
        world = _world(draw)
        if world is not None:
            count -= 1
            yield world


def _world(draw: np.random.Generator) -> World | None:
    evidence = published.read()
    shares = [share for share in evidence.populations["flexible"][1] if share.features <= {*FEATURES}]
    values = [_drawn(share, draw) for share in shares]
    people = evidence.sample["flexible"] / DESIGN_EFFECT
    error = np.sqrt(evidence.constrained * (1 - evidence.constrained) / people)
    rate = evidence.constrained + error * draw.standard_normal()
    printed = {name: evidence.table_6[name].coef for name in TABLE_6}
    slopes = {
        name: slope + evidence.table_6[name].se * float(np.sqrt(DESIGN_EFFECT) * draw.standard_normal())
        for name, slope in printed.items()
    }
    levels, start = _profiles(draw)
    weights = _balanced(levels, start, shares, values)
    if weights is None:
        return None
    constrained, constant = _expected(levels, weights, slopes, rate)
    as_printed, _ = _expected(levels, weights, printed, evidence.constrained)
    covered, bare = weights[:PEOPLE], weights[PEOPLE:]
    uncovered = np.tile(bare / (covered + bare), 2)
    return World(levels, weights, constrained, as_printed, uncovered, slopes, constant)


def _drawn(share: Share, draw: np.random.Generator) -> float:
    """A share as it may be: within its range if it is assumed, within its sampling error if it is printed."""
    if share.spread is not None:
        return float(draw.triangular(share.spread[0], share.value, share.spread[1]))
    asked = published.read().sample["flexible"] / DESIGN_EFFECT * _part(share)
    error = 1 / np.sqrt(share.value * (1 - share.value) * asked)  # in log-odds
    return float(expit(logit(share.value) + error * draw.standard_normal()))


def _part(share: Share) -> float:
    """The part of the people of whom a share speaks."""
    return population.rebuild("flexible").share(share.given) if share.given else 1.0


def _profiles(draw: np.random.Generator) -> tuple[Levels, Floats]:
    """Latent profiles of a Gaussian copula cut into codes: first all with cover, then the same without."""
    correlations = _correlations(draw)
    latent = draw.standard_normal((PEOPLE, len(FEATURES))) @ np.linalg.cholesky(correlations).T
    levels = np.column_stack([_cut(name, latent[:, i]) for i, name in enumerate(FEATURES)])
    premium, commercial = FEATURES.index("premium"), FEATURES.index("commercial")
    others = [i for i in range(len(FEATURES)) if i != commercial]
    pull = np.linalg.solve(correlations[np.ix_(others, others)], correlations[others, commercial])
    spread = np.sqrt(1 - pull @ correlations[others, commercial])
    threshold = ndtri(population.rebuild("flexible").share({"commercial": (0,)}))
    uncovered = ndtr((threshold - latent[:, others] @ pull) / spread)
    covered, bare = levels.copy(), levels.copy()
    covered[:, commercial], bare[:, commercial] = 1, 0
    bare[:, premium] = 1  # no commercial cover is read as the lowest premium
    start = np.concatenate([1 - uncovered, uncovered]) / PEOPLE
    return np.vstack([covered, bare]), np.clip(start, 1e-12, None)


def _cut(feature: str, latent: Floats) -> Levels:
    """Codes from a latent feature, as common as in the rebuilt population."""
    given = {"commercial": (1,)} if feature == "premium" else {}
    table = _margin(feature, tuple(given))
    cuts = ndtri(np.clip(np.cumsum(table[1])[:-1], 1e-9, 1 - 1e-9))
    result: Levels = table[0][np.searchsorted(cuts, latent)]
    return result


@cache
def _margin(feature: str, given: tuple[str, ...]) -> tuple[Levels, Floats]:
    table = population.rebuild("flexible").table((feature, *given))
    inside = table.holds(dict.fromkeys(given, (1,)))
    codes = np.array(published.read().coding[feature], dtype=np.int64)
    shares = np.array([table.shares[inside & (table.levels[:, 0] == code)].sum() for code in codes])
    return codes, shares / shares.sum()


def _correlations(draw: np.random.Generator) -> Floats:
    """The correlations of one world: none, half or all of those judged plausible, blurred as much."""
    assumed = _assumed()
    strength = draw.choice(list(assumed.strengths), p=list(assumed.strengths.values()))
    blur = draw.standard_normal(assumed.matrix.shape) * assumed.blur
    mixed = strength * (assumed.matrix + np.tril(blur, -1) + np.tril(blur, -1).T)
    np.fill_diagonal(mixed, 1.0)
    values, vectors = np.linalg.eigh(mixed)
    mended = (vectors * np.clip(values, LEAST_EIGENVALUE, None)) @ vectors.T
    scale = np.sqrt(np.diag(mended))
    result: Floats = mended / np.outer(scale, scale)
    return result


@dataclass(frozen=True, slots=True, eq=False)
class _Assumed:
    matrix: Floats
    strengths: Mapping[float, float]
    blur: float


@cache
def _assumed() -> _Assumed:
    document: dict[str, Any] = yaml.safe_load(
        (published.EVIDENCE / "associations.yaml").read_text(encoding="utf-8")
    )
    matrix = np.eye(len(FEATURES))
    for one, others in document["correlations"].items():
        for other, value in others.items():
            at = FEATURES.index(one), FEATURES.index(other)
            matrix[at] = matrix[at[::-1]] = value
    return _Assumed(matrix, document["strengths"], document["blur"])


def _balanced(
    levels: Levels, start: Floats, shares: Sequence[Share], values: Sequence[float]
) -> Floats | None:
    """The weights nearest to `start` under which every share holds; None if no weights do.

    Newton's method on the dual of the least relative entropy, each step halved until it gains.
    """
    moments = np.empty((len(levels), len(shares)))
    for index, (share, value) in enumerate(zip(shares, values, strict=True)):
        moments[:, index] = _holds(levels, share.given) * (_holds(levels, share.of) - value)
    weights: Floats = start / start.sum()
    dual = 0.0
    multipliers = np.zeros(len(shares))
    log_start = np.log(weights)
    for _ in range(STEPS):
        missed = weights @ moments
        if np.abs(missed).max() < CLOSE:
            return weights
        curvature = (moments * weights[:, None]).T @ moments - np.outer(missed, missed)
        step = np.linalg.lstsq(curvature, missed, rcond=1e-12)[0]
        factor = 1.0
        while True:
            tried = multipliers - factor * step
            exponents = log_start + moments @ tried
            top = float(exponents.max())
            raw = np.exp(exponents - top)
            value = top + float(np.log(raw.sum()))
            if value <= dual or factor < 1e-3:
                break
            factor /= 2
        multipliers, dual, weights = tried, value, raw / raw.sum()
    return None


def _holds(levels: Levels, codes: Mapping[str, Sequence[int]]) -> Floats:
    result = np.ones(len(levels), dtype=bool)
    for feature, allowed in codes.items():
        result &= np.isin(levels[:, FEATURES.index(feature)], allowed)
    return result.astype(np.float64)


def _expected(
    levels: Levels, weights: Floats, slopes: Mapping[str, float], rate: float
) -> tuple[Floats, float]:
    """P(refused) of each profile at a base rate, and the constant that gives that rate."""
    offsets = np.zeros(len(levels))
    for name, slope in slopes.items():
        offsets += slope * levels[:, FEATURES.index(name)]
    constant = calibrate(offsets, weights, rate)
    return np.asarray(expit(constant + offsets)), constant
