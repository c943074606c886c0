"""The model card: CARD.md and CARD.zh.md with their plots, made by the code from what it just trained."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.serving import artifact, risk
from models.training import fairness, plots, points, population, ranges, sensitivity
from models.training import published as survey
from models.training.evaluation import Quality, quality
from models.training.fitting import Fit, Floats, Rows, information
from models.training.groups import LARGE
from models.training.outcomes import expected
from models.training.published import Coefficient
from models.training.readings import readings
from models.training.specs import CONSTRAINT, EMPLOYMENT, GAP, PUBLISHED, SERVED, SPECS, Spec
from models.training.train import BANDS, KNOWN_NEEDED, content, train

FOLDER = Path(__file__).parents[1]
CARDS = {"en": "CARD.md", "zh": "CARD.zh.md"}


def make(folder: Path = FOLDER) -> list[Path]:
    """Write both cards and `plots/` into the folder; the same bytes each time."""
    draw(folder / "plots")
    facts = figures()
    environment = Environment(
        loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,  # noqa: S701 - Markdown from our own figures
    )  # fmt: skip
    written = []
    for language, name in CARDS.items():
        text = environment.get_template(f"{name}.j2").render(language=language, **facts)
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def figures() -> dict[str, Any]:
    """Everything that the cards' templates print."""
    evidence = survey.read()
    implied = implied_errors()
    return {
        "evidence": evidence,
        "refits": {spec.name: refit(spec, table) for spec, table in _published(evidence)},
        "served": {spec.name: _coefficients(spec) for spec in SERVED},
        "shares": shares(),
        "errors": implied,
        "implied_mean": implied_mean(),
        "qualities": qualities(),
        "groups": fairness.groups(),
        "ranges": ranges.document(),
        "readings": readings(),
        "table_4_information": table_4_information(),
        "large": LARGE,
        "shifts": sensitivity.shifts(),
        "baselines": {spec.name: train(spec).baseline for spec in SPECS},
        "bands": BANDS,
        "known_needed": KNOWN_NEEDED,
        "points": {spec.name: points.card(_loaded(spec)) for spec in SERVED},
        "double": points.DOUBLE,
    }


def _loaded(spec: Spec) -> risk.Model:
    """The model as it serves, made from the report alone."""
    made_from = {"evidence": survey.read().sha256, "answers": None}
    return risk.load(artifact.seal(content(train(spec), made_from)), name=spec.name)


def refit(spec: Spec, table: Mapping[str, Coefficient]) -> list[tuple[str, float, float, float]]:
    """Per predictor: name, printed coefficient, refitted, difference."""
    slopes = dict(zip(spec.features, train(spec).fit.slopes.tolist(), strict=True))
    return [(name, table[name].coef, slope, slope - table[name].coef) for name, slope in slopes.items()]


def shares() -> list[tuple[str, str, str | None, float, float, float]]:
    """Per share: population, share, its place in print (None if assumed), value, rebuilt, difference."""
    rows = []
    for name in survey.read().populations:
        rebuilt = population.rebuild(name)
        for share in rebuilt.constraints:
            found = rebuilt.share(share.of, share.given)
            rows.append((name, share.label, share.where, share.value, found, found - share.value))
    return rows


def implied_errors() -> list[tuple[str, float, float, float]]:
    """Per row of Table 6: standard error in print, as implied with the published constant, their ratio."""
    table = survey.read().table_6
    rows = expected(PUBLISHED).times(survey.read().sample["flexible"])
    covariance = np.linalg.inv(information(as_printed(), rows, centre=np.zeros(len(PUBLISHED.features))))
    found = np.sqrt(np.diag(covariance)).tolist()
    names = ("constant", *PUBLISHED.features)
    return [
        (name, table[name].printed_se, error, error / table[name].printed_se)
        for name, error in zip(names, found, strict=True)
    ]


