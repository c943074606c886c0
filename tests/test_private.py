"""What must never be collected is told from what workers write about money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.private import is_card, is_identity, private_in

CARD = "4111111111111111"  # the published test number
IDENTITY = "11010519491231002X"  # the standard's own example


def luhn(body: str) -> str:
    return next(body + str(check) for check in range(10) if is_card(body + str(check)))


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
        ("482913", "code"),
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
