"""Simple mode: one idea a line, one big button a row, the same words and the same buttons."""

import pytest

from bot.render.message import Button, Message
from bot.render.simple import simple
from tests.test_rights import STATES, data_of, said, state


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("先别急。还有办法！问谁？", ["先别急。", "还有办法！", "问谁？"]),
        ("<b>先别急。</b>还有办法。", ["<b>先别急。</b>", "还有办法。"]),
        ("他说“不行。”您别急。", ["他说“不行。”", "您别急。"]),
        ("年利率24.5%，月付3.2元", ["年利率24.5%，月付3.2元"]),
        ("Don't. There is a way. Ask (for free).", ["Don't.", "There is a way.", "Ask (for free)."]),
        ("about 3.5 % a year, e.g. in May", ["about 3.5 % a year, e.g. in May"]),
        ("一行\n\n另一行。", ["一行", "", "另一行。"]),
    ],
)  # fmt: skip
def test_each_sentence_stands_on_a_line_of_its_own(text: str, lines: list[str]) -> None:
    assert simple(Message(text)).text.split("\n") == lines


def test_short_buttons_of_a_long_list_stay_two_by_two() -> None:
    towns = tuple(tuple(Button("北京", f"{row}{place}") for place in range(4)) for row in range(3))
    assert [len(row) for row in simple(Message("哪里？", (*towns, (Button("换一题", "x"),)))).buttons] == [
        *[2] * 6,
        1,
    ]


@pytest.mark.parametrize("name", [name for name in STATES if state(name) is not None])
def test_in_every_state_simple_mode_says_the_same_and_offers_the_same(name: str) -> None:
    for language in ("zh", "en"):
        talk, _ = said(state(name), f"lang:{language}")
        _, usual = said(talk, "mode:normal")
        held, big = said(talk, "mode:simple")
        assert held is not None
        assert held.simple
        assert ["".join(m.text.split()) for m in big] == ["".join(m.text.split()) for m in usual]
        assert [data_of(m) for m in big] == [data_of(m) for m in usual]
        assert all(len(row) <= 2 for message in big for row in message.buttons)


def test_the_language_screen_leads_there_and_back() -> None:
    talk, (asked,) = said(state("survey"), "/lang")
    assert "mode:simple" in data_of(asked)
    big, (shown,) = said(talk, "mode:simple")
    assert all(len(row) == 1 for row in shown.buttons)
    again, (asked,) = said(big, "/lang")
    assert "mode:normal" in data_of(asked)
    usual, _ = said(again, "mode:normal")
    assert usual == talk
