"""Words and buttons: whatever the answers, a reply is one readable Telegram message."""

import random
from dataclasses import replace
from typing import get_args

import pytest

from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import MOST, length
from bot.demo.double.entities import read_html, units
from bot.dialogue.conversation import MARKS
from bot.dialogue.replies import (
    Ask,
    AskConsent,
    Card,
    Explain,
    MyData,
    Note,
    Review,
    Say,
    Saying,
    ShowResult,
    Tips,
)
from tests.answer_sets import answer_set
from tests.worded import PIECES, QUESTIONNAIRE, STANDING_LINE, data, fits, marks, talk, worded


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_review_and_list_fits_one_message_whatever_the_answers(language: Language) -> None:
    dice = random.Random(11)
    for _ in range(150):
        state = talk(answer_set(QUESTIONNAIRE, dice))
        report = worded(ShowResult(), state, language)
        assert STANDING_LINE[language] in report.text
        assert sum(button.data.startswith("open:") for row in report.buttons for button in row) == 3
        for message in (report, worded(Review(), state, language), worded(Tips(), state, language)):
            fits(message)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_longer_than_is_read_whatever_the_answers(language: Language) -> None:
    """After an edit too, and with much set aside; cards are read in tests/test_pages.py."""
    dice = random.Random(17)
    for _ in range(60):
        state = replace(talk(answer_set(QUESTIONNAIRE, dice)), marks=dict.fromkeys(PIECES[::3], "done"))
        for reply in (
            ShowResult(),
            ShowResult(answer_set(QUESTIONNAIRE, dice)),
            Review(),
            MyData(),
            Explain(),
        ):
            assert units(read_html(worded(reply, state, language).text).text) <= MOST, reply


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_result_is_that_of_constrained_truckers_and_is_read_in_one_go_too(
    language: Language,
) -> None:
    dice = random.Random(9)
    for _ in range(1000):
        answers = answer_set(QUESTIONNAIRE, dice) | {"occupation": ("truck_owner",), "constrained": ("yes",)}
        assert length(worded(ShowResult(), talk(answers), language).text) <= MOST


def test_an_answer_of_many_ticks_is_counted_where_it_is_too_long_and_said_in_full_where_it_is_not() -> None:
    ticked = {"commercial_cover": ("accident", "medical", "life"), "worries": ("debt", "illness", "accident")}
    short = worded(Review(), talk(ticked), "en").text
    assert "Accident (also through the platform), Medical, Life, annuity" in short
    everything = {q.id: tuple(o.id for o in q.options if not o.exclusive) for q in QUESTIONNAIRE.questions}
    only_first = {id: ids if QUESTIONNAIRE.by_id[id].multiple else ids[-1:] for id, ids in everything.items()}
    only_first |= {"constrained": ("yes",), "social_insurance": ("none",)}
    long = worded(Review(), talk(only_first), "en")
    assert "Home loan, 6 more" in long.text
    relevant = QUESTIONNAIRE.relevant(only_first)
    assert {f"edit:{id}" for id in relevant} <= {b.data for row in long.buttons for b in row}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_fits_with_every_note(language: Language) -> None:
    for question in QUESTIONNAIRE.questions:
        for note in (None, *get_args(Note)):
            guess = (question.options[0].id,) if note == "guess" else ()
            fits(worded(Ask(question.id, 1, 3, note=note, guess=guess), None, language))
        plain = read_html(worded(Ask(question.id, 0, 1), None, language).text).text
        assert question.text.in_(language) in plain


def test_a_guess_can_be_confirmed_with_one_tap() -> None:
    message = worded(Ask("province", 2, 10, note="guess", guess=("sichuan",)), None, "zh")
    assert message.buttons[0][0].data == "a:province:sichuan"
    assert "四川" in message.buttons[0][0].text


def test_colours_tell_what_leads_on_what_is_ticked_and_what_cannot_be_undone() -> None:
    message = worded(Ask("worries", 2, 10, ticks=("illness",)), None, "zh")
    coloured = {button.data: button.colour for row in message.buttons for button in row if button.colour}
    assert coloured == {"-:worries:illness": "primary", "done:worries": "success"}
    for said, undone in ((Say("ask_forget"), "go:forget"), (Say("ask_restart"), "go:restart")):
        (red,), (stay,) = worded(said, None, "zh").buttons
        assert (red.data, red.colour) == (undone, "danger")
        assert (stay.data, stay.text, stay.colour) == ("go:continue", "不，都留着", None)


def test_consent_is_not_coloured_for_who_agrees_is_not_to_be_nudged() -> None:
    plain = worded(AskConsent(), None, "zh").buttons
    assert not [button for row in plain for button in row if button.colour]


