"""Typed words: what is clear is read, what is vague is asked back, what means nothing is said so."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.reading import Guess, Match, NotRead
from bot.dialogue.reading.numerals import spans, value
from tests.checkout import KNOWLEDGE
from tests.goldens import Phrase, phrases
from tests.typed import VOCABULARY, fold, read

QUESTIONS = KNOWLEDGE.questionnaire.by_id
PHRASES = list(phrases())
MESSY = "五千六七几万块w k.5到-不没有是吧，左右多 每天月年岁后信用卡和骑手上海?？❌０１🛵\u200b麼沒shanxi"


@pytest.mark.parametrize("id", sorted({phrase.question for phrase in PHRASES}))
def test_a_typed_answer_means_what_it_was_written_down_to_mean(id: str) -> None:
    """Name every answer that is read otherwise. A test for each would take longer to report than to run."""
    readings = [(phrase, read(phrase.text, QUESTIONS[id])) for phrase in PHRASES if phrase.question == id]
    missed = [
        f"{phrase.text} should be {phrase.meaning}: {reading}"
        for phrase, reading in readings
        if not phrase.is_met_by(reading)
    ]
    assert not missed, "\n".join([f"{len(missed)} of {id}:", *missed])


def test_a_loan_told_of_beside_one_denied_is_never_taken_for_none() -> None:
    for said in ("没跟银行借过，跟邻居借过", "跟邻居借过，没跟银行借过"):
        reading = read(said, QUESTIONS["constrained"])
        assert isinstance(reading, Guess)
        assert "never_needed" not in reading.options
    for said in ("邻居", "跟邻居借的"):
        kind = read(said, QUESTIONS["debt_kinds"])
        assert kind == Guess(("family",))


def test_no_typed_answer_is_silently_misread() -> None:
    assert not [p for p in PHRASES if p.is_misread_by(read(p.text, QUESTIONS[p.question]))]


def test_every_guess_says_which_options_are_asked_back() -> None:
    assert not [p for p in PHRASES if p.meaning.endswith("?") and not p.wants() - {""}]


AMOUNTS = {"income": "月", "saving": "月", "debt": "月", "spending": "月", "premium": "年"}


@given(
    st.sampled_from(sorted(AMOUNTS)),
    st.sampled_from(["5000", "五千", "1.2万", "一点五万", "三万", "800", "8k"]),
    st.data(),
)
def test_a_number_of_another_quantity_is_never_taken_for_sure(
    id: str, number: str, data: st.DataObject
) -> None:
    quantities = VOCABULARY.amounts.quantities
    others = sorted({word for words in quantities.values() for word in words} - set(quantities[id]))
    word = data.draw(st.sampled_from(others))
    gap = " " if word.isascii() else ""
    period = f"一个{AMOUNTS[id]}"
    for text in (f"{word}{gap}{number}", f"{number}{gap}{word}", f"{period}{word}{gap}{number}"):
        assert not isinstance(read(text, QUESTIONS[id]), Match), text


def test_a_number_of_another_quantity_is_named_so_that_the_worker_knows_why() -> None:
    assert read("欠5000", QUESTIONS["income"]) == NotRead("debt")
    assert read("工资5000", QUESTIONS["debt"]) == NotRead("income")
    assert read("每月还三千", QUESTIONS["income"]) == NotRead("repaid")


def test_nearly_every_question_has_typed_answers_in_both_scripts_and_languages() -> None:
    covered = {p.question for p in PHRASES}
    for id in covered:
        texts = [p.text for p in PHRASES if p.question == id]
        assert len(texts) >= 12, id
        assert any(not text.isascii() for text in texts), id
    assert len(PHRASES) >= 2000
    # The labels and aliases of every question are tried; a question may be new, but not many.
    assert len(covered) >= 0.9 * len(QUESTIONS)


@pytest.mark.parametrize("id", QUESTIONS)
def test_every_label_typed_as_it_stands_is_its_option(id: str) -> None:
    for option in QUESTIONS[id].options:
        for words in (option.zh, option.en):
            reading = read(words, QUESTIONS[id])
            wanted = (
                Guess if words in ("Shanxi", "Yes", "No") else Match
            )  # 陕西 too is typed so; or 对吗？ answered
            assert isinstance(reading, wanted), words
            assert option.id in reading.options


def test_a_bare_yes_or_no_answers_no_question_for_it_may_answer_the_asking_back() -> None:
    for id in QUESTIONS:
        for words in (*VOCABULARY.kinds.assent, *VOCABULARY.kinds.dissent):
            assert not isinstance(read(words, QUESTIONS[id]), Match), (id, words)


def test_a_bare_small_number_is_asked_back_where_money_is_meant() -> None:
    for id in ("income", "debt", "saving", "spending", "premium"):
        for words in ("5", "五", "12", "30"):
            assert isinstance(read(words, QUESTIONS[id]), Guess), (id, words)


@given(st.integers(0, 13))
def test_no_typed_number_ends_the_talk(age: int) -> None:
    assert not isinstance(read(f"{age}岁", QUESTIONS["age"]), Match)


@given(st.sampled_from(PHRASES), st.sampled_from(["不是", "没有", "并非", "not "]))
def test_a_denied_choice_is_never_taken_for_the_choice(phrase: Phrase, no: str) -> None:
    options = QUESTIONS[phrase.question].options
    if phrase.meaning in {option.id for option in options} - {"no", "none", "unknown", "never_needed"}:
        reading = read(no + phrase.text, QUESTIONS[phrase.question])
        assert reading != Match((phrase.meaning,)), no + phrase.text


@given(st.sampled_from(PHRASES), st.sampled_from(["🛵", "\u200b", "\ufeff", " ", "！", "\u2066", "👍🏽"]))
def test_decoration_changes_no_reading(phrase: Phrase, sign: str) -> None:
    question = QUESTIONS[phrase.question]
    assert read(phrase.text + sign, question) == read(phrase.text, question)
    assert read(sign + phrase.text, question) == read(phrase.text, question)


@given(st.one_of(st.text(max_size=60), st.text(MESSY, max_size=40)), st.sampled_from(sorted(QUESTIONS)))
def test_any_words_give_a_reading_that_the_question_can_take(words: str, id: str) -> None:
    match read(words, QUESTIONS[id]):
        case Match(options):
            assert QUESTIONS[id].accepts(options)
        case Guess(options):
            assert options
            assert all(QUESTIONS[id].option(option) for option in options)


@given(st.text(MESSY, max_size=60))
def test_folding_twice_changes_nothing_more(words: str) -> None:
    assert fold(fold(words)) == fold(words)


@given(st.integers(1000, 30000))
def test_every_amount_falls_into_the_band_that_covers_it(yuan: int) -> None:
    reading = read(str(yuan), QUESTIONS["income"])
    assert isinstance(reading, Match)
    option = QUESTIONS["income"].option(reading.options[0])
    assert option is not None
    assert option.up_to is None or yuan <= option.up_to


@given(st.integers(1, 99_999_999))
def test_a_number_written_in_chinese_is_the_same_number(number: int) -> None:
    assert value(spelt(number)) == number


def spelt(number: int) -> str:
    """Write a number below a hundred million in full Chinese numerals."""
    if number >= 10000:
        rest = number % 10000
        return (
            spelt(number // 10000) + "万" + ("零" if 0 < rest < 1000 else "") + (spelt(rest) if rest else "")
        )
    words, gap = "", False
    for unit, sign in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            words += ("零" if gap and words else "") + "零一二三四五六七八九"[digit] + sign
        gap = not digit
    return words


def test_a_spoken_short_form_counts_in_the_next_unit() -> None:
    assert value("五千五") == 5500
    assert value("一万二") == 12000
    assert value("3万5") == 35000
    assert value("一百零五") == 105
    assert value("1万25") is None
    assert spans("六七千") == (6000, 7000)


@pytest.mark.parametrize(
    "words", ["一" * 400, "不是" * 200, "5-" * 200, "1,000" * 80, "好几" * 200, "no " * 130, "a" * 400]
)
def test_a_long_answer_is_read_without_a_fuss(words: str) -> None:
    for id in ("income", "occupation", "debt_kinds", "age"):
        assert not isinstance(read(words, QUESTIONS[id]), Match)


def test_simplified_words_never_load_the_converter() -> None:
    code = (
        "import sys; from bot.loading.knowledge import load_knowledge; "
        "from bot.dialogue.reading import read; "
        "k = load_knowledge(); q = k.questionnaire.by_id['income']; "
        "read('五千五', q, k.vocabulary, 2026); print('opencc' in sys.modules); "
        "read('兩萬', q, k.vocabulary, 2026); print('opencc' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    assert done.stdout.split() == ["False", "True"]


@pytest.mark.parametrize(
    ("said", "option"),
    [
        ("我这个月还不上了 有没有办法", "behind"),
        ("网贷还不起了天天催", "behind"),
        ("送餐摔断了手", "hurt"),
        ("做事的时候跌了一跤伤到膝盖", "hurt"),
        ("在站点滑倒了", "hurt"),
        ("没摔倒过", None),
        ("老板不发工资", "unpaid"),
        ("收到传票了", "court"),
        ("我妈住院了", "family_ill"),
        ("号被封了没单跑", "no_income"),
        ("被骗了八千", "cheated"),
        ("I can't pay my loan", "behind"),
        ("got scammed", "cheated"),
        ("还得上", None),
        ("我没出车祸", None),
        ("没被骗过", None),
    ],
)
def test_what_is_going_on_is_understood_in_everyday_words(said: str, option: str | None) -> None:
    found = read(said, KNOWLEDGE.questionnaire.by_id["happening"])
    assert getattr(found, "options", ()) == ((option,) if option else ())
