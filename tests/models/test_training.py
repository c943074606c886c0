"""Training gives the published numbers back, the same bytes each time, and serves only what may be served."""

from pathlib import Path

import numpy as np
import pytest

from models.serving import artifact, risk
from models.training import card, published, ranges
from models.training.evaluation import quality
from models.training.outcomes import expected
from models.training.specs import CONSTRAINT, EMPLOYMENT, GAP, PUBLISHED, SERVED, SPECS, TABLE_6, Spec
from models.training.train import ARTIFACTS, train
from tests.lengths import tries
from tests.models.conftest import run_with_hash_seed, train_into


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# What comes after the fits takes most of a training, and is tried with another hash seed at full length only.
FITS = """
import sys
from pathlib import Path
from threadpoolctl import threadpool_limits
from models.training.train import make
with threadpool_limits(1):
    list(make(Path(sys.argv[1])))
"""


def test_training_with_another_hash_seed_gives_the_same_bytes(trained: Path, tmp_path: Path) -> None:
    first = files(trained)
    assert len(first) == 4 + 2 + 4 + 1
    assert first["ranges.json"] == ranges.FILE.read_bytes()
    if tries("trainings") > 1:
        train_into(tmp_path, "2")
        assert files(tmp_path) == first
    else:
        run_with_hash_seed("2", "-c", FITS, tmp_path / "artifacts")
        assert files(tmp_path / "artifacts") == files(trained / "artifacts")


def test_artifacts_are_small(trained: Path) -> None:
    assert all(len(content) < 300_000 for content in files(trained).values())


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_the_committed_artifact_is_what_training_gives(spec: Spec, trained: Path) -> None:
    committed, fresh = (
        artifact.verify((folder / f"{spec.name}.json").read_text(encoding="utf-8"), name=spec.name)
        for folder in (ARTIFACTS, trained / "artifacts")
    )
    assert numbers(committed) == pytest.approx(numbers(fresh), abs=1e-6)
    assert committed["made_from"] == fresh["made_from"], "run `make train` and commit the artifacts"


def numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        return [number for part in value.values() for number in numbers(part)]
    if isinstance(value, list):
        return [number for part in value for number in numbers(part)]
    return [float(value)] if isinstance(value, int | float) else []


@pytest.mark.parametrize(("spec", "table"), [(PUBLISHED, "table_6"), (EMPLOYMENT, "table_4")])
def test_every_published_slope_comes_back(spec: Spec, table: str) -> None:
    printed = getattr(published.read(), table)
    assert set(spec.features) == set(printed) - {"constant"}
    for name, slope in zip(spec.features, train(spec).fit.slopes, strict=True):
        assert slope == pytest.approx(printed[name].coef, abs=1e-3), name


def test_the_published_constant_gives_a_fifth_and_not_the_published_share() -> None:
    assert card.implied_mean() == pytest.approx(0.21, abs=0.02)


def test_the_rebuilt_population_implies_the_published_standard_errors_where_it_should() -> None:
    ratios = {name: ratio for name, _, _, ratio in card.implied_errors()}
    for name in ("gender", "age", "education", "investing", "income_stability"):
        assert ratios[name] == pytest.approx(1, abs=0.1), name


@pytest.mark.parametrize(
    ("spec", "mean"), [(CONSTRAINT, 0.69), (PUBLISHED, 0.69), (GAP, 0.20), (EMPLOYMENT, 2110 / 4629)]
)
def test_the_mean_natural_frequency_is_the_published_share(spec: Spec, mean: float) -> None:
    rows = expected(spec)
    assert np.average(train(spec).fit.probabilities(rows.x), weights=rows.weight) == pytest.approx(
        mean, abs=1e-6
    )


def test_the_gap_is_as_common_below_and_above_5000_yuan_as_the_report_says() -> None:
    rows = expected(GAP)
    p, step = train(GAP).fit.probabilities(rows.x), rows.x[:, GAP.columns.index("income_from_3")]
    gap_and_low = rows.weight @ (p * (1 - step))
    assert gap_and_low / (rows.weight @ p) == pytest.approx(0.768, abs=1e-6)
    assert gap_and_low / (rows.weight @ (1 - step)) == pytest.approx(0.20 * 0.768 / 0.50, abs=1e-6)


def test_the_served_model_of_constraint_uses_neither_sex_nor_region_nor_social_insurance() -> None:
    for spec in SERVED:
        assert not {"gender", "region", "social_insurance", "age"} & set(spec.features)
    assert set(CONSTRAINT.features) < set(TABLE_6)


def test_more_debt_never_lowers_and_more_income_never_raises() -> None:
    slopes = dict(zip(CONSTRAINT.features, train(CONSTRAINT).fit.slopes, strict=True))
    assert slopes["debt"] > 0 > slopes["income"]


def test_only_significant_and_allowed_features_are_shown_as_reasons(
    constraint: risk.Model, gap: risk.Model
) -> None:
    assert constraint.shown == {"debt", "income"}
    assert gap.shown == {"income"}


def test_no_model_beats_its_ceiling_and_none_is_far_below() -> None:
    for name, found, best in card.qualities():
        assert found.auc <= best.auc + 1e-9, name
        assert best.log_loss - 1e-12 <= found.log_loss < best.log_loss + 0.02, name
        assert best.brier - 1e-12 <= found.brier, name
        assert found.slope == pytest.approx(1, abs=1e-4), name
        assert found.in_the_large == pytest.approx(0, abs=1e-6), name


def test_a_model_that_knows_nothing_scores_as_a_coin() -> None:
    rows = expected(CONSTRAINT)
    blind = quality(np.full(len(rows.y), 0.69), rows)
    assert blind.auc == pytest.approx(0.5)
    assert blind.log_loss == pytest.approx(-(0.69 * np.log(0.69) + 0.31 * np.log(0.31)), abs=1e-9)
