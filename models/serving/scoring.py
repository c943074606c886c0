"""Scores one worker's answers and explains the score. Standard library only; pure.

What a worker skipped is marginalised over the artifact's own population tables given what is known. The
tables are exact (see `reference`), so with unknown answers the mean log-odds, the mean probability and
the variance are exact too; only the interval takes that mixture for normal.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import mul
from typing import NamedTuple, cast

from models.serving.chances import expit, mean, stretch
from models.serving.reference import Ranks, Reference, rank
from models.serving.results import Abstained, Band, Driver, Levels, Refusal, Score

Known = Mapping[str, int]
Values = tuple[int | None, ...]
_PLAIN = frozenset((int, type(None)))
Z90 = 1.6448536269514722  # half of a 90 % interval, in standard errors


@dataclass(frozen=True, slots=True)
class _Estimate:
    logit: float
    probability: float
    low: float
    high: float
    place_low: float
    place_high: float

    @property
    def width(self) -> float:
        return self.high - self.low

    @property
    def places(self) -> float:
        return self.place_high - self.place_low


class _Whole(NamedTuple):
    """What is fixed of a complete profile: log-odds, half of its 90 % interval there, and place."""

    logit: float
    spread: float
    percentile: float
    place_low: float
    place_high: float


@dataclass(frozen=True, slots=True)
class Model:
    """A served model. Make one with `load`.

    points: per feature and code, its part of the log-odds against the population's mean. away: the same
    code's distance from the mean in each of the feature's terms, in the order of the covariance. order: of
    two workers, one with and one without the outcome, how often the one with it stands further up.
    """

    name: str
    version: str
    features: tuple[str, ...]
    codes: Mapping[str, tuple[int, ...]]
    points: Mapping[str, Mapping[int, float]]
    away: Mapping[str, Mapping[int, tuple[float, ...]]] = field(repr=False)
    shown: frozenset[str]
    mean_logit: float
    covariance: Sequence[Sequence[float]] = field(repr=False)
    known_share: Mapping[str, float] = field(repr=False)
    known_needed: float
    bands: tuple[float, float]
    order: float | None
    population: Reference = field(repr=False)
    groups: Mapping[str, Reference] = field(repr=False)
    # Made once by `prepare`, for models are loaded seldom and asked often.
    told: dict[str, dict[int, Driver]] = field(default_factory=dict, repr=False)
    # What was scored before is remembered: under ten thousand profiles exist, so none grows without end.
    ranks: dict[str | None, Ranks] = field(default_factory=dict, repr=False)
    whole: dict[tuple[int, ...], _Whole] = field(default_factory=dict, repr=False)
    scores: dict[tuple[str | None, Values, bool], Score] = field(default_factory=dict, repr=False)
    estimates: dict[tuple[str | None, Values], _Estimate] = field(default_factory=dict, repr=False)

    def prepare(self) -> None:
        """Make the drivers that scores share."""
        for name in self.features:
            points, shown = self.points[name], name in self.shown
            self.told[name] = {level: Driver(name, level, part, shown) for level, part in points.items()}

    def score(self, levels: Levels, *, group: str | None = None, minor: bool = False) -> Score | Abstained:
        """Score one worker's answers.

        levels: the report's code by feature name; None or absent means unknown. Other features are ignored.
        group: `truck` for truck drivers; unknown answers are then marginalised over truck drivers.
        Abstains when the answers that are known carry less than `known_needed` of the score's variance.
        """
        values = tuple(map(levels.get, self.features))
        plain = _PLAIN.issuperset(map(type, values))  # True and 1.0 equal 1, but are no codes
        key = group, values, minor
        if plain and key in self.scores:
            return self.scores[key]
        if plain and not minor and self._is_complete(values):
            complete = cast(tuple[int, ...], values)
            score = self.scores[key] = self._complete_score(complete, group if group in self.groups else None)
            return score
        known = {name: level for name, level in zip(self.features, values, strict=True) if level is not None}
        missing = tuple(name for name in self.features if name not in known)
        if minor:
            return self._abstain("not_for_minors", missing)
        if not plain or any(level not in self.codes[name] for name, level in known.items()):
            return self._abstain("outside_range", missing)
        if self.known_share[_key(missing)] < self.known_needed:
            return self._abstain("too_little_known", missing)
        group = group if group in self.groups else None
        score = self._scored(known, missing, group)
        self.scores[group, values, minor] = score
        return score

    def probability(self, known: Known) -> float:
        """Natural frequency of a complete profile."""
        return expit(self.logit(known))

    def logit(self, known: Known) -> float:
        """Log-odds of a complete profile."""
        parts = [self.points[name][known[name]] for name in self.features]
        parts.append(self.mean_logit)
        return math.fsum(parts)

    def _ranked(self, group: str | None) -> Ranks:
        """Return the distribution of the risk in a group's population, made when it is first asked for."""
        if group not in self.ranks:
            self.ranks[group] = rank(self._reference(group), self.logit)
        return self.ranks[group]

    def _is_complete(self, values: Values) -> bool:
        return all(value in self.codes[name] for name, value in zip(self.features, values, strict=True))

    def _figures_of(self, values: tuple[int, ...]) -> _Whole:
        """Return the figures of a complete profile, given by its codes in the order of the features."""
        if values not in self.whole:
            profile = dict(zip(self.features, values, strict=True))
            logit, spread = self.logit(profile), Z90 * math.sqrt(self._variance(profile))
            places = self._places(logit, Z90 * math.sqrt(self._variance(profile, placed=True)))
            self.whole[values] = _Whole(logit, spread, self._ranked(None).percentile(logit), *places)
        return self.whole[values]

    def _complete_score(self, values: tuple[int, ...], group: str | None) -> Score:
        drivers = [self.told[name][level] for name, level in zip(self.features, values, strict=True)]
        drivers.sort(key=_size, reverse=True)
        logit, spread, percentile, *places = self._figures_of(values)
        frequency = expit(logit), expit(logit - spread), expit(logit + spread)
        return self._told(drivers, logit, percentile, frequency, (places[0], places[1]), group)

    def _scored(self, known: Known, missing: tuple[str, ...], group: str | None) -> Score:
        estimate = self._estimate(known, group)
        drivers = sorted((self.told[name][level] for name, level in known.items()), key=_size, reverse=True)
        unexplained = math.fsum([estimate.logit, -self.mean_logit, *(-d.contribution for d in drivers)])
        logit = math.fsum([self.mean_logit, *(d.contribution for d in drivers), unexplained])
        frequency = estimate.probability, estimate.low, estimate.high
        percentile, places = self._ranked(None).percentile(logit), (estimate.place_low, estimate.place_high)
        score = self._told(drivers, logit, percentile, frequency, places, group)
        ask_next = self._ask_next(known, missing, group)
        return score._replace(missing=missing, ask_next=ask_next, unexplained=unexplained)

    def _told(
        self,
        drivers: list[Driver],
        logit: float,
        percentile: float,
        frequency: tuple[float, float, float],
        places: tuple[float, float],
        group: str | None,
    ) -> Score:
        """Render a complete profile's score; positional, for this is the hot path."""
        return Score(
            self.name,
            self.version,
            percentile,
            self._ranked(group).percentile(logit) if group else None,
            self._band(percentile),
            *frequency,
            tuple(drivers),
            (),  # missing
            None,  # ask_next
            logit,
            self.mean_logit,
            0.0,  # unexplained
            *places,
        )

    def _abstain(self, reason: Refusal, missing: tuple[str, ...]) -> Abstained:
        def known_after(name: str) -> float:
            return self.known_share[_key(other for other in missing if other != name)]

        ask_next = max(missing, key=known_after, default=None)
        return Abstained(self.name, self.version, reason, missing, ask_next)

    def _band(self, percentile: float) -> Band:
        if percentile < self.bands[0]:
            return "low"
        return "middle" if percentile < self.bands[1] else "high"

    def _places(self, logit: float, spread: float) -> tuple[float, float]:
        """The places between which a log-odds may stand."""
        ranks = self._ranked(None)
        return ranks.percentile(logit - spread), ranks.percentile(logit + spread)

    def _variance(self, profile: Known, *, placed: bool = False) -> float:
        """Of a complete profile's log-odds, from the covariance of the baseline and the slopes.

        The baseline moves everybody alike, so it counts for nothing in a place (`placed`).
        """
        away = [0.0 if placed else 1.0]
        for name in self.features:
            away += self.away[name][profile[name]]
        return float(sum(x * sum(map(mul, away, row)) for x, row in zip(away, self.covariance, strict=True)))

    def _estimate(self, known: Known, group: str | None) -> _Estimate:
        if len(known) == len(self.features):
            return self._complete(known)
        key = group, tuple(known.get(name) for name in self.features)
        if key not in self.estimates:
            self.estimates[key] = self._mixed(known, group)
        return self.estimates[key]

    def _complete(self, profile: Known) -> _Estimate:
        logit, spread, _, *places = self._figures_of(tuple(profile[name] for name in self.features))
        return _Estimate(logit, expit(logit), expit(logit - spread), expit(logit + spread), *places)

    def _mixed(self, known: Known, group: str | None) -> _Estimate:
        missing, cells = self._reference(group).given(known)
        profiles = [{**known, **dict(zip(missing, levels, strict=True))} for levels, _ in cells]
        weights = [weight for _, weight in cells]
        logits = [self.logit(profile) for profile in profiles]
        centre = mean(weights, logits)
        unknown = mean(weights, [(logit - centre) ** 2 for logit in logits])
        spread, placed = (
            Z90 * math.sqrt(unknown + mean(weights, [self._variance(p, placed=of) for p in profiles]))
            for of in (False, True)
        )
        probability = mean(weights, [expit(logit) for logit in logits])
        low, high = min(expit(centre - spread), probability), max(expit(centre + spread), probability)
        # One more answer may narrow the interval but never widen it: hold room for the widest outcome.
        after = [
            self._estimate({**known, name: level}, group) for name in missing for level in self.codes[name]
        ]
        low, high = stretch(low, high, max(estimate.width for estimate in after))
        first, last = (place / 100 for place in self._places(centre, placed))
        first, last = stretch(first, last, max(estimate.places for estimate in after) / 100)
        return _Estimate(centre, probability, low, high, 100 * first, 100 * last)

    def _ask_next(self, known: Known, missing: tuple[str, ...], group: str | None) -> str | None:
        if not missing:
            return None
        order, cells = self._reference(group).given(known)

        def width_after(name: str) -> float:
            place = order.index(name)
            shares: dict[int, float] = defaultdict(float)
            for levels, share in cells:
                shares[levels[place]] += share
            answers = [{**known, name: level} for level in shares]
            return mean([*shares.values()], [self._estimate(answer, group).width for answer in answers])

        return min(missing, key=width_after)

    def _reference(self, group: str | None) -> Reference:
        return self.groups[group] if group else self.population


def _size(driver: Driver) -> float:
    return abs(driver.contribution)


def _key(missing: Iterable[str]) -> str:
    return ",".join(sorted(missing))
