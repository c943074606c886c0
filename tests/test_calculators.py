"""Policy in code reproduces the worked examples of the facts, to the cent."""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal, cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.content.parameters import Figures, NoValue
from bot.guidance.calculators import (
    BASE_LIMITS,
    Age,
    Category,
    Place,
    Range,
    Reserve,
    cents,
    delay_months,
    emergency_fund,
    medical_contribution,
    payment_months,
    pension,
    pension_contribution,
    private_ceiling,
    record_gone,
    retirement,
    retirement_span,
    share_of_income,
    subsidy,
    waiting_months,
    yearly_cost,
    years_needed,
)
from bot.guidance.calculators.amounts import in_year
from bot.guidance.calculators.pensions import _tens
from tests.checkout import KNOWLEDGE

ON = date(2026, 11, 29)
PARAMETERS = KNOWLEDGE.parameters
LOWEST = Decimal("0.6")
PLACES = [id.rsplit(".", 1)[1] for id in PARAMETERS.by_id if id.startswith("pension.base_limits.")]
PROVINCES = [place for place in PLACES if not place.isdecimal()]


def figures(on: date = ON) -> Figures:
    return Figures(PARAMETERS, on)


# What the facts' table G gives as the lowest monthly contribution of 2026.
LOWEST_2026 = {
    "beijing": "1454", "tianjin": "1036", "hebei": "815.2", "shanxi": "848.8", "inner_mongolia": "1011.6",
    "liaoning": "906.6", "heilongjiang": "924.6", "shanghai": "1509.2",
    "anhui": "870.8", "guangxi": "840.96", "qinghai": "1066.6", "shandong": "914.6", "hunan": "821.2",
    "chongqing": "910.6", "sichuan": "939.8", "guizhou": "885.21", "yunnan": "880.6", "tibet": "1434.48",
    "shaanxi": "947.4", "gansu": "905.2", "ningxia": "1004.6", "xinjiang": "1049.2",
}  # fmt: skip


@pytest.mark.parametrize(("province", "month"), LOWEST_2026.items())
def test_the_lowest_contribution_of_2026_is_that_of_the_facts(province: str, month: str) -> None:
    found = pension_contribution(figures(), Place(province), LOWEST)
    assert (found.month, found.year, found.carried) == (Decimal(month), 2026, False)


# Those of 2025, which go on where nothing new is published: a stand-in, but for Guangdong, which kept them.
LOWEST_2025 = {
    "jiangsu": "990.4", "zhejiang": "997.2", "fujian": "808.6", "jiangxi": "783", "henan": "766.2",
    "hubei": "899.6", "hainan": "982.56", "guangdong": "955",
}  # fmt: skip
IN_DISPUTE = {"jilin"}


@pytest.mark.parametrize(("province", "month"), LOWEST_2025.items())
def test_a_province_without_a_new_base_shows_the_old_one_by_its_year(province: str, month: str) -> None:
    found = pension_contribution(figures(), Place(province), LOWEST)
    assert (found.month, found.year, found.carried) == (Decimal(month), 2025, province != "guangdong")


def test_every_province_is_told_a_base_but_where_two_sources_disagree() -> None:
    assert set(PROVINCES) == {*LOWEST_2026, *LOWEST_2025, *IN_DISPUTE}
    for province in IN_DISPUTE:
        with pytest.raises(NoValue, match="unsure"):
            pension_contribution(figures(), Place(province), LOWEST)


@pytest.mark.parametrize("share", [LOWEST, Decimal(1), Decimal(3)])
def test_a_contribution_says_of_which_share_it_is(share: Decimal) -> None:
    assert pension_contribution(figures(), Place("shanghai"), share).share == share


def test_the_base_stays_between_floor_and_cap() -> None:
    for province in set(PROVINCES) - IN_DISPUTE:
        lowest, most = (pension_contribution(figures(), Place(province), Decimal(s)) for s in ("0.1", "9"))
        limits = figures().last(f"pension.base_limits.{province}")[0].value
        assert isinstance(limits, dict)
        assert (lowest.base, most.base) == (limits["floor"], limits["cap"])


def test_a_contribution_is_compared_with_both_ends_of_the_income_band() -> None:
    share = share_of_income(Decimal("1509.20"), Range(Decimal(5001), Decimal(8000)))
    assert (share.low, share.high) == (Decimal("0.19"), Decimal("0.30"))


def test_a_flexible_workers_medical_month_in_shanghai_is_that_of_the_worked_example() -> None:
    medical = medical_contribution(figures(), Place("shanghai"))
    whole = pension_contribution(figures(), Place("shanghai"), LOWEST).month + medical.month
    assert (medical.month, whole) == (Decimal("754.60"), Decimal("2263.80"))
    with pytest.raises(NoValue):
        medical_contribution(figures(), Place("henan"))


