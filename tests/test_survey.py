"""Each button of a question, pressed once on a talk in which all is set: what is kept, what is shown."""

from dataclasses import replace

import pytest

from bot.content.questionnaire import LANGUAGES, SKIPPED, Answers, Language, Questionnaire
from bot.dialogue.asking import Survey
from bot.dialogue.conversation import Conversation
from bot.dialogue.replies import Ask, Say, ShowResult, Tips
from tests.questionnaires import AGE, DEBT, KINDS, SEX, WORK
from tests.talks import TODAY, presenter

SURVEY = Survey(Questionnaire("1", (AGE, DEBT, KINDS, WORK, SEX)))
GRADUATE = {"age": ("adult",), "debt": ("some",), "kinds": ("car", "home"), "work": ("rider",)}
BEGUN = {"age": ("adult",), "debt": ("some",)}


def at(answers: Answers, **changes: object) -> Conversation:
    """A talk with these answers, in which a typed word was missed twice and guessed at."""
    busy = Conversation("1", consent=("answers", "abroad"), answers=answers, misses=2, guess=("debt", "some"))
    return replace(busy, **changes)  # type: ignore[arg-type]


def calm(talk: Conversation, **changes: object) -> Conversation:
    """The same talk with nothing pending."""
    rest = {"reopened": None, "ticks": None, "misses": 0, "guess": None, **changes}
    return replace(talk, **rest)  # type: ignore[arg-type]


KINDS_OPEN = Ask("kinds", done=2, left=2)
WORK_OPEN = Ask("work", done=3, left=1)


# --- answers -----------------------------------------------------------------------------------------


def test_an_answer_is_kept_and_the_next_question_shown_with_nothing_pending() -> None:
    talk = at({"age": ("adult",)}, ticks=("home",))
    assert SURVEY.press(talk, "a", "debt", "some") == (calm(talk, answers=BEGUN), (KINDS_OPEN,))


def test_the_last_answer_shows_the_result_and_nothing_that_changed() -> None:
    talk = at({**BEGUN, "kinds": ("car",)})
    after = calm(talk, answers={**talk.answers, "work": ("rider",)})
    assert SURVEY.press(talk, "a", "work", "rider") == (after, (Say("done", replaces=True), ShowResult(None)))


def test_an_edited_answer_shows_the_result_with_what_it_was_before() -> None:
    talk = at(GRADUATE, reopened="work")
    after = calm(talk, answers={**GRADUATE, "work": ("driver",)})
    assert SURVEY.press(talk, "a", "work", "driver") == (
        after,
        (Say("done", replaces=True), ShowResult(GRADUATE)),
    )


def test_an_edit_that_changes_nothing_tells_of_no_change() -> None:
    talk = at(GRADUATE, reopened="work")
    assert SURVEY.press(talk, "a", "work", "rider") == (
        calm(talk),
        (Say("done", replaces=True), ShowResult(None)),
    )


def test_an_edit_that_opens_a_new_question_remembers_what_was_before_until_the_end() -> None:
    start = {"age": ("adult",), "debt": ("none",), "work": ("rider",)}
    talk = at(start, reopened="debt")
    open_, shown = SURVEY.press(talk, "a", "debt", "some")
    assert open_ == calm(talk, answers={**start, "debt": ("some",)}, before=start)
    assert shown == (Ask("kinds", done=2, left=1),)
    assert open_ is not None
    end, report = SURVEY.answer(open_, KINDS, ("car",))
    assert end == replace(open_, answers={**open_.answers, "kinds": ("car",)}, before=None)
    assert report == (Say("done", replaces=True), ShowResult(start))


def test_an_answer_that_a_list_of_advice_asked_for_leads_back_to_it() -> None:
    talk = at(BEGUN, reopened="work", then="tips")
    after = calm(talk, answers={**BEGUN, "work": ("rider",)}, then=None)
    assert SURVEY.press(talk, "a", "work", "rider") == (after, (Tips(replaces=True, before=BEGUN),))


@pytest.mark.parametrize("answer", [("submarine",), (), ("car", "nothing")])
def test_an_answer_that_does_not_fit_changes_nothing(answer: tuple[str, ...]) -> None:
    talk = at(BEGUN)
    assert SURVEY.answer(talk, KINDS, answer) == (talk, (replace(KINDS_OPEN, note="stale"),))


