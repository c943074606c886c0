"""Sums in the chat: three taps at most, the working shown, nothing kept, nothing forged."""

from dataclasses import replace

import pytest

from bot.render import Message
from bot.render.calc import SUMS
from tests.talks import QUESTIONNAIRE
from tests.test_rights import STATES, data_of, said, state


def tapped_through(*choices: str) -> tuple[Message, int]:
    """Tap through a sum by the wanted values; returns the result and the number of questions."""
    _, (shown,) = said(None, f"calc:{choices[0]}")
    questions = 0
    for value in choices[1:]:
        data = next(d for d in data_of(shown) if d.endswith(f":{value}"))
        questions += 1
        _, (shown,) = said(None, data)
    return shown, questions


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        (("contribution", "shanghai"), ("1509.20元", "7546元", "754.60元", "居民医保一年至少")),
        (("contribution", "henan"), ("职工医保这里没有您省的数", "居民医保一年至少")),
        (("pension", "shanghai", "20", "60"), ("每月大约", "不是保证")),
        (("contribution", "guangdong", "440100"), ("1102元", "5510元（2025年的标准）")),
        (("contribution", "hubei", "elsewhere"), ("899.60元", "2025年的标准，按武汉，别处略低")),
        (("waiting", "2"), ("要等5个月",)),
        (("record", "2025"), ("2030年1月1日到2030年12月31日",)),
        (("loan", "10000", "12", "958"), ("一年的真实成本：单利26.55%", "12%", "24%")),
    ],
)
def test_a_sum_is_worked_out_by_taps_alone(choices: tuple[str, ...], words: tuple[str, ...]) -> None:
    shown, questions = tapped_through(*choices)
    assert questions <= 3
    assert "怎么算" in shown.text
    for word in words:
        assert word in shown.text
    assert len(shown.text) <= 700


def test_who_gave_the_province_is_not_asked_again() -> None:
    _, (shown,) = said(state("result"), "calc:contribution")
    assert "1509.20元" in shown.text
    _, (asked,) = said(state("result"), "calc:contribution:")
    assert "省份" in asked.text


@pytest.mark.parametrize("name", STATES)
def test_a_sum_changes_nothing_in_any_state_but_closes_a_tool(name: str) -> None:
    before = state(name)
    unused = before and replace(before, tool=None)
    for data in ("/calc", *(f"calc:{sum}" for sum in SUMS), "calc:waiting:3", "calc:"):
        after, messages = said(before, data)
        assert after == unused
        assert len(messages) == 1


@pytest.mark.parametrize(
    "data",
    ["calc:nonsense", "calc:loan:0:0:0", "calc:loan:10000:-1:5", "calc:pension:atlantis:15:60",
     "calc:waiting:99", "calc:record:1900", "calc:loan:10000:12:1", "calc:waiting:2:3:4:5",
     "calc:contribution:unknown"],
)  # fmt: skip
def test_a_forged_sum_is_asked_anew(data: str) -> None:
    _, (shown,) = said(state("result"), data)
    assert shown.buttons


def test_every_question_s_buttons_fit_and_every_province_has_an_answer_or_says_why_not() -> None:
    _, (asked,) = said(None, "calc:contribution")
    provinces = [data for data in data_of(asked) if data.count(":") == 2]
    assert len(provinces) == 31
    for data in provinces:
        city = QUESTIONNAIRE.city_in(data.split(":")[2])
        places = [f"{data}:{option.id}" for option in city.options] if city is not None else [data]
        for sum in (*places, data.replace("contribution", "pension") + ":15:60"):
            _, (shown,) = said(None, sum)
            assert "怎么算" in shown.text or "不敢乱算" in shown.text
            assert all(len(d.encode()) <= 64 for d in data_of(shown))
