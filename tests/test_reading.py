"""Typed words: what is clear is read, what is vague is asked back, what means nothing is said so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.files import load_knowledge
from bot.reading import Control, Guess, Match, NotRead, parse_amount, read

QUESTIONS = load_knowledge().questionnaire.by_id


@pytest.mark.parametrize(
    ("question", "words", "options"),
    [
        ("income", "五千五", ("from_5001",)),
        ("income", "5k", ("from_3000",)),
        ("income", "１.２万", ("from_10001",)),
        ("income", "3,500", ("from_3000",)),
        ("income", "12\u200b00", ("below_3000",)),
        ("income", "5500块钱吧", ("from_5001",)),
        ("income", "五千多", ("from_5001",)),
        ("income", "大概6000", ("from_5001",)),
        ("age", "三十五岁", ("from_31_to_40",)),
        ("province", "上海市", ("shanghai",)),
        ("province", "sichuan", ("sichuan",)),
        ("debt", "十二万", ("from_50000",)),
        ("debt", "没有", ("none",)),
        ("education", "大专", ("college",)),
        ("commercial_cover", "意外险，医疗", ("accident", "medical")),
        ("commercial_cover", "没买", ("none",)),
    ],
)
def test_clear_words_are_read(question: str, words: str, options: tuple[str, ...]) -> None:
    assert read(words, QUESTIONS[question]) == Match(options)


@pytest.mark.parametrize(
    ("question", "words", "options"),
    [
        ("income", "一个月六七千", ("from_5001",)),
        ("income", "5000左右", ("from_3000", "from_5001")),
        ("income", "3000-5000", ("from_3000",)),
        ("income", "1_000", ("below_3000",)),
        ("province", "四川成都", ("sichuan",)),
        ("occupation", "我是骑手", ("food_delivery",)),
    ],
)
def test_vague_words_are_asked_back(question: str, words: str, options: tuple[str, ...]) -> None:
    assert read(words, QUESTIONS[question]) == Guess(options)


@pytest.mark.parametrize("words", ["", "\u200b", "٣٤", "nan", "inf", "😀", "哈哈"])
def test_what_is_no_amount_is_not_read(words: str) -> None:
    assert read(words, QUESTIONS["income"]) == NotRead()


@pytest.mark.parametrize(("words", "verb"), [("返回", "back"), ("跳过", "skip"), ("为什么", "why")])
def test_steering_words_steer(words: str, verb: str) -> None:
    assert read(words, QUESTIONS["income"]) == Control(verb)  # type: ignore[arg-type]  # the verbs are literals


def test_a_spoken_short_form_counts_in_the_next_unit() -> None:
    assert parse_amount("五千五") == 5500
    assert parse_amount("一万二") == 12000
    assert parse_amount("3万5") == 35000
    assert parse_amount("一百零五") == 105


@given(st.text(max_size=60), st.sampled_from(sorted(QUESTIONS)))
def test_any_words_give_a_reading_that_the_question_can_take(words: str, id: str) -> None:
    match read(words, QUESTIONS[id]):
        case Match(options):
            assert QUESTIONS[id].accepts(options)
        case Guess(options):
            assert options
            assert all(QUESTIONS[id].option(option) for option in options)


@given(st.integers(0, 30000))
def test_every_amount_falls_into_the_band_that_covers_it(yuan: int) -> None:
    reading = read(str(yuan), QUESTIONS["income"])
    assert isinstance(reading, Match)
    option = QUESTIONS["income"].option(reading.options[0])
    assert option is not None
    assert option.up_to is None or yuan <= option.up_to
