"""The talk step by step: consent, answers, back, skip, why, edits."""

from dataclasses import replace

import pytest

from bot.content.consent import Consent
from bot.dialogue.conversation import Command, Tap, Typed
from bot.dialogue.reminders import Reminder
from bot.dialogue.replies import Ask, AskConsent, Reminders, Say, ShowResult, Tips
from tests.questionnaires import CONSENT, flow
from tests.steps import AGREED, FLOW, answers, asked, talk
from tests.talks import NOON

# --- consent ---------------------------------------------------------------------------------------


def test_a_new_talk_asks_for_consent_with_nothing_ticked() -> None:
    _, replies = talk(Command("start"), start=None)
    assert replies == (AskConsent(),)


def test_no_question_is_asked_before_both_required_purposes_are_ticked() -> None:
    state, replies = talk(Command("start"), "+:consent:answers", "go:agree", start=None)
    assert replies == (AskConsent(ticks=("answers",), note="consent_needed"),)
    _, replies = talk("+:consent:abroad", "go:agree", start=state)
    assert asked(replies) == "age"


def test_research_is_not_needed_and_not_presumed() -> None:
    state, _ = talk(Command("start"), "+:consent:answers", "+:consent:abroad", "go:agree", start=None)
    assert state is not None
    assert state.consent == ("answers", "abroad")


def test_an_answer_before_consent_is_not_stored() -> None:
    state, _ = talk(Command("start"), "a:age:adult", Typed("adult"), start=None)
    assert answers(state) == {}


def test_refusing_keeps_nothing_and_still_gives_general_advice() -> None:
    state, replies = talk(Command("start"), "go:decline", start=None)
    assert state is None
    assert replies == (Say("declined", replaces=True), Tips())


def test_a_new_version_of_the_consent_asks_again_and_keeps_the_answers() -> None:
    newer = flow(consent=Consent("2", CONSENT.purposes))
    state, replies = talk(Command("start"), start=replace(AGREED, answers={"age": ("adult",)}), rules=newer)
    assert isinstance(replies[0], AskConsent)
    assert answers(state) == {"age": ("adult",)}


def test_a_tick_for_an_unknown_purpose_changes_nothing() -> None:
    state, replies = talk(Command("start"), "+:consent:everything", start=None)
    assert state is not None
    assert state.ticks is None
    assert replies == (AskConsent(note="consent_first"),)


# --- answers ---------------------------------------------------------------------------------------


def test_a_tap_answers_and_the_next_question_comes() -> None:
    state, replies = talk("a:age:adult")
    assert answers(state) == {"age": ("adult",)}
    assert asked(replies) == "debt"


def test_a_child_is_turned_away_and_nothing_is_kept() -> None:
    assert talk("a:age:child") == (None, (Say("under_14", replaces=True),))


def test_the_last_answer_brings_the_report() -> None:
    _, replies = talk("a:age:adult", "a:debt:none", "a:work:rider")
    assert replies == (Say("done", replaces=True), ShowResult())


def test_an_answer_opens_the_question_that_depends_on_it() -> None:
    _, replies = talk("a:age:adult", "a:debt:some")
    assert asked(replies) == "kinds"


def test_ticks_gather_until_done() -> None:
    state, replies = talk("a:age:adult", "a:debt:some", "+:kinds:home", "+:kinds:car")
    assert "kinds" not in answers(state)
    assert isinstance(replies[0], Ask)
    assert replies[0].ticks == ("car", "home")
    state, replies = talk("done:kinds", start=state)
    assert answers(state)["kinds"] == ("car", "home")
    assert asked(replies) == "work"


def test_a_tick_pressed_twice_stays_ticked() -> None:
    state, _ = talk("a:age:adult", "a:debt:some", "+:kinds:home", "+:kinds:home", "done:kinds")
    assert answers(state)["kinds"] == ("home",)


@pytest.mark.parametrize(
    ("ticked", "said"),
    [((), "+:kinds:nothing"), (("+:kinds:home",), "+:kinds:nothing"), ((), Typed("nothing"))],
)
def test_an_exclusive_choice_is_the_whole_answer_and_goes_on_by_itself(
    said: str | Typed, ticked: tuple[str, ...]
) -> None:
    state, replies = talk("a:age:adult", "a:debt:some", *ticked, said)
    assert answers(state)["kinds"] == ("nothing",)
    assert asked(replies) == "work"
    assert talk("+:kinds:nothing", start=state) == (state, replies)  # a double tap


def test_done_without_a_tick_asks_for_one() -> None:
    _, replies = talk("a:age:adult", "a:debt:some", "done:kinds")
    assert isinstance(replies[0], Ask)
    assert replies[0].note == "choose_one"


def test_a_skip_is_kept_and_not_asked_again() -> None:
    state, replies = talk("a:age:adult", "skip:debt")
    assert answers(state)["debt"] == ("skipped",)
    assert asked(replies) == "work"


def test_a_question_that_must_be_answered_cannot_be_skipped() -> None:
    state, replies = talk("skip:age")
    assert answers(state) == {}
    assert isinstance(replies[0], Ask)
    assert replies[0].note == "cannot_skip"


