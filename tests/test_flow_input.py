"""Whatever comes in: old buttons, typed words, photos, commands, and laws for all of it."""

from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.questionnaire import Language, Renaming
from bot.dialogue.conversation import Command, Conversation, Incoming, Media, Tap, Typed
from bot.dialogue.replies import Answer, Ask, AskConsent, Review, Say, ShowResult, Tips
from tests.questionnaires import AGE, DEBT, WORK, flow, question
from tests.steps import AGREED, FLOW, answers, asked, step, talk

# --- old buttons and double taps -------------------------------------------------------------------


def test_a_double_tap_changes_nothing_and_shows_the_next_question() -> None:
    once, first = talk("a:age:adult")
    assert talk("a:age:adult", start=once) == (once, first)


def test_a_double_tap_on_the_last_answer_says_nothing_new() -> None:
    finished, (done, _) = talk("a:age:adult", "a:debt:none", "a:work:rider")
    assert done == Say("done", replaces=True)  # where the question was: an edit, no further message
    assert talk("a:work:rider", start=finished) == (finished, (done,))


@pytest.mark.asvs("2.3.1")
def test_an_old_button_changes_nothing_and_heals_itself() -> None:
    state, _ = talk("a:age:adult", "a:debt:none")
    after, replies = talk("a:debt:some", start=state)
    assert after == state
    assert isinstance(replies[0], Ask)
    assert (replies[0].question, replies[0].note) == ("work", "stale")


@pytest.mark.parametrize("data", ["", ":", "a", "a:", "a::", "a:age:nobody", "go:nowhere", "edit:debt",
                                  "done:age", "+:age:adult", "x" * 64, "lang:fr", "open:gone", "mark:tip",
                                  "mark:tip:rich", "mark::done"])  # fmt: skip
@pytest.mark.asvs("2.2.2", "8.3.1")
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
@pytest.mark.asvs("1.3.3", "2.2.1")
def test_what_is_no_answer_gets_one_clear_note_and_stores_nothing(incoming: Incoming, note: str) -> None:
    state, replies = talk(incoming)
    assert answers(state) == {}
    (reply,) = replies
    assert isinstance(reply, Ask)
    assert (reply.question, reply.note) == ("age", note)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("incoming", [Media(), Typed("hello"), Command("nonsense"), Tap("a:age:adult")])
def test_who_comes_by_another_door_is_asked_for_consent_in_the_language_of_their_phone(
    incoming: Incoming, language: Language
) -> None:
    state, replies = step(None, incoming, language)
    assert state == Conversation("1", language=language)
    assert replies == (AskConsent(),)


def test_who_types_before_the_consent_keeps_their_ticks_and_is_asked_for_what_is_missing() -> None:
    ticked = Conversation("1", language="en", ticks=("answers",))
    state, replies = step(ticked, Typed("rider"), "zh")
    assert state == replace(ticked, misses=1)
    assert replies == (AskConsent(("answers",), one="abroad", note="consent_first", heard="rider"),)


def test_consent_is_given_by_typing_with_a_yes_for_each_required_purpose() -> None:
    begun, _ = step(None, Command("start"), "zh")
    once, replies = step(begun, Typed("同意"), "zh")
    assert replies == (AskConsent(("answers",), one="abroad", note="noted"),)
    assert once is not None
    assert not FLOW.agreed(once)
    twice, replies = step(once, Typed("行"), "zh")
    assert twice is not None
    assert twice.consent == ("answers", "abroad")
    assert asked(replies) == "age"


@given(st.lists(st.sampled_from(["同意", "嗯", "什么", "5000", "ok", "骑手", "可以", "不清楚"]), max_size=6))
def test_words_agree_to_no_purpose_without_a_yes_of_its_own(words: list[str]) -> None:
    state, _ = step(None, Command("start"), "zh")
    given_yes = 0
    for word in words:
        agreed = state is not None and FLOW.agreed(state)
        given_yes += word in ("同意", "嗯", "ok", "可以") and not agreed
        state, _ = step(state, Typed(word), "zh")
        assert state is not None
        assert FLOW.agreed(state) == (given_yes >= 2)


@pytest.mark.parametrize("no", ["不同意", "不行", "no", "拒绝"])
def test_a_typed_no_to_consent_keeps_nothing(no: str) -> None:
    begun, _ = step(None, Command("start"), "zh")
    assert step(begun, Typed(no), "zh") == (None, (Say("declined"), Tips()))


