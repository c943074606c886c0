"""What it really costs: loans, rates and vehicles by typed numbers, against sums by hand."""

from decimal import Decimal, getcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.templates import MOST, length
from bot.dialogue.reading.exact import chosen, exact
from bot.dialogue.reading.rates import Rate, rate
from bot.dialogue.tools.retirement import born_in, paid_for
from bot.guidance.calculators import loan_cost, rate_cost
from tests.test_rights import said, state
from tests.typed import VOCABULARY

getcontext().prec = 40
MONTH = Decimal(365) / 12
CENTS = st.decimals(min_value="1.00", max_value="99999.99", places=2)


def growth_by_halving(in_hand: Decimal, flows: list[tuple[Decimal, Decimal]]) -> Decimal:
    """Find the yearly factor at which these flows (days, yuan) are worth what was in hand."""
    low, high = Decimal(1), Decimal(2)

    def worth(factor: Decimal) -> Decimal:
        return sum((paid / factor ** (day / 365) for day, paid in flows), Decimal(0))

    while worth(high) > in_hand:
        high *= 2
    while high - low > Decimal("1e-12"):
        middle = (low + high) / 2
        low, high = (middle, high) if worth(middle) > in_hand else (low, middle)
    return low


@pytest.mark.parametrize(
    ("in_hand", "instalment", "count", "first"),
    [
        ("10000", "958", 12, 30),
        ("9000", "958", 12, 30),
        ("9000", "958.33", 12, 7),
        ("20000", "1200", 24, 45),
        ("5000", "5600", 1, 90),
        ("50000", "2091.67", 36, 31),
        ("800", "300", 3, 14),
    ],
)
def test_the_cost_of_a_loan_is_that_of_a_sum_by_hand(
    in_hand: str, instalment: str, count: int, first: int
) -> None:
    cost = loan_cost(Decimal(in_hand), [Decimal(instalment)] * count, first)
    factor = growth_by_halving(
        Decimal(in_hand), [(first + number * MONTH, Decimal(instalment)) for number in range(count)]
    )
    yearly = round(factor - 1, 4)
    simple = round((factor ** (Decimal(1) / 12) - 1) * 12, 4)
    if count == 1:
        simple = round((Decimal(instalment) / Decimal(in_hand) - 1) * 365 / first, 4)
    assert cost.yearly is not None
    assert abs(cost.yearly - yearly) <= Decimal("0.0001")
    assert abs(cost.simple - simple) <= Decimal("0.0001")
    assert cost.interest == Decimal(instalment) * count - Decimal(in_hand)


def test_a_loan_of_a_week_at_twice_the_sum_is_beyond_measure_and_its_simple_rate_is_told() -> None:
    cost = loan_cost(Decimal(1400), [Decimal(2000)], 7)
    assert cost.yearly is None
    assert cost.simple == round(Decimal(600) / 1400 * 365 / 7, 4)


@pytest.mark.parametrize(
    ("ratio", "times", "simple", "yearly"),
    [
        ("0.02", 12, "0.24", "0.2682"),  # 1.02 ** 12 = 1.268242
        ("0.0005", 365, "0.1825", "0.2002"),  # 1.0005 ** 365 = 1.200164
        ("0.015", 12, "0.18", "0.1956"),  # 1.015 ** 12 = 1.195618
        ("0.12", 1, "0.12", "0.12"),
    ],
)
def test_a_rate_a_year_is_that_of_a_sum_by_hand(ratio: str, times: int, simple: str, yearly: str) -> None:
    cost = rate_cost(Decimal(ratio), times)
    assert (cost.simple, cost.yearly) == (Decimal(simple), Decimal(yearly))
    assert cost.interest == Decimal(simple) * 10_000


