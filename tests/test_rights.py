"""What a worker may ask at any moment (to see, correct, take along, withdraw, object), and reminders."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest

from bot.channels.telegram.updates import _words
from bot.content.parameters import Figures
from bot.dialogue import data_rights
from bot.dialogue.commands import ANYTIME
from bot.dialogue.conversation import Conversation, Tap, Typed, Wake
from bot.dialogue.reminders import CHINA
from bot.dialogue.replies import Explain, MyData, Review, Say, ShowResult
from bot.guidance import advise, facts_from, title
from bot.render import File, Message
from bot.turns.contract import Inbound
from tests.chats import at
from tests.talks import CONSENT, NOON, SHORT_PATH, TODAY, presenter, turned, up_to

WITH_RESEARCH = (*CONSENT[:2], "+:consent:research", CONSENT[2])
STATES: dict[str, tuple[str, ...]] = {
    "nothing": (),
    "consent": ("/start",),
    "survey": ("/start", *CONSENT, *up_to("income_stability")),
    "ticking": ("/start", *CONSENT, *up_to("debt_kinds"), "+:debt_kinds:consumer"),
    "result": ("/start", *CONSENT, *SHORT_PATH),
    "tool": ("/start", *CONSENT, *SHORT_PATH, "tool:loan", "10000"),
    "unscored": ("/start", *CONSENT, *SHORT_PATH, "go:unscored"),
    "research": ("/start", *WITH_RESEARCH, *SHORT_PATH, "go:research"),
}


def said(
    talk: Conversation | None, *inputs: str, hours: float = 0
) -> tuple[Conversation | None, tuple[Message, ...]]:
    """Put inputs in; returns the conversation afterwards and the last turn's messages."""
    messages: tuple[Message, ...] = ()
    for number, data in enumerate(inputs):
        incoming = _words(data) if data.startswith("/") else Tap(data) if ":" in data else Typed(data)
        held, now = {at(7): talk} if talk else {}, NOON + timedelta(hours=hours)
        settled = turned([Inbound(number, at(7), incoming)], held, now)
        assert not settled.events.failures, settled.events.failures
        talk = settled.conversations.get(at(7), talk)
        messages = tuple(outgoing.message for outgoing in settled.outgoing)
    return talk, messages


@cache
def state(name: str) -> Conversation | None:
    return said(None, *STATES[name])[0]


def data_of(message: Message) -> list[str]:
    return [button.data for row in message.buttons for button in row if not button.copies]


@pytest.mark.parametrize(
    "command", ["mydata", "correct", "withdraw", "explain", "privacy", "delete", "remind", "help"]
)
@pytest.mark.parametrize("name", STATES)
def test_pipl_44_48_50_every_right_is_answered_from_every_state_and_changes_nothing(
    name: str, command: str
) -> None:
    before = state(name)
    after, messages = said(before, f"/{command}")
    assert messages
    assert len(messages) <= 2
    if before is not None:
        assert after == before


@pytest.mark.asvs("5.4.1", "5.4.2", "15.3.1")
def test_pipl_45_the_data_are_shown_in_words_and_handed_over_as_a_file() -> None:
    talk, (shown,) = said(state("result"), "/mydata")
    assert "上海" in shown.text
    assert "用我的回答算出结果和建议" in shown.text
    _, (handed,) = said(talk, "go:data_file")
    assert isinstance(handed.attachment, File)
    kept = json.loads(handed.attachment.content)
    assert talk is not None
    assert kept["answers"] == {id: list(answer) for id, answer in talk.answers.items()}
    assert set(kept) == set(Conversation.__dataclass_fields__)


def test_a_result_leaves_the_version_that_made_it_and_looking_again_changes_nothing() -> None:
    half, whole = state("ticking"), state("result")
    assert half is not None
    assert whole is not None
    assert half.shown_by == ""
    assert whole.shown_by == presenter().knowledge.version
    assert said(whole, "/result")[0] == whole
    assert whole.shown_by in said(whole, "/mydata")[1][0].text


def test_pipl_46_an_answer_can_be_corrected_at_any_time_and_the_data_follow() -> None:
    talk = state("result")
    assert talk is not None
    _, (review,) = said(talk, "/correct")
    assert "edit:age" in data_of(review)
    corrected, _ = said(talk, "edit:age", "a:age:from_41_to_50")
    assert corrected is not None
    assert {**corrected.answers, "age": talk.answers["age"]} == talk.answers
    _, (shown,) = said(corrected, "/mydata")
    assert "41–50岁" in shown.text


