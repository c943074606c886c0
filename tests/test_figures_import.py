"""A year's figures from a table: shown first, refused as a whole when a row is wrong, written as a whole."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.backoffice.figures import FiguresRefused, planned, take
from bot.content.parameters import Figures
from bot.loading.knowledge import load_knowledge
from tests.checkout import KNOWLEDGE

ROOT = Path(__file__).parents[1]
ON = date(2027, 9, 1)
HEAD = "id,from,to,floor,cap,average,value,sources,confidence,checked_on,note\n"
GOOD = (
    "pension.base_limits.hunan,2027-07-01,2028-06-30,4180,20900,6966.67,,"
    "province_bases_2026 湘人社规〔2027〕1号,verified_secondary,2027-08-20,\n"
    "medical.resident.individual_min,2027-01-01,2027-12-31,,,,420,medical_2027_enrolment,"
    "verified_secondary,2027-01-10,\n"
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge")
    return tmp_path


def table(root: Path, rows: str) -> Path:
    path = root / "new.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


def test_what_would_change_is_shown_and_nothing_is_written(root: Path) -> None:
    before = (root / "knowledge/parameters.yaml").read_bytes()
    shown = list(take(root, table(root, GOOD), ON, write=False))
    assert shown[0].startswith("pension.base_limits.hunan: {floor: 4180, cap: 20900, average: 6966.67}")
    assert "after {floor: 4106, cap: 20529, average: 6843} from 2026-07-01" in shown[0]
    assert shown[-1] == "2 values would be added; with --write they are"
    assert (root / "knowledge/parameters.yaml").read_bytes() == before


def test_what_is_written_is_in_force_and_the_rest_is_as_it_was(root: Path) -> None:
    list(take(root, table(root, GOOD), ON, write=True))
    new = load_knowledge(root, models=ROOT / "models/artifacts").parameters
    old = KNOWLEDGE.parameters
    assert Figures(new, ON).table("pension.base_limits.hunan")["floor"] == 4180
    assert Figures(new, date(2027, 1, 1)).number("medical.resident.individual_min") == 420
    changed = {id for id in new.by_id if new.by_id[id] != old.by_id[id]}
    assert changed == {"pension.base_limits.hunan", "medical.resident.individual_min"}
    assert all(
        Figures(new, date(2026, 11, 29))(id) == Figures(old, date(2026, 11, 29))(id) for id in changed
    ), "a result of today can be replayed"


def test_a_table_with_three_mistakes_is_refused_with_all_of_them(root: Path) -> None:
    rows = (
        "pension.base_limits.hunan,2027-07-01,2028-06-30,21000,20900,6966.67,,province_bases_2026,"
        "verified_secondary,2027-08-20,\n"  # the floor exceeds the cap
        "pension.base_limits.henan,2027-07-01,2028-06-30,4500,22500,7500,,province_bases_2026,"
        "verified_secondary,2027-08-20,\n"  # grown by a sixth, where others grow by two in a hundred
        "pension.base_limits.anhui,2027-07-01,2028-06-30,4440,22200,7400,,province_bases_2026,"
        "verified_secondary,2028-08-20,\n"  # checked next year
    )
    before = (root / "knowledge/parameters.yaml").read_bytes()
    with pytest.raises(FiguresRefused) as refused:
        list(take(root, table(root, rows), ON, write=True))
    told = str(refused.value)
    assert "hunan from 2027-07-01: its floor 21000 exceeds its cap 20900" in told
    assert "henan: it changes by 17% from 2025-07-01 to 2027-07-01, its like by 2%" in told
    assert "anhui from 2027-07-01: it was checked on 2028-08-20, in the future" in told
    assert (root / "knowledge/parameters.yaml").read_bytes() == before


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"id": "no.such"}, "no.such is no figure"),
        ({"id": ""}, "id is empty"),
        ({"sources": "nowhere"}, "nowhere is in no source"),
        ({"confidence": "certain"}, "confidence is one of"),
        ({"from": "July"}, "'July' is no day"),
        ({"from": "2025-01-01"}, "a value from 2026-07-01 is there already"),
        ({"to": "2027-01-01"}, "before it begins"),
        ({"floor": "4,180"}, "a number is needed"),
        ({"average": ""}, "it has floor, cap, average"),
        ({"value": "1"}, "either value or the columns"),
    ],
)
def test_a_row_that_can_t_be_read_is_named(row: dict[str, str], told: str) -> None:
    good = dict(zip(HEAD.strip().split(","), GOOD.split("\n")[0].split(","), strict=True))
    with pytest.raises(FiguresRefused, match="row 2") as refused:
        planned(KNOWLEDGE, [{**good, **row}], ON)
    assert told in str(refused.value)


def test_an_open_figure_is_ended_the_day_before_the_new_one() -> None:
    row = {
        "id": "pension.flex.contribution_rate", "from": "2027-07-01", "value": "0.2",
        "sources": "worked_example", "confidence": "verified_secondary", "checked_on": "2027-07-01",
    }  # fmt: skip
    (added,) = planned(KNOWLEDGE, [row], ON)
    assert added.before is not None
    assert added.before.to == date(2027, 6, 30)


def test_the_command_refuses_with_its_exit_status(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(
            ["figures", "import", str(table(root, "no.such,2027-01-01,,,,,1,hotlines,memory,2026-11-29,\n"))]
        )
        != 0
    )
    assert "no.such is no figure" in capsys.readouterr().err