@given(CENTS, st.integers(1, 60), st.integers(0, 300), st.integers(1, 366))
def test_no_loan_costs_less_than_nothing_and_dearer_instalments_never_cost_less(
    in_hand: Decimal, count: int, more: int, first: int
) -> None:
    least = (in_hand / count).quantize(Decimal("0.01")) + Decimal("0.01")
    dear = least * (100 + more) / 100
    cheap_cost, dear_cost = (loan_cost(in_hand, [paid] * count, first) for paid in (least, dear))
    assert 0 <= cheap_cost.interest <= dear_cost.interest
    assert 0 <= cheap_cost.simple <= dear_cost.simple
    later = loan_cost(in_hand, [dear] * count, first + 1)
    assert later.simple <= dear_cost.simple


@pytest.mark.parametrize("payments", [[], ["50"], ["-1"]])
def test_a_loan_that_can_not_be_is_refused(payments: list[str]) -> None:
    with pytest.raises(ValueError, match="check the amounts"):
        loan_cost(Decimal(100), [Decimal(paid) for paid in payments], 30)


# --- what is typed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ratio", "period"),
    [
        ("两分利", "0.02", "month"),
        ("月息两分", "0.02", "month"),
        ("月息一分五", "0.015", "month"),
        ("1分5厘", "0.015", "month"),
        ("一分半", "0.015", "month"),
        ("月息八厘", "0.008", "month"),
        ("日息万五", "0.0005", "day"),
        ("日息万分之五", "0.0005", "day"),
        ("每天万分之3.5", "0.00035", "day"),
        ("月息千分之八", "0.008", "month"),
        ("年化24%", "0.24", "year"),
        ("一年百分之十二", "0.12", "year"),
        ("一個月2%", "0.02", "month"),
        ("24个点", "0.24", None),
        ("24", "0.24", None),
        ("0.05% a day", "0.0005", "day"),
        ("2 percent a month", "0.02", "month"),
        ("18.25% apr", "0.1825", "year"),
        ("two percent per month", "0.02", "month"),
    ],
)
def test_a_rate_is_read_as_people_say_it(text: str, ratio: str, period: str | None) -> None:
    assert rate(text, VOCABULARY) == Rate(Decimal(ratio), period)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "不知道",
        "日息两分",
        "年息一分",
        "两三分",
        "月息两分年息24%",
        "-2%",
        "阿巴",
        "9" * 60,
        "2分到3分",
        "don't know",
    ],
)
def test_what_is_no_single_rate_is_not_read(text: str) -> None:
    assert rate(text, VOCABULARY) is None


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("9500", "元", "9500"),
        ("到手九千五", "元", "9500"),
        ("大概5000块", "元", "5000"),
        ("1万2", "元", "12000"),
        ("958.33元", "元", "958.33"),
        ("每月还958", "元", "958"),
        ("five thousand", "元", "5000"),
        ("12期", "期", "12"),
        ("24个月", "期", "24"),
        ("三十六期", "期", "36"),
        ("12 months", "期", "12"),
        ("3年", "年", "3"),
        ("30天", "天", "30"),
    ],
)
def test_a_number_is_read_exactly(text: str, unit: str, number: str) -> None:
    assert exact(text, unit, VOCABULARY) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", "五六千", "5000到6000", "不到5000", "5000多", "几千", "-5", "500美元", "3、5", "不是5000", "12期",
     "5天", "20%", "don't know", "how", "k"],
)  # fmt: skip
def test_a_number_that_is_vague_or_two_is_not_read(text: str) -> None:
    assert exact(text, "元", VOCABULARY) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("银行", "bank"),
        ("小额贷款公司", "microloan"),
        ("跟亲戚借的", "person"),
        ("第二个", "microloan"),
        ("a bank", "bank"),
        ("银行和朋友", None),
        ("阿巴", None),
    ],
)
def test_a_choice_is_read_by_its_words_or_its_place(text: str, value: str | None) -> None:
    assert chosen(text, "lender", VOCABULARY) == value