def test_pipl_45_answers_of_a_branch_that_was_left_are_told_apart_from_those_that_the_review_lists() -> None:
    before = state("result")
    talk, _ = said(before, "edit:debt", "a:debt:none")
    assert talk is not None
    known = presenter().knowledge.questionnaire
    left = talk.answers.keys() - known.relevant(talk.answers).keys()
    assert "debt_kinds" in left
    (data,), (review,) = said(talk, "/mydata")[1], said(talk, "go:review")[1]
    used, aside = (part.splitlines() for part in data.text.split("答过但现在用不上"))
    for id in talk.answers:
        name = known.by_id[id].name.zh
        assert [line for line in (aside if id in left else used) if line.startswith(f"　{name}：")], name
        assert (f"{name}：" in review.text) is (id not in left), name
    assert "用不上" not in said(before, "/mydata")[1][0].text
    (counted,) = said(replace(talk, language="en"), "/mydata")[1]  # there is no room for all of them
    assert f"Your answers: {len(talk.answers) - len(left)};" in counted.text
    assert f"no use now: {len(left)};" in counted.text


def test_pipl_15_research_can_be_withdrawn_alone() -> None:
    talk = state("research")
    assert talk is not None
    talk, _ = said(talk, "a:sex:male")
    assert talk is not None
    assert "sex" in talk.answers
    after, (told,) = said(talk, "go:withdraw_research")
    assert after is not None
    assert "已撤回" in told.text
    assert "research" not in (after.consent or ())
    assert "sex" not in after.answers
    assert after.answers["income"] == talk.answers["income"]


def test_pipl_15_all_consent_can_be_withdrawn_and_takes_everything_along() -> None:
    talk, (asked,) = said(state("result"), "/withdraw")
    assert "go:forget" in data_of(asked)
    assert said(talk, "go:forget")[0] is None


def test_pipl_24_who_objects_to_the_score_keeps_the_advice_by_answers_and_gets_no_score() -> None:
    before = state("result")
    assert before is not None
    talk, (report,) = said(before, "go:unscored")
    assert "不打分" in report.text
    assert "位" not in report.text.replace("各位", "")
    facts = facts_from(before.answers, presenter().knowledge.questionnaire, {}, TODAY)
    by_answers = [f"open:{piece.id}" for piece in advise(presenter().knowledge, facts, TODAY).first]
    assert [data for data in data_of(report) if data.startswith("open:")] == by_answers
    _, (again,) = said(talk, "/result")
    assert again.text == report.text
    _, (scored,) = said(talk, "go:scored")
    assert "① 借钱" in scored.text


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize(
    "text", ["4111 1111 1111 1111", "11010519491231002X", "13812345678", "验证码 482913"]
)
def test_anti_fraud_law_29_a_number_that_could_be_misused_is_refused_and_not_kept(
    name: str, text: str
) -> None:
    before = state(name)
    after, (told,) = said(before, text)
    assert after == before
    assert "删掉" in told.text
    assert text not in told.text


def test_a_reminder_is_set_listed_kept_quiet_at_night_and_comes_once() -> None:
    talk = state("result")
    _, (card,) = said(talk, "open:emergency_fund")
    assert "remind:emergency_fund" in data_of(card)
    _, (asked,) = said(talk, "remind:emergency_fund")
    assert "remind:emergency_fund:evening" in data_of(asked)
    talk, (listed,) = said(talk, "remind:emergency_fund:evening")
    assert talk is not None
    assert "20:00" in listed.text
    twice, _ = said(talk, "remind:emergency_fund:evening")
    assert twice == talk
    woken = turned([Inbound(None, at(7), Wake())], {at(7): talk}, NOON + timedelta(hours=9))
    (came,) = woken.outgoing
    assert "应急" in came.message.text
    assert "stuck:emergency_fund:later" in data_of(came.message)
    rested = woken.conversations[at(7)]
    assert rested == replace(talk, reminders=())