def table_4_information() -> float:
    """Of the information that the rebuilt populations imply of Table 4's slopes, the part that is in print.

    Its base rate is known, unlike Table 6's: the constant is not the cause of what is missing here.
    """
    table, rows = survey.read().table_4, expected(EMPLOYMENT).times(survey.read().sample["total"])
    fitted = train(EMPLOYMENT).fit
    implied = np.sqrt(np.diag(np.linalg.inv(information(fitted, rows, centre=np.zeros(len(fitted.slopes))))))
    ratios = [error / table[name].se for name, error in zip(EMPLOYMENT.features, implied[1:], strict=True)]
    return float(np.median(ratios) ** 2)


def implied_mean() -> float:
    """The mean probability that Table 6 gives as printed, constant and all."""
    rows = expected(PUBLISHED)
    return float(np.average(as_printed().probabilities(rows.x), weights=rows.weight))


def as_printed() -> Fit:
    """Table 6 with its published constant."""
    table = survey.read().table_6
    slopes = np.array([table[name].coef for name in PUBLISHED.features])
    return Fit(PUBLISHED.features, table["constant"].coef, slopes)


def qualities() -> list[tuple[str, Quality, Quality]]:
    """Return of each model its quality and the ceiling, which is the quality of the expected outcomes
    themselves.
    """
    result = []
    for spec in (CONSTRAINT, PUBLISHED, GAP, EMPLOYMENT):
        rows = expected(spec)
        found = train(spec).fit.probabilities(rows.x)
        # A gap is impossible in no cell and certain in none, but keep the logarithm finite anyway.
        result.append((spec.name, quality(found, rows), quality(rows.y.clip(1e-12, 1 - 1e-12), rows)))
    return result


def draw(folder: Path) -> None:
    """All plots of the card."""
    evidence = survey.read()
    published = train(PUBLISHED)
    refitted = zip(published.fit.slopes.tolist(), published.errors.tolist(), strict=True)
    plots.coefficients(
        evidence.table_6, dict(zip(PUBLISHED.features, refitted, strict=True)), folder / "coefficients.svg"
    )
    implied = {name: found for name, _, found, _ in implied_errors() if name != "constant"}
    plots.standard_errors(evidence.table_6, implied, folder / "standard_errors.svg")
    curves = {
        spec.name: _tenths(train(spec).fit.probabilities(expected(spec).x), expected(spec)) for spec in SERVED
    }
    plots.calibration(curves, folder / "calibration.svg")
    distributions = {}
    for group in ("flexible", "truck"):
        table = population.rebuild(group).table(CONSTRAINT.features)
        distributions[group] = (
            train(CONSTRAINT).fit.probabilities(CONSTRAINT.design(table.levels)),
            table.shares,
        )
    plots.distribution(distributions, folder / "distribution.svg")


def _published(evidence: survey.Survey) -> tuple[tuple[Spec, Mapping[str, Coefficient]], ...]:
    return (PUBLISHED, evidence.table_6), (EMPLOYMENT, evidence.table_4)


def _coefficients(spec: Spec) -> list[tuple[str, float, float, bool, bool]]:
    trained = train(spec)
    found = trained.significant
    told = {term.feature for term, sure in zip(spec.terms, found, strict=True) if sure} & spec.reasons
    slopes, errors = trained.fit.slopes.tolist(), trained.errors.tolist()
    return [
        (term.name, slope, error, sure, sure and term.feature in told)
        for term, slope, error, sure in zip(spec.terms, slopes, errors, found, strict=True)
    ]


def _tenths(p: Floats, rows: Rows) -> tuple[Floats, Floats]:
    order = np.argsort(p, kind="stable")
    reached = np.cumsum(rows.weight[order]) / rows.weight.sum()
    tenth = np.minimum((10 * reached).astype(np.int64), 9)
    weights = population.weighted_counts(tenth, rows.weight[order])
    predicted = population.weighted_counts(tenth, (rows.weight * p)[order]) / weights
    observed = population.weighted_counts(tenth, (rows.weight * rows.y)[order]) / weights
    return predicted, observed
