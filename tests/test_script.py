"""Traditional script: whole phrases as people write them, and no sign of another word in any template."""

import re
from pathlib import Path

import opencc
import pytest

from bot.render.script import in_traditional

TEMPLATES = sorted(Path(__file__).parents[1].glob("knowledge/templates/zh/**/*.j2"))
CODE = re.compile(r"\{[{%#].*?[%#}]\}", re.DOTALL)

# Signs that mean one thing only; the words in which each may stand.
ONLY = {
    "籤": ("標籤", "抽籤"),
    "乾": ("乾淨", "乾澀", "乾脆", "乾糧", "乾燥"),
    "隻": ("四隻", "這隻", "一隻", "兩隻"),
    "里": ("公里", "里程", "海里"),
    "鍾": (),
    "彙": ("詞彙",),
    "纔": (),
    "爲": (),
    "麪": (),
    "覈": (),
    "干": ("若干", "干擾", "干涉"),
    "髮": ("頭髮", "理髮", "銀髮"),
    "鬥": (),
    "囉": (),
    "鬆": ("輕鬆", "鬆口", "口鬆", "鬆開", "鬆一", "也鬆"),
    "颳": (),
}


@pytest.mark.parametrize(
    ("simplified", "written"),
    [
        ("别签空白的纸，签了名就算数", "別簽空白的紙，簽了名就算數"),
        ("干活不给钱，上班前干净的活", "幹活不給錢，上班前乾淨的活"),
        ("别只录音，只是补差", "別只錄音，只是補差"),
        ("卡里的钱被划走了", "卡裏的錢被劃走了"),
        ("征信有错，去个税汇算", "徵信有錯，去個稅匯算"),
        ("跑了三公里，几分钟就行", "跑了三公里，幾分鐘就行"),
        ("行政复议和复核", "行政復議和複核"),
        ("这时才算，因为没准备", "這時才算，因為沒準備"),
        ("他就不准打您、跟着您", "他就不准打您、跟着您"),
        ("拿不准，打12333", "拿不準，打12333"),
        ("<b>标签</b> App", "<b>標籤</b> App"),
    ],
)
def test_whole_phrases_are_written_as_people_write_them(simplified: str, written: str) -> None:
    assert in_traditional(simplified) == written


def test_no_template_has_the_sign_of_another_word() -> None:
    for path in TEMPLATES:
        text = in_traditional(CODE.sub("＿", path.read_text(encoding="utf-8")))
        for sign, words in ONLY.items():
            left = text
            for word in words:
                left = left.replace(word, "")
            assert sign not in left, f"{path.name}: {left[max(0, left.find(sign) - 6) : left.find(sign) + 6]}"


def test_every_template_reads_back_as_it_was() -> None:
    back = opencc.OpenCC("t2s").convert
    for path in TEMPLATES:
        text = CODE.sub("＿", path.read_text(encoding="utf-8"))
        assert back(in_traditional(text)) == back(text), path.name