def test_who_types_what_is_no_yes_never_sees_the_same_wall_twice_in_a_row() -> None:
    state, shown = step(None, Command("start"), "zh")
    for word in ("你好", "在吗", "什么意思", "哦哦哦哦"):
        before = shown
        state, shown = step(state, Typed(word), "zh")
        assert [replace(r, heard="") for r in shown if isinstance(r, AskConsent)] != list(before)


def test_forwarded_words_agree_to_nothing_and_answer_nothing() -> None:
    begun, _ = step(None, Command("start"), "zh")
    state, (reply,) = step(begun, Typed("同意", "forwarded"), "zh")
    assert state is not None
    assert not state.ticks
    assert isinstance(reply, AskConsent)
    assert reply.note == "forwarded"
    state, (again,) = talk(Typed("adult", "forwarded"))
    assert answers(state) == {}
    assert isinstance(again, Ask)
    assert again.note == "forwarded"


def test_an_edited_message_changes_no_answer_unless_it_mends_one_that_was_not_read() -> None:
    state, (reply,) = talk("a:age:adult", Typed("none", "edited"))
    assert answers(state) == {"age": ("adult",)}
    assert isinstance(reply, Ask)
    assert (reply.question, reply.note) == ("debt", "edited")
    state, _ = talk("a:age:adult", Typed("nnn"), Typed("none", "edited"))
    assert answers(state)["debt"] == ("none",)


@pytest.mark.parametrize("how", ["typed", "forwarded", "edited"])
def test_after_the_result_any_words_are_a_question(how: Literal["typed", "forwarded", "edited"]) -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    assert talk(Typed("社保断了", how), start=finished)[1] == (Answer("社保断了"),)


@pytest.mark.parametrize("command", ["start", "survey"])
def test_the_recap_is_for_who_has_answered_something(command: str) -> None:
    begun, _ = talk("a:age:adult")
    for state, note in ((AGREED, None), (begun, "resumed")):
        _, (reply,) = talk(Command(command), start=state)
        assert isinstance(reply, Ask)
        assert reply.note == note


def test_two_hundred_characters_are_read_and_one_more_is_too_long() -> None:
    for length, note in ((200, "not_read"), (201, "too_long")):
        _, (reply,) = talk(Typed("问" * length))
        assert isinstance(reply, Ask)
        assert reply.note == note


def test_a_guess_is_shown_and_each_miss_counts_once() -> None:
    state, (reply,) = talk(Typed("adul"))
    assert isinstance(reply, Ask)
    assert (reply.note, reply.guess) == ("guess", ("adult",))
    assert state is not None
    assert state.misses == 1
    state, (reply,) = talk(Typed("嗯嗯嗯"), start=state)
    assert isinstance(reply, Ask)
    assert reply.note == "explained"
    assert state is not None
    assert (state.misses, state.guess) == (2, None)


@pytest.mark.parametrize("yes", ["对", " 对。", "是的!", "yes.", "“对”".strip("“”"), "'对'"])
def test_a_typed_yes_takes_the_guess_whatever_stands_around_it(yes: str) -> None:
    state, _ = talk(Typed("adul"), Typed(yes))
    assert answers(state) == {"age": ("adult",)}
    assert state is not None
    assert (state.guess, state.misses) == (None, 0)


def test_typed_steering_words_work_like_their_buttons() -> None:
    _, replies = talk("a:age:adult", Typed("返回"))
    assert asked(replies) == "age"
    state, _ = talk("a:age:adult", Typed("跳过"))
    assert answers(state)["debt"] == ("skipped",)
    _, replies = talk(Typed("为什么"))
    assert isinstance(replies[0], Ask)
    assert replies[0].note == "why"


def test_a_photo_after_the_result_is_told_what_can_be_done_instead() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    assert talk(Media(), start=finished) == (finished, (Say("no_pictures"),))


def test_typed_choices_are_said_back_and_a_typed_word_ends_them() -> None:
    state, (reply,) = talk("a:age:adult", "a:debt:some", Typed("car"))
    assert isinstance(reply, Ask)
    assert (reply.note, reply.ticks) == ("ticked", ("car",))
    for done in ("好了", "没有了", "没有", "done"):
        after, replies = talk(Typed(done), start=state)
        assert answers(after)["kinds"] == ("car",)
        assert asked(replies) == "work"


def test_what_we_asked_back_is_refused_or_chosen_by_its_place() -> None:
    state, (reply,) = talk(Typed("adul"), Typed("不是"))
    assert answers(state) == {}
    assert isinstance(reply, Ask)
    assert reply.note == "not_that"
    several = replace(AGREED, guess=("age", "child", "adult"))
    state, _ = talk(Typed("第二个"), start=several)
    assert answers(state) == {"age": ("adult",)}


