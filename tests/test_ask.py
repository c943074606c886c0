"""Free questions find their card, or are honestly not answered. The questions lie in tests/golden/asked/."""

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.content.questionnaire import Language
from bot.dialogue.retrieval import CERTAIN, TALK, VAGUE, Asker, Found
from bot.render.asides import spoken
from tests.asked import Asked, asked, share
from tests.checkout import KNOWLEDGE
from tests.lengths import tries
from tests.talks import TODAY, presenter
from tests.test_rights import STATES, data_of, said, state


@cache
def asker_in(language: Language) -> Asker:
    return presenter().asker(language, TODAY)


def asker_of(text: str) -> Asker:
    return asker_in(spoken(text))


@pytest.fixture(scope="module")
def asker() -> Asker:
    return asker_in("zh")


# What was tried, by five-fold cross-validation over the Chinese ways (one left out is the question):
# the right piece first, and the same when at most 2 % of the ways of OTHER that are left out get a piece.
#
#   cosine with the closest way          0.47   0.34        pairs and triples of characters    0.58   0.51
#   half cosine, half BM25 (k 1.2)       0.52   0.41        pairs only, no single characters   0.53   0.45
#   BM25 (k 1.2, b 0.75)                 0.59   0.53        without titles: 1 % fewer right on the tune half
#   BM25 (k 2, b 1), taken               0.61   0.59
#
# Then 803 ways of asking were written without a look at any of the golden questions. Before they became ways
# themselves, they showed how the asker does on words that it was not tuned on. First row: as it stood, on all
# of them. The others are five folds, four of them added to the ways, with thresholds that differed. The
# figures: right at once, and how many of the tune halves' off-topic questions were answered.
#
#                                         Chinese   English
#   as it was                               0.78      0.36     off-topic not counted
#   and English stems, synonyms             0.77      0.52                3 %, 0 %
#   and the cards' words at 0.3             0.80      0.55                4 %, 7 %
#   and beginnings of English words         0.80      0.57                4 %, 7 %, taken with CERTAIN 0.85
#   pairs of English words                    -       0.49
#   half the cosine with the closest way    0.72      0.57                0 %, 7 %
#
# The score by the root of the most reachable, not by the most: 0.44 instead of 0.19 of the tune half's small
# stories at 1 % off-topic answers. CERTAIN was set on the tune halves.


TALKS = {id for id in KNOWLEDGE.asks.ways if id.startswith(TALK)}


def answered(name: str, test: bool = True) -> list[tuple[Asked, Found]]:
    half = [question for question in asked(name) if question.to_test is test]
    return [(question, asker_of(question.text).answer(question.text)) for question in half]


def at_once(found: list[tuple[Asked, Found]]) -> float:
    return share(answer.best in question.right for question, answer in found)


def among_three(found: list[tuple[Asked, Found]]) -> float:
    among = [(question, {answer.best, *answer.near, *answer.perhaps}) for question, answer in found]
    return share(bool(question.right & three) for question, three in among)


def offered(found: list[tuple[Asked, Found]]) -> float:
    return share(bool(answer.near) for _, answer in found)


def asked_back(found: list[tuple[Asked, Found]]) -> float:
    return share(bool(answer.perhaps) for _, answer in found)


def test_questions_find_their_card_as_often_as_was_measured() -> None:
    """Test half 0.88 at once, 0.96 among three (goals 0.85, 0.95); only what is near is offered too.

    Before the scope it was 0.92 at once: what may not be ours is asked back.
    """
    found = answered("in_topic")
    assert at_once(found) >= 0.87
    assert among_three(found) >= 0.95
    assert asked_back(found) <= 0.05


def test_what_is_not_ours_gets_a_card_as_rarely_as_was_measured() -> None:
    """Test half 0.015, where the goal is 0.02 and 0.061 was measured before the scope; asked back 0.077."""
    for name in ("off_topic", "hard_off_topic"):
        assert offered(answered(name)) <= 0.016
        assert asked_back(answered(name)) <= 0.077


def test_small_stories_are_mostly_not_answered_rather_than_answered_wrongly() -> None:
    """Test half: 0.49 right at once, 0.71 among three, 0.29 wrong, and the rest reads that we don't know."""
    found = answered("hard_in_topic")
    assert at_once(found) >= 0.42
    assert (
        share(bool(answer.near) and answer.best not in question.right for question, answer in found) <= 0.29
    )


def test_what_no_card_answers_gets_its_hotline_as_often_as_was_measured() -> None:
    """Test half, 8 questions: 5 get the right hotline, 2 a card that does not answer."""
    found = answered("beyond")
    assert (
        share(answer.best in {f"hotline.{id}" for id in question.right} for question, answer in found) >= 0.62
    )
    assert offered(found) <= 0.25


def test_no_way_of_asking_was_taken_from_the_test_half() -> None:
    names = ("in_topic", "off_topic", "beyond", "hard_in_topic", "hard_off_topic")
    held = {question.text for name in names for question in asked(name) if question.to_test}
    taken = held & {way for said in KNOWLEDGE.asks.ways.values() for ways in said.values() for way in ways}
    assert taken <= {"不想活了"}  # a writer who saw nothing came upon it too; an emergency, answered before


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("社保斷繳怎麼辦", "社保断缴怎么办"),
        ("社保断缴咋整", "社保断缴怎么办"),
        ("ＳＨＡＲＥ　征信花了", "share 征信花了"),
        ("网袋还不起", "网贷还不上"),
        ("Who PAYS for my Claims?", "pay claim"),
    ],
)
def test_spellings_are_one(asker: Asker, typed: str, plain: str) -> None:
    assert set(asker.features(typed)) <= set(asker.features(plain))


