"""The talk step by step: consent, answers, back, skip, why, edits, old buttons, messy input."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation import (
    Ask,
    AskConsent,
    Card,
    Command,
    Consent,
    Conversation,
    Incoming,
    Media,
    Reply,
    Report,
    Review,
    Say,
    Tap,
    Tips,
    Typed,
)  # fmt: skip
from bot.flow import Flow
from tests.questionnaires import AGE, CONSENT, WORK, flow, question

FLOW = flow()
AGREED = Conversation("1", consent=("answers", "abroad"), consent_version="1")


def talk(
    *incoming: Incoming | str, start: Conversation | None = AGREED, rules: Flow = FLOW
) -> tuple[Conversation | None, tuple[Reply, ...]]:
    """Hold a talk; a string is a tap."""
    state = start
    replies: tuple[Reply, ...] = ()
    for item in incoming:
        state, replies = rules.step(state, Tap(item) if isinstance(item, str) else item)
    return state, replies


def asked(replies: tuple[Reply, ...]) -> str:
    (reply,) = replies
    assert isinstance(reply, Ask)
    return reply.question


def answers(state: Conversation | None) -> dict[str, tuple[str, ...]]:
    assert state is not None
    return dict(state.answers)


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
    assert replies == (Say("declined", here=True), Tips())


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
    assert talk("a:age:child") == (None, (Say("under_14", here=True),))


def test_the_last_answer_brings_the_report() -> None:
    _, replies = talk("a:age:adult", "a:debt:none", "a:work:rider")
    assert replies == (Say("done", here=True), Report())


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


def test_an_exclusive_choice_clears_the_others_and_is_cleared_by_them() -> None:
    before = ("a:age:adult", "a:debt:some")
    state, _ = talk(*before, "+:kinds:home", "+:kinds:nothing", "done:kinds")
    assert answers(state)["kinds"] == ("nothing",)
    state, _ = talk(*before, "+:kinds:nothing", "+:kinds:home", "done:kinds")
    assert answers(state)["kinds"] == ("home",)


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
    assert replies == (Say("done", here=True), Report())
    _, replies = talk("edit:debt", "a:debt:some", start=finished)
    assert asked(replies) == "kinds"


def test_an_answer_off_the_path_comes_back_when_the_path_does() -> None:
    state, _ = talk("a:age:adult", "a:debt:some", "+:kinds:car", "done:kinds", "a:work:rider")
    state, replies = talk("edit:debt", "a:debt:none", "edit:debt", "a:debt:some", start=state)
    assert replies == (Say("done", here=True), Report())
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
    assert talk("go:forget", start=state) == (None, (Say("forgotten", here=True),))


def test_delete_works_before_consent_too() -> None:
    state, _ = talk(Command("start"), start=None)
    assert talk("go:forget", start=state)[0] is None


# --- old buttons and double taps -------------------------------------------------------------------


def test_a_double_tap_changes_nothing_and_shows_the_next_question() -> None:
    once, first = talk("a:age:adult")
    assert talk("a:age:adult", start=once) == (once, first)


def test_a_double_tap_on_the_last_answer_says_nothing() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    assert talk("a:work:rider", start=finished) == (finished, ())


def test_an_old_button_changes_nothing_and_heals_itself() -> None:
    state, _ = talk("a:age:adult", "a:debt:none")
    after, replies = talk("a:debt:some", start=state)
    assert after == state
    assert isinstance(replies[0], Ask)
    assert (replies[0].question, replies[0].note) == ("work", "stale")


@pytest.mark.parametrize("data", ["", ":", "a", "a:", "a::", "a:age:nobody", "go:nowhere", "edit:debt",
                                  "done:age", "+:age:adult", "x" * 64, "lang:fr", "open:gone"])  # fmt: skip
def test_a_forged_button_gets_an_answer_and_changes_no_answer(data: str) -> None:
    state, replies = talk(data)
    assert answers(state) == {}
    assert replies


# --- typed words, media, commands ------------------------------------------------------------------


def test_a_typed_option_is_an_answer() -> None:
    state, _ = talk(Typed("adult"))
    assert answers(state) == {"age": ("adult",)}


def test_typed_words_tick_where_several_may_be_chosen() -> None:
    _, replies = talk("a:age:adult", "a:debt:some", Typed("car、home"))
    assert isinstance(replies[0], Ask)
    assert replies[0].ticks == ("car", "home")


@pytest.mark.parametrize(
    ("incoming", "note"),
    [(Typed("嗯嗯嗯"), "not_read"), (Typed("x" * 5000), "too_long"), (Media(), "media"),
     (Command("nonsense"), "unknown_command"), (Typed("adul"), "guess")],
)  # fmt: skip
def test_what_is_no_answer_gets_one_clear_note_and_stores_nothing(incoming: Incoming, note: str) -> None:
    state, replies = talk(incoming)
    assert answers(state) == {}
    (reply,) = replies
    assert isinstance(reply, Ask)
    assert (reply.question, reply.note) == ("age", note)


def test_typed_steering_words_work_like_their_buttons() -> None:
    _, replies = talk("a:age:adult", Typed("返回"))
    assert asked(replies) == "age"
    state, _ = talk("a:age:adult", Typed("跳过"))
    assert answers(state)["debt"] == ("skipped",)
    _, replies = talk(Typed("为什么"))
    assert isinstance(replies[0], Ask)
    assert replies[0].note == "why"


def test_after_the_result_words_and_photos_are_pointed_to_it() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    for incoming in (Typed("谢谢"), Media(), Typed("x" * 999)):
        assert talk(incoming, start=finished) == (finished, (Say("after_result"),))


def test_the_result_can_be_seen_again() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    assert talk(Command("result"), start=finished) == (finished, (Report(),))
    assert talk(Command("review"), start=finished) == (finished, (Review(),))


def test_asking_for_the_result_early_shows_what_is_left() -> None:
    _, replies = talk(Command("result"))
    assert isinstance(replies[0], Ask)
    assert replies[0].note == "not_finished"


def test_advice_unfolds_with_and_without_a_talk() -> None:
    assert talk("open:tip", start=None) == (None, (Card("tip"),))
    assert talk("theme:credit", start=None) == (None, (Tips("credit"),))
    assert talk(Command("tips")) == (AGREED, (Tips(),))


def test_the_language_can_be_changed_at_any_point() -> None:
    state, replies = talk("a:age:adult", "lang:en")
    assert state is not None
    assert state.language == "en"
    assert asked(replies) == "debt"


def test_research_questions_come_only_with_that_consent() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    assert finished is not None
    _, replies = talk("go:research", start=finished)
    assert replies == (Say("after_result"),)
    willing = replace(finished, consent=("answers", "abroad", "research"))
    _, replies = talk("go:research", start=willing)
    assert asked(replies) == "sex"


def test_a_newer_questionnaire_keeps_the_answers_that_still_fit() -> None:
    newer = flow(AGE, question("debt", "much", "little"), WORK, version="2")
    state, _ = talk("a:age:adult", "a:debt:some")
    after, replies = talk(Command("start"), start=state, rules=newer)
    assert answers(after) == {"age": ("adult",)}
    assert asked(replies) == "debt"


# --- laws for all inputs ---------------------------------------------------------------------------

verbs = st.sampled_from(["a", "+", "-", "done", "skip", "why", "back", "keep", "edit", "go", "open", "lang"])
subjects = st.sampled_from(["age", "debt", "kinds", "work", "sex", "consent", "agree", "continue",
                            "research", "restart", "review", "zh", "tip", ""])  # fmt: skip
objects = st.sampled_from(
    ["adult", "some", "none", "car", "home", "nothing", "rider", "answers", "abroad", ""]
)
taps = st.builds(lambda v, s, o: Tap(f"{v}:{s}:{o}"), verbs, subjects, objects)
things = st.one_of(
    taps,
    taps,
    st.builds(Typed, st.text(max_size=20)),
    st.builds(Command, st.text(max_size=9)),
    st.just(Media()),
)


@given(st.lists(things, max_size=25))
def test_whatever_comes_in_the_talk_goes_on(history: list[Incoming]) -> None:
    state: Conversation | None = None
    for incoming in history:
        state, replies = FLOW.step(state, incoming)
        if state is None:
            continue
        known = FLOW.questionnaire.by_id
        assert all(known[id].accepts(answer) for id, answer in state.answers.items())
        if state.answers:
            assert FLOW.agreed(state)
        shown = [reply.question for reply in replies if isinstance(reply, Ask)]
        open_now = FLOW.survey.position(state)
        assert shown == [] or (open_now is not None and shown == [open_now.id])


@given(st.lists(taps, max_size=12), taps)
def test_a_tap_repeated_at_once_changes_nothing_more(history: list[Incoming], tap: Tap) -> None:
    if tap.data.startswith("back"):
        return  # back is relative: pressed twice it goes back twice
    state: Conversation | None = AGREED
    for incoming in [*history, tap]:
        state, _ = FLOW.step(state, incoming)
    again, _ = FLOW.step(state, tap)
    if state is not None and again is not None:
        assert again.answers == state.answers
