"""The debt helper: a plan that never takes what must stay, and a talk that ends in what to say."""

import os
from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.templates import MOST, length
from bot.dialogue.tools.debts import numbered
from bot.guidance.debts import KINDS, LOSSES, Debt, Household, plan
from tests.talks import rules
from tests.test_rights import data_of, said, state
from tests.test_tool_sums import MONTH, growth_by_halving

MANY = int(os.environ.get("HOUSEHOLDS", "300"))
YUAN = st.integers(0, 20_000_00).map(lambda cents: Decimal(cents) / 100)
HOMES = st.builds(Household, YUAN, YUAN, YUAN, YUAN, YUAN)
RATES = st.none() | st.integers(0, 100_000).map(lambda parts: Decimal(parts) / 10_000)
DEBTS = st.lists(
    st.builds(Debt, st.sampled_from(KINDS), YUAN, YUAN, RATES, st.booleans(), st.booleans()), max_size=8
)
ENOUGH = Household(*map(Decimal, ("6000", "1500", "1200", "500", "300")))  # 2,500 yuan are left


def debt(kind: str, left: str, monthly: str, yearly: str | None = None, **more: bool) -> Debt:
    known = next(each for each in KINDS if each == kind)
    return Debt(known, Decimal(left), Decimal(monthly), None if yearly is None else Decimal(yearly), **more)


def paid(household: Household, debts: list[Debt]) -> list[Decimal]:
    """Return what each debt gets, in the order in which they were said."""
    found = {payment.number: payment.pay for payment in plan(household, debts).payments}
    return [found[number] for number in range(len(debts))]


# --- worked examples, each sum by hand -----------------------------------------------------------------


def test_what_could_be_lost_is_paid_first_and_the_rest_share_what_remains_to_the_cent() -> None:
    debts = [
        debt("bank", "8000", "900", "0.36"),
        debt("home", "200000", "1500", "0.042"),
        debt("card", "30000", "1500", "0.1825"),
    ]
    # 2500 - 1500 = 1000 for 900 + 1500: 900 * 1000 / 2400 = 375, 1500 * 1000 / 2400 = 625.
    assert paid(ENOUGH, debts) == [Decimal("375.00"), Decimal("1500"), Decimal("625.00")]
    made = plan(ENOUGH, debts)
    assert (made.kept, made.free, made.due, made.short) == tuple(
        map(Decimal, ("3500", "2500", "3900", "1400"))
    )
    assert [payment.debt.kind for payment in made.payments] == ["home", "bank", "card"]


def test_shares_are_cut_to_the_cent_so_that_no_cent_too_many_is_given() -> None:
    debts = [debt("bank", "9000", "1000"), debt("card", "9000", "1000"), debt("person", "9000", "1000")]
    # 2500 / 3 = 833.333…
    assert paid(ENOUGH, debts) == [Decimal("833.33")] * 3


def test_the_order_is_home_vehicle_power_freedom_and_pledge_whatever_they_cost() -> None:
    debts = [
        debt("person", "100", "10", "9"),
        debt("card", "5000", "100", "0.5", secured=True),
        debt("court", "3000", "100"),
        debt("utility", "300", "100"),
        debt("vehicle", "60000", "2000", "0.1"),
        debt("home", "200000", "400", "0.04"),
    ]
    order = [payment.debt.kind for payment in plan(ENOUGH, debts).payments]
    assert order == ["home", "vehicle", "utility", "court", "card", "person"]
    # 400 for the home, 2000 for the vehicle, 100 for power; nothing remains of 2500.
    assert paid(ENOUGH, debts) == [0, 0, 0, 100, 2000, 400]


def test_what_is_over_goes_to_what_is_overdue_and_could_be_lost_then_to_the_dearest() -> None:
    debts = [
        debt("bank", "5000", "200", "0.24"),
        debt("utility", "350", "100", overdue=True),
        debt("card", "1000", "100", "0.36"),
    ]
    # 200 + 100 + 100 are due, 2100 are over: 250 clear the bill, 900 the card, 950 go to the bank.
    assert paid(ENOUGH, debts) == [Decimal(1150), Decimal(350), Decimal(1000)]


def test_who_earns_less_than_must_stay_pays_nobody() -> None:
    poor = replace(ENOUGH, income=Decimal(3000))
    made = plan(poor, [debt("home", "200000", "1500"), debt("bank", "8000", "900")])
    assert made.free == 0
    assert [payment.pay for payment in made.payments] == [0, 0]
    assert made.short == made.due == 2400


def test_a_number_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="check the amounts"):
        plan(ENOUGH, [debt("bank", "-1", "0")])


# --- laws ---------------------------------------------------------------------------------------------------