def test_who_is_too_young_is_told_and_nothing_is_kept() -> None:
    assert SURVEY.press(at({}), "a", "age", "child") == (None, (Say("under_14", replaces=True),))


# --- ticks -------------------------------------------------------------------------------------------


def test_ticks_come_and_go_in_the_order_of_the_question() -> None:
    talk = at(BEGUN, ticks=("home",))
    both = calm(talk, ticks=("car", "home"))
    assert SURVEY.press(talk, "+", "kinds", "car") == (both, (replace(KINDS_OPEN, ticks=("car", "home")),))
    assert SURVEY.press(both, "-", "kinds", "home") == (
        replace(both, ticks=("car",)),
        (replace(KINDS_OPEN, ticks=("car",)),),
    )


def test_nothing_takes_the_place_of_all_ticks_and_is_the_answer() -> None:
    talk = at(BEGUN, ticks=("car", "home"))
    after, _ = SURVEY.press(talk, "+", "kinds", "nothing")
    assert after is not None
    assert (after.answers["kinds"], after.ticks) == (("nothing",), None)


def test_another_tick_clears_nothing_that_is_being_changed() -> None:
    answered = at({**BEGUN, "kinds": ("nothing",)}, reopened="kinds")
    after, _ = SURVEY.press(answered, "+", "kinds", "car")
    assert after is not None
    assert after.ticks == ("car",)


def test_ticks_begin_with_the_answer_that_is_being_changed() -> None:
    talk = at(GRADUATE, reopened="kinds")
    after, shown = SURVEY.press(talk, "-", "kinds", "car")
    assert after == replace(talk, ticks=("home",), misses=0, guess=None)
    assert shown == (Ask("kinds", 2, 1, ticks=("home",), current=("car", "home")),)


@pytest.mark.parametrize(("answers", "subject"), [(BEGUN, "kinds"), ({**BEGUN, "kinds": ("car",)}, "work")])
def test_a_tick_that_is_none_changes_nothing(answers: Answers, subject: str) -> None:
    talk = at(answers)
    open_ = KINDS_OPEN if subject == "kinds" else WORK_OPEN
    assert SURVEY.press(talk, "+", subject, "driver") == (talk, (replace(open_, note="stale"),))


def test_done_takes_what_is_ticked_and_asks_for_one_when_nothing_is() -> None:
    talk = at(BEGUN, ticks=("car",))
    assert SURVEY.press(talk, "done", "kinds") == (
        calm(talk, answers={**BEGUN, "kinds": ("car",)}),
        (WORK_OPEN,),
    )
    empty = at(BEGUN)
    assert SURVEY.press(empty, "done", "kinds") == (empty, (replace(KINDS_OPEN, note="choose_one"),))


# --- skip, why, keep ---------------------------------------------------------------------------------


def test_a_question_is_skipped_unless_it_must_be_answered() -> None:
    talk = at(BEGUN)
    assert SURVEY.press(talk, "skip", "kinds") == (
        calm(talk, answers={**BEGUN, "kinds": (SKIPPED,)}),
        (WORK_OPEN,),
    )
    first = at({})
    asked = Ask("age", done=0, left=3, note="cannot_skip", can_go_back=False)
    assert SURVEY.press(first, "skip", "age") == (first, (asked,))


def test_a_skipped_answer_is_no_tick() -> None:
    talk = at({**BEGUN, "kinds": (SKIPPED,)}, reopened="kinds")
    assert SURVEY.ticks(talk, KINDS) == ()


def test_why_is_told_beside_the_question() -> None:
    talk = at(BEGUN)
    assert SURVEY.press(talk, "why", "kinds") == (talk, (replace(KINDS_OPEN, note="why"),))


def test_keeping_an_answer_goes_on_with_nothing_pending() -> None:
    talk = at({**BEGUN, "kinds": ("car",)}, reopened="kinds", ticks=("home",))
    assert SURVEY.press(talk, "keep", "kinds") == (calm(talk), (WORK_OPEN,))
    unanswered = at(BEGUN)
    assert SURVEY.press(unanswered, "keep", "kinds") == (unanswered, (replace(KINDS_OPEN, note="stale"),))


# --- back and edit -----------------------------------------------------------------------------------


