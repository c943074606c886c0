"""Collected answers take over from the report: as a challenger that waits, and a bad file changes nothing."""

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from models.__main__ import main
from models.serving import risk
from models.serving.scoring import Z90
from models.training import answers, catalytic, gate, learning, register, sheet, simulation
from models.training import train as training
from models.training.answers import AnswersError
from models.training.fitting import Fit, Rows, fit
from models.training.outcomes import expected
from models.training.specs import CONSTRAINT, GAP, Spec
from models.training.train import train
from tests.checkout import KNOWLEDGE
from tests.lengths import tries

NAME, DAY = "financing_constraint", date(2026, 12, 1)
*_, VERSION = answers.questionnaires()
HEADER = ["questionnaire_version", *sorted({*CONSTRAINT.features, *GAP.features}), "constrained", "gap"]
GOOD = {"education": "3", "income": "2", "saving": "2", "debt": "3", "premium": "1", "investing": "0"}


def drawn(truth: Fit, size: int, seed: int = 3) -> Rows:
    draw = np.random.default_rng(seed)
    ground = expected(CONSTRAINT)
    order = draw.choice(len(ground.weight), size=size, p=ground.weight / ground.weight.sum())
    y = (draw.random(size) < truth.probabilities(ground.x[order])).astype(float)
    return Rows(ground.x[order], y, np.ones(size))


def turned() -> Fit:
    """A world in which schooling counts three times as much, debt half, and investing the other way round."""
    published = train(CONSTRAINT).fit
    slopes = published.slopes * np.array([3, 1, 0.5, 1, -0.5])
    return catalytic.with_surveys_share(CONSTRAINT, Fit(CONSTRAINT.features, 0.0, slopes))


def write(path: Path, rows: Rows) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["questionnaire_version", *CONSTRAINT.features, "constrained"])
        for x, y in zip(rows.x.astype(int), rows.y.astype(int), strict=True):
            out.writerow([VERSION, *x.tolist(), y])
    return path


def write_lines(path: Path, *lines: dict[str, str], header: list[str] = HEADER) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(header)
        for number, line in enumerate(lines):
            cells = {
                "questionnaire_version": VERSION,
                **GOOD,
                "constrained": str(number % 2),
                "gap": str(number % 2),
            }
            out.writerow([({**cells, **line})[name] for name in header])
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in training.ARTIFACTS.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.json")}


def test_without_answers_the_result_is_the_published_model_whatever_tau() -> None:
    nothing = Rows(np.empty((0, 5)), np.empty(0), np.empty(0))
    for tau in (10.0, 2110.0, 20000.0):
        assert catalytic.blend(CONSTRAINT, nothing, tau=tau).slopes == pytest.approx(
            train(CONSTRAINT).fit.slopes, abs=1e-6
        )


def test_with_many_answers_the_result_is_that_of_the_answers() -> None:
    rows = drawn(turned(), 200_000)
    alone = fit(CONSTRAINT.features, rows, signs=CONSTRAINT.signs)
    both = catalytic.blend(CONSTRAINT, rows, tau=2110)
    assert both.slopes == pytest.approx(alone.slopes, abs=0.03)
    assert np.abs(both.slopes - train(CONSTRAINT).fit.slopes).max() > 0.15


def test_answers_that_turn_a_sign_can_not_make_more_debt_look_safer() -> None:
    published = train(CONSTRAINT).fit
    truth = Fit(CONSTRAINT.features, published.constant, published.slopes * np.array([1, -1, -1, 1, 1]))
    slopes = dict(
        zip(CONSTRAINT.features, train(CONSTRAINT, drawn(truth, 50_000), tau=10).fit.slopes, strict=True)
    )
    assert slopes["debt"] == 0
    assert slopes["income"] == 0


def test_more_answers_narrow_the_uncertainty() -> None:
    few, many = (train(CONSTRAINT, drawn(train(CONSTRAINT).fit, size), tau=2110) for size in (100, 10_000))
    assert np.all(many.errors < few.errors)
    assert np.all(few.errors < train(CONSTRAINT).errors)


