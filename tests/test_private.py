"""What must never be collected is distinguished from what workers write about money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.screening import is_card, is_identity
from tests.typed import private_in

CARD = "4111111111111111"  # the published test number
IDENTITY = "11010519491231002X"  # the standard's own example


DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)  # the sum of the digits of twice a digit


def luhn(body: str) -> str:
    """Add the last digit as the rule is printed: from the right, every second digit doubled."""
    total = sum(DOUBLED[int(d)] if n % 2 == 0 else int(d) for n, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def checked(body: str) -> str:
    """Add the last sign of an identity number: the weights are the powers of 2, modulo 11."""
    total = sum(int(d) * 2 ** (17 - n) for n, d in enumerate(body))
    return body + "0123456789X"[(12 - total) % 11]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CARD, "card"),
        ("我的卡 4111 1111 1111 1111", "card"),
        ("4111-1111-1111-1111", "card"),
        ("４１１１１１１１１１１１１１１１", "card"),
        ("4111\u200b1111 11111111", "card"),
        (IDENTITY, "identity"),
        ("身份证110105 19491231 002x", "identity"),
        ("13812345678", "phone"),
        ("打我电话+8613812345678", "phone"),
        ("138-1234-5678", "phone"),
        ("验证码是 482913", "code"),
        ("驗證碼是 482913", "code"),
        ("482913", "six_digits"),
        ("your code: 4829", "code"),
    ],
)
def test_a_number_that_could_be_misused_is_told(text: str, kind: str) -> None:
    assert private_in(text) == kind


@pytest.mark.parametrize(
    "text",
    ["5500", "一个月六七千", "1.2万", "20000", "我欠了 35,000 元", "12333", "2026-11-23", "26岁", "", "你好",
     "4111111111111112", "110105194912310021", "3000到5000", "350000", "5000-8000", "12000元",
     "我2019年开始送外卖"],
)  # fmt: skip
def test_what_workers_write_about_money_is_not(text: str) -> None:
    assert private_in(text) is None


@given(st.text(alphabet="0123456789", min_size=12, max_size=18), st.text(max_size=10), st.text(max_size=10))
def test_every_card_number_is_found_in_any_words(body: str, before: str, after: str) -> None:
    if not body.strip("0"):
        return
    card = luhn(body)
    around = before.strip("0123456789Xx-. \t\n") + "：", "。" + after
    assert private_in(f"{around[0]}{card}{around[1]}") in ("card", "identity", "phone", "code")


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    private_in(text)
    is_identity(text)
    is_card(text)


@given(st.text(alphabet="0123456789", min_size=12, max_size=18))
def test_exactly_one_last_digit_makes_a_card_number(body: str) -> None:
    right = [body + str(check) for check in range(10) if is_card(body + str(check))]
    assert right == ([luhn(body)] if luhn(body).strip("0") else [])


@pytest.mark.parametrize(
    "text",
    ["", luhn("1" * 11), luhn("1" * 19), "0" * 16, "4111 1111 1111 1111", "４１１１１１１１１１１１１１１１",
     "411111111111111x", "①" * 16],
)  # fmt: skip
def test_what_is_no_card_number_is_none(text: str) -> None:
    assert not is_card(text)


@pytest.mark.parametrize("born", ["19000101", "19991231", "20001201", "20300131", "19641112"])
def test_an_identity_number_is_known_by_its_last_sign(born: str) -> None:
    number = checked(f"440301{born}001")
    assert is_identity(number)
    assert is_identity(number.lower())
    assert not any(is_identity(number[:17] + sign) for sign in "0123456789X" if sign != number[17])


@pytest.mark.parametrize("born", ["18991231", "21000101", "19990010", "19991301", "19990100", "19990132"])
def test_an_identity_number_with_an_impossible_day_is_none(born: str) -> None:
    assert not is_identity(checked(f"440301{born}001"))


@pytest.mark.parametrize(
    "text",
    [IDENTITY[:17], IDENTITY + "1", checked("0" + IDENTITY[1:17]), "１" + IDENTITY[1:], "", "x" * 18],
)
def test_what_has_not_the_form_of_an_identity_number_is_none(text: str) -> None:
    assert not is_identity(text)


@pytest.mark.parametrize("digit", ["\u0661", "１", "१"])
def test_only_plain_digits_make_an_identity_number(digit: str) -> None:
    """The caller has made them plain before; another script's are counted as no number at all."""
    number = checked("11010519491231001")
    assert is_identity(number)
    assert number[15] == "0"
    assert number[14] == "0"
    assert not is_identity(number[:16] + digit + number[17:])