@settings(max_examples=MANY)
@given(HOMES, DEBTS)
def test_no_plan_takes_what_must_stay_or_pays_more_than_is_owed(
    household: Household, debts: list[Debt]
) -> None:
    made = plan(household, debts)
    total = sum(payment.pay for payment in made.payments)
    assert 0 <= total <= made.free
    assert (
        total == 0
        or total + household.food + household.rent + household.vehicle + household.insurance
        <= (household.income)
    )
    assert sorted(payment.number for payment in made.payments) == list(range(len(debts)))
    for payment in made.payments:
        assert 0 <= payment.pay <= payment.debt.left
        assert payment.pay == payment.pay.quantize(Decimal("0.01"))
    places = [LOSSES.index(payment.debt.loss) for payment in made.payments]
    assert places == sorted(places), "what would be lost comes before rate and size"
    lost = [payment for payment in made.payments if payment.debt.loss != "nothing"]
    for before, after in zip(lost, made.payments[1:], strict=False):
        assert before.pay >= before.debt.due or after.pay == 0, "who comes later waits"
    if made.short == 0:
        assert all(payment.pay >= payment.debt.due for payment in made.payments)
        everything = sum(each.left for each in debts)
        assert total == min(made.free, everything), "nothing that could go to debts is forgotten"


@settings(max_examples=MANY)
@given(HOMES, DEBTS, st.integers(1, 5_000_00).map(lambda cents: Decimal(cents) / 100), st.data())
def test_a_plan_is_monotone_in_each_number(
    household: Household, debts: list[Debt], more: Decimal, data: st.DataObject
) -> None:
    before = paid(household, debts)
    for field in fields(household):
        changed = replace(household, **{field.name: getattr(household, field.name) + more})
        after = paid(changed, debts)
        for was, now in zip(before, after, strict=True):
            assert now >= was if field.name == "income" else now <= was
    if not debts:
        return
    at = data.draw(st.integers(0, len(debts) - 1))
    one = debts[at]
    dearer = replace(one, yearly=(one.yearly or Decimal(0)) + more)
    for changed_debt in (
        replace(one, left=one.left + more),
        replace(one, monthly=one.monthly + more),
        dearer,
    ):
        after = paid(household, [*debts[:at], changed_debt, *debts[at + 1 :]])
        assert after[at] >= before[at], "who is owed or wants more never gets less"
        for number, (was, now) in enumerate(zip(before, after, strict=True)):
            assert number == at or now <= was + Decimal("0.01"), "and nobody else gets more by it"


# --- the talk -----------------------------------------------------------------------------------------------

HOUSE = ("/debts", "6000", "1500", "1200", "500", "300")
HOME = ("房贷", "200000", "1500", "年化4.2%", "没有")
BANK = ("网贷", "8000", "900", "不知道", "10期", "逾期了", "没有")
FRIEND = ("朋友", "10000", "没有", "没有", "没有", "没有")
EVERY = {  # taps of a debt of each kind
    kind: (f"kind{{n}}:{kind}", "12345.67", "1234.56", "36.5%", "period{n}:year", "overdue{n}:yes",
           *(("secured{n}:yes",) if kind in ("card", "bank", "microloan", "person") else ()))
    for kind in KINDS
}  # fmt: skip


def test_debts_said_by_typing_alone_come_to_a_plan_that_adds_up() -> None:
    talk, (shown,) = said(state("result"), *HOUSE, *HOME, "还有", *BANK, "有", *FRIEND, "没有了")
    # 2500 are left: 1500 for the home, 1000 for the bank that wants 900, so 100 are over for the dearest.
    assert "每月剩<b>2500元</b>还债" in shown.text
    assert "1 房贷，或欠的房租：这个月给1500元" in shown.text
    assert "2 银行、消费金融、网贷：这个月给1000元" in shown.text
    talk, (page,) = said(talk, "第二笔")
    factor = growth_by_halving(Decimal(8000), [(30 + n * MONTH, Decimal(900)) for n in range(10)])
    simple, yearly = (factor ** (Decimal(1) / 12) - 1) * 12, factor - 1
    assert f"单利{simple:.2%}，复利{yearly:.2%}" in page.text
    assert "超过了管这种借款的上限（一年24%）" in page.text
    assert "这个月的够还" in page.text
    assert not any(button.copies for row in page.buttons for button in row)
    talk, (rights,) = said(talk, "tool:debts:page:rights")
    assert "110" in rights.text
    after, (gone,) = said(talk, "tool:debts:stop")
    assert after is not None
    assert after.tool is None
    assert "已经删掉" in gone.text


