"""Borrowing: what the worker said first, and the trained score only where it doesn't contradict them."""

from dataclasses import dataclass
from typing import Literal

from bot.content.conditions import Facts
from bot.content.templates import of_ten
from models.serving.results import Abstained, Band, Refusal, Score

Said = Literal["refused", "refused_before", "could", "never_needed", "not_said"]
Side = Literal["more", "less"]
MATTERS = 0.05  # log-odds: a part of the score below it isn't told
MIDDLE = 50.0  # the place that half of those asked stand below


@dataclass(frozen=True, slots=True)
class Compared:
    """An answer that moves the score, beside the average of those who were asked."""

    feature: str
    side: Side


@dataclass(frozen=True, slots=True)
class Borrowing:
    """What a result says of borrowing.

    band: as the score says it, None where that would contradict the worker. sure: the whole range of the
    place is on that side of the middle. tenths: of ten people who answer alike, how many at least and at most
    needed to borrow and couldn't; None without a score, and then `silence` says why.
    """

    said: Said
    band: Band | None
    sure: bool
    tenths: tuple[int, int] | None
    compared: tuple[Compared, ...]
    silence: Refusal | None


def borrowing(facts: Facts, score: Score | Abstained) -> Borrowing:
    """Return what a worker reads of borrowing."""
    said = _said(facts)
    if isinstance(score, Abstained):
        return Borrowing(said, None, False, None, (), score.reason)
    band = None if (said, score.band) in _CONTRADICTIONS else score.band
    sure = score.place_low > MIDDLE or score.place_high < MIDDLE
    tenths = of_ten(score.low), of_ten(score.high)
    return Borrowing(said, band, sure, tenths, _compared(score, band), None)


_SAID: dict[str, Said] = {
    "yes": "refused",
    "earlier": "refused_before",
    "no": "could",
    "never_needed": "never_needed",
}
_CONTRADICTIONS = {
    ("refused", "low"),
    ("refused_before", "low"),
    ("could", "high"),
    ("never_needed", "high"),
}


def _said(facts: Facts) -> Said:
    answer = facts.get("constrained", frozenset())
    if "ever" in answer:  # asked without a period, until 2026-11-29
        return "refused_before"
    return next((said for option, said in _SAID.items() if option in answer), "not_said")


# Owing more raises the score and earning more lowers it: the part tells on which side of the average one is.
_RAISED_BY: dict[str, Side] = {"debt": "more", "income": "less"}
_OTHER: dict[Side, Side] = {"more": "less", "less": "more"}


def _compared(score: Score, band: Band | None) -> tuple[Compared, ...]:
    """Return what moves the score to where it stands: what pulls the other way would read as its reason."""
    if band not in ("low", "high"):
        return ()
    return tuple(
        Compared(driver.feature, side if driver.contribution > 0 else _OTHER[side])
        for driver in score.drivers
        if driver.shown
        and abs(driver.contribution) > MATTERS
        and (driver.contribution > 0) == (band == "high")
        and (side := _RAISED_BY.get(driver.feature))
    )
