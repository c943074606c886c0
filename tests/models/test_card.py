"""The card says where its numbers come from, all anomalies, and the same in both languages."""

import re
from pathlib import Path

import pytest

from models.training import card, fairness, published, ranges
from models.training.groups import GROUPS, LARGE
from models.training.readings import readings

FOLDER = card.FOLDER
LANGUAGES = [("en", "CARD.md"), ("zh", "CARD.zh.md")]


@pytest.mark.parametrize("name", ["CARD.md", "CARD.zh.md"])
def test_the_committed_card_is_what_training_makes(name: str, trained: Path) -> None:
    committed, made = ((folder / name).read_text(encoding="utf-8") for folder in (FOLDER, trained))
    number = re.compile(r"[+-]?\d+\.\d+")
    assert number.sub("", committed) == number.sub("", made), "run `make train` and commit the cards"
    # The last printed digit may fall either way on another machine.
    figures = [[float(found) for found in number.findall(text)] for text in (committed, made)]
    assert figures[0] == pytest.approx(figures[1], abs=0.011)


@pytest.mark.parametrize("name", ["coefficients", "standard_errors", "calibration", "distribution"])
def test_every_plot_is_drawn(name: str, trained: Path) -> None:
    assert (trained / "plots" / f"{name}.svg").read_text(encoding="utf-8").startswith("<?xml")


@pytest.mark.parametrize(("language", "name"), LANGUAGES)
def test_the_card_tells_every_anomaly_and_its_reading(language: str, name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    for anomaly in published.read().anomalies:
        assert anomaly.text[language] in text
        assert anomaly.reading[language] in text


@pytest.mark.parametrize(("language", "said"), [("en", "We have no microdata"), ("zh", "我们没有原始数据")])
def test_the_card_says_first_that_there_are_no_microdata(language: str, said: str) -> None:
    text = (FOLDER / dict(LANGUAGES)[language]).read_text(encoding="utf-8")
    assert said in text.split("\n## ")[1]


def test_both_cards_carry_the_same_figures() -> None:
    tables = [
        re.findall(r"^\|.*\|$", (FOLDER / name).read_text(encoding="utf-8"), re.M) for _, name in LANGUAGES
    ]
    figures = [re.findall(r"-?\d+\.\d+", "\n".join(rows)) for rows in tables]
    assert len(figures[0]) > 500
    assert figures[0] == figures[1]


@pytest.mark.parametrize("name", ["CARD.md", "CARD.zh.md"])
def test_every_plot_that_the_card_shows_exists(name: str) -> None:
    shown = re.findall(r"\]\((plots/[^)]+)\)", (FOLDER / name).read_text(encoding="utf-8"))
    assert len(shown) == 4
    assert all((FOLDER / path).stat().st_size > 1000 for path in shown)


def test_every_printed_share_is_beside_its_rebuilt_one_in_the_card() -> None:
    text = (FOLDER / "CARD.md").read_text(encoding="utf-8")
    for population, label, where, *_ in card.shares():
        assert f"| {population} | {label.replace('|', 'given')} | {where or '**assumed**'} |" in text


def test_sex_region_and_age_leave_the_served_bands_alike() -> None:
    for feature in ("gender", "region"):
        high = [group.served_bands[2] for group in fairness.groups() if group.feature == feature]
        assert min(high) / max(high) >= 0.8, feature


def test_what_the_served_model_gives_up_on_sex_is_said_with_its_size() -> None:
    gaps = {group.name: group.gap for group in fairness.groups()}
    assert gaps["women"] > 0.03
    assert gaps["men"] < -0.03
    assert abs(gaps["all flexible"]) < 0.005


def test_no_assumed_share_moves_the_places_by_more_than_a_few_points(trained: Path) -> None:
    """By the table of the card that was made now, for which every share was moved and all refitted."""
    table = (trained / "CARD.md").read_text(encoding="utf-8").partition("\n### What the assumptions do\n")[2]
    rows = [row.strip("| ").split(" | ") for row in table.partition("\n#")[0].splitlines() if "%" in row]
    assert len(rows) == 20
    for share, _value, _range, *shifts in rows:
        places, bands = shifts[0::2], shifts[1::2]
        assert max(map(float, places)) < 5, share
        assert max(float(band.removesuffix(" %")) for band in bands) < 10, share


def test_every_large_gap_of_a_group_is_told_in_the_card() -> None:
    text = (FOLDER / "CARD.md").read_text(encoding="utf-8")
    for model, found in ranges.document()["groups"].items():
        told = text.partition(f"**Gaps over {LARGE}** of *{model}*: ")[2].partition("\n")[0]
        for gap in found:
            assert (f"{gap['name']} {gap['gap']:+.3f}" in told) == (abs(gap["gap"]) > LARGE), gap["name"]


def test_groups_are_measured_with_a_range_for_both_models() -> None:
    for found in ranges.document()["groups"].values():
        assert {gap["name"] for gap in found} == set(GROUPS)
        for gap in found:
            assert gap["low"] <= gap["gap"] <= gap["high"]
            assert 0 < gap["share"] < 1
            assert 0 <= gap["false_low"] <= 1
            assert 0 <= gap["false_high"] <= 1


def test_women_outside_social_insurance_are_the_group_that_is_misread_the_most_in_borrowing() -> None:
    found = ranges.document()["groups"]["financing_constraint"]
    worst = max(found, key=lambda gap: abs(gap["gap"]))
    assert worst["name"] == "women outside social insurance"
    assert worst["low"] > 0, "in nine worlds of ten their risk is called too high"


def test_the_readings_say_what_each_would_change() -> None:
    found = {reading.id: reading for reading in readings()}
    assert found["served"].places == pytest.approx(0, abs=0.1)
    assert found["served"].mean == pytest.approx(0.22, abs=0.01)
    assert found["raw_codes"].mean == pytest.approx(0.62, abs=0.02), "near the 69 % of the text"
    assert found["raw_codes"].premium < found["held_at_mean"].premium < found["served"].premium
    assert found["raw_codes"].places > found["held_at_mean"].places > 1
    assert found["narrow_outcome"].places < 1, "the place hardly rests on the base rate"
