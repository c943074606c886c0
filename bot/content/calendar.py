"""Dates that come every year, as knowledge/calendar.yaml lists them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class YearlyDate:
    """A date of every year; its words are blocks of knowledge/templates/<language>/calendar.j2.

    day: the parameter that holds month and day of the reminder. cards: the pieces of advice that it leads to,
    of which the first in force is offered.
    """

    id: str
    day: str
    cards: tuple[str, ...]
