"""Arithmetic of chances: log-odds to probability, weighted means, and intervals that stay inside 0..1."""

import math
from collections.abc import Iterable, Sequence


def expit(logit: float) -> float:
    """The probability of a log-odds; no overflow at either end."""
    return 1 / (1 + math.exp(-logit)) if logit >= 0 else math.exp(logit) / (1 + math.exp(logit))


def mean(weights: Sequence[float], values: Iterable[float]) -> float:
    """The sum of values by weights that add up to 1, rounded once."""
    return math.fsum(weight * value for weight, value in zip(weights, values, strict=True))


def stretch(low: float, high: float, width: float) -> tuple[float, float]:
    """The interval widened about itself to at least this width, inside 0..1."""
    room = max(0.0, width - (high - low)) / 2
    low, high = low - room, high + room
    over, under = max(0.0, high - 1), max(0.0, -low)
    return low - over + under, high + under - over
