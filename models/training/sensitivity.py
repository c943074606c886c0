"""What the assumed shares do to the scores: each is moved to the ends of its range, and all is refitted."""

from dataclasses import dataclass, replace

import numpy as np

from models.training import population, published
from models.training.fitting import Floats, Rows, fit
from models.training.outcomes import expected, expected_in
from models.training.population import InfeasibleShares
from models.training.published import Share, Survey
from models.training.specs import CONSTRAINT, GAP, SERVED, Spec
from models.training.train import BANDS

GRAIN = 2  # decimals of log-odds in the averaging: enough here, and fast


@dataclass(frozen=True, slots=True)
class Shift:
    """The worse of both ends: mean shift in percentile points, share of workers whose band changes."""

    share: str
    value: float
    spread: tuple[float, float]
    places: dict[str, float]
    bands: dict[str, float]


def shifts() -> list[Shift]:
    """For each assumed share of a served predictor. Others are independent of the scores by construction."""
    evidence = published.read()
    used = set(CONSTRAINT.features) | set(GAP.features)
    assumed = [share for share in evidence.populations["flexible"][1] if share.where is None]
    return [_shift(evidence, share) for share in assumed if share.features <= used]


def _shift(evidence: Survey, share: Share) -> Shift:
    if share.spread is None:
        raise AssertionError("an assumed share carries its range; survey.read checks it")
    ends = [_moved(evidence, share, end) for end in share.spread]
    places = {spec.name: max(end[spec.name][0] for end in ends) for spec in SERVED}
    bands = {spec.name: max(end[spec.name][1] for end in ends) for spec in SERVED}
    return Shift(share.label, share.value, share.spread, places, bands)


def _moved(evidence: Survey, share: Share, value: float) -> dict[str, tuple[float, float]]:
    base, shares = evidence.populations["flexible"]
    changed = tuple(replace(other, value=value) if other is share else other for other in shares)
    try:
        moved = population.build("flexible", replace(evidence, populations={"flexible": (base, changed)}))
    except InfeasibleShares as error:
        raise InfeasibleShares(f"the range of {share.label} reaches {value}: {error}") from error
    return {spec.name: _difference(spec, expected_in(moved, spec, digits=GRAIN)) for spec in SERVED}


def _difference(spec: Spec, rows: Rows) -> tuple[float, float]:
    ground = expected(spec)
    before, after = _percentiles(spec, ground), _percentiles(spec, rows)
    changed = np.digitize(before, BANDS) != np.digitize(after, BANDS)
    return (
        float(np.average(np.abs(before - after), weights=ground.weight)),
        float(np.average(changed, weights=ground.weight)),
    )


def _percentiles(spec: Spec, rows: Rows) -> Floats:
    logits = fit(spec.columns, rows, signs=spec.column_signs).logits(rows.x).round(6)
    _, where = np.unique(logits, return_inverse=True)
    shares = population.weighted_counts(where, rows.weight)
    middle: Floats = 100 * (np.cumsum(shares) - shares / 2)
    return middle[where]
