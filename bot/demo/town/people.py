"""Imagined workers, drawn from the reference population: what they would answer if the report is right."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from bot.content.questionnaire import Question, Questionnaire
from bot.guidance.facts import MINOR
from bot.guidance.levels import REGION_CODES
from bot.research.report.published import published_options
from models.training import population, published
from models.training.fitting import Floats, calibrate
from models.training.outcomes import SAMPLE
from models.training.population import Levels, Table
from models.training.response_checks import OVER
from models.training.specs import TABLE_6

CODES = {code: region for region, code in REGION_CODES.items()}
NOBODY = frozenset({"under_14", *MINOR, "unknown"})  # options that no resident chooses
SWAPS = 30  # rounds in which savings change hands
OFTEN = 0.3  # how often a choice is ticked of which the report says nothing

# A world that has moved on: owing counts twice as much, income and investing the other way round, four in ten
# have lost their cover, three in ten owe one level more, and being refused has become rarer.
MOVED = {"debt": 0.7, "income": 0.1, "investing": 0.5}
MOVED_SHARE, MOVED_COVER, MOVED_DEBT = 0.55, 0.4, 0.3


@dataclass(frozen=True, slots=True)
class Resident:
    """One imagined worker: the report's code by feature, and an answer to every question, asked or not."""

    levels: Mapping[str, int]
    answers: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Town:
    """People drawn at random by a seed. With `moved` the world has moved on from the report."""

    questionnaire: Questionnaire
    people: int
    seed: int
    moved: bool = False

    @cached_property
    def slopes(self) -> Mapping[str, float]:
        """Table 6's slopes as they are true in this town, in log-odds a level."""
        told = {name: published.read().table_6[name].coef for name in TABLE_6}
        return {**told, **MOVED} if self.moved else told

    @cached_property
    def constant(self) -> float:
        """The constant at which the share of refused workers is the report's, or what it has become."""
        table = _profiles()
        share = MOVED_SHARE if self.moved else published.read().constrained
        return calibrate(self._offsets(table), table.shares, share)

    def residents(self) -> Iterator[Resident]:
        """Draw everyone, each on their own: shares come out as they would in a survey."""
        dice = np.random.default_rng(self.seed)
        table = self._drawn(dice)
        odds = self.constant + self._offsets(table)
        constrained = dice.random(self.people) < 1 / (1 + np.exp(-odds))
        for row, refused in zip(table.levels.tolist(), constrained.tolist(), strict=True):
            levels = dict(zip(table.features, row, strict=True))
            yield Resident(levels, self._answers(levels, refused, dice))

    def _drawn(self, dice: np.random.Generator) -> Table:
        features: list[str] = []
        columns: list[Levels] = []
        for block in population.rebuild("flexible").blocks:
            cells = dice.choice(len(block.shares), size=self.people, p=block.shares / block.shares.sum())
            features += block.features
            columns.append(block.levels[cells])
        levels = np.hstack(columns)
        saving, income = (features.index(name) for name in ("saving", "income"))
        levels[:, saving] = _affordable(levels[:, saving], levels[:, income], dice)
        if self.moved:
            at = {name: index for index, name in enumerate(features)}
            lost = dice.random(self.people) < MOVED_COVER
            levels[lost, at["commercial"]], levels[lost, at["premium"]] = 0, 1
            owing = dice.random(self.people) < MOVED_DEBT
            levels[owing, at["debt"]] = np.minimum(levels[owing, at["debt"]] + 1, 6)
        return Table(tuple(features), levels, np.ones(self.people))

    def _offsets(self, table: Table) -> Floats:
        offsets: Floats = np.sum([s * table.column(name) for name, s in self.slopes.items()], axis=0)
        return offsets

    def _answers(
        self, levels: Mapping[str, int], refused: bool, dice: np.random.Generator
    ) -> dict[str, tuple[str, ...]]:
        answers = {q.id: self._answer(q, levels, dice) for q in self.questionnaire.questions}
        borrowed = str(dice.choice(["no", "never_needed"])) if levels["debt"] == 1 else "no"
        answers["constrained"] = ("yes",) if refused else (borrowed,)
        if not levels["commercial"]:
            answers["commercial_cover"] = ("none",)
        return answers

    def _answer(
        self, question: Question, levels: Mapping[str, int], dice: np.random.Generator
    ) -> tuple[str, ...]:
        free = [o for o in question.options if o.id not in NOBODY and not (question.multiple and o.exclusive)]
        if question.multiple:
            shares = [self._shares.get((question.id, option.id), OFTEN) for option in free]
            ticked = dice.random(len(free)) < shares
            chosen = [option.id for option, tick in zip(free, ticked.tolist(), strict=True) if tick]
            return tuple(chosen) or (free[-1].id,)
        if question.id == "province":
            free = [option for option in free if option.region == CODES[levels["region"]]]
        elif question.feature is not None and question.feature in levels:
            free = [option for option in free if option.code == levels[question.feature]]
        return (_pick([option.id for option in free], question.id, self._shares, dice),)

    @cached_property
    def _shares(self) -> Mapping[tuple[str, str], float]:
        """How often an option is chosen, where the report says it; of a debt's kind, among who owes."""
        owing = next(
            share.value
            for share in published.read().populations["flexible"][1]
            if share.of == {"debt": (2, 3, 4, 5, 6)}
        )
        told = {(row.question, row.option): row.value for row in published_options()}
        return {key: value / owing if key[0] == "debt_kinds" else value for key, value in told.items()}


@cache
def _profiles() -> Table:
    return population.rebuild("flexible").sample(TABLE_6, size=SAMPLE)


def _affordable(saving: Levels, income: Levels, dice: np.random.Generator) -> Levels:
    """The same savings, changed hands until nobody saves more than they earn; in a small town some lose."""
    saving, most = saving.copy(), income + OVER
    for _ in range(SWAPS):
        poor = np.flatnonzero(saving > most)
        for one, other in zip(
            poor.tolist(), dice.integers(len(saving), size=len(poor)).tolist(), strict=True
        ):
            if saving[other] <= most[one] and saving[one] <= most[other]:
                saving[[one, other]] = saving[[other, one]]
    return np.minimum(saving, most)


def _pick(
    ids: Sequence[str], question: str, shares: Mapping[tuple[str, str], float], dice: np.random.Generator
) -> str:
    """Choose one option: by its published share, what is left in equal parts."""
    told = [shares.get((question, id)) for id in ids]
    left = 1 - sum(share for share in told if share is not None)
    weights = np.array([left / told.count(None) if share is None else share for share in told])
    return ids[int(dice.choice(len(ids), p=weights / weights.sum()))]