def test_a_reminder_can_be_set_for_a_day_chosen_from_a_calendar() -> None:
    talk = state("result")
    _, (asked,) = said(talk, "remind:emergency_fund")
    assert "remind:emergency_fund:day" in data_of(asked)
    _, (months,) = said(talk, "remind:emergency_fund:day")
    assert "remind:emergency_fund:2026-12" in data_of(months)
    _, (days,) = said(talk, "remind:emergency_fund:2026-12")
    assert [len(row) for row in days.buttons] == [7, 7, 7, 7, 3, 1]
    assert "remind:emergency_fund:2026-12-15" in data_of(days)
    after, (listed,) = said(talk, "remind:emergency_fund:2026-12-15")
    assert after is not None
    (reminder,) = after.reminders
    assert datetime.fromtimestamp(reminder.due, CHINA) == datetime(2026, 12, 15, 9, tzinfo=CHINA)
    assert "2026年12月15日09:00" in listed.text


@pytest.mark.parametrize(
    "day", ["2026-11-23", "2027-12-15", "2020-01-01", "2026-13-01", "2026-1-1", "tomorro"]
)
def test_a_day_that_is_no_choice_is_asked_again(day: str) -> None:
    before = state("result")
    after, (again,) = said(before, f"remind:emergency_fund:{day}")
    assert after == before
    assert "remind:emergency_fund:evening" in data_of(again)


@pytest.mark.parametrize("month", ["2026-10", "2030-01"])
def test_a_month_without_a_day_to_choose_has_the_months_asked_again(month: str) -> None:
    _, (again,) = said(state("result"), f"remind:emergency_fund:{month}")
    assert "remind:emergency_fund:2026-12" in data_of(again)


def test_what_must_be_done_by_a_day_can_be_reminded_of_a_week_before() -> None:
    _, (asked,) = said(state("result"), "remind:resident_medical_now")
    assert "remind:resident_medical_now:deadline" in data_of(asked)
    talk, _ = said(state("result"), "remind:resident_medical_now:deadline")
    assert talk is not None
    (reminder,) = talk.reminders
    assert datetime.fromtimestamp(reminder.due, CHINA) == datetime(2026, 12, 24, 9, tzinfo=CHINA)


def test_what_has_no_deadline_offers_none_and_an_old_button_for_it_asks_again() -> None:
    before = state("result")
    _, (asked,) = said(before, "remind:emergency_fund")
    assert "remind:emergency_fund:deadline" not in data_of(asked)
    after, (again,) = said(before, "remind:emergency_fund:deadline")
    assert after == before
    assert "remind:emergency_fund:tomorrow" in data_of(again)


def test_a_reminder_can_be_stopped() -> None:
    talk, _ = said(state("result"), "remind:emergency_fund:week")
    stopped, (listed,) = said(talk, "remind:emergency_fund:stop")
    assert listed.replaces
    assert stopped is not None
    assert stopped.reminders == ()
    assert "现在没有提醒" in listed.text


def test_who_is_stuck_is_told_whom_to_ask_without_shame() -> None:
    talk, (help_,) = said(state("result"), "stuck:credit_dispute")
    assert talk is not None
    assert talk.stuck == ("credit_dispute",)
    assert "不是您的错" in help_.text
    hotline = presenter().knowledge.piece("credit_dispute").check_with
    assert f"打{Figures(presenter().knowledge.parameters, NOON.date())(hotline)}" in help_.text


@pytest.mark.parametrize(
    "data",
    ["remind:nonsense", "remind:emergency_fund:never", "remind:", "stuck:nonsense", "remind:survey:week"],
)
def test_forged_reminders_do_no_harm(data: str) -> None:
    for name in STATES:
        _, messages = said(state(name), data)
        assert messages


def test_traditional_script_is_the_same_words_in_other_signs() -> None:
    talk, (shown,) = said(state("survey"), "lang:hant")
    assert talk is not None
    assert (talk.language, talk.traditional) == ("zh", True)
    assert "還剩" in shown.text
    simple, (plain,) = said(talk, "lang:zh")
    assert [b.data for row in plain.buttons for b in row] == data_of(shown)
    assert simple is not None
    assert simple.answers == talk.answers


def test_a_typed_yes_confirms_what_was_asked_back() -> None:
    again, (asked,) = said(said(None, *STATES["survey"][:6])[0], "深圳")
    assert "您是说" in asked.text
    assert again is not None
    assert again.guess == ("province", "guangdong")
    confirmed, _ = said(again, "对的")
    assert confirmed is not None
    assert confirmed.answers["province"] == ("guangdong",)
    assert confirmed.guess is None


