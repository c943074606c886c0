"""Figures are looked up by day, and never guessed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.parameters import Confidence, Figure, Figures, NoValue, Parameter, Parameters, Unit, Value

CHECKED = date(2026, 11, 23)


def value(from_: str, to: str | None, figure: Figure, confidence: Confidence = "verified_text") -> Value:
    last = date.fromisoformat(to) if to else None
    return Value(date.fromisoformat(from_), figure, ("law 第1条",), confidence, CHECKED, last)


def parameters(*values: Value, unit: Unit = "CNY", carried: bool = False) -> Parameters:
    return Parameters({"x.y": Parameter("x.y", unit, "甲", "x", values, carried)})


TWO_YEARS = parameters(
    value("2025-01-01", "2025-12-31", Decimal(400)), value("2026-01-01", "2026-12-31", Decimal(410))
)


def test_a_figure_is_that_of_its_day_both_ends_included() -> None:
    assert TWO_YEARS.at("x.y", date(2025, 12, 31)).value == 400
    assert TWO_YEARS.at("x.y", date(2026, 1, 1)).value == 410
    assert TWO_YEARS.at("x.y", date(2026, 12, 31)).value == 410


def test_a_day_without_a_figure_is_an_error_that_says_what_where_and_what_to_do() -> None:
    with pytest.raises(NoValue) as error:
        TWO_YEARS.at("x.y", date(2027, 1, 1))
    for part in ("x.y", "2027-01-01", "2026-12-31", "knowledge/parameters.yaml"):
        assert part in str(error.value)


def test_an_unknown_id_is_an_error_that_names_it() -> None:
    with pytest.raises(NoValue, match=r"x\.z: no such figure"):
        TWO_YEARS.at("x.z", CHECKED)


def test_an_unsure_figure_is_told_to_nobody() -> None:
    with pytest.raises(NoValue, match="unsure"):
        parameters(value("2025-01-01", None, Decimal(1), "unsure")).at("x.y", CHECKED)


def test_an_old_figure_stands_in_only_where_declared_and_says_so() -> None:
    old = value("2025-07-01", "2026-06-30", Decimal(5))
    assert parameters(old, carried=True).last("x.y", CHECKED) == (old, True)
    with pytest.raises(NoValue):
        parameters(old).last("x.y", CHECKED)


def test_a_figure_in_force_is_no_stand_in() -> None:
    now = value("2026-07-01", None, Decimal(6))
    both = parameters(value("2025-07-01", "2026-06-30", Decimal(5)), now, carried=True)
    assert both.last("x.y", CHECKED) == (now, False)


def test_a_figure_stands_in_for_a_year_at_most() -> None:
    old = parameters(value("2024-07-01", "2025-06-30", Decimal(5)), carried=True)
    assert old.last("x.y", date(2026, 7, 1))[1]
    with pytest.raises(NoValue):
        old.last("x.y", date(2026, 7, 2))


def test_a_figure_on_its_last_day_is_no_stand_in_though_an_older_one_ended() -> None:
    both = parameters(
        value("2024-07-01", "2025-06-30", Decimal(5)),
        value("2025-07-01", "2026-06-30", Decimal(6)),
        carried=True,
    )
    assert both.last("x.y", date(2026, 6, 30)) == (both.by_id["x.y"].values[1], False)
    assert both.last("x.y", date(2026, 7, 1)) == (both.by_id["x.y"].values[1], True)


def test_an_unsure_figure_does_not_stand_in_either() -> None:
    with pytest.raises(NoValue, match=r"^x\.y: the value from 2025-07-01 is unsure"):
        parameters(value("2025-07-01", "2026-06-30", Decimal(5), "unsure"), carried=True).last("x.y", CHECKED)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_no_day_gets_a_figure_that_is_not_in_force(on: date) -> None:
    try:
        found = TWO_YEARS.at("x.y", on)
    except NoValue:
        assert not date(2025, 1, 1) <= on <= date(2026, 12, 31)
    else:
        assert found.covers(on)
        assert not found.covers(on + timedelta(days=366))


def test_a_lookup_leaves_its_trace() -> None:
    figures = Figures(TWO_YEARS, date(2026, 5, 1))
    assert figures("x.y") == 410
    assert figures.used == {"x.y": TWO_YEARS.by_id["x.y"].values[1]}


@pytest.mark.parametrize(("confidence", "from_memory"), [("memory", True), ("derived", False)])
def test_a_figure_from_memory_is_remembered_as_such(confidence: Confidence, from_memory: bool) -> None:
    figures = Figures(parameters(value("2020-01-01", None, Decimal(1), confidence)), CHECKED)
    assert not figures.from_memory
    figures("x.y")
    assert figures.from_memory is from_memory


def test_a_hotline_from_memory_casts_no_doubt_on_what_it_is_asked_about() -> None:
    figures = Figures(parameters(value("2020-01-01", None, "12378", "memory"), unit="phone"), CHECKED)
    figures("x.y")
    assert not figures.from_memory


def test_a_figure_of_another_kind_is_refused_by_name() -> None:
    figures = Figures(parameters(value("2020-01-01", None, "12333")), CHECKED)
    for ask, kind in ((figures.number, "a number"), (figures.day, "a day"), (figures.table, "a table")):
        with pytest.raises(NoValue, match=rf"^x\.y: {kind} is needed and it is '12333'; fix"):
            ask("x.y")
