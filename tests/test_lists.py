"""The lists of advice, what was set aside, and what an edit changed: short, and nothing lost."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import guidance
from bot.content.knowledge import THEMES
from bot.content.questionnaire import LANGUAGES, Answers, Language
from bot.dialogue.conversation import Conversation, Mark
from bot.dialogue.replies import Ask, ShowResult, Tips
from bot.render import Button, Message
from bot.render.lists import ROOM, ROWS, Entry, pages
from tests.answer_sets import answer_set
from tests.talks import TODAY, presenter
from tests.worded import PIECES, QUESTIONNAIRE, data, fits, talk, worded


def test_what_was_set_aside_is_in_no_list_but_its_own() -> None:
    state = talk(answer_set(QUESTIONNAIRE, random.Random(4)))
    first = data(worded(ShowResult(), state, "zh"))[0].removeprefix("open:")
    theme = presenter().knowledge.piece(first).theme
    marked = replace(state, marks={first: "done"})
    assert f"open:{first}" not in data(worded(ShowResult(), marked, "zh"))
    assert f"open:{first}" not in data(worded(Tips(theme), marked, "zh"))
    assert f"mark:{first}:none:list" in data(worded(Tips("marked"), marked, "zh"))
    assert "theme:marked" in data(worded(Tips(), marked, "zh"))
    assert "theme:marked" not in data(worded(Tips(), state, "zh"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_is_short_and_has_every_piece_whatever_the_answers(language: Language) -> None:
    dice = random.Random(7)
    for _ in range(40):
        state = talk(answer_set(QUESTIONNAIRE, dice))
        state = replace(state, marks=dict.fromkeys(dice.sample(PIECES, dice.choice((0, 3, 40))), "done"))
        message = worded(Tips(), state, language)
        short(message)
        listed = {b.removeprefix("open:") for shelf in data(message) for b in leafed(shelf, state, language)}
        trace = guidance.outcome(presenter().knowledge, state.answers, TODAY, state.marks).guidance.trace
        wanted = {line.id for line in trace.judged if line.outcome in ("advised", "not_eligible")}
        assert wanted <= listed


def leafed(shelf: str, state: Conversation, language: Language) -> list[str]:
    """Leaf through a shelf by its buttons; returns their data."""
    found: list[str] = []
    turn: str | None = shelf
    while turn:
        _, name, page = (*turn.split(":"), "0")[:3]
        message = worded(Tips(name, int(page)), state, language)
        short(message)
        found += data(message)
        turn = next((b for b in data(message) if b == f"theme:{name}:{int(page) + 1}"), None)
    return found


def short(message: Message) -> None:
    fits(message)
    assert len(message.text) <= 700
    assert len(message.buttons) <= 8


def test_a_list_of_seventy_pieces_is_leafed_through() -> None:
    marks: dict[str, Mark] = dict.fromkeys(PIECES, "have")
    state = replace(talk(answer_set(QUESTIONNAIRE, random.Random(4))), marks=marks)
    undo = [b for b in leafed("theme:marked", state, "en") if b.startswith("mark:")]
    in_force = [piece.id for piece in presenter().knowledge.advice if piece.in_force(TODAY)]
    assert undo == [f"mark:{id}:none:list" for id in in_force]


def test_a_page_or_a_shelf_that_is_gone_shows_what_there_is() -> None:
    state = talk(answer_set(QUESTIONNAIRE, random.Random(4)))
    last = worded(Tips("insurance", 999), state, "zh")
    assert any(b.startswith("open:") for b in data(last))
    assert worded(Tips("gone"), state, "zh").text == worded(Tips(), state, "zh").text


YOUNG: Answers = {"age": ("from_21_to_30",), "social_insurance": ("none",), "commercial_cover": ("skipped",)}


def test_what_falls_short_is_told_with_the_answer_and_the_threshold() -> None:
    message = worded(Tips("not_yet"), talk(YOUNG), "zh")
    assert "年纪大一点，社保有补贴" in message.text
    assert "年龄：21–30岁" in message.text
    assert "女满40岁，男满50岁" in message.text
    assert "open:subsidy_hardship" in data(message)


def test_what_hangs_on_an_answer_stands_under_its_question() -> None:
    message = worded(Tips("one_more"), talk(YOUNG), "zh")
    assert "edit:commercial_cover:tips" in data(message)
    assert "<b>您有哪些商业保险？可以选几项</b>\n能看清：" in message.text


def test_a_woman_of_55_is_not_asked_again_what_would_settle_nothing() -> None:
    older: Answers = {"age": ("from_51_to_59",)}
    asks = leafed("theme:one_more", talk(older), "zh")
    assert "edit:sex:tips" in asks
    asks = leafed("theme:one_more", talk({**older, "sex": ("female",)}), "zh")
    assert "edit:sex:tips" not in asks
    assert "open:over_retirement" in asks, "she reads for herself"


def test_a_question_asked_from_the_advice_says_why_and_leads_back() -> None:
    message = worded(Ask("sex", 18, 1, then="tips", can_go_back=False), talk(YOUNG), "zh")
    assert "答完回到建议" in message.text
    assert "back:sex" in data(message)
    assert "只用于研究" not in worded(Ask("sex", 18, 1, note="why"), None, "zh").text


def test_general_advice_for_strangers_has_no_personal_lists() -> None:
    assert {b.partition(":")[2] for b in data(worded(Tips(), None, "zh"))} <= set(THEMES)


entries = st.lists(st.builds(Entry, st.text(max_size=500), st.just(Button("x", "open:x"))), max_size=90)


@given(entries)
def test_paging_keeps_every_entry_in_its_order_and_no_page_too_long(everything: list[Entry]) -> None:
    shared = pages(everything)
    assert [entry for page in shared for entry in page] == everything
    for page in shared:
        assert 1 <= len(page) <= ROWS
        assert len(page) == 1 or sum(len(entry.text) + 1 for entry in page) <= ROOM


def test_who_has_marked_everything_is_told_so() -> None:
    state = replace(talk(answer_set(QUESTIONNAIRE, random.Random(4))), marks=dict.fromkeys(PIECES, "done"))
    words = {"zh": "都看过、标过了", "en": "marked all that matters"}
    for language in LANGUAGES:
        report = worded(ShowResult(), state, language)
        assert words[language] in report.text
        fits(report)


def test_after_an_edit_the_result_and_the_advice_say_what_changed() -> None:
    answers = {
        **answer_set(QUESTIONNAIRE, random.Random(4)), **YOUNG, "occupation": ("domestic",),
        "happening": ("none",), "worries": ("accident",), "social_insurance": ("resident",),
    }  # fmt: skip
    before = {**answers, "occupation": ("food_delivery",)}
    report = worded(ShowResult(before=before), talk(answers), "zh").text
    assert "和改之前比" in report
    assert "少了" in report
    assert "“跑单受伤，有国家保障”" in report
    assert "和改之前比" in worded(Tips(before=before), talk(answers), "zh").text
    assert "和改之前比" not in worded(ShowResult(), talk(answers), "zh").text
    assert "nothing else changed" in worded(ShowResult(before=answers), talk(answers), "en").text


def test_who_objected_to_the_score_is_told_of_no_place_that_moved() -> None:
    answers = {**answer_set(QUESTIONNAIRE, random.Random(4)), **YOUNG, "debt": ("none",)}
    before = {**answers, "debt": ("above_1000000",)}
    assert "十个里" in worded(Tips(before=before), talk(answers), "zh").text
    assert "十个里" not in worded(Tips(before=before), replace(talk(answers), unscored=True), "zh").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_changed_is_told_in_two_lines_at_most(language: Language) -> None:
    dice = random.Random(13)
    for _ in range(40):
        before, after = answer_set(QUESTIONNAIRE, dice), answer_set(QUESTIONNAIRE, dice)
        short(worded(Tips(before=before), talk(after), language))
        report = worded(ShowResult(before=before), talk(after), language)
        fits(report)
        told = report.text.split("\n\n")[0].split("\n")[1:]
        assert len(told) == 1
        assert len(told[0]) <= 420