def test_why_explains_and_changes_nothing() -> None:
    state, replies = talk("why:age")
    assert state == AGREED
    assert isinstance(replies[0], Ask)
    assert replies[0].note == "why"


def test_progress_counts_what_lies_behind_and_ahead() -> None:
    _, replies = talk("a:age:adult", "a:debt:some")
    assert isinstance(replies[0], Ask)
    assert (replies[0].done, replies[0].left) == (2, 2)


# --- back and edits --------------------------------------------------------------------------------


def test_back_asks_the_question_before_and_keeps_its_answer() -> None:
    state, replies = talk("a:age:adult", "back:debt")
    assert asked(replies) == "age"
    assert answers(state) == {"age": ("adult",)}
    _, replies = talk("keep:age", start=state)
    assert asked(replies) == "debt"


def test_back_twice_goes_back_two() -> None:
    _, replies = talk("a:age:adult", "a:debt:none", "back:work", "back:debt")
    assert asked(replies) == "age"


def test_back_at_the_first_question_stays_there() -> None:
    _, replies = talk("back:age")
    assert asked(replies) == "age"


def test_an_edit_asks_again_only_what_became_open() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    _, replies = talk("edit:work", "a:work:driver", start=finished)
    assert finished is not None
    assert replies == (Say("done", replaces=True), ShowResult(before=finished.answers))
    _, replies = talk("edit:debt", "a:debt:some", start=finished)
    assert asked(replies) == "kinds"


def test_the_result_after_an_edit_knows_the_answers_before_it_however_many_questions_it_opened() -> None:
    finished, replies = talk("a:age:adult", "a:debt:none", "a:work:rider")
    assert replies[-1] == ShowResult(), "the first result has nothing before it"
    assert finished is not None
    state, _ = talk("edit:debt", "a:debt:some", start=finished)
    state, replies = talk("back:kinds", "a:debt:some", "+:kinds:car", "done:kinds", start=state)
    assert replies[-1] == ShowResult(before=finished.answers)
    assert state is not None
    assert state.before is None
    assert talk(Command("result"), start=state)[1] == (ShowResult(),)


def test_an_edit_that_changes_nothing_tells_nothing() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    for again in ("a:work:rider", "keep:work"):
        assert talk("edit:work", again, start=finished)[1][-1] == ShowResult()


def test_an_answer_off_the_path_comes_back_when_the_path_does() -> None:
    state, _ = talk("a:age:adult", "a:debt:some", "+:kinds:car", "done:kinds", "a:work:rider")
    state, replies = talk("edit:debt", "a:debt:none", "edit:debt", "a:debt:some", start=state)
    assert isinstance(replies[-1], ShowResult)
    assert FLOW.questionnaire.relevant(answers(state))["kinds"] == ("car",)


def test_an_edit_of_several_choices_starts_from_what_was_ticked() -> None:
    state, _ = talk("a:age:adult", "a:debt:some", "+:kinds:car", "done:kinds")
    _, replies = talk("edit:kinds", start=state)
    assert isinstance(replies[0], Ask)
    assert replies[0].ticks == ("car",)


def test_restart_asks_first_and_then_clears_the_answers() -> None:
    state, replies = talk("a:age:adult", Command("restart"))
    assert replies == (Say("ask_restart"),)
    state, replies = talk("go:restart", start=state)
    assert answers(state) == {}
    assert asked(replies) == "age"


def test_cancel_pauses_and_start_resumes_where_it_was() -> None:
    state, replies = talk("a:age:adult", Command("cancel"))
    assert replies == (Say("paused"),)
    _, replies = talk(Command("start"), start=state)
    assert isinstance(replies[0], Ask)
    assert (replies[0].question, replies[0].note) == ("debt", "resumed")


def test_delete_asks_first_and_then_keeps_nothing() -> None:
    state, replies = talk("a:age:adult", Command("delete"))
    assert replies == (Say("ask_forget"),)
    assert talk("go:forget", start=state) == (None, (Say("forgotten", replaces=True),))


def test_delete_works_before_consent_too() -> None:
    state, _ = talk(Command("start"), start=None)
    assert talk("go:forget", start=state)[0] is None


def test_a_result_notes_the_knowledge_that_made_it_and_a_step_says_where_the_talk_stood() -> None:
    known = replace(FLOW, version="abc")
    state, _ = talk("a:age:adult", "a:debt:none", rules=known)
    step = known.step(state, Tap("a:work:rider"), "zh", NOON)
    assert step.talk is not None
    assert (step.talk.shown_by, step.stood, step.finished) == ("abc", "work", True)
    assert (step.counts, step.shown) == ((("answered", "work"),), ("result",))


def test_a_reminder_is_set_by_the_step_itself_by_the_clock_that_it_is_given() -> None:
    step = FLOW.step(AGREED, Tap("remind:survey:hour"), "zh", NOON)
    assert step.talk is not None
    assert step.talk.reminders == (Reminder("survey", int(NOON.timestamp()) + 3600),)
    assert step.replies == (Reminders(replaces=True),)