def test_after_two_misses_it_is_explained_and_the_buttons_are_shown() -> None:
    talk, (first,) = said(state("survey"), "阿巴阿巴")
    _, (second,) = said(talk, "巴拉巴拉")
    assert "没对上" in first.text
    assert "不怪您" in second.text
    assert data_of(second) == data_of(first)


HELD = Conversation("1", consent=("answers", "abroad"), consent_version="1", answers={"age": ("from_60",)})
ASKED = replace(HELD, consent=(), answers={})  # the consent is being asked


@pytest.mark.parametrize(
    ("name", "told", "told_nobody"),
    [
        ("explain", Explain(), Explain()),
        ("mydata", MyData(), Say("nothing_kept")),
        ("correct", Review(), Say("nothing_kept")),
        ("withdraw", Say("ask_withdraw"), Say("nothing_kept")),
        ("delete", Say("ask_forget"), Say("nothing_kept")),
    ],
)
def test_each_command_that_is_a_right_has_its_answer(name: str, told: object, told_nobody: object) -> None:
    assert ANYTIME[name](HELD) == (HELD, (told,))
    assert ANYTIME[name](None) == (None, (told_nobody,))


@pytest.mark.parametrize(
    ("where", "told", "told_nobody"),
    [
        ("mydata", MyData(), Say("nothing_kept")),
        ("explain", Explain(), Explain()),
        ("withdraw", Say("ask_withdraw"), Say("nothing_kept")),
        ("delete", Say("ask_forget"), Say("nothing_kept")),
        ("data_file", MyData(as_file=True), Say("nothing_kept")),
        ("nonsense", None, None),
    ],
)
def test_each_button_that_is_a_right_has_its_answer(where: str, told: object, told_nobody: object) -> None:
    questionnaire = presenter().knowledge.questionnaire
    assert data_rights.tap(HELD, where, questionnaire) == ((HELD, (told,)) if told else None)
    assert data_rights.tap(None, where, questionnaire) == ((None, (told_nobody,)) if told_nobody else None)


@pytest.mark.parametrize("where", ["scored", "unscored"])
def test_the_score_can_be_refused_and_taken_back_by_who_has_agreed(where: str) -> None:
    questionnaire = presenter().knowledge.questionnaire
    for before in (HELD, replace(HELD, unscored=True)):
        after = replace(HELD, unscored=where == "unscored")
        assert data_rights.tap(before, where, questionnaire) == (after, (ShowResult(),))
    assert data_rights.tap(None, where, questionnaire) == (None, (Say("nothing_kept"),))
    assert data_rights.tap(ASKED, where, questionnaire) is None


def test_taking_back_research_takes_its_answers_along_and_leaves_the_rest() -> None:
    questionnaire = presenter().knowledge.questionnaire
    (asked, *_) = [q.id for q in questionnaire.questions if q.part == "research"]
    answers = {"age": ("from_21_to_30",), asked: ("x",)}
    agreed = replace(
        HELD, consent=("answers", "research", "abroad"), answers=answers, research=True, reopened=asked,
        before=answers, ticks=("a",), language="en",
    )  # fmt: skip
    after, told = data_rights.tap(agreed, "withdraw_research", questionnaire) or (None, ())
    assert told == (Say("research_withdrawn"),)
    assert after == replace(HELD, answers={"age": ("from_21_to_30",)}, language="en")
    ticking = replace(ASKED, consent=None, ticks=("answers",))
    assert data_rights.without_research(ticking, questionnaire) == replace(ticking, consent=())
    assert data_rights.tap(None, "withdraw_research", questionnaire) == (None, (Say("nothing_kept"),))


@pytest.mark.parametrize("name", ["result", "survey"])
@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("我要删除我的信息", "/delete"),
        ("把我的都删了", "/delete"),
        ("delete my data", "/delete"),
        ("我要撤回同意", "/withdraw"),
    ],
)
def test_a_right_can_be_asked_for_in_words(name: str, words: str, command: str) -> None:
    talk = state(name)
    after, messages = said(talk, words)
    assert (after, messages[-1]) == (said(talk, command)[0], said(talk, command)[1][-1])


def test_an_adult_is_offered_no_card_for_minors_beside_an_answer() -> None:
    _, (message, *_) = said(state("result"), "工伤看病能用医保报吗")
    shown = {button.text for row in message.buttons for button in row}
    assert "干活受伤，谁来管" in shown
    assert title(presenter().knowledge, "minor_worker", "zh", TODAY) not in shown
