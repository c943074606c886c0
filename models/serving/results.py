"""What scoring a worker's answers gives: a score with its reasons, or silence with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

Levels = Mapping[str, int | None]
Band = Literal["low", "middle", "high"]
Refusal = Literal["too_little_known", "not_for_minors", "outside_range"]


@dataclass(frozen=True, slots=True)
class Driver:
    """A known answer's part of the score against the population's mean, in log-odds: no cause.

    `shown`: the slope is significant at 5 % and the feature may be shown to a worker as a reason.
    """

    feature: str
    level: int
    contribution: float
    shown: bool


class Score(NamedTuple):
    """A worker's place and natural frequency (a named tuple: a frozen dataclass takes four times as long).

    percentile: 0..100, the share of the reference population with a lower risk, plus half of those with the
    same. place_low, place_high: its 90 % interval. group_percentile: the place among the worker's own group,
    where the artifact has one.
    probability, low, high: natural frequency and its 90 % interval. Both intervals hold the uncertainty of
        the coefficients and of what is unknown, and are never narrower than one more answer could leave them.
    logit = fsum(mean_logit, contributions of all drivers, unexplained), exactly; `unexplained` is what the
        known answers say of the missing ones.
    drivers: largest first. missing: marginalised features. ask_next: the one whose answer would narrow the
        interval most, on average.
    """

    model: str
    version: str
    percentile: float
    group_percentile: float | None
    band: Band
    probability: float
    low: float
    high: float
    drivers: tuple[Driver, ...]
    missing: tuple[str, ...]
    ask_next: str | None
    logit: float
    mean_logit: float
    unexplained: float
    place_low: float
    place_high: float


@dataclass(frozen=True, slots=True)
class Abstained:
    """No score, and why; `ask_next` is the missing answer that would help most."""

    model: str
    version: str
    reason: Refusal
    missing: tuple[str, ...]
    ask_next: str | None