def test_the_subsidy_returns_two_thirds_to_the_cent() -> None:
    assert subsidy(figures(), Decimal("1509.20")) == Decimal("1006.13")


def test_a_province_with_a_lower_share_of_its_own_returns_no_more_than_that() -> None:
    assert subsidy(figures(), Decimal("1509.20"), "shanghai") == Decimal("754.60")
    assert subsidy(figures(), Decimal("1509.20"), "henan") == Decimal("1006.13")
    with pytest.raises(NoValue, match=r"subsidy\.flex\.share\.shanghai: no value for 2027-01-01"):
        subsidy(figures(date(2027, 1, 1)), Decimal("1509.20"), "shanghai")


def test_a_base_that_holds_in_a_part_of_the_province_says_in_which() -> None:
    def part(province: str) -> Mapping[Literal["zh", "en"], str]:
        return Place(province).in_words(figures(), BASE_LIMITS)

    assert "武汉" in part("hubei")["zh"]
    assert "Wuhan" in part("hubei")["en"]
    assert not part("shanghai")


@pytest.mark.parametrize(
    ("category", "born", "months"),
    [
        ("man", "1964-12", 0), ("man", "1965-01", 1), ("man", "1965-05", 2), ("man", "1976-08", 35),
        ("man", "1976-09", 36), ("man", "2000-01", 36),
        ("woman_55", "1970-01", 1), ("woman_55", "1981-09", 36), ("woman_50", "1974-12", 0),
        ("woman_50", "1975-01", 1), ("woman_50", "1975-03", 2), ("woman_50", "1984-10", 59),
        ("woman_50", "1984-11", 60),
    ],
)  # fmt: skip
def test_retirement_is_delayed_as_in_the_annexes(category: Category, born: str, months: int) -> None:
    assert delay_months(figures(), category, date.fromisoformat(f"{born}-15")) == months


def test_a_man_born_in_january_1965_retires_at_60_and_a_month() -> None:
    found = retirement(figures(), "man", date(1965, 1, 15))
    assert (found.age, found.year, found.month) == (Age(60, 1), 2025, 2)
    assert found.years_needed == 15


def test_an_age_band_gives_the_first_and_the_last_month_and_never_one_day() -> None:
    found = retirement_span(figures(), ["man"], (41, 50))
    assert (found.earliest.age, found.earliest.year, found.earliest.month) == (Age(62, 9), 2038, 8)
    assert (found.latest.age, found.latest.year, found.latest.month) == (Age(63, 0), 2048, 11)
    assert found.delay == Range(Decimal(33), Decimal(36))
    assert (found.earliest.years_needed, found.latest.years_needed) == (Decimal("19.5"), Decimal(20))
    assert not found.reached


@pytest.mark.parametrize(
    ("today", "month"), [(date(2026, 11, 29), 8), (date(2026, 11, 30), 9), (date(2026, 12, 1), 9)]
)
def test_the_oldest_of_a_band_has_the_next_birthday_tomorrow(today: date, month: int) -> None:
    """On the last day of November the oldest of those up to 50 was born on 1 December."""
    found = retirement_span(figures(today), ["man"], (41, 50))
    assert (found.earliest.year, found.earliest.month) == (2038, month)


def test_who_reaches_the_age_this_very_month_may_have_reached_it() -> None:
    found = retirement_span(figures(date(2029, 9, 10)), ["man"], (59, 60))
    assert (found.earliest.age, found.earliest.year, found.earliest.month) == (Age(61, 0), 2029, 9)
    assert found.reached


def test_who_may_have_reached_the_age_before_the_rules_is_told_what_is_asked_now() -> None:
    found = retirement_span(figures(), ["woman_50", "woman_55"], (51, 59))
    assert (found.earliest.age, found.earliest.year) == (Age(50, 0), 2016)
    assert found.earliest.years_needed == 15
    assert (found.latest.age, found.latest.year) == (Age(56, 6), 2032)
    assert found.reached


ages = st.integers(14, 58).flatmap(lambda low: st.tuples(st.just(low), st.integers(low, 59)))
categories = st.sampled_from(["man", "woman_55", "woman_50"])


@given(ages, st.sets(categories, min_size=1), st.data(), st.dates(ON, date(2036, 3, 1)))
def test_whoever_is_of_the_age_band_retires_within_its_span(
    band: tuple[int, int], some: set[Category], data: st.DataObject, today: date
) -> None:
    born = today - timedelta(days=data.draw(st.integers(band[0] * 366, (band[1] + 1) * 365)))
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    assume(band[0] <= age <= band[1])
    span = retirement_span(figures(today), tuple(some), band)
    for category in some:
        own = retirement(figures(today), category, born)
        month = (own.year, own.month)
        assert (span.earliest.year, span.earliest.month) <= month <= (span.latest.year, span.latest.month)
        assert span.delay.low <= delay_months(figures(today), category, born) <= span.delay.high
        assert span.earliest.years_needed <= own.years_needed <= span.latest.years_needed


