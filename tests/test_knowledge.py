"""The knowledge is read strictly: whatever is not as it should be is refused, by file and place."""

import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.content.parameters import Figures
from bot.loading.knowledge import load_knowledge
from bot.loading.strict_yaml import File, KnowledgeRefused
from bot.loading.wordings import record
from models.serving import risk
from models.serving.risk import ArtifactError
from tests.checkout import KNOWLEDGE

ROOT = Path(__file__).parents[1]
Edit = Callable[[str, str, str], Path]


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Copy the knowledge and replace words in one file."""
    shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge")
    shutil.copytree(ROOT / "models/artifacts", tmp_path / "models/artifacts")

    def edit(name: str, old: str, new: str) -> Path:
        path = tmp_path / "knowledge" / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return edit


def test_the_knowledge_of_this_checkout_loads() -> None:
    knowledge = load_knowledge()
    assert {"financing_constraint", "insurance_gap"} == set(knowledge.models)
    assert knowledge.consent.purposes[0].required
    assert knowledge.piece("emergency_fund").theme == "cash_flow"


def test_figures_have_the_type_of_their_unit() -> None:
    figures = Figures(KNOWLEDGE.parameters, date(2026, 11, 23))
    assert figures("pension.flex.contribution_rate") == Decimal("0.2")
    assert figures("credit.relief.closed") == date(2026, 3, 31)
    assert figures("hotline.social_insurance") == "12333"
    assert figures.table("pension.payment_months")["60"] == 139


def test_how_a_version_asks_is_recorded_once_and_never_changed(edit: Edit) -> None:
    root = edit("questionnaire.yaml", "您多大年纪？", "您几岁？")
    knowledge = load_knowledge(root)
    version = knowledge.questionnaire.version
    kept = (root / f"knowledge/wordings/{version}.yaml").read_bytes()
    with pytest.raises(KnowledgeRefused, match="asked in other words"):
        record(knowledge.questionnaire, root)
    edit("questionnaire.yaml", f'version: "{version}"', 'version: "2099-01-01"')
    changed = load_knowledge(root).questionnaire
    assert record(changed, root) == record(changed, root), "again brings nothing new"
    recorded = load_knowledge(root).recorded
    assert recorded["2099-01-01"] == changed.words
    assert recorded[version]["age"].text.zh == "您多大年纪？"
    assert (root / f"knowledge/wordings/{version}.yaml").read_bytes() == kept


def test_the_command_says_where_this_version_is_recorded_and_finds_nothing_wrong(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["check", "--record"]) == 0
    where, *_ = capsys.readouterr().out.splitlines()
    assert Path(where) == ROOT / f"knowledge/wordings/{KNOWLEDGE.questionnaire.version}.yaml"


def test_the_version_changes_with_any_word(edit: Edit) -> None:
    root = edit("consent.yaml", "version", "version")
    before = load_knowledge(root).version
    assert before == load_knowledge(root).version
    edit_again = root / "knowledge/templates/zh/advice/emergency_fund.j2"
    edit_again.write_text(edit_again.read_text(encoding="utf-8") + " ", encoding="utf-8")
    assert load_knowledge(root).version != before


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("advice/cash_flow.yaml", "priority: 48", "priority: high", "emergency_fund.priority"),
        ("advice/cash_flow.yaml", "theme: cash_flow", "theme: cash", "emergency_fund.theme"),
        ("advice/cash_flow.yaml", "priority: 48", "urgent: 48", "nothing reads this key"),
        ("advice/cash_flow.yaml", "id: tax_refund", "id: emergency_fund", "the id is there twice"),
        (
            "advice/cash_flow.yaml",
            "checked_on: 2026-11-23",
            "checked_on: yesterday",
            "emergency_fund.checked_on",
        ),
        ("parameters.yaml", "from: 2006-01-01", "since: 2006-01-01", "nothing reads this key"),
        ("parameters.yaml", "value: 0.2,", "value: a fifth,", "pension.flex.contribution_rate.value"),
        ("parameters.yaml", "confidence: verified_text", "confidence: certain", "confidence"),
        ("parameters.yaml", "unit: phone", "unit: number", "hotline.social_insurance"),
        ("sources.yaml", "kind: law", "kind: idea", "social_insurance_law.kind"),
        ("questionnaire.yaml", "skippable: false", "skippable: perhaps", "age.skippable"),
        ("questionnaire.yaml", "part: short", "prt: short", "age"),
        ("consent.yaml", "version:", "verzion:", "consent.yaml"),
        ("parameters.yaml", "unit: ratio", "unit: ratio\n    unit: day", "twice"),
        ("parameters.yaml", "    values:\n", "    values: [\n", "YAML"),
        ("advice/cash_flow.yaml", "advice:", "pieces:", "a list of mappings is needed"),
    ],
)
def test_a_mistake_is_refused_by_file_and_place(edit: Edit, name: str, old: str, new: str, told: str) -> None:
    root = edit(name, old, new)
    with pytest.raises(KnowledgeRefused) as error:
        load_knowledge(root)
    assert str(error.value).startswith(f"knowledge/{name}: ")
    assert told in str(error.value)


def test_a_missing_file_is_named(edit: Edit) -> None:
    root = edit("consent.yaml", "version", "version")
    (root / "knowledge/sources.yaml").unlink()
    with pytest.raises(KnowledgeRefused, match=r"knowledge/sources\.yaml: can't be read"):
        load_knowledge(root)


def test_without_one_of_the_models_nobody_is_served_in_silence(edit: Edit) -> None:
    root = edit("consent.yaml", "version", "version")
    (root / "models/artifacts/insurance_gap.json").unlink()
    with pytest.raises(ArtifactError, match="insurance_gap"):
        load_knowledge(root)


def test_an_article_is_worded_in_each_language() -> None:
    assert KNOWLEDGE.cited("credit_regulation 第25、26条", "zh") == "《征信业管理条例》第25、26条"
    assert KNOWLEDGE.cited("credit_regulation 第25、26条", "en").endswith(
        "(Regulation on Credit Reporting), Art. 25, 26"
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: 'a' is there twice"),
        ("a: &a [x, *a]\n", "line 1: it holds itself"),
        ("a: &a {b: *a}\n", "line 1: it holds itself"),
        ("? [x, y]\n: z\n", "line 1: a key is one word or text"),
        ("a: 1\n---\nb: 2\n", "expected a single document"),
    ],
)
def test_yaml_that_can_be_read_in_two_ways_is_refused(text: str, told: str) -> None:
    with pytest.raises(KnowledgeRefused, match=told):
        File("some.yaml", text).mapping()


def test_every_scalar_stays_text_and_what_is_repeated_is_the_same() -> None:
    text = "a: &a [1, true, ~, 2026-11-30, !!int 5, '']\nb: *a\nc: {x: *a}\n"
    said = ["1", "true", "~", "2026-11-30", "5", ""]
    whole = File("some.yaml", text).mapping()
    assert whole == {"a": said, "b": said, "c": {"x": said}}
    assert whole["a"] is whole["b"]  # or a small file of repetitions could fill the memory


def test_each_file_is_read_once_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    names: Counter[str] = Counter()
    mapping = File.mapping

    def counted(file: File) -> dict[str, object]:
        names[file.name] += 1
        return mapping(file)

    monkeypatch.setattr(File, "mapping", counted)
    load_knowledge()
    assert len(names) > 30
    assert not [name for name, count in names.items() if count > 1]


def test_the_figures_of_complete_profiles_are_worked_out_when_they_are_asked_for() -> None:
    model = risk.artifact("insurance_gap")
    assert not model.whole
    assert not model.ranks
    profile = {name: codes[0] for name, codes in model.codes.items()}
    assert model.score(profile) == model.score(dict(profile))
    assert len(model.whole) == 1


def test_the_weights_of_a_classifier_are_parted_when_they_are_asked_for() -> None:
    model = load_knowledge().alarm
    assert "_by_feature" not in vars(model.weights)
    model.prepare()
    assert "_by_feature" in vars(model.weights)
    assert len(model.weights) == len(dict(model.weights)) > 10_000
    assert model.weights.get("no such feature", "") == ""


def test_serving_imports_no_check_of_the_knowledge() -> None:
    code = "import sys, bot.backoffice.serving; print([m for m in sys.modules if m.startswith('bot.check')])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "[]"
