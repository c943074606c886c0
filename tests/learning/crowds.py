"""The people that might write to a service open to all: honest workers, careless ones, and attackers.

Each kind answers the real questionnaire, button by button, in its own time. The kinds were written and fixed
before the gate that judges them, and aren't tuned to it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bot.content.questionnaire import SKIPPED, Option, Question
from bot.guidance.levels import REGION_CODES
from models.training import population
from models.training.fitting import Fit, Floats
from models.training.outcomes import expected
from models.training.population import Levels, Table, balance
from models.training.published import Share
from models.training.specs import CONSTRAINT, GAP, Spec
from models.training.train import train
from tests.office.rooms import KNOWLEDGE

QUESTIONNAIRE = KNOWLEDGE.questionnaire
FIRST, DAYS = date(2026, 12, 1), 180  # when people come
SKIPS, SLIPS = 0.02, 0.015  # of answers: skipped, landed on the neighbouring button
LONGER = 0.5  # of people go on to the longer part
HOUSEHOLD = 0.02  # of people tell what the household saves, whatever they earn themselves
NEVER = 0.5  # of those who owe nothing and weren't refused never needed a loan
RECENT = 0.6  # of those who were refused it happened in the last twelve months
TICKS = 0.3  # of a list's options apply
OFTEN = {"food_delivery": 0.22, "logistics": 0.15, "truck_owner": 0.08, "ride_hailing": 0.18,
         "domestic": 0.12, "streaming": 0.05, "digital_design": 0.08, "other": 0.12}  # fmt: skip
HUMAN, TAPPING, DRUMMING = (7.0, 0.4), (1.1, 0.3), (1.8, 0.3)  # seconds an answer: median, spread of people
UNEVEN = 0.5  # spread of one person's answers around their own median
DRIFT = 0.25  # log-odds per standard deviation of an answer by which a differing world leaves the report
RIDERS_DRIFT = 0.5
REFUSED_TELL = 3.0  # times likelier to agree to research
SHEETS = 12  # prepared by a person who lets a script answer
RIDERS: Mapping[str, Mapping[int, float]] = {
    "gender": {0: 0.12},
    "education": {1: 0.06, 2: 0.34, 3: 0.38, 4: 0.16},
    "income": {1: 0.06, 2: 0.30, 3: 0.42, 4: 0.14},
    "daily_hours": {4: 0.35, 5: 0.25},
    "investing": {1: 0.40},
    "social_insurance": {1: 0.60},
}
NOT_OF_AGE = frozenset({"under_14", "from_14_to_15", "from_16_to_17", "from_14_to_17"})

Dice = np.random.Generator
Column = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Respondent:
    """One person's answers, the seconds that each took, and the day."""

    answers: Mapping[str, tuple[str, ...]]
    seconds: Mapping[str, float]
    day: date


Kind = Callable[[int, Dice], list[Respondent]]


# --- the law by which outcomes come about ---


@cache
def report(spec: Spec = CONSTRAINT) -> Fit:
    """The world as the report has it."""
    return train(spec).fit


def another(dice: Dice, spread: float = DRIFT) -> Fit:
    """A world in which every slope, and the constant, differ from the report's by a normal draw."""
    ground, law = expected(CONSTRAINT), report()
    mean = ground.weight @ ground.x
    deviation = np.sqrt(ground.weight @ (ground.x - mean) ** 2)
    slopes = law.slopes + dice.normal(0, spread, len(mean)) / deviation
    at_mean = law.constant + law.slopes @ mean + dice.normal(0, spread)
    return Fit(law.features, float(at_mean - slopes @ mean), slopes)


# --- who comes ---


def honest(law: Fit | None = None) -> Kind:
    """Workers as in the survey, who say what is so."""
    return lambda people, dice: _workers(_drawn(coherent(), people, dice), law or report(), dice)


