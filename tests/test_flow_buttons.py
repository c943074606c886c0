"""Each button and command that leads somewhere, with everything pending: what it shows, what it leaves."""

from dataclasses import replace

import pytest

from bot.content.questionnaire import Language
from bot.dialogue.conversation import Command, Conversation, Tap
from bot.dialogue.replies import (
    Answer,
    Ask,
    AskConsent,
    Reckon,
    Reminders,
    Reply,
    Review,
    Say,
    ShowResult,
    TakeAlong,
)
from tests.steps import step

DONE = {"age": ("adult",), "debt": ("some",), "kinds": ("car",), "work": ("rider",)}
BUSY = Conversation(
    "1",
    language="en",
    consent=("answers", "abroad", "research"),
    consent_version="1",
    answers=DONE,
    reopened="kinds",
    then="tips",
    before={"age": ("adult",)},
    ticks=("home",),
    marks={"tip": "done"},
)
FINISHED = replace(BUSY, reopened=None, then=None, before=None, ticks=None)


def tapped(data: str, talk: Conversation | None = BUSY) -> tuple[Conversation | None, tuple[Reply, ...]]:
    return step(talk, Tap(data), "zh")


def test_beginning_anew_leaves_the_consent_and_nothing_else() -> None:
    anew = Conversation("1", language="en", consent=BUSY.consent, consent_version="1")
    busy = replace(BUSY, research=True)
    after, shown = tapped("go:restart", busy)
    assert after is not None
    assert (after.pace.timed, after.pace.hasty) == (0, 0), "how quickly they answered is forgotten too"
    assert replace(after, pace=anew.pace) == anew
    assert shown == (Ask("age", done=0, left=3, can_go_back=False),)


@pytest.mark.parametrize("where", ["continue", "result"])
def test_going_on_closes_the_question_that_was_asked_again_and_keeps_every_answer(where: str) -> None:
    assert tapped(f"go:{where}") == (replace(BUSY, reopened=None, then=None, ticks=None), (ShowResult(),))


def test_looking_at_ones_answers_changes_nothing() -> None:
    assert tapped("go:review") == (BUSY, (Review(),))


def test_a_button_that_leads_nowhere_shows_the_open_question() -> None:
    after, (shown,) = tapped("go:nowhere")
    assert after == BUSY
    assert isinstance(shown, Ask)
    assert (shown.question, shown.note, shown.ticks) == ("kinds", "stale", ("home",))


@pytest.mark.parametrize("what", ["picture", "printout", "printout_result"])
def test_what_can_be_taken_along_is_there_when_nothing_is_open(what: str) -> None:
    assert tapped(f"go:{what}", FINISHED) == (FINISHED, (TakeAlong(what),))  # type: ignore[arg-type]
    after, (shown,) = tapped(f"go:{what}")
    assert after == BUSY
    assert isinstance(shown, Ask)
    assert (shown.question, shown.note) == ("kinds", "not_finished")


@pytest.mark.parametrize("what", ["picture", "printout", "printout_result"])
def test_who_objected_to_the_score_takes_along_what_is_to_be_done_and_no_result(what: str) -> None:
    objected = replace(FINISHED, unscored=True)
    shown: Reply = TakeAlong("printout") if what == "printout" else Say("after_result")
    assert tapped(f"go:{what}", objected) == (objected, (shown,))


@pytest.mark.parametrize(
    ("data", "reply"),
    [
        ("calc:", Reckon(None, None, replaces=True)),
        ("calc:loan", Reckon("loan", None, replaces=True)),
        ("calc:loan:", Reckon("loan", ("",), replaces=True)),
        ("calc:loan:1000:3", Reckon("loan", ("1000", "3"), replaces=True)),
    ],
)
@pytest.mark.parametrize("talk", [None, BUSY])
def test_a_sum_goes_by_what_its_button_says_and_changes_nothing(
    data: str, reply: Reckon, talk: Conversation | None
) -> None:
    assert tapped(data, talk) == (talk, (reply,))


@pytest.mark.parametrize(
    ("data", "begun"),
    [
        ("lang:zh", Conversation("1", language="zh")),
        ("lang:en", Conversation("1", language="en")),
        ("lang:hant", Conversation("1", language="zh", traditional=True)),
        ("mode:simple", Conversation("1", language="en", simple=True)),
        ("mode:normal", Conversation("1", language="en")),
    ],
)
def test_who_chooses_how_to_read_before_anything_else_begins_so(data: str, begun: Conversation) -> None:
    assert step(None, Tap(data), "en") == (begun, (AskConsent(),))


@pytest.mark.parametrize("data", ["go:review", "go:picture", "go:research", "a:age:adult", "+:consent:money"])
def test_before_the_consent_every_way_leads_to_it_and_ticks_stay(data: str) -> None:
    ticked = Conversation("1", language="en", ticks=("answers",))
    assert tapped(data, ticked) == (ticked, (AskConsent(ticks=("answers",), note="consent_first"),))


def test_a_purpose_is_ticked_and_unticked_and_agreeing_takes_the_ticks() -> None:
    talk: Conversation | None = Conversation("1")
    for data, ticks in (
        ("+:consent:abroad", ("abroad",)),
        ("+:consent:answers", ("answers", "abroad")),
        ("-:consent:abroad", ("answers",)),
    ):
        talk, replies = tapped(data, talk)
        assert talk == Conversation("1", ticks=ticks)
        assert replies == (AskConsent(ticks=ticks),)
    assert tapped("go:agree", talk) == (talk, (AskConsent(ticks=("answers",), note="consent_needed"),))
    agreed = Conversation("1", consent=("answers", "abroad"), consent_version="1")
    after, _ = tapped("go:agree", Conversation("1", ticks=("answers", "abroad")))
    assert after == agreed


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_button_from_before_everything_was_deleted_begins_anew(language: Language) -> None:
    assert step(None, Tap("a:age:adult"), language) == (
        Conversation("1", language=language),
        (AskConsent(),),
    )


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("help", Say("help")),
        ("privacy", Say("privacy")),
        ("lang", Say("choose_language")),
        ("calc", Reckon()),
        ("remind", Reminders()),
        ("delete", Say("ask_forget")),
        ("review", Review()),
        ("restart", Say("ask_restart")),
        ("cancel", Say("paused")),
    ],
)
def test_a_command_shows_what_it_is_for_and_changes_nothing(name: str, reply: Reply) -> None:
    assert step(BUSY, Command(name), "zh") == (BUSY, (reply,))


def test_of_whom_nothing_is_kept_there_is_nothing_to_delete() -> None:
    assert step(None, Command("delete"), "zh") == (None, (Say("nothing_kept"),))
    assert tapped("go:delete", None) == (None, (Say("nothing_kept"),))


@pytest.mark.parametrize("talk", [None, BUSY, FINISHED])
@pytest.mark.parametrize(
    ("rest", "reply"),
    [
        ("社保断了", Answer("社保断了")),
        ("问" * 300, Answer("问" * 300)),
        ("验证码是 482913", Say("private")),
    ],
)
def test_what_is_asked_is_looked_at_for_numbers_that_nobody_may_keep(
    rest: str, reply: Reply, talk: Conversation | None
) -> None:
    assert step(talk, Command("ask", rest), "zh") == (talk, (reply,))