@given(st.dates(date(1940, 1, 1), date(2008, 12, 31)), st.sampled_from(["man", "woman_55", "woman_50"]))
def test_the_delay_never_exceeds_its_most_and_never_shrinks(born: date, category: Category) -> None:
    most = {"man": 36, "woman_55": 36, "woman_50": 60}[category]
    now, later = (
        delay_months(figures(), category, day) for day in (born, date(born.year + 1, born.month, 1))
    )
    assert 0 <= now <= later <= most


@pytest.mark.parametrize(
    ("year", "years"),
    [(2026, "15"), (2029, "15"), (2030, "15.5"), (2031, "16"), (2032, "16.5"), (2033, "17"), (2034, "17.5"),
     (2035, "18"), (2036, "18.5"), (2037, "19"), (2038, "19.5"), (2039, "20"), (2060, "20")],
)  # fmt: skip
def test_the_years_needed_grow_from_2030(year: int, years: str) -> None:
    asked = figures()
    assert years_needed(asked, year) == Decimal(years)
    assert "pension.min_years" in asked.used, "told with its source"


@pytest.mark.parametrize(
    ("age", "months"),
    [(Age(50, 0), "195"), (Age(55, 0), "170"), (Age(60, 0), "139"), (Age(63, 0), "117"),
     (Age(60, 1), "138.4"), (Age(50, 1), "194.6"), (Age(60, 3), "137.3"), (Age(55, 6), "167")],
)  # fmt: skip
def test_payment_months_are_the_published_ones(age: Age, months: str) -> None:
    assert payment_months(figures(), age) == Decimal(months)


def test_a_pension_is_base_plus_account_by_the_formula() -> None:
    found = pension(figures(), Place("beijing"), Decimal(1), Decimal(20), Age(60, 0), 2039)
    assert found.base == Decimal("2409.80")  # (12049 + 12049) / 2 x 20 x 1 %
    assert found.account == Decimal("1673.58")  # 12116 x 8 % x 240 / 139
    assert found.total == Range(Decimal(3680), Decimal(4490))
    assert found.years_needed == 20
    assert found.base_year == 2025


def test_who_paid_on_less_than_the_average_gets_the_mean_of_both_in_the_base_pension() -> None:
    found = pension(figures(), Place("beijing"), LOWEST, Decimal(20), Age(60, 0), 2039)
    assert found.base == Decimal("1927.84")  # (12049 + 12049 x 60 %) / 2 x 20 x 1 %


with Path(__file__).with_name("golden").joinpath("retirement.csv").open(encoding="utf-8") as file:
    AGES = list(csv.DictReader(file))  # the annexes of the decision: the first month of each group


@pytest.mark.parametrize("row", AGES, ids=lambda row: f"{row['category']}-{row['born']}")
def test_the_age_is_that_of_the_annex_for_each_month_of_birth(row: Mapping[str, str]) -> None:
    year, month = map(int, row["born"].split("-"))
    found = retirement(figures(), cast("Category", row["category"]), date(year, month, 1))
    assert found.age == Age(int(row["years"]), int(row["months"]))
    assert f"{found.year}-{found.month:02}" == row["retires"]


@pytest.mark.parametrize(("yuan", "tens"), [("24.99", 20), ("25", 30), ("35", 40), ("5", 10), ("4.99", 0)])
def test_a_range_is_told_in_tens_and_a_five_goes_up(yuan: str, tens: int) -> None:
    assert _tens(Decimal(yuan)) == tens


@given(st.integers(15, 40), st.sampled_from([p for p in PROVINCES if p not in IN_DISPUTE]))
def test_a_year_more_never_lowers_a_pension(years: int, province: str) -> None:
    less, more = (
        pension(figures(), Place(province), LOWEST, Decimal(y), Age(60, 0), 2040).total
        for y in (years, years + 1)
    )
    assert less.low <= more.low
    assert less.high <= more.high


def test_a_province_whose_base_is_in_dispute_gets_no_estimate() -> None:
    with pytest.raises(NoValue, match="unsure"):
        pension(figures(), Place("jilin"), LOWEST, Decimal(15), Age(60, 0), 2026)


@pytest.mark.parametrize(("gap", "months"), [(0, 3), (1, 4), (2, 5), (3, 6), (4, 7)])
def test_each_year_without_cover_adds_a_month_of_waiting(gap: int, months: int) -> None:
    assert waiting_months(figures(), gap) == months