def test_who_can_t_pay_a_debt_has_words_to_say_and_to_copy() -> None:
    talk, _ = said(state("result"), "/debts", "5500", *HOUSE[2:], *HOME, "还有", *BANK, "没有了")
    talk, (page,) = said(talk, "2")
    # 2000 are left, 1500 go to the home, 500 remain for the bank that wants 900.
    assert "这个月给<b>500元</b>" in page.text
    assert "我每月能还500元" in page.text
    assert any(
        button.copies.startswith("我愿意还，现在还不起。我每月能还500元") for button in page.buttons[0]
    )
    english, _ = said(talk, "lang:en")
    _, (page,) = said(english, "2")
    assert "I can pay 500 yuan a month" in page.text
    assert any(button.copies.startswith("我愿意还") for button in page.buttons[0])


def test_a_restart_in_the_middle_loses_nothing() -> None:
    talk, _ = said(state("result"), *HOUSE, *HOME)
    assert talk is not None
    assert talk.tool is not None
    again = replace(talk, tool=replace(talk.tool, said=tuple(talk.tool.said)))
    assert said(again, "没有")[1] == said(talk, "没有")[1]


@pytest.mark.parametrize(
    ("inputs", "asked"),
    [
        ((*HOUSE, "网贷", "8000", "900", "月息75%"), "真是这个数吗"),  # 900 % a year
        ((*HOUSE, "网贷", "800", "900"), "对不上"),  # more a month than there is
        ((*HOUSE, "网贷", "8000", "900", "不知道", "8"), "对不上"),  # less than is left
        ((*HOUSE, "网贷", "80000", "6500", "年化20%", "没有", "没有", "没有了"), "比您挣的6000元还多"),
        (("/debts", "不知道"), "算不出来"),
    ],
)
def test_what_can_hardly_be_is_asked_back(inputs: tuple[str, ...], asked: str) -> None:
    _, (shown,) = said(state("result"), *inputs)
    assert asked in shown.text


def test_who_confirms_what_can_hardly_be_goes_on() -> None:
    _, (shown,) = said(
        state("result"), *HOUSE, "网贷", "80000", "6500", "年化20%", "没有", "没有", "没有了", "对"
    )
    assert "所以要去谈" in shown.text


def test_where_a_rate_is_unknown_the_plan_says_what_the_order_can_not_tell_and_what_to_ask() -> None:
    unknown = ("网贷", "8000", "900", "不知道", "不知道", "没有", "没有")
    _, (shown,) = said(state("result"), *HOUSE, *unknown, "没有了")
    assert "有1笔不知道利息" in shown.text
    assert "年化综合成本" in shown.text
    _, (known,) = said(state("result"), *HOUSE, *BANK, "没有了")
    assert "不知道利息" not in known.text


def test_who_earns_too_little_is_told_where_help_is() -> None:
    _, (shown,) = said(state("result"), "/debts", "2000", *HOUSE[2:], *BANK, "没有了")
    assert "没有钱能还债" in shown.text
    assert "12345" in shown.text


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("income", ["30", "9999.99", "99999.99"])
def test_no_screen_is_too_long_with_eight_debts_of_every_kind(language: str, income: str) -> None:
    talk, _ = said(state("result"), f"lang:{language}", "tool:debts", income, "1234.56", "1234.56", "1234.56")
    talk, _ = said(talk, "1234.56")
    for number, kind in enumerate(KINDS, 1):
        for put in EVERY[kind]:
            data = f"tool:debts:{put.format(n=number)}" if ":" in put else put
            talk, (shown,) = said(talk, data)
            assert length(shown.text) <= MOST
        if number < len(KINDS):
            talk, _ = said(talk, f"tool:debts:more{number}:yes")
    if income == "9999.99" or income == "30":
        talk, _ = said(talk, "tool:debts:sure_all:yes")
    for page in ("plan", "rights", *map(str, range(1, 9))):
        talk, (shown,) = said(talk, f"tool:debts:page:{page}")
        assert length(shown.text) <= MOST, shown.text
        assert len(shown.buttons) <= 8
        assert all(len(data.encode()) <= 64 for data in data_of(shown))
    _, (kept,) = said(talk, "/mydata")
    assert length(kept.text) <= MOST
    _, (plan_again,) = said(talk, "返回" if language == "zh" else "back")
    assert length(plan_again.text) <= MOST


@pytest.mark.parametrize("words", ["一年四百", "每天30", "每周三百", "400 a year", "300 a week"])
def test_what_is_paid_in_another_time_than_a_month_is_asked_again(words: str) -> None:
    monthly = numbered(1)["monthly"]
    assert monthly.read is not None
    assert monthly.read(words, rules().vocabulary) is None
    assert monthly.read("每月四百", rules().vocabulary) == monthly.read("400", rules().vocabulary) == "400"