def test_tau_is_large_where_the_report_is_right_and_small_where_it_is_wrong() -> None:
    right = catalytic.choose_tau(CONSTRAINT, drawn(train(CONSTRAINT).fit, 1000))
    wrong = catalytic.choose_tau(CONSTRAINT, drawn(turned(), 3000))
    assert wrong < right


def test_too_few_answers_leave_tau_at_the_published_sample() -> None:
    assert catalytic.choose_tau(CONSTRAINT, drawn(turned(), 49)) == 2110


def test_what_is_better_waits_for_a_month_and_a_persons_word_before_it_serves(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(folder)
    path = write(folder / "answers.csv", drawn(turned(), 4000))
    assert main(["train", "--answers", str(path), "--artifacts", str(folder)]) == 0
    assert f"{NAME}: nominated: better" in capsys.readouterr().out
    waits = register.challenger(folder, NAME)
    assert waits is not None
    assert contents(folder) == {**before, f"challenger/{NAME}.json": waits.text.encode()}

    served = risk.load(waits.text, name=NAME)
    assert served.points["education"][6] - served.points["education"][5] == pytest.approx(
        turned().slopes[0], abs=0.1
    )
    first, last = waits.since, waits.ready
    with pytest.raises(register.RegisterError, match=f"may serve from {last} on"):
        register.promote(folder, NAME, last - timedelta(days=1), "looked at both", {})
    assert (folder / f"{NAME}.json").read_bytes() == before[f"{NAME}.json"]
    register.promote(folder, NAME, last, "looked at both", {})
    assert risk.artifact(NAME, folder=folder).version == waits.version
    assert contents(folder) == {
        **before,
        f"{NAME}.json": waits.text.encode(),
        f"previous/{NAME}-{risk.artifact(NAME).version}.json": before[f"{NAME}.json"],
    }
    assert last - first >= timedelta(days=28)


def test_a_challenger_in_its_month_is_not_replaced_by_the_next(folder: Path) -> None:
    path = write(folder / "answers.csv", drawn(turned(), 4000))
    (first,) = learning.learn(path, DAY, folder)
    (second,) = learning.learn(write(path, drawn(turned(), 4000, seed=4)), DAY + timedelta(days=9), folder)
    assert (first.outcome, second.outcome) == ("nominated", "waiting")
    assert second.challenger == first.challenger
    waits = register.challenger(folder, NAME)
    assert waits is not None
    assert (waits.version, waits.since) == (first.challenger, DAY)


def test_a_refusal_changes_nothing_that_serves_and_leaves_its_reason(folder: Path) -> None:
    before = contents(folder)
    path = write(folder / "answers.csv", drawn(train(CONSTRAINT).fit, 3_600, seed=5))
    (decision,) = learning.learn(path, DAY, folder)
    assert (decision.outcome, decision.verdict.why, decision.challenger) == ("refused", "gain", "")
    assert contents(folder) == before
    (line,) = register.decisions(folder)
    assert (line["on"], line["model"], line["what"], line["why"]) == (str(DAY), NAME, "refused", "gain")
    asked = {row["question"]: row["yes"] for row in line["questions"]}
    assert asked["number"]
    assert not asked["gain"]


def test_the_way_back_is_one_step_and_can_be_taken_back(folder: Path) -> None:
    learning.learn(write(folder / "answers.csv", drawn(turned(), 4000)), DAY, folder)
    old, later = risk.artifact(NAME, folder=folder).version, DAY + timedelta(days=28)
    new = register.promote(folder, NAME, later, "looked at both", {}).version
    assert register.roll_back(folder, NAME, later) == old
    assert risk.artifact(NAME, folder=folder).version == old
    assert register.roll_back(folder, NAME, later) == new
    assert register.roll_back(folder, NAME, later, to=old) == old
    assert [line["what"] for line in register.decisions(folder)] == [
        *("nominated", "promoted", "rolled_back", "rolled_back", "rolled_back")
    ]


def test_a_challenger_can_be_sent_away(folder: Path) -> None:
    before = contents(folder)
    learning.learn(write(folder / "answers.csv", drawn(turned(), 4000)), DAY, folder)
    register.dismiss(folder, NAME, DAY, "riders found it odd")
    assert contents(folder) == before
    assert list(register.decisions(folder))[-1]["because"] == "riders found it odd"
    with pytest.raises(register.RegisterError, match="no financing_constraint waits"):
        register.dismiss(folder, NAME, DAY, "again")


def test_a_challenger_of_which_no_decision_tells_is_not_promoted(folder: Path) -> None:
    learning.learn(write(folder / "answers.csv", drawn(turned(), 4000)), DAY, folder)
    (folder / register.DECISIONS).unlink()
    with pytest.raises(register.RegisterError, match="learn again"):
        register.promote(folder, NAME, DAY + timedelta(days=90), "looked at both", {})


def test_a_plain_training_keeps_what_was_learned_from_answers(folder: Path) -> None:
    learning.learn(write(folder / "answers.csv", drawn(turned(), 4000)), DAY, folder)
    register.promote(folder, NAME, DAY + timedelta(days=28), "looked at both", {})
    learned = (folder / f"{NAME}.json").read_bytes()
    training.make(folder)
    assert learned in {file.read_bytes() for file in (folder / "previous").glob("*.json")}


def test_trusting_the_survey_more_makes_nothing_surer_than_it_is() -> None:
    rows = drawn(train(CONSTRAINT).fit, 500)
    asked, many = (train(CONSTRAINT, rows, tau=tau).errors for tau in (2110.0, 20000.0))
    assert (many > 0.98 * asked).all()
    assert (many <= 1.02 * train(CONSTRAINT).errors).all(), "answers don't widen what the report leaves open"


def test_after_learning_nine_of_ten_ranges_hold_a_truth_drawn_from_the_reports_own_uncertainty() -> None:
    draw = np.random.default_rng(11)
    published, ground = train(CONSTRAINT), expected(CONSTRAINT)
    away = np.column_stack([np.ones(len(ground.x)), ground.x - published.means])
    inside = []
    for seed in range(60):
        point, *slopes = draw.multivariate_normal(
            [published.baseline, *published.fit.slopes], published.covariance
        )
        truth = Fit(CONSTRAINT.columns, point - np.array(slopes) @ published.means, np.array(slopes))
        learned = train(CONSTRAINT, drawn(truth, 500, seed=seed), tau=20000.0)
        half = Z90 * np.sqrt(np.einsum("ij,jk,ik->i", away, learned.covariance, away))
        far = np.abs(learned.fit.logits(ground.x) - truth.logits(ground.x))
        inside.append(float(np.average(far <= half, weights=ground.weight)))
    assert 0.85 <= np.mean(inside) <= 0.97


def test_a_weight_whose_loss_is_no_number_is_never_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, kept = drawn(train(CONSTRAINT).fit, 200), catalytic.blend

    def broken(spec: Spec, rows: Rows, *, tau: float) -> Fit:
        found = kept(spec, rows, tau=tau)
        return Fit(found.features, float("nan"), found.slopes) if tau < 300 else found

    monkeypatch.setattr(catalytic, "blend", broken)
    assert catalytic.choose_tau(CONSTRAINT, rows) >= 300


def test_the_order_of_the_rows_changes_nothing(folder: Path) -> None:
    path = write(folder / "answers.csv", drawn(turned(), 3_600))
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    backwards = folder / "backwards.csv"
    backwards.write_text("\n".join([header, *reversed(lines)]), encoding="utf-8")
    current = train(CONSTRAINT).fit
    one, other = (gate.judge(CONSTRAINT, sheet.read(file), current) for file in (path, backwards))
    assert one.answers == other.answers


def test_an_incomplete_row_is_left_out_and_counted(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "answers.csv", {}, {}, {"debt": ""}, {"constrained": ""})
    collected = answers.read(path, CONSTRAINT)
    assert len(collected.rows.y) == 2
    assert collected.left_out == 2


BAD: dict[str, tuple[list[dict[str, str]], list[str], str]] = {
    "an unknown level": (
        [{}, {"debt": "7"}],
        HEADER,
        r"answers\.csv, row 3: debt is '7'; known codes: 1, 2.*Correct",
    ),
    "a level that is no number": ([{"income": "lots"}], HEADER, r"row 2: income is 'lots'"),
    "a missing column": (
        [{}, {}],
        [name for name in HEADER if name != "debt"],
        r"row 1: no column debt\. Export",
    ),
    "only a header": ([], HEADER, r"row 1: a header but no row\. Export"),
    "no complete row": ([{"debt": ""}], HEADER, r"row 2: no row has all of"),
    "one class only": (
        [{"constrained": "1", "gap": "1"}] * 200,
        HEADER,
        r"every complete row has constrained = 1\.",
    ),
    "another questionnaire": (
        [{}, {"questionnaire_version": "2025-01-01"}],
        HEADER,
        r"row 3: questionnaire_version is '2025-01-01'; the codes here are those of",
    ),
    "no outcome": (
        [{}],
        [name for name in HEADER if name not in ("constrained", "gap")],
        r"no column constrained or gap",
    ),
    "a column twice": ([{}], [*HEADER, "debt"], r"a column appears twice"),
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_file_is_refused_by_file_row_and_remedy_and_changes_nothing(
    fault: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines, header, message = BAD[fault]
    path = write_lines(folder / "answers.csv", *lines, header=header)
    before = contents(folder)
    with pytest.raises(AnswersError, match=message):
        learning.learn(path, DAY, folder)
    assert main(["train", "--answers", str(path), "--artifacts", str(folder)]) == 2
    said = capsys.readouterr().err
    assert str(path) in said
    assert "Nothing was changed" in said
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfe\x00", "can't be read as UTF-8"),
        (b"questionnaire_version,debt\n\n2026-11-23\n", "row 3: 1 cells where the header has 2"),
    ],
)
def test_a_broken_file_is_refused(content: bytes, message: str, folder: Path) -> None:
    path = folder / "answers.csv"
    path.write_bytes(content)
    with pytest.raises(AnswersError, match=message):
        answers.read(path, CONSTRAINT)


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnswersError, match=r"none\.csv, row 1: can't be read"):
        learning.learn(tmp_path / "none.csv", DAY, tmp_path)


