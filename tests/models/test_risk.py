"""What serving promises: the trained model exactly, sums that add up, honest unknowns, and no more."""

import itertools
import math
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.serving import artifact, risk
from models.serving.risk import Abstained, ArtifactError, Model, Score
from models.training.specs import CONSTRAINT, GAP, Spec
from models.training.train import ARTIFACTS, train
from tests.models.twin import estimator

SPECS = {spec.name: spec for spec in (CONSTRAINT, GAP)}
MANY = 100_000
# What release 1.0.0 said of the lowest code of every answer.
EXPECTED_OF_1_0_0: Mapping[str, dict[str, object]] = {
    "financing_constraint": {
        "version": "9f170e0d3f4d",
        "band": "middle",
        "figures": (63.883483210092095, 0.736513411566189, 0.6747916966325435, 0.790163597521099),
    },
    "insurance_gap": {
        "version": "f1fb8524ddd7",
        "band": "high",
        "figures": (99.00014740982013, 0.32727180129262606, 0.26172469559718775, 0.40033316907504723),
    },
}
SAME = 1e-9  # between the committed model and one that is trained here: processors add in different orders


def random_levels(model: Model, count: int, seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return np.column_stack([draw.choice(model.codes[name], size=count) for name in model.features])


def profile(model: Model, row: np.ndarray) -> dict[str, int | None]:
    return dict(zip(model.features, row.tolist(), strict=True))


def scored(model: Model, levels: Mapping[str, int | None], group: str | None = None) -> Score:
    result = model.score(levels, group=group)
    assert isinstance(result, Score)
    return result


def partial_profiles(model: Model) -> list[dict[str, int | None]]:
    """Every profile, known and unknown answers in every combination."""
    options = [(None, *model.codes[name]) for name in model.features]
    return [dict(zip(model.features, levels, strict=True)) for levels in itertools.product(*options)]


def test_json_scores_as_scikit_learn_does_on_many_profiles(served: Model) -> None:
    spec: Spec = SPECS[served.name]
    levels = random_levels(served, MANY, seed=1)
    theirs = estimator(train(spec).fit).predict_proba(spec.design(levels))[:, 1]
    ours = np.array([scored(served, profile(served, row)).probability for row in levels])
    assert np.abs(ours - theirs).max() < SAME


def test_contributions_sum_to_the_score_exactly_on_many_profiles(served: Model) -> None:
    draw = np.random.default_rng(2)
    levels = random_levels(served, MANY, seed=2)
    hidden = draw.random(levels.shape) < 0.15
    found = 0
    for row, unknown in zip(levels, hidden, strict=True):
        known = {
            name: None if gone else level
            for (name, level), gone in zip(profile(served, row).items(), unknown, strict=True)
        }
        score = served.score(known)
        if isinstance(score, Score):
            found += 1
            parts = [driver.contribution for driver in score.drivers]
            assert math.fsum([score.mean_logit, *parts, score.unexplained]) == score.logit
            assert [abs(part) for part in parts] == sorted((abs(part) for part in parts), reverse=True)
            assert 0 <= score.low <= score.probability <= score.high <= 1
            assert 0 <= score.percentile <= 100
    assert found > MANY / 2


def test_a_driver_is_its_slopes_times_the_distance_from_the_population_s_mean(served: Model) -> None:
    spec, trained = SPECS[served.name], train(SPECS[served.name])
    for row in random_levels(served, 500, seed=8):
        score = scored(served, profile(served, row))
        parts = trained.fit.slopes * (spec.design(row[None, :])[0] - trained.means)
        for driver in score.drivers:
            own = [
                part for term, part in zip(spec.terms, parts, strict=True) if term.feature == driver.feature
            ]
            assert driver.contribution == pytest.approx(sum(own), abs=SAME)
            assert driver.level == dict(zip(served.features, row, strict=True))[driver.feature]
        assert score.logit == pytest.approx(math.log(score.probability / (1 - score.probability)), abs=1e-9)


def test_the_interval_is_that_of_the_coefficients_covariance(served: Model) -> None:
    spec, trained = SPECS[served.name], train(SPECS[served.name])
    for row in random_levels(served, 500, seed=9):
        score = scored(served, profile(served, row))
        away = np.concatenate([[1.0], spec.design(row[None, :])[0] - trained.means])
        spread = 1.6448536269514722 * math.sqrt(away @ trained.covariance @ away)
        assert score.low == pytest.approx(1 / (1 + math.exp(spread - score.logit)), abs=1e-9)
        assert score.high == pytest.approx(1 / (1 + math.exp(-spread - score.logit)), abs=1e-9)


@pytest.mark.parametrize(("feature", "direction"), [("debt", 1), ("income", -1)])
def test_more_debt_never_lowers_and_more_income_never_raises_the_risk(
    constraint: Model, feature: str, direction: int
) -> None:
    levels = random_levels(constraint, MANY, seed=3)
    place = constraint.features.index(feature)
    lower, higher = levels.copy(), levels.copy()
    lower[:, place] = np.minimum(levels[:, place], 5)
    higher[:, place] = lower[:, place] + 1
    for row, other in zip(lower, higher, strict=True):
        before, after = (
            scored(constraint, profile(constraint, row)),
            scored(constraint, profile(constraint, other)),
        )
        assert direction * (after.logit - before.logit) >= 0
        assert direction * (after.percentile - before.percentile) >= 0
        assert direction * (after.probability - before.probability) >= 0


@pytest.mark.parametrize("group", [None, "truck"])
def test_the_monotone_directions_hold_with_unknown_answers_too(constraint: Model, group: str | None) -> None:
    for levels in partial_profiles(constraint):
        for feature, direction in (("debt", 1), ("income", -1)):
            level = levels[feature]
            if level is not None and level < 6:
                before = constraint.score(levels, group=group)
                after = constraint.score({**levels, feature: level + 1}, group=group)
                if isinstance(before, Score) and isinstance(after, Score):
                    assert direction * (after.probability - before.probability) >= 0
                    assert direction * (after.percentile - before.percentile) >= 0


def test_flipping_sex_or_region_or_age_or_social_insurance_changes_nothing(served: Model) -> None:
    draw = np.random.default_rng(4)
    for row in random_levels(served, MANY, seed=4):
        known = profile(served, row)
        flips = {"gender": int(draw.integers(2)), "region": int(draw.integers(1, 5)), "age": 2}
        assert served.score({**known, **flips, "social_insurance": 1}) == served.score(known)


@pytest.mark.parametrize("group", [None, "truck"])
def test_one_more_unknown_never_narrows_the_interval(served: Model, group: str | None) -> None:
    compared = 0
    for levels in partial_profiles(served):
        for name in served.features:
            if levels[name] is None:
                continue
            known, unknown = (
                served.score(levels, group=group),
                served.score({**levels, name: None}, group=group),
            )
            if isinstance(known, Score) and isinstance(unknown, Score):
                assert unknown.high - unknown.low >= known.high - known.low - 1e-12
                compared += 1
    assert compared > 10_000


def test_one_more_unknown_never_turns_silence_into_a_score(served: Model) -> None:
    for levels in partial_profiles(served):
        if isinstance(served.score(levels), Abstained):
            assert all(
                isinstance(served.score({**levels, name: None}), Abstained) for name in served.features
            )


def test_an_unknown_answer_is_averaged_over_the_population_given_the_known_ones(constraint: Model) -> None:
    known: dict[str, int] = {"education": 2, "income": 2, "debt": 4, "investing": 1}
    order, cells = constraint.population.given(known)
    assert order == ("premium",)
    weights = np.array([share for _, share in cells])
    profiles = [{**known, "premium": levels[0]} for levels, _ in cells]
    logits = np.array([constraint.logit(complete) for complete in profiles])
    score = scored(constraint, known)
    assert weights.sum() == pytest.approx(1, abs=1e-9)
    assert score.logit == pytest.approx(weights @ logits, abs=1e-12)
    assert score.probability == pytest.approx(weights @ (1 / (1 + np.exp(-logits))), abs=1e-12)
    assert min(scored(constraint, complete).probability for complete in profiles) < score.probability
    assert score.probability < max(scored(constraint, complete).probability for complete in profiles)
    assert score.missing == ("premium",)
    assert score.ask_next == "premium"


def test_what_is_known_speaks_of_what_is_not(constraint: Model) -> None:
    """Low earners hold less cover in the population: an unknown premium is averaged given the income."""
    answers = {"education": 3, "debt": 2, "investing": 1}
    assert (
        scored(constraint, {**answers, "income": 1}).unexplained
        > scored(constraint, {**answers, "income": 5}).unexplained
    )


def test_the_percentile_is_the_place_in_the_population(constraint: Model) -> None:
    order, cells = constraint.population.given({})
    logits = np.array([constraint.logit(dict(zip(order, levels, strict=True))) for levels, _ in cells])
    shares = np.array([share for _, share in cells])
    for row in random_levels(constraint, 200, seed=5):
        score = scored(constraint, profile(constraint, row))
        below, same = (
            shares[logits < score.logit - 1e-9].sum(),
            shares[np.abs(logits - score.logit) <= 1e-9].sum(),
        )
        assert score.percentile == pytest.approx(100 * (below + same / 2), abs=1e-6)


def test_each_band_holds_about_a_third_of_the_population(constraint: Model) -> None:
    order, cells = constraint.population.given({})
    held = dict.fromkeys(("low", "middle", "high"), 0.0)
    for levels, share in cells:
        held[scored(constraint, dict(zip(order, levels, strict=True))).band] += share
    assert list(held.values()) == pytest.approx([1 / 3] * 3, abs=0.01)


def test_a_truck_driver_also_stands_among_truck_drivers(constraint: Model) -> None:
    levels = {"education": 2, "income": 3, "debt": 3, "premium": 2, "investing": 0}
    score = scored(constraint, levels, group="truck")
    assert score.group_percentile is not None
    assert score.group_percentile < score.percentile
    assert scored(constraint, levels).group_percentile is None
    assert scored(constraint, levels, group="rider") == scored(constraint, levels)


def test_a_model_that_knows_too_little_abstains_and_says_what_to_ask(constraint: Model, gap: Model) -> None:
    nothing = constraint.score({})
    assert isinstance(nothing, Abstained)
    assert nothing.reason == "too_little_known"
    assert nothing.missing == constraint.features
    assert nothing.ask_next == "debt"
    no_income = gap.score({"education": 3, "saving": 2, "debt": 1, "investing": 0})
    assert isinstance(no_income, Abstained)
    assert no_income.ask_next == "income"


@pytest.mark.parametrize("level", [0, 7, -1, 99, True])
def test_a_level_outside_the_coding_is_not_scored(constraint: Model, level: int) -> None:
    result = constraint.score({"education": 3, "income": 2, "debt": level, "premium": 1, "investing": 0})
    assert isinstance(result, Abstained)
    assert result.reason == "outside_range"


def test_a_minor_gets_no_score_whatever_is_known(served: Model) -> None:
    result = served.score(profile(served, random_levels(served, 1, seed=6)[0]), minor=True)
    assert isinstance(result, Abstained)
    assert result.reason == "not_for_minors"
    assert result.ask_next is None


@given(st.data())
def test_what_is_asked_next_is_something_missing(constraint: Model, data: st.DataObject) -> None:
    levels = {
        name: data.draw(st.sampled_from((None, *constraint.codes[name]))) for name in constraint.features
    }
    result = constraint.score(levels)
    assert result.ask_next in (result.missing or (None,))


def test_a_changed_byte_anywhere_is_refused(served: Model) -> None:
    text = (ARTIFACTS / f"{served.name}.json").read_text(encoding="utf-8")
    assert text.isascii()
    step = max(1, len(text) // 4000)
    for place in range(0, len(text), step):
        other = "1" if text[place] != "1" else "2"
        with pytest.raises(ArtifactError):
            risk.load(text[:place] + other + text[place + 1 :], name=served.name)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text + "\n",
        lambda text: text[:-2],
        lambda text: text.replace(": ", ":  ", 1),
        lambda text: text.replace("0.", "0.0", 1),
        lambda text: text.replace('"served": true', '"served": true,\n"served": true'),
        lambda text: "",
        lambda text: "[]",
    ],
)
@pytest.mark.asvs("1.5.2")
def test_a_change_of_form_is_refused_and_says_what_to_do(change: object, constraint: Model) -> None:
    assert callable(change)
    text = (ARTIFACTS / "financing_constraint.json").read_text(encoding="utf-8")
    with pytest.raises(ArtifactError, match=r"financing_constraint\.json was refused: .* run `make train`"):
        risk.load(change(text), name="financing_constraint")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 3}, "its schema is 3, this version reads 1, 2"),
        ({"schema": "2"}, "its schema is '2', this version reads 1, 2"),
        ({"levers": {}}, "its keys differ from what this version reads: levers"),
        ({"surprise": 1}, "its keys differ from what this version reads: surprise"),
    ],
)
def test_an_artifact_of_another_version_is_refused_though_sealed(
    change: dict[str, object], message: str
) -> None:
    text = (ARTIFACTS / "insurance_gap.json").read_text(encoding="utf-8")
    content = artifact.verify(text, name="insurance_gap")
    del content["sha256"]
    with pytest.raises(ArtifactError, match=message):
        risk.load(artifact.seal({**content, **change}), name="insurance_gap")


