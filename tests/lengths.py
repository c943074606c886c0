"""How much is tried each time and how much at full length: one list, shown in docs/reference/lengths.md.

`make test` tries the smaller number, so that it ends within minutes; `make prove` (LONG=1) the larger one.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass

LONG = bool(os.environ.get("LONG"))


@dataclass(frozen=True, slots=True)
class Length:
    """How many of what a test tries: each time, and at full length."""

    what: str
    each_time: int
    full: int

    def __call__(self) -> int:
        return self.full if LONG else self.each_time


LENGTHS: Mapping[str, Length] = {
    "advised": Length("imagined workers whose advice is searched for contradictions", 8_000, 100_000),
    "results": Length("imagined workers whose result is searched for contradictions", 4_000, 100_000),
    "conversations": Length("whole conversations in a browser: five people, two languages", 6, 10),
    "states": Length("states in which a button of a large family is pressed (small ones: in all)", 3, 1_000),
    "changes": Length("days on which a figure begins or ends, each linted whole", 3, 400),
    "days": Length("days of the next 400 on which every card is worded", 41, 401),
    "trainings": Length("complete trainings that are compared byte by byte", 1, 2),
    "simulated_kills": Length("deaths of a simulated service", 200, 2_000),
    "kills": Length("kills of the real service, on each database", 3, 10),
    "stops": Length("stops of the real service under load, on each database", 2, 5),
    "trouble_seconds": Length("seconds of troubles among real processes, on each database", 10, 30),
    "races": Length("deletions that race with answers", 500, 10_000),
    "triples": Length("random taps of strangers on other people's buttons", 3_000, 100_000),
    "requests": Length("mutated requests", 1_000, 100_000),
}


def tries(name: str) -> int:
    """Return how many to try now."""
    return LENGTHS[name]()
