"""The gate: may this sample speak, and if so, is what it teaches better than the model in service?

It asks one question after the other; the first that is answered no is the reason of a refusal. How common the
outcome is, is never learned: people came by themselves, and those whom it met may come more readily. A
candidate keeps the survey's share and learns the order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.training import composition, form, merit, response_checks, stability
from models.training.catalytic import blend, choose_tau, with_surveys_share
from models.training.fitting import Fit, Rows
from models.training.outcomes import expected
from models.training.response_checks import Checked
from models.training.sheet import OCCUPATION, UNKNOWN, Picked, Sheet, weighted
from models.training.specs import Spec

Question = Literal[
    "number", "haste", "line", "contradiction", "repeat", "believable",  # how people answered
    "trade", "drift", "score_drift", "base_rate", "weights",  # who answered
    "computed", "gain", "flattening", "calibration", "groups",  # whether the candidate is better
]  # fmt: skip

# Complete answers, all of them and those that may be believed. From some 1,500 on, an attack by 15 % of the
# people may gain enough to be followed; below some 3,000, the step that it leaves is often too faint to see.
LEAST = 3_500
TRADE = 0.5  # of those who named their work, in the commonest one
PSI = 0.25  # the usual mark of a population that has changed
WHO = ("region", "gender", "age")  # whose shares must not have changed either, where enough people told
AWAY = 0.10  # by which the share of the outcome may differ from the survey's
DESIGN_EFFECT = 2.0
GAIN = 0.002  # nats an answer: less, and no worker would notice
CHANCE = 0.005  # at which a gain of no more than that passes; two gains are asked, and both must pass
MISFIT = 0.05  # chance at which answers that the model's form does follow are refused


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of the gate: whether the answer is yes, and the figures that it rests on.

    about: what it concerns, where that is one of several (a feature, a trade, a group).
    """

    question: Question
    yes: bool
    figures: Mapping[str, float]
    about: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """What a sample teaches: the rows with their weights, the survey's weight beside them, the candidate."""

    rows: Rows
    tau: float
    candidate: Fit


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What the gate was answered, in order; from a sample that may not speak nothing is learned.

    left_out: rows that are incomplete or that a check refused.
    """

    answers: tuple[Answer, ...]
    rows: int
    left_out: int
    groups: tuple[merit.Group, ...] = ()
    learned: Learned | None = None

    @property
    def refused(self) -> Answer | None:
        """The first question that was answered no."""
        return next((answer for answer in self.answers if not answer.yes), None)

    @property
    def why(self) -> str:
        """The name of that question, or `better`."""
        return self.refused.question if self.refused else "better"


def judge(spec: Spec, sheet: Sheet, current: Fit) -> Verdict:
    """Judge what a sheet may teach a model."""
    checked = response_checks.check(sheet)
    picked = sheet.pick(spec, checked.kept)
    count = len(picked.at)
    left_out = sheet.people - count
    may = [_number("number", len(sheet.pick(spec).at)), *_manner(checked), _number("believable", count)]
    if count < LEAST:
        return Verdict(tuple(may), count, left_out)
    may += _composition(spec, sheet, picked, current)
    raked = composition.rake(picked.levels, spec.features)
    may.append(
        Answer("weights", not raked.missing and raked.design_effect <= DESIGN_EFFECT,
               {"design_effect": raked.design_effect, "effective": raked.effective}, raked.missing)
    )  # fmt: skip
    if not all(answer.yes for answer in may):
        return Verdict(tuple(may), count, left_out)
    rows = weighted(picked, raked.weights * raked.effective / count)
    tau = choose_tau(spec, rows)
    held = merit.predict(spec, rows, current, tau)
    groups = tuple(merit.groups(sheet, picked, held, rows))
    better = _better(rows, held, form.misfit(spec, picked, current), groups)
    candidate = with_surveys_share(spec, blend(spec, rows, tau=tau))
    return Verdict((*may, *better), count, left_out, groups, Learned(rows, tau, candidate))


def _number(question: Question, count: int) -> Answer:
    return Answer(question, count >= LEAST, {"rows": count, "least": LEAST})


def _manner(checked: Checked) -> Iterator[Answer]:
    """Whether people answered as people answer who mean it."""
    for found in checked.found:
        figures = {"failed": found.failed, "judged": found.judged, "limit": found.limit}
        yield Answer(found.check, not found.too_many, figures)


def _composition(spec: Spec, sheet: Sheet, picked: Picked, current: Fit) -> Iterator[Answer]:
    """Whether those who answered are the people for whom the model is."""
    trade, most, told = composition.most_common(sheet.word(OCCUPATION)[picked.at].tolist())
    yield Answer("trade", not composition.surely_above(most, told, TRADE),
                 {"most": most, "told": told, "limit": TRADE}, trade)  # fmt: skip
    columns = {name: sheet.code(name)[picked.at] for name in dict.fromkeys((*spec.features, *WHO))}
    moved = {
        name: stability.of_feature(name, codes)
        for name, codes in columns.items()
        if np.count_nonzero(codes != UNKNOWN) >= LEAST // 2
    }
    farthest = max(moved, key=lambda name: moved[name])
    yield Answer("drift", moved[farthest] < PSI, {"psi": moved[farthest], "limit": PSI}, farthest)
    score = stability.of_score(spec, current, picked.levels)
    yield Answer("score_drift", score < PSI, {"psi": score, "limit": PSI})
    ground = expected(spec)
    survey = float(np.average(ground.y, weights=ground.weight))
    low, high = composition.interval(picked.rows.y.sum(), len(picked.rows.y))
    yield Answer("base_rate", low <= survey + AWAY and high >= survey - AWAY,
                 {"share": float(picked.rows.y.mean()), "survey": survey, "limit": AWAY})  # fmt: skip


def _better(
    rows: Rows, held: merit.Predictions, misfit: form.Misfit, groups: tuple[merit.Group, ...]
) -> Iterator[Answer]:
    """Whether the candidate does better, on people whom it hasn't seen; ends with the first no.

    What is said against a candidate that gains nothing would not be true: it is just no better.
    """
    for answer in _merits(rows, held, misfit, groups):
        yield answer
        if not answer.yes:
            return


def _merits(
    rows: Rows, held: merit.Predictions, misfit: form.Misfit, groups: tuple[merit.Group, ...]
) -> Iterator[Answer]:
    ahead = merit.gain(held.candidate, held.current, rows, GAIN)
    beyond = merit.gain(held.candidate, held.flattened, rows, GAIN)
    gains = (*(group.gain for group in groups), ahead.mean, ahead.chance, beyond.mean, beyond.chance)
    computed = [*gains, misfit.chance]
    yield Answer("computed", bool(np.isfinite(computed).all()), {})
    yield _gained("gain", ahead)
    yield _gained("flattening", beyond)
    figures = {"chance": misfit.chance, "limit": MISFIT}
    yield Answer("calibration", misfit.chance >= MISFIT, figures, misfit.about)
    worse = [group for group in groups if group.worse]
    figures = {"groups": len(groups), "worse": len(worse)}
    yield Answer("groups", not worse, figures, worse[0].name if worse else "")


def _gained(question: Question, gain: merit.Gain) -> Answer:
    figures = {"gain": gain.mean, "least": GAIN, "chance": gain.chance, "limit": CHANCE}
    return Answer(question, gain.chance < CHANCE, figures)