def test_a_settled_entry_is_gone_after_five_years() -> None:
    assert record_gone(figures(), date(2026, 11, 23)) == date(2031, 11, 23)
    assert record_gone(figures(), date(2028, 2, 29)) == date(2033, 3, 1)


def test_ten_thousand_in_twelve_instalments_of_950_costs_28_percent_a_year() -> None:
    found = yearly_cost(figures(), Decimal(10000), [Decimal(950)] * 12)
    assert found.yearly == Decimal("0.2796")
    assert found.simple == Decimal("0.2491")
    assert found.interest == 1400
    assert (found.private_ceiling, found.assisted_ceiling) == (Decimal("0.12"), Decimal("0.24"))
    assert found.over_private
    assert found.over_assisted


def test_what_is_kept_back_counts_as_never_received() -> None:
    kept_back = yearly_cost(figures(), Decimal(9000), [Decimal(950)] * 12)
    as_a_fee = yearly_cost(figures(), Decimal(10000), [Decimal(950)] * 12, fees=[Decimal(1000)])
    assert kept_back == as_a_fee
    assert kept_back.yearly > yearly_cost(figures(), Decimal(10000), [Decimal(950)] * 12).yearly


@given(st.integers(1000, 200_000), st.integers(1, 60), st.decimals("0.001", "0.05", places=4))
def test_the_yearly_cost_of_an_annuity_is_its_own_rate(amount: int, count: int, monthly: Decimal) -> None:
    instalment = Decimal(amount) * monthly / (1 - (1 + monthly) ** -count)
    found = yearly_cost(figures(), Decimal(amount), [instalment] * count)
    assert abs(found.yearly - ((1 + monthly) ** 12 - 1)) <= Decimal("0.0001")


@pytest.mark.parametrize(("received", "payments"), [(0, [Decimal(1)]), (100, [])])
def test_a_loan_without_money_or_payments_has_no_rate(received: int, payments: list[Decimal]) -> None:
    with pytest.raises(ValueError, match="check the amounts"):
        yearly_cost(figures(), Decimal(received), payments)


def test_the_private_ceiling_is_four_times_the_loan_prime_rate_of_its_day() -> None:
    assert private_ceiling(figures()) == Decimal("0.12")
    assert private_ceiling(figures(date(2025, 1, 1))) == Decimal("0.124")


def test_an_emergency_fund_lasts_three_to_six_months() -> None:
    assert emergency_fund(figures(), Decimal(3000), Decimal(5000)) == Reserve(
        Decimal(9000), Decimal(30000), "spending"
    )


def test_an_emergency_fund_of_the_last_answer_has_a_lower_end_only() -> None:
    assert emergency_fund(figures(), Decimal(10000), None).high is None


def test_an_emergency_fund_is_told_in_full_hundreds() -> None:
    odd = emergency_fund(figures(), Decimal("1499.995"), Decimal("2999.99"), by="income")
    assert odd == Reserve(Decimal(4500), Decimal(18000), "income")


@pytest.mark.parametrize(
    ("amount", "rounded"), [("0.125", "0.13"), ("0.135", "0.14"), ("2.004", "2"), ("7", "7")]
)
def test_half_a_cent_is_rounded_up(amount: str, rounded: str) -> None:
    assert cents(Decimal(amount)) == Decimal(rounded)


def test_the_29th_of_february_is_the_first_of_march_where_there_is_none() -> None:
    born = date(2004, 2, 29)
    assert [in_year(born, year) for year in (2008, 2009, 2100, 2000)] == [
        date(2008, 2, 29), date(2009, 3, 1), date(2100, 3, 1), date(2000, 2, 29)]  # fmt: skip
    assert in_year(date(2004, 2, 28), 2009) == date(2009, 2, 28)


def test_who_earns_less_than_the_contribution_is_told_all_of_it_and_never_more() -> None:
    share = share_of_income(Decimal(1500), Range(Decimal(500), Decimal(1500)))
    assert (share.low, share.high) == (Decimal(1), Decimal(1))


@pytest.mark.parametrize(
    ("payments", "yearly", "simple"),
    [([Decimal("1010")], "0.1268", "0.1200"), ([Decimal("1000.00001")], "0", "0")],
)
def test_rates_are_told_to_a_hundredth_of_a_percent(
    payments: list[Decimal], yearly: str, simple: str
) -> None:
    cost = yearly_cost(figures(), Decimal(1000), payments)
    assert (cost.yearly, cost.simple) == (Decimal(yearly), Decimal(simple))
    assert cost.interest == sum(payments) - 1000


def test_a_single_yuan_lent_has_a_rate_too() -> None:
    assert yearly_cost(figures(), Decimal("0.5"), [Decimal("0.5")]).yearly == 0