def test_what_is_not_certain_without_a_scope_is_asked_back_with_three_cards_and_the_hotline() -> None:
    pieces = KNOWLEDGE.pieces
    asker = replace(asker_in("zh"), scope=None)
    tops = {question.text: asker.ranked(question.text)[0] for question in asked("hard_in_topic")}
    vague = {text: id for text, (id, like) in tops.items() if VAGUE <= like < CERTAIN and id in pieces}
    assert vague
    for text, id in vague.items():
        found = asker.answer(text)
        assert found.best == pieces[id].check_with
        assert found.near == ()
        assert found.perhaps[0] == id
        assert replace(asker, hotlines={}).answer(text) == replace(found, best=None)


@pytest.mark.parametrize("text", ["不", "费", "谢", "好", "?"])
def test_a_single_character_is_no_small_talk(asker: Asker, text: str) -> None:
    assert asker.answer(text).best not in TALKS


@given(st.text(max_size=300))
@example("不")
@example("要钱吗")
def test_any_text_gets_a_known_piece_or_a_hotline_or_nothing(text: str) -> None:
    found = asker_in("zh").answer(text)
    hotlines = {id for id in KNOWLEDGE.parameters.by_id if id.startswith("hotline.")}
    assert found.best in {*KNOWLEDGE.pieces, *hotlines, *TALKS, None}
    assert {*found.near, *found.perhaps} <= {*KNOWLEDGE.pieces} - {found.best}
    assert len(found.near) <= 2
    assert len(found.perhaps) <= 3


def test_every_piece_is_found_by_its_own_title_and_ways(asker: Asker) -> None:
    for id, ways in asker.ways.items():
        apart = -(-len(ways) // tries("own_ways"))
        some = ways[::-apart]  # from the title, which is the last
        ranked = [found[0][0] for way in some if (found := asker.ranked(way))]
        assert ranked.count(id) >= len(some) / 2, (id, ranked)


def test_a_way_of_asking_gets_a_subject_whose_way_it_is(asker: Asker) -> None:
    having: dict[frozenset[str], set[str]] = {}
    for id, ways in asker.ways.items():
        for way in ways:
            having.setdefault(frozenset(asker.features(way)), set()).add(id)
    for ways in asker.ways.values():
        for way in ways[:: -(-len(ways) // tries("own_ways"))]:
            if found := asker.ranked(way):
                assert found[0][0] in having[frozenset(asker.features(way))], way


@pytest.mark.parametrize("text", ["", "   ", "😀" * 50, "a" * 10_000, "？？？", "\x00", "的了吗"])
def test_any_string_is_a_question_without_harm(asker: Asker, text: str) -> None:
    asker.answer(text)
    asker.features(text)


@pytest.mark.parametrize("name", STATES)
def test_a_question_is_answered_in_every_state_and_changes_nothing(name: str) -> None:
    before = state(name)
    after, (told,) = said(before, "/ask 社保断缴了怎么办")
    assert after == (before and replace(before, tool=None)), "a command only leaves the tool that was open"
    assert any(data == "open:pension_break" for data in data_of(told))


def test_a_question_is_understood_in_either_language_whatever_the_talk_is_held_in() -> None:
    _, (told,) = said(state("result"), "how do I dispute a wrong credit report")
    assert "open:credit_dispute" in data_of(told)
    assert "征信" in told.text


@pytest.mark.parametrize(
    ("story", "last", "other"),
    [
        ("社保断缴了怎么办，征信有错误怎么改", "credit_dispute", "pension_break"),
        ("征信有错误怎么改？还有社保断缴了怎么办", "pension_break", "credit_dispute"),
        ("催收天天打电话，顺便问下个税怎么退", "tax_refund", "collectors"),
    ],
)
def test_of_a_story_with_two_matters_the_last_request_comes_first_and_the_other_is_offered(
    asker: Asker, story: str, last: str, other: str
) -> None:
    found = asker.answer(story)
    assert found.best == last
    assert other in found.near


@pytest.mark.parametrize("text", ["社保断缴了怎么办，要紧吗", "征信有错误怎么改，急急急，怎么改"])
def test_a_story_of_one_matter_has_its_piece_first(asker: Asker, text: str) -> None:
    alone = asker.answer(text.partition("，")[0])
    assert asker.answer(text).best == alone.best


def test_after_the_result_words_are_questions() -> None:
    talk, (told,) = said(state("result"), "征信有错误怎么改")
    assert talk == state("result")
    assert "open:credit_dispute" in data_of(told)
    _, (unknown,) = said(talk, "今天天气怎么样")
    assert "答不准" in unknown.text
    assert "12333" in unknown.text


def test_who_types_a_number_that_could_be_misused_as_a_question_is_warned() -> None:
    _, (told,) = said(state("result"), "/ask 我的卡 4111 1111 1111 1111 被盗了")
    assert "删掉" in told.text


@pytest.mark.parametrize(
    "text", ["不想活了", "活着没意思", "想自杀", "I want to kill myself", "/ask 不想活了"]
)
@pytest.mark.parametrize("name", ["nothing", "survey", "result"])
def test_who_is_in_despair_is_answered_before_anything_else(name: str, text: str) -> None:
    before = state(name)
    after, (told,) = said(before, text)
    assert after == before
    assert "120" in told.text
    assert "110" in told.text