def test_back_opens_the_question_before_with_nothing_pending() -> None:
    talk = at(BEGUN, ticks=("car",))
    asked = Ask("debt", done=1, left=3, current=("some",))
    assert SURVEY.press(talk, "back", "kinds") == (calm(talk, reopened="debt"), (asked,))


def test_there_is_nothing_before_the_first_question() -> None:
    talk = at({})
    assert SURVEY.press(talk, "back", "age") == (talk, (Ask("age", done=0, left=3, can_go_back=False),))


def test_back_from_a_question_of_the_research_part_stays_there_for_who_left_that_part() -> None:
    talk = at({**GRADUATE, "sex": ("woman",)}, reopened="sex")
    asked = Ask("sex", done=4, left=1, current=("woman",))
    assert SURVEY.press(talk, "back", "sex") == (talk, (asked,))


def test_back_from_a_question_that_a_list_of_advice_asked_for_leads_back_to_it() -> None:
    talk = at(BEGUN, reopened="work", then="tips", ticks=("car",), before=BEGUN)
    assert SURVEY.press(talk, "back", "work") == (calm(talk, then=None, before=None), (Tips(replaces=True),))


def test_an_edit_reopens_an_answered_question_with_nothing_pending() -> None:
    talk = at(GRADUATE, ticks=("car",))
    asked = Ask("debt", done=1, left=1, current=("some",))
    assert SURVEY.press(talk, "edit", "debt") == (calm(talk, reopened="debt"), (asked,))


def test_a_question_of_the_research_part_can_be_edited_too() -> None:
    talk = at({**GRADUATE, "sex": ("woman",)})
    after, (asked,) = SURVEY.press(talk, "edit", "sex")
    assert after == calm(talk, reopened="sex")
    assert asked == Ask("sex", done=4, left=1, current=("woman",))


def test_a_list_of_advice_may_ask_what_was_not_asked_yet() -> None:
    talk = at(BEGUN)
    after, (asked,) = SURVEY.press(talk, "edit", "work", "tips")
    assert after == calm(talk, reopened="work", then="tips")
    assert asked == Ask("work", done=3, left=1, then="tips", can_go_back=False)


@pytest.mark.parametrize("id", ["kinds", "submarine"])
def test_what_was_not_answered_or_does_not_exist_is_not_edited(id: str) -> None:
    talk = at(BEGUN)
    assert SURVEY.press(talk, "edit", id) == (talk, (replace(KINDS_OPEN, note="stale"),))


# --- old buttons -------------------------------------------------------------------------------------


def test_an_old_button_shows_the_open_question_and_says_so() -> None:
    talk = at(BEGUN)
    assert SURVEY.press(talk, "a", "debt", "none") == (talk, (replace(KINDS_OPEN, note="stale"),))
    assert SURVEY.press(talk, "done", "debt") == (talk, (replace(KINDS_OPEN, note="stale"),))
    assert SURVEY.press(talk, "fly", "kinds") == (talk, (replace(KINDS_OPEN, note="stale"),))


def test_a_double_tap_on_an_answer_shows_the_open_question_without_a_word() -> None:
    talk = at(BEGUN)
    assert SURVEY.press(talk, "a", "debt", "some") == (talk, (KINDS_OPEN,))


@pytest.mark.parametrize(("verb", "object_"), [("a", "rider"), ("done", ""), ("skip", ""), ("keep", "")])
def test_a_double_tap_after_the_last_question_hears_that_it_is_done(verb: str, object_: str) -> None:
    talk = at(GRADUATE)
    assert SURVEY.press(talk, verb, "work", object_) == (talk, (Say("done", replaces=True),))


@pytest.mark.parametrize(("verb", "object_"), [("a", "driver"), ("why", ""), ("back", "")])
def test_any_other_button_after_the_last_question_hears_how_to_go_on(verb: str, object_: str) -> None:
    talk = at(GRADUATE)
    assert SURVEY.press(talk, verb, "work", object_) == (talk, (Say("after_result"),))


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_with_a_question_names_a_button_only_where_there_is_one(language: Language) -> None:
    skip = {"zh": "跳过", "en": "Skip"}[language]
    for question in presenter().knowledge.questionnaire.questions:
        reply = Ask(question.id, 1, 9, note="explained", heard="?")
        (message,) = presenter().render(reply, None, language, TODAY)
        buttons = [button.text for row in message.buttons for button in row]
        assert (f"“{skip}”" in message.text) == any(skip in text for text in buttons), question.id