# --- the talks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (("tool:loan", "9500", "500", "另外交", "12", "958", "30", "银行"), ("9000元", "2496元", "96110")),
        (("tool:loan", "9000", "500", "减掉了", "12", "958", "30", "银行"), ("9000元", "11496元", "2496元")),
        (("tool:loan", "400", "600", "扣了", "1", "1000", "对", "30", "不知道"), ("400元", "600元")),
        (("tool:loan", "10000", "没有", "12期", "880", "一个月以后", "朋友"), ("560元", "12%")),
        (("tool:loan", "1400", "0", "1", "2000", "7", "不知道"), ("高得没法比", "2234.69%", "不知道就不比")),
        (("tool:loan", "5000", "0", "3", "4000", "对", "30", "小贷"), ("12000元", "超过了", "12378")),
        (("tool:rate", "两分利", "朋友"), ("24%", "26.82%", "超过了", "12%")),
        (("tool:rate", "日息万五", "银行"), ("18.25%", "20.02%", "没有超过")),
        (("tool:rate", "18", "年", "小贷公司"), ("18%", "24%")),
        (("tool:vehicle", "1万", "3200", "三年", "归我", "5000", "9万"), ("130200元", "40200元")),
        (("tool:vehicle", "0", "3000", "24", "公司的"), ("72000元", "车还不是您的")),
        (("tool:vehicle", "5000", "3000", "24", "归我", "没有", "不知道"), ("77000元", "一次付清")),
    ],
)  # fmt: skip
def test_a_sum_is_worked_out_from_typed_words_alone(inputs: tuple[str, ...], words: tuple[str, ...]) -> None:
    talk, (result,) = said(state("result"), *inputs)
    assert talk is not None
    assert talk.tool is None, result.text
    for word in words:
        assert word in result.text, result.text
    assert length(result.text) <= MOST


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        # Born in March 1975: 10 years and 2 months after January 1965 make 31 months more than 60 years.
        # October 2037 is 131 months ahead; 149 + 131 are 280, and 19 years are 228.
        (
            ("tool:retirement", "男", "1975年3月", "12年5个月"),
            (
                "2037年10月",
                "62岁7个月",
                "19年",
                "15年，到时候不够",
                "23年4个月，够了",
                "6年7个月",
                "不是保证",
            ),
        ),
        # January 1970 is 60 months after January 1965: 16 more, May 2031, 54 months ahead of 192.
        # Born in June 1968 a woman of 55 was of age in June 2023, before anything was put off.
        (("tool:retirement", "女", "68年6月", "10"), ("已经到了", "2023年6月", "15年", "还差5年")),
        (("tool:retirement", "男", "1970.1", "没有"), ("2031年5月", "61岁4个月", "还差11年6个月")),
        (("tool:retirement", "女工", "1985年12月", "二十年半"), ("最低年数已经够了", "接着交")),
        (("tool:medical_gap", "居民", "2"), ("至少要等5个月",)),
        (("tool:medical_gap", "居民医保", "没有"), ("至少要等3个月",)),
        (("tool:medical_gap", "居民医保", "5年"), ("至少要等8个月", "另有最少月数")),
        (("tool:medical_gap", "职工", "2个月"), ("没超过3个月", "您那里的规定")),
        (("tool:medical_gap", "职工医保", "半年"), ("没看懂",)),
        (("tool:medical_gap", "职工医保", "一年"), ("要等6个月才能报销",)),
    ],
)
def test_a_pension_and_a_gap_are_worked_out_by_the_months(
    inputs: tuple[str, ...], words: tuple[str, ...]
) -> None:
    _, (result,) = said(state("result"), *inputs)
    for word in words:
        assert word in result.text, result.text
    assert length(result.text) <= MOST


def test_who_hasn_t_said_where_they_are_is_told_that_the_figure_isn_t_known() -> None:
    _, (asked,) = said(
        None, "/start", "+:consent:answers", "+:consent:abroad", "go:agree", "/gap", "职工", "8个月"
    )
    assert "最长6个月" in asked.text
    assert "这里没有您那里的数" in asked.text
    agreed, _ = said(None, "/start", "+:consent:answers", "+:consent:abroad", "go:agree")
    _, (pension,) = said(agreed, "/age", "男", "1975年3月", "12年")
    assert "所以不估" in pension.text


