"""The shares that the report prints of flexible workers, beside those among the collected answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import yaml

from bot.research.disclosure import LEAST, Cells, told
from models.training import published
from models.training.published import Codes

if TYPE_CHECKING:
    from bot.research.tally import Tally

SURE = 0.99  # of an interval to hold the share

# A share that no feature carries, as evidence/shares.yaml calls it: the question and option that ask for it.
ASKED_BY: Mapping[str, tuple[str, str]] = {
    "flexible using a consumer loan": ("debt_kinds", "consumer"),
    "flexible with three or more job changes in a year": ("job_changes", "three_or_more"),
    "flexible without a job change in a year": ("job_changes", "none"),
    "flexible worried about unemployment": ("worries", "unemployment"),
    "flexible worried about an accident": ("worries", "accident"),
}


@dataclass(frozen=True, slots=True)
class OptionShare:
    """The printed share of workers who choose an option of a question."""

    question: str
    option: str
    value: float
    where: str


@dataclass(frozen=True, slots=True)
class CodeShare:
    """The printed share P(of | given) of workers, in the report's codes."""

    of: Codes
    given: Codes
    value: float
    where: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A printed share beside the collected one; `hits` of `n`, None where telling it would tell of a few."""

    printed: CodeShare | OptionShare
    n: int | None
    hits: int | None

    @property
    def share(self) -> float | None:
        return self.hits / self.n if self.n and self.hits is not None else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Its 99 % interval (Wilson)."""
        return interval(self.hits, self.n) if self.n and self.hits is not None else None

    @property
    def agrees(self) -> bool | None:
        """Whether the printed share lies in the interval; None where nothing is published."""
        return self.interval and self.interval[0] <= self.printed.value <= self.interval[1]


def interval(hits: int, n: int) -> tuple[float, float]:
    """Return the 99 % interval for a share (Wilson's), which holds for few people too."""
    from scipy.stats import binomtest  # late: drafts of a breach need no extra `office`

    found = binomtest(hits, n).proportion_ci(SURE, method="wilson")
    return float(found.low), float(found.high)


@cache
def published_options() -> tuple[OptionShare, ...]:
    """The printed shares that no feature of the models carries and that our questions ask for."""
    text = (published.EVIDENCE / "shares.yaml").read_text(encoding="utf-8")
    rows = {row["what"]: row for row in yaml.safe_load(text)["unused"]}
    return tuple(
        OptionShare(*ids, rows[what]["share"], rows[what]["where"]) for what, ids in ASKED_BY.items()
    )


@cache
def published_codes() -> tuple[CodeShare, ...]:
    """The printed shares in codes; shares that were assumed for the models are not printed, so not here."""
    evidence = published.read()
    shares = [
        CodeShare(share.of, share.given, share.value, share.where)
        for share in evidence.populations["flexible"][1]
        if share.where is not None
    ]
    return (CodeShare({"constrained": (1,)}, {}, evidence.constrained, "第五节一, 图16"), *shares)


def compare(tally: "Tally") -> list[Compared]:
    """Count every printed share; those of one feature are published only as far as no few people show
    through.
    """
    cells = {feature: Cells(tally.levels(feature)) for feature in tally.codes}
    rows: list[Compared] = []
    for printed in published_codes():
        n, hits = tally.count(printed.of, printed.given)
        (feature, *others) = printed.of
        if printed.given or others:
            shown = told(n, hits)
        else:
            shown = told(n, hits) and cells[feature].admits(printed.of[feature])
        rows.append(Compared(printed, n if n >= LEAST else None, hits if shown else None))
    for option in published_options():
        n, hits = tally.count_option(option.question, option.option)
        rows.append(Compared(option, n if n >= LEAST else None, hits if told(n, hits) else None))
    return rows


def agreement(rows: Iterable[Compared]) -> tuple[int, int]:
    """How many printed shares lie in their interval, of how many that could be compared."""
    judged: Sequence[bool] = [row.agrees for row in rows if row.agrees is not None]
    return sum(judged), len(judged)
