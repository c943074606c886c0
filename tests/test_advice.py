"""Advice in the talk: unfolded, listed, set aside, and the questions that it asks."""

from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from bot.dialogue.conversation import Command, Conversation, Incoming
from bot.dialogue.replies import Ask, Card, Say, ShowResult, Tips
from tests.steps import AGREED, answers, asked, talk


def test_advice_unfolds_with_and_without_a_talk() -> None:
    assert talk("open:tip", start=None) == (None, (Card("tip"),))
    assert talk("theme:credit", start=None) == (None, (Tips("credit", replaces=True),))
    assert talk(Command("tips")) == (AGREED, (Tips(),))


def test_a_page_of_a_card_replaces_the_one_before_and_a_forged_one_is_the_first() -> None:
    assert talk("open:tip:1") == (AGREED, (Card("tip", 1, replaces=True),))
    assert talk("open:tip:0") == (AGREED, (Card("tip", replaces=True),))
    for forged in ("open:tip:-1", "open:tip:²", "open:tip:99999999999", "open:tip:1:1"):
        assert talk(forged) == (AGREED, (Card("tip", replaces=True),))
    assert talk("open:gone:1") == (AGREED, (Say("unknown_advice"),))


def test_a_mark_on_a_later_page_stays_on_it() -> None:
    state, replies = talk("mark:tip:done:1")
    assert state == replace(AGREED, marks={"tip": "done"})
    assert replies == (Card("tip", 1, replaces=True),)
    assert talk("mark:tip:none:1", start=state) == (AGREED, (Card("tip", 1, replaces=True),))


def test_a_piece_that_is_marked_is_remembered_and_its_card_is_shown_anew() -> None:
    state, replies = talk("mark:tip:done")
    assert state == replace(AGREED, marks={"tip": "done"})
    assert replies == (Card("tip", replaces=True),)


def test_a_mark_is_changed_and_taken_back() -> None:
    state, _ = talk("mark:tip:done", "mark:tip:have")
    assert state == replace(AGREED, marks={"tip": "have"})
    assert talk("mark:tip:none", start=state) == (AGREED, (Card("tip", replaces=True),))


def test_a_mark_taken_back_in_the_list_shows_the_list() -> None:
    state, _ = talk("mark:tip:not_for_me")
    assert talk("mark:tip:none:list", start=state) == (AGREED, (Tips("marked", replaces=True),))


def test_a_mark_leaves_the_open_question_open() -> None:
    state, _ = talk("a:age:adult", "mark:tip:done")
    assert answers(state) == {"age": ("adult",)}
    assert asked(talk("a:debt:some", start=state)[1]) == "kinds"


def test_without_a_conversation_or_consent_no_mark_is_kept_and_that_is_said() -> None:
    assert talk("mark:tip:done", start=None) == (None, (Say("mark_not_kept"),))
    before, _ = talk(Command("start"), start=None)
    assert talk("mark:tip:done", start=before) == (before, (Say("mark_not_kept"),))


def test_a_mark_on_advice_that_was_withdrawn_is_not_kept() -> None:
    assert talk("mark:gone:done") == (AGREED, (Say("unknown_advice"),))


def test_starting_again_forgets_the_marks_for_the_phone_may_be_somebody_elses_now() -> None:
    state, _ = talk("mark:tip:done", "go:restart")
    assert state == AGREED


def test_a_talk_that_was_kept_before_there_were_marks_is_still_read() -> None:
    kept = (
        '{"questionnaire": "1", "language": "zh", "consent": ["answers", "abroad"], "consent_version": "1"}'
    )
    assert TypeAdapter(Conversation).validate_json(kept) == AGREED


def test_a_page_of_a_list_is_named_by_its_button_and_a_forged_one_is_the_first() -> None:
    assert talk("theme:credit:2") == (AGREED, (Tips("credit", 2, replaces=True),))
    for forged in ("theme:credit:-1", "theme:credit:²", "theme:credit:99999999999"):
        assert talk(forged) == (AGREED, (Tips("credit", 0, replaces=True),))
    assert talk("theme:") == (AGREED, (Tips(replaces=True),))


def test_a_question_asked_from_the_advice_leads_back_to_it() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "skip:work")
    state, replies = talk("edit:work:tips", start=finished)
    assert isinstance(replies[0], Ask)
    assert (replies[0].question, replies[0].then, replies[0].can_go_back) == ("work", "tips", False)
    state, replies = talk("a:work:rider", start=state)
    assert answers(state)["work"] == ("rider",)
    assert finished is not None
    assert replies == (Tips(replaces=True, before=finished.answers),)
    assert talk(Command("result"), start=state) == (state, (ShowResult(),))


def test_several_choices_are_ticked_on_the_way_back_to_the_advice_too() -> None:
    finished, _ = talk("a:age:adult", "a:debt:some", "skip:kinds", "a:work:rider")
    state, replies = talk("edit:kinds:tips", "+:kinds:car", "done:kinds", start=finished)
    assert answers(state)["kinds"] == ("car",)
    assert isinstance(replies[0], Tips)


def test_the_advice_may_ask_what_the_short_path_does_not_and_nothing_else_of_it() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    state, replies = talk("edit:sex:tips", start=finished)
    assert asked(replies) == "sex"
    state, _ = talk("a:sex:woman", start=state)
    assert state is not None
    assert (state.answers["sex"], state.research) == (("woman",), False)
    assert talk(Command("result"), start=state) == (state, (ShowResult(),))
    assert asked(talk("edit:sex", start=state)[1]) == "sex", "an answer that was given can be changed"


def test_an_unasked_question_is_asked_ahead_only_from_the_advice() -> None:
    assert asked(talk("edit:work:tips")[1]) == "work"
    assert asked(talk("edit:work")[1]) == "age"
    assert asked(talk("edit:kinds:tips")[1]) == "age", "not what the answers leave closed"


@pytest.mark.parametrize("leaving", ["back:sex", "go:tips", "theme:credit", Command("tips")])
def test_who_would_rather_not_say_goes_back_to_the_advice(leaving: Incoming | str) -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    state, replies = talk("edit:sex:tips", leaving, start=finished)
    assert state == finished
    assert isinstance(replies[0], Tips)


def test_an_edit_begun_from_the_review_ends_the_way_to_the_advice() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    _, replies = talk("edit:sex:tips", "edit:work", "a:work:driver", start=finished)
    assert isinstance(replies[-1], ShowResult)