@pytest.mark.parametrize(
    ("text", "month"),
    [("1975年3月", "1975-03"), ("75年3月", "1975-03"), ("1975-03", "1975-03"), ("1975.12", "1975-12"),
     ("3/1975", "1975-03"), ("March 1975", "1975-03"), ("一九七五年", None), ("1975年13月", None),
     ("1975", None)],
)  # fmt: skip
def test_a_month_of_birth_is_read(text: str, month: str | None) -> None:
    assert born_in(text, VOCABULARY) == month


@pytest.mark.parametrize(
    ("text", "months"),
    [("12年5个月", "149"), ("十二年", "144"), ("12", "144"), ("十年半", "126"), ("8个月", "8"), ("没有", "0"),
     ("8 years 3 months", "99"), ("12.5", "150"), ("好几年", None), ("阿巴", None)],
)  # fmt: skip
def test_how_long_was_paid_is_read_in_months(text: str, months: str | None) -> None:
    assert paid_for(text, VOCABULARY) == months


@pytest.mark.parametrize(
    ("inputs", "note"),
    [
        (("tool:loan", "9500", "9500", "另外交的"), "对不上"),  # all of it paid first
        (("tool:loan", "9500", "0", "12", "700"), "对不上"),  # less paid back than borrowed
        (("tool:loan", "-3"), "没看懂"),
        (("tool:loan", "五六千"), "没看懂"),
        (("tool:loan", "不知道"), "算不出来"),
        (("tool:loan", "9500", "0", "12", "9580"), "两倍多"),  # the sum for one instalment
        (("tool:rate", "75%", "月"), "真的是"),  # 900 % a year
        (("tool:rate", "9000%", "月"), "对不上"),
        (("tool:vehicle", "0", "3000", "24", "归我", "0", "9万"), "对不上"),  # cheaper than paid at once
        (("tool:vehicle", "5000", "3000", "400"), "对不上"),
    ],
)
def test_a_number_that_can_not_be_is_asked_back(inputs: tuple[str, ...], note: str) -> None:
    talk, (asked,) = said(state("result"), *inputs)
    assert talk is not None
    assert talk.tool is not None
    assert note in asked.text


def test_who_takes_a_number_back_is_asked_for_it_again() -> None:
    talk, (asked,) = said(state("result"), "tool:loan", "9500", "0", "12", "9580", "不对")
    assert "每一期还多少" in asked.text
    talk, (asked,) = said(talk, "返回")
    assert "分几期还" in asked.text


@pytest.mark.parametrize(
    "inputs",
    [
        ("tool:loan", "9500", "500", "besides", "12", "958", "30", "bank"),
        ("tool:loan", "1400", "none", "1", "2000", "7", "a friend"),
        ("tool:rate", "2% a month", "a person"),
        ("tool:vehicle", "10000", "3200", "36", "mine", "5000", "90000"),
        ("tool:vehicle", "10000", "3200", "36", "the company"),
        ("tool:retirement", "man", "March 1975", "12 years 5 months"),
        ("tool:retirement", "a woman", "1968-06", "10"),
        ("tool:retirement", "man", "1970-01", "none"),
        ("tool:medical_gap", "residents", "5"),
        ("tool:medical_gap", "employees", "2 months"),
        ("tool:medical_gap", "employees", "1 year"),
    ],
)
def test_the_same_in_english_by_typing_alone(inputs: tuple[str, ...]) -> None:
    talk, _ = said(state("result"), "lang:en")
    for simple in ("mode:normal", "mode:simple"):
        told, _ = said(talk, simple)
        after, (result,) = said(told, *inputs)
        assert after is not None
        assert after.tool is None, result.text
        assert "None of this is kept" in result.text or "none is kept" in result.text
        assert length(result.text) <= MOST