def test_a_tampered_current_artifact_stops_the_learning(folder: Path) -> None:
    path = write(folder / "answers.csv", drawn(turned(), 200))
    target = folder / "financing_constraint.json"
    target.write_text(target.read_text(encoding="utf-8").replace("0.", "1.", 1), encoding="utf-8")
    assert main(["train", "--answers", str(path), "--artifacts", str(folder)]) == 2


@pytest.mark.slow
def test_the_catalytic_fit_is_never_worse_than_the_better_of_report_and_answers_by_over_one_percent() -> None:
    for point in simulation.run(worlds=tries("worlds"), sizes=(0, 100, 300, 1_000, 3_000, 10_000), seed=11):
        assert point.excess < 0.01, point


@pytest.mark.slow
def test_the_page_on_learning_is_written_with_its_plot(tmp_path: Path) -> None:
    points = simulation.write(tmp_path, worlds=1)
    page = (tmp_path / "learning.md").read_text(encoding="utf-8")
    assert "In 1 simulated worlds" in page
    assert all(f"| {point.size:,} | {point.prior:.4f} |" in page for point in points)
    assert "catalytic" in (tmp_path / "learning.svg").read_text(encoding="utf-8")


def test_the_committed_page_on_learning_holds_the_promise() -> None:
    page = (Path(__file__).parents[2] / "docs/reference/learning.md").read_text(encoding="utf-8")
    rows = [
        line.split("|")[1:-1] for line in page.splitlines() if line.startswith("| ") and line[2].isdigit()
    ]
    assert [row[0].strip() for row in rows] == ["0", "100", "300", "1,000", "3,000", "10,000"]
    assert all(float(row[-1].strip().removesuffix(" %")) < 1 for row in rows)


def test_answers_to_the_version_in_force_can_be_learned_from() -> None:
    assert KNOWLEDGE.questionnaire.version in answers.questionnaires(), (
        "if its codes are those of models/evidence/tables.yaml, add it to models/training/questionnaires.yaml"
    )