def riders(law: Fit) -> Kind:
    """Food delivery riders, as they are and by a law of their own."""

    def come(people: int, dice: Dice) -> list[Respondent]:
        found = _workers(_drawn(_riders(), people, dice), law, dice)
        return [replace(one, answers={**one.answers, "occupation": ("food_delivery",)}) for one in found]

    return come


def consenting(kind: Kind) -> Kind:
    """Of these people, those who agree to research, which people who were refused do more readily."""

    def come(people: int, dice: Dice) -> list[Respondent]:
        found: list[Respondent] = []
        while len(found) < people:
            for one in kind(people - len(found) + people // 5, dice):
                refused = one.answers.get("constrained", ("",))[0] in ("yes", "earlier")
                if refused or dice.random() < 1 / REFUSED_TELL:
                    found.append(one)
        return found[:people]

    return come


def taps(*, patient: bool = False) -> Kind:
    """Any button, or the one that skips. With `patient` in the time in which others read."""

    def come(people: int, dice: Dice) -> list[Respondent]:
        columns = {question.id: _any_button(question, people, dice) for question in QUESTIONNAIRE.questions}
        return _timed(columns, HUMAN if patient else TAPPING, dice)

    return come


def lines() -> Kind:
    """The same button all the way down; the last where there are fewer."""

    def come(people: int, dice: Dice) -> list[Respondent]:
        place = dice.choice([0, 1, 99], size=people)
        columns: dict[str, Column] = {}
        for question in QUESTIONNAIRE.questions:
            ids = [option.id for option in _open(question)]
            columns[question.id] = [(ids[min(at, len(ids) - 1)],) for at in place.tolist()]
        return _timed(columns, DRUMMING, dice)

    return come


def contrary() -> Kind:
    """Attackers who would turn the model round: believable workers, but those at low risk were refused.

    They answer in a person's time, contradict nothing, and keep the survey's shares, of refusals too.
    """

    def come(people: int, dice: Dice) -> list[Respondent]:
        table = _drawn(coherent(), people, dice)
        uncovered = _lowest(report(GAP).logits(_design(GAP, table)), _share(GAP))
        table = _covered(table, ~uncovered, dice)
        refused = _lowest(report().logits(_design(CONSTRAINT, table)), _share(CONSTRAINT))
        return _answered(table, refused, dice)

    return come


def script() -> Kind:
    """The same attack by a program that sends a dozen prepared sheets again and again, within three days."""

    def come(people: int, dice: Dice) -> list[Respondent]:
        sheets = contrary()(SHEETS, dice)
        order = dice.integers(SHEETS, size=people).tolist()
        days = dice.integers(3, size=people).tolist()
        return [
            replace(sheets[at], day=FIRST + timedelta(days=day)) for at, day in zip(order, days, strict=True)
        ]

    return come


def agenda() -> Kind:
    """Attackers who want the bot to say that dear premiums make one creditworthy."""

    def come(people: int, dice: Dice) -> list[Respondent]:
        table = _drawn(coherent(), people, dice)
        return _answered(table, table.column("premium") < 4, dice)

    return come


def mixed(*parts: tuple[float, Kind]) -> Kind:
    """Several kinds, by their shares, in one sample."""

    def come(people: int, dice: Dice) -> list[Respondent]:
        counts = [round(people * share) for share, _ in parts[1:]]
        counts = [people - sum(counts), *counts]
        found = [one for count, (_, kind) in zip(counts, parts, strict=True) for one in kind(count, dice)]
        return [found[at] for at in dice.permutation(len(found)).tolist()]

    return come


# --- the population ---


@cache
def coherent() -> Table:
    """The survey's people, of whom nobody saves more than they earn (the report doesn't tie the two)."""
    flexible = population.rebuild("flexible")
    features = tuple(feature for block in flexible.blocks for feature in block.features)
    table = flexible.sample(features, size=2**13)
    saving, income = (table.levels[:, features.index(name)] for name in ("saving", "income"))
    possible = _least("saving")[saving] < _most("income")[income]  # the bands begin just above
    shares = table.shares[possible] / table.shares[possible].sum()
    return balance(Table(features, table.levels[possible], shares), flexible.constraints)


@cache
def _riders() -> Table:
    shares = [
        Share({name: (code,)}, {}, value, None, (value, value), None)
        for name, codes in RIDERS.items()
        for code, value in codes.items()
    ]
    return balance(coherent(), shares)


def _drawn(table: Table, people: int, dice: Dice) -> Table:
    cells = dice.choice(len(table.shares), size=people, p=table.shares / table.shares.sum())
    return Table(table.features, table.levels[cells], np.full(people, 1 / people))


def _covered(table: Table, covered: NDArray[np.bool_], dice: Dice) -> Table:
    """The same people, with commercial cover or without, and a premium that fits."""
    levels = table.levels.copy()
    cover, premium = (table.features.index(name) for name in ("commercial", "premium"))
    new = covered & (levels[:, cover] == 0)
    levels[:, cover] = covered
    levels[~covered, premium] = 1
    levels[new, premium] = dice.choice(
        table.levels[table.levels[:, cover] == 1, premium], size=int(new.sum())
    )
    return Table(table.features, levels, table.shares)


def _lowest(logits: Floats, share: float) -> NDArray[np.bool_]:
    chosen = np.zeros(len(logits), dtype=bool)
    chosen[np.argsort(logits, kind="stable")[: round(share * len(logits))]] = True
    return chosen


def _share(spec: Spec) -> float:
    ground = expected(spec)
    return float(np.average(ground.y, weights=ground.weight))


def _design(spec: Spec, table: Table) -> Floats:
    return spec.design(table.levels[:, [table.features.index(name) for name in spec.features]])


# --- from codes to buttons ---


def _workers(table: Table, law: Fit, dice: Dice) -> list[Respondent]:
    p = law.probabilities(_design(CONSTRAINT, table))
    return _answered(table, dice.random(len(p)) < p, dice)


def _answered(table: Table, refused: NDArray[np.bool_], dice: Dice) -> list[Respondent]:
    people = len(table.levels)
    levels = dict(zip(table.features, table.levels.T.copy(), strict=True))
    household = dice.random(people) < HOUSEHOLD
    levels["saving"] = np.where(household, dice.integers(1, 9, size=people), levels["saving"])
    columns = {question.id: _said(question, levels, dice) for question in QUESTIONNAIRE.questions}
    recent, never = dice.random(people) < RECENT, dice.random(people) < NEVER
    known = {option.id for option in QUESTIONNAIRE.by_id["constrained"].options}
    earlier = "earlier" if "earlier" in known else "yes"
    columns["constrained"] = [
        (("yes" if soon else earlier) if no_loan else ("never_needed" if idle and debt == 1 else "no"),)
        for no_loan, soon, idle, debt in zip(
            refused.tolist(), recent.tolist(), never.tolist(), levels["debt"].tolist(), strict=True
        )
    ]
    columns["commercial_cover"] = [
        answer if covered else ("none",)
        for answer, covered in zip(columns["commercial_cover"], levels["commercial"].tolist(), strict=True)
    ]
    columns = {id: _slipped(QUESTIONNAIRE.by_id[id], column, dice) for id, column in columns.items()}
    return _timed(columns, HUMAN, dice)


def _said(question: Question, levels: Mapping[str, Levels], dice: Dice) -> Column:
    """What people of these codes choose."""
    people = len(levels["debt"])
    options = [option for option in _open(question) if option.id != "unknown"]
    if question.multiple:
        ids = [option.id for option in options if not option.exclusive]
        ticked = dice.random((people, len(ids))) < TICKS
        ticked[~ticked.any(axis=1), dice.integers(len(ids))] = True
        return [tuple(id for id, tick in zip(ids, row, strict=True) if tick) for row in ticked.tolist()]
    if question.id == "occupation":
        weights = np.array([OFTEN[option.id] for option in options])
        return [
            (str(id),) for id in dice.choice([o.id for o in options], size=people, p=weights / weights.sum())
        ]
    wanted = levels["region"] if question.id == "province" else levels.get(question.feature or "")
    if wanted is None:
        return [(options[at].id,) for at in dice.integers(len(options), size=people).tolist()]
    by_code: dict[int, list[str]] = {}
    for option in options:
        code = REGION_CODES[option.region or ""] if question.id == "province" else option.code
        by_code.setdefault(-1 if code is None else code, []).append(option.id)
    draws = dice.random(people).tolist()
    return [
        (by_code[code][int(draw * len(by_code[code]))],)
        for code, draw in zip(wanted.tolist(), draws, strict=True)
    ]


def _any_button(question: Question, people: int, dice: Dice) -> Column:
    options = _open(question)
    first = dice.integers(len(options) + question.skippable, size=people).tolist()
    more, draws = dice.integers(3, size=people).tolist(), dice.random((people, 2)).tolist()
    found: Column = []
    for at, count, draw in zip(first, more, draws, strict=True):
        if at == len(options):
            found.append((SKIPPED,))
        elif not question.multiple or options[at].exclusive:
            found.append((options[at].id,))
        else:
            free = [place for place, option in enumerate(options) if not option.exclusive]
            ticked = {at, *(free[int(share * len(free))] for share in draw[:count])}
            found.append(tuple(options[place].id for place in sorted(ticked)))
    return found


def _slipped(question: Question, column: Column, dice: Dice) -> Column:
    """The same answers, a few of them skipped or on the neighbouring button."""
    ids = [option.id for option in _open(question)]
    skipped = dice.random(len(column)) < (SKIPS if question.skippable else 0)
    slipped = dice.random(len(column)) < (0 if question.multiple else SLIPS)
    up = np.where(dice.random(len(column)) < 0.5, -1, 1).tolist()
    return [
        (SKIPPED,)
        if skip
        else (ids[min(max(ids.index(answer[0]) + step, 0), len(ids) - 1)],)
        if slip
        else answer
        for answer, skip, slip, step in zip(column, skipped.tolist(), slipped.tolist(), up, strict=True)
    ]


def _timed(columns: Mapping[str, Column], pace: tuple[float, float], dice: Dice) -> list[Respondent]:
    """People with these answers, as far as they are asked, in their time and on their days."""
    people = len(columns["age"])
    median, spread = pace
    own = median * np.exp(dice.normal(0, spread, size=(people, 1)))
    seconds = (own * np.exp(dice.normal(0, UNEVEN, size=(people, len(columns))))).tolist()
    days = dice.integers(DAYS, size=people).tolist()
    longer = (dice.random(people) < LONGER).tolist()
    return [
        _respondent(
            dict(zip(columns, answers, strict=True)), dict(zip(columns, times, strict=True)), day, more
        )
        for answers, times, day, more in zip(
            zip(*columns.values(), strict=True), seconds, days, longer, strict=True
        )
    ]


def _respondent(
    answers: dict[str, tuple[str, ...]], seconds: Mapping[str, float], day: int, longer: bool
) -> Respondent:
    asked = {question.id: answers[question.id] for question in QUESTIONNAIRE.path(answers, research=longer)}
    return Respondent(asked, {id: seconds[id] for id in asked}, FIRST + timedelta(days=day))


def _open(question: Question) -> Sequence[Option]:
    """The options of a question that a participant can have chosen."""
    return [option for option in question.options if option.id not in NOT_OF_AGE]


def _least(feature: str) -> Floats:
    """The smallest amount by code, from the greatest of the code before."""
    most = _most(feature)
    return np.concatenate([[0.0, 0.0], most[1:-1]])


def _most(feature: str) -> Floats:
    """The greatest amount by code, from 1 on; place 0 stands for no code."""
    (question,) = (q for q in QUESTIONNAIRE.questions if q.feature == feature)
    amounts = {o.code: np.inf if o.up_to is None else o.up_to for o in question.options if o.code is not None}
    return np.array([0.0, *(amounts[code] for code in sorted(amounts))])