def test_the_result_can_be_seen_again() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    assert talk(Command("result"), start=finished) == (finished, (ShowResult(),))
    assert talk(Command("review"), start=finished) == (finished, (Review(),))


def test_asking_for_the_result_early_shows_what_is_left() -> None:
    _, replies = talk(Command("result"))
    assert isinstance(replies[0], Ask)
    assert replies[0].note == "not_finished"


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


def test_answers_follow_their_questions_and_options_through_every_renaming() -> None:
    state, _ = talk("a:age:adult", "a:debt:some", "+:kinds:car", "+:kinds:home", "done:kinds", "a:work:rider")
    things = question("things", "vehicle_or_home", "nothing", multiple=True, ask_if={"debt": ("owes",)})
    newer = flow(
        AGE,
        question("debt", "none", "owes"),
        things,
        question("job", "courier", "driver"),
        version="3",
        renamed=(
            Renaming("2", {"work": "occupation"}, {"occupation": {"rider": "delivery"}}),
            Renaming(
                "3",
                {"occupation": "job", "kinds": "things"},
                {
                    "job": {"delivery": "courier"},
                    "debt": {"some": "owes"},
                    "things": {"car": "vehicle_or_home", "home": "vehicle_or_home"},
                },
            ),
        ),
    )
    after, _ = talk(Command("review"), start=state, rules=newer)
    assert answers(after) == {
        "age": ("adult",),
        "debt": ("owes",),
        "things": ("vehicle_or_home",),
        "job": ("courier",),
    }


def test_a_renaming_leaves_answers_alone_that_were_given_after_it() -> None:
    state, _ = talk("a:age:adult", "a:debt:none", rules=flow(AGE, DEBT, WORK, version="2"))
    swapped = Renaming("2", options={"debt": {"none": "some", "some": "none"}})
    after, _ = talk(Command("start"), start=state, rules=flow(AGE, DEBT, version="3", renamed=(swapped,)))
    assert answers(after) == {"age": ("adult",), "debt": ("none",)}


def test_a_new_questionnaire_asks_back_nothing_that_the_old_one_guessed() -> None:
    state, _ = talk("a:age:adult")
    assert state is not None
    guessed = replace(state, guess=("debt", "none"))
    after, _ = talk(Typed("是"), start=guessed, rules=flow(AGE, DEBT, version="2"))
    assert answers(after) == {"age": ("adult",)}


def test_a_typed_yes_ticks_the_choice_that_was_asked_back_and_answers_a_single_one() -> None:
    open_kinds, _ = talk("a:age:adult", "a:debt:some", "+:kinds:home")
    assert open_kinds is not None
    ticked, _ = talk(Typed("是"), start=replace(open_kinds, guess=("kinds", "car")))
    assert ticked is not None
    assert (ticked.ticks, ticked.guess) == (("car", "home"), None)
    open_debt, _ = talk("a:age:adult")
    assert open_debt is not None
    answered, _ = talk(Typed("是"), start=replace(open_debt, guess=("debt", "none")))
    assert answers(answered)["debt"] == ("none",)


def test_back_on_a_reopened_question_off_the_path_leads_nowhere() -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:rider")
    assert finished is not None
    reopened = replace(finished, reopened="sex")
    after, replies = talk("back:sex", start=reopened)
    assert after == reopened
    assert asked(replies) == "sex"


def test_a_new_questionnaire_keeps_the_ticks_of_a_consent_not_yet_given() -> None:
    ticked, _ = step(step(None, Command("start"))[0], Tap("+:consent:answers"))
    _, replies = step(ticked, Tap("+:consent:abroad"), rules=flow(AGE, DEBT, version="2"))
    assert replies == (AskConsent(ticks=("answers", "abroad")),)


# --- laws for all inputs ---------------------------------------------------------------------------

verbs = st.sampled_from(
    ["a", "+", "-", "done", "skip", "why", "back", "keep", "edit", "go", "open", "lang", "mark", "theme"]
)
subjects = st.sampled_from(["age", "debt", "kinds", "work", "sex", "consent", "agree", "continue",
                            "research", "restart", "review", "zh", "tip", ""])  # fmt: skip
objects = st.sampled_from(["adult", "some", "none", "car", "home", "nothing", "rider", "answers", "abroad",
                           "done", "have", "tips", "1", ""])  # fmt: skip
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
        state, replies = step(state, incoming)
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
        state, _ = step(state, incoming)
    again, _ = step(state, tap)
    if state is not None and again is not None:
        assert (again.answers, again.marks) == (state.answers, state.marks)