def test_a_tick_names_the_state_that_it_leads_to() -> None:
    message = worded(Ask("worries", 2, 10, ticks=("illness",)), None, "zh")
    data = {button.data for row in message.buttons for button in row}
    assert {"-:worries:illness", "+:worries:accident"} <= data


def test_nothing_is_ticked_for_the_worker() -> None:
    message = worded(AskConsent(), None, "zh")
    assert all("☑" not in button.text for row in message.buttons for button in row)


def test_a_minor_gets_advice_and_no_score() -> None:
    state = talk({**answer_set(QUESTIONNAIRE, random.Random(2)), "age": ("from_16_to_17",)})
    text = worded(ShowResult(), state, "zh").text
    assert "不打分" in text
    assert "十个里" not in text
    assert "养老" not in text.split("先做这几件")[0], "nor of what concerns grown-ups"


def test_who_skipped_nearly_everything_gets_no_invented_number_and_is_offered_the_question_that_helps() -> (
    None
):
    skipped = {q.id: ("skipped",) for q in QUESTIONNAIRE.path({}) if q.id != "age"}
    report = worded(ShowResult(), talk({"age": ("from_31_to_40",), **skipped}), "zh")
    assert "硬给一个数会误导您" in report.text
    assert any(button.data.startswith("edit:") for row in report.buttons for button in row)


def test_every_card_can_be_set_aside_and_a_marked_one_taken_up_again() -> None:
    state = talk(answer_set(QUESTIONNAIRE, random.Random(1)))
    for piece in PIECES:
        fresh = worded(Card(piece), state, "zh")
        assert marks(fresh, piece) == [f"mark:{piece}:{mark}" for mark in MARKS]
        marked = replace(state, marks={piece: "have"})
        message = worded(Card(piece), marked, "zh")
        assert marks(message, piece) == [f"mark:{piece}:none"]
        assert any("我已经有了" in button.text for row in message.buttons for button in row)
        fits(message)


LONG = "women_maternity"  # three pages in English


def test_a_long_card_is_leafed_through_in_place_and_keeps_its_buttons_on_each_page() -> None:
    state = talk(answer_set(QUESTIONNAIRE, random.Random(1)))
    first, second, last = (worded(Card(LONG, page), state, "en") for page in range(3))
    assert [button.text for button in first.buttons[0]] == ["More (2/3) ›"]
    assert [button.text for button in second.buttons[0]] == ["‹ Back", "More (3/3) ›"]
    assert [button.text for button in last.buttons[0]] == ["‹ Back"]
    assert [data(page)[0] for page in (first, second, last)] == [f"open:{LONG}:{n}" for n in (1, 0, 1)]
    for number, page in enumerate((first, second, last)):
        end = f":{number}" if number else ""
        assert marks(page, LONG) == [f"mark:{LONG}:{mark}{end}" for mark in MARKS], "a mark stays on its page"
        assert {f"remind:{LONG}", f"stuck:{LONG}", "go:result", "go:tips"} <= {*data(page)}


def test_an_old_button_to_a_page_that_is_no_more_shows_the_last() -> None:
    assert worded(Card(LONG, 99), None, "en") == worded(Card(LONG, 2), None, "en")
    assert worded(Card("emergency_fund", 1), None, "zh") == worded(Card("emergency_fund"), None, "zh")


def test_a_card_has_the_same_pages_in_big_letters() -> None:
    plain = talk({})
    for piece in PIECES:
        look = [worded(Card(piece, 1), state, "en") for state in (plain, replace(plain, simple=True))]
        assert "".join(look[0].text.split()) == "".join(look[1].text.split())


def test_without_a_talk_a_card_has_its_buttons_too() -> None:
    assert len(marks(worded(Card(PIECES[0]), None, "en"), PIECES[0])) == 3


def test_what_a_worker_has_is_told_as_it_is() -> None:
    answers = {
        "age": ("from_31_to_40",),
        "social_insurance": ("flexible",),
        "social_branches": ("pension", "medical"),
        "commercial_cover": ("medical",),
    }
    assert "有准备的：生病、养老" in worded(ShowResult(), talk(answers), "zh").text


def test_research_is_offered_only_to_those_who_agreed_to_it() -> None:
    answers = answer_set(QUESTIONNAIRE, random.Random(5))
    willing = talk(answers)
    unwilling = replace(willing, consent=("answers", "abroad"))
    for state, offered in ((willing, True), (unwilling, False)):
        buttons = worded(ShowResult(), state, "zh").buttons
        assert any(b.data == "go:research" for row in buttons for b in row) is offered


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fixed_saying_has_words(language: Language) -> None:
    for what in get_args(Saying):
        fits(worded(Say(what), None, language))