@pytest.mark.parametrize("name", ["financing_constraint", "insurance_gap"])
def test_an_artifact_of_release_1_0_0_scores_as_it_did(name: str) -> None:
    text = (Path(__file__).with_name("release_1_0_0") / f"{name}.json").read_text(encoding="utf-8")
    model = risk.load(text, name=name)
    assert model.order is None
    told = EXPECTED_OF_1_0_0[name]
    score = model.score(dict.fromkeys(model.features, 1))
    assert isinstance(score, Score)
    assert (score.version, score.band) == (told["version"], told["band"])
    figures = (score.percentile, score.probability, score.low, score.high)
    assert figures == pytest.approx(told["figures"], abs=1e-9)


def test_an_artifact_under_another_name_is_refused() -> None:
    text = (ARTIFACTS / "insurance_gap.json").read_text(encoding="utf-8")
    with pytest.raises(ArtifactError, match="it says that it is 'insurance_gap'"):
        risk.load(text, name="financing_constraint")


@pytest.mark.parametrize("name", ["financing_constraint_published", "employment_status"])
def test_a_model_for_the_card_is_not_served(name: str) -> None:
    with pytest.raises(ArtifactError, match="not for workers"):
        risk.artifact(name)


def test_a_missing_artifact_says_what_to_do() -> None:
    with pytest.raises(ArtifactError, match="make train"):
        risk.artifact("none")


def test_serving_needs_only_the_standard_library() -> None:
    code = (
        "import sys; from models.serving import risk;"
        "risk.artifact('financing_constraint'); risk.artifact('insurance_gap');"
        "heavy = {'sklearn', 'numpy', 'scipy', 'pandas', 'matplotlib', 'yaml', 'jinja2', 'statsmodels'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
