"""An emergency is answered before everything, in every state (which ones are found:
tests/others/test_triage.py).
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.questionnaire import Language
from bot.dialogue.conversation import Command, Conversation, Tap, Typed
from bot.dialogue.hearing import NO_DOUBT
from bot.dialogue.replies import VARIANTS, Alarm, Answer, AskConsent, Gentle, Say, UseTool
from bot.dialogue.triage import PLAIN, is_alarm, leeway
from bot.render import Message
from tests.talks import NOON, TODAY, presenter, rules
from tests.test_rights import STATES, data_of, said, state

# In each emergency: what somebody writes, the numbers that stand in the first message, in this order.
EMERGENCIES = {
    "life": ("我不想活了", ("120", "110", "12356")),
    "poison": ("我吞了一整瓶安眠药", ("120", "110")),
    "home": ("老公又打我了，脸都肿了", ("110", "120", "12338")),
    "assault": ("我被人强奸了，不敢说", ("110", "120", "12338")),
    "locked_in": ("老板把我们锁在宿舍里不让走", ("110",)),
    "violence": ("催收上门打人，拿刀说要砍我", ("110", "120")),
    "lost_child": ("我的孩子不见了，找了两个小时", ("110",)),
    "child": ("我今年14岁，爸爸天天打我", ("110", "120", "12355")),
    "fire": ("出租屋着火了，下不去", ("119", "120")),
    "traffic": ("刚出车祸了，腿动不了，流血", ("120", "122", "110")),
    "accident": ("从梯子上摔下来，腰动不了", ("120",)),
    "swindle": ("客服让我共享屏幕，我把验证码告诉他了，钱没了", ("110", "96110")),
    "hunger": ("两天没吃饭了，没钱，没地方睡", ("12345", "110")),
}
# What may be one: what somebody writes, and the number that stands in one line before the usual answer.
DOUBTS = {
    "life": ("今天什么都不想管了", "12356"),
    "violence": ("老公又发脾气了孩子躲我后面", "110"),
    "child": ("放学没看到孩子", "110"),
    "accident": ("撞了一下头有点晕", "120"),
    "swindle": ("要我加微信", "96110"),
    "hunger": ("卡里就剩几块钱", "12345"),
}
CHILD = ("/start", "+:consent:answers", "+:consent:abroad", "go:agree", "a:age:under_14")
EVERYWHERE = {
    **STATES,
    "declined": ("/start", "go:decline"),
    "a child's": CHILD,
    "in a sum": ("/start", "calc:loan"),
    "asked what to ask": ("/start", "/ask"),
    "setting a reminder": (*STATES["result"], "remind:survey:day"),
    "changing an answer": (*STATES["result"], "edit:income"),
}


def shown(message: Message, numbers: tuple[str, ...]) -> list[int]:
    return [message.text.find(number) for number in numbers]


@pytest.mark.parametrize("name", EVERYWHERE)
@pytest.mark.parametrize("scene", EMERGENCIES)
def test_the_first_message_of_an_emergency_has_the_numbers_in_every_state(scene: str, name: str) -> None:
    text, numbers = EMERGENCIES[scene]
    before, _ = said(None, *EVERYWHERE[name])
    after, (told,) = said(before, text)
    assert after == before, "an alarm changes nothing that is kept"
    places = shown(told, numbers)
    assert -1 not in places
    assert places == sorted(places)
    copied = [button.copies for row in told.buttons for button in row if button.copies]
    assert copied[: len(numbers)] == list(numbers)
    assert copied[-1] in told.text
    assert data_of(told)[-1] == "go:fine"
    assert data_of(told)[0].startswith("open:")


@pytest.mark.parametrize("scene", EMERGENCIES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_numbers_come_before_any_cost_or_warning_and_no_social_insurance_line_follows(
    scene: str, language: str
) -> None:
    for variant in range(VARIANTS):
        (message,) = presenter().render(Alarm(scene, variant), None, language, TODAY)  # type: ignore[arg-type]
        first = min(place for place in shown(message, EMERGENCIES[scene][1]) if place >= 0)
        assert first < message.text.index("“")
        assert not any(word in message.text for word in ("12333", "12393", "元", "yuan"))
        assert all(0 < len(b.copies) <= 256 for row in message.buttons for b in row if b.copies)


def test_the_kind_words_change_when_it_comes_again() -> None:
    texts = set()
    for second in range(VARIANTS):
        taken = rules().step(None, Typed("我不想活了"), "zh", NOON + timedelta(seconds=second))
        (reply,) = taken.replies
        (message,) = presenter().render(reply, None, "zh", TODAY)
        texts.add(message.text.splitlines()[0])
    assert len(texts) == VARIANTS


def without_triage(talk: Conversation | None, text: str) -> tuple[Conversation | None, tuple[Message, ...]]:
    """Take the turn that somebody in no danger would take with these words."""
    taken = replace(rules(), triage=None).step(talk, Typed(text), "zh", NOON)
    messages = (presenter().render(reply, taken.talk, "zh", TODAY) for reply in taken.replies)
    return taken.talk, tuple(message for rendered in messages for message in rendered)


@pytest.mark.parametrize("name", EVERYWHERE)
@pytest.mark.parametrize("kind", DOUBTS)
def test_what_may_be_an_emergency_is_answered_as_usual_after_one_line_with_a_number(
    kind: str, name: str
) -> None:
    text, number = DOUBTS[kind]
    before, _ = said(None, *EVERYWHERE[name])
    after, (line, *usual) = said(before, text)
    assert number in line.text
    assert "\n" not in line.text
    assert [button.copies for row in line.buttons for button in row] == [number]
    expected, messages = without_triage(before, text)
    assert after == expected, "the words are still read"
    assert [message.text for message in usual] == [message.text for message in messages]


def test_an_answer_is_still_taken_after_the_gentle_line() -> None:
    before = said(None, *STATES["survey"])[0]
    after, (line, *_) = said(before, "不稳定 好累 撑不动")
    assert "12356" in line.text
    assert before is not None
    assert after is not None
    assert after == without_triage(before, "不稳定 好累 撑不动")[0]


@pytest.mark.parametrize("kind", DOUBTS)
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("simple", [False, True])
@pytest.mark.parametrize("traditional", [False, True])
def test_the_gentle_line_has_its_number_in_each_language_script_and_look(
    kind: str, language: Language, simple: bool, traditional: bool
) -> None:
    talk = state("survey")
    assert talk is not None
    talk = replace(talk, simple=simple, traditional=traditional)
    (line,) = presenter().render(Gentle(kind, language), talk, language, TODAY)  # type: ignore[arg-type]
    assert f"<b>{DOUBTS[kind][1]}</b>" in line.text
    assert not any(word in line.text for word in ("安全", "safe", "12333", "元", "yuan"))
    (button,) = (button for row in line.buttons for button in row)
    assert button.copies == DOUBTS[kind][1]


def test_the_gentle_line_comes_before_the_answer_to_a_question_and_before_a_tool() -> None:
    taken = rules().step(None, Command("ask", "今天什么都不想管了"), "zh", NOON)
    assert [type(reply) for reply in taken.replies] == [Gentle, Answer]
    taken = rules().step(state("survey"), Command("check", "今天什么都不想管了"), "zh", NOON)
    assert [type(reply) for reply in taken.replies] == [Gentle, UseTool]


@pytest.mark.parametrize("text", ["归我", "mine", "有了", "身份证"])
def test_a_single_word_is_answered_as_usual(text: str) -> None:
    assert not any(isinstance(reply, Gentle) for reply in rules().step(None, Typed(text), "zh", NOON).replies)


def test_the_check_says_the_numbers_itself() -> None:
    taken = rules().step(state("survey"), Command("check", "贷款要先交钱"), "zh", NOON)
    assert [type(reply) for reply in taken.replies] == [UseTool]


def test_the_gentle_line_comes_in_the_language_in_which_the_words_came() -> None:
    _, (line, *_) = said(state("survey"), "what is the point of all this")
    assert "listens" in line.text


def test_danger_comes_before_a_number_that_nobody_may_keep() -> None:
    for incoming in (Typed("不想活了，验证码是 482913"), Command("ask", "不想活了，验证码是 482913")):
        (reply,) = rules().step(None, incoming, "zh", NOON).replies
        assert isinstance(reply, Alarm)
        assert reply.scene == "life"


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("我不想活了，活著沒意義", "請"),
        ("I want to kill myself", "Please call"),
        ("wo bu xiang huo le", "请现在打"),
    ],
)
def test_a_cry_is_answered_in_the_script_and_language_in_which_it_came(text: str, sign: str) -> None:
    _, (told,) = said(state("survey"), text)
    assert sign in told.text
    assert "120" in told.text


def test_who_reads_traditional_script_is_answered_in_it() -> None:
    talk = state("survey")
    assert talk is not None
    _, (told,) = said(replace(talk, traditional=True), "wo bu xiang huo le")
    assert "請" in told.text


@pytest.mark.parametrize("text", ["我没事了", "没事了，谢谢", "我冇事喇", "I'm fine now", "不想死了"])
@pytest.mark.parametrize("name", ["nothing", "consent", "survey", "result"])
def test_who_is_all_right_again_gets_kind_words_and_a_way_on(name: str, text: str) -> None:
    before = state(name)
    after, (told,) = said(before, text)
    assert after == before
    assert "120" in told.text
    assert data_of(told) == ["go:continue"]


def test_the_way_back_leads_to_the_open_question() -> None:
    before = state("survey")
    after, messages = said(before, "go:fine")
    assert after == before
    assert len(messages) == 2
    assert said(before, "/start")[1][0].text.splitlines()[-1] in messages[1].text


def test_the_way_back_leads_to_the_consent_where_nothing_is_kept() -> None:
    taken = rules().step(None, Tap("go:fine"), "zh", NOON)
    assert [type(reply) for reply in taken.replies] == [Say, AskConsent]


def test_the_way_back_after_the_result_is_a_word_and_a_button() -> None:
    _, (told,) = said(state("result"), "go:fine")
    assert data_of(told) == ["go:continue"]


@given(st.text(max_size=500))
def test_no_text_is_too_strange_to_be_heard(text: str) -> None:
    triage = rules().triage
    assert triage is not None
    triage.scene(text)
    triage.is_over(text)


@pytest.mark.parametrize(
    "text",
    [
        "不想活了", "不 想 活", "I want to\nDIE", "Kill My Self", "自杀", "SUICIDE",
        "我想自殺", "輕生", "想跳樓", "活著沒意思", "自\u200b杀", "ＳＵＩＣＩＤＥ", "唔想活了",
        "死了算了", "活够了", "活着没意义", "不如死了", "遗书都写好了", "想割腕", "better off dead",
        "I don’t want to live", "i dont want to live", "真的不想活了", "我想自沙", "wo xiang zi sha",
        "我刚刚吃了好多药", "死意已决", "上次没死掉，这次不会了", "唔想生了", "我准备跳了", "把自己整死算了",
    ],
)  # fmt: skip
def test_words_of_despair_are_heard_however_they_are_written(text: str) -> None:
    triage = rules().triage
    assert triage is not None
    scene = triage.scene(text)
    assert scene is not None
    assert scene.kind == "life"


def test_what_says_plainly_that_somebody_wants_to_die_needs_little_of_the_classifier() -> None:
    threshold, lower = 1.0, 0.2
    plain, other, one = (leeway(met) for met in ({"life": NO_DOUBT}, {"violence": NO_DOUBT}, {"life": 1}))
    assert is_alarm(lower - PLAIN + 0.01, threshold, lower, plain)
    assert not is_alarm(lower - PLAIN, threshold, lower, plain)
    assert is_alarm(lower + 0.01, threshold, lower, other)
    assert not is_alarm(lower, threshold, lower, other)
    assert is_alarm(threshold + 0.01, threshold, lower, one)
    assert not is_alarm(threshold, threshold, lower, one)


@pytest.mark.parametrize(
    "text",
    ["", "想活得好", "累死了", "die Bank", "kill the app", "自己杀价", "跳楼价", "累得要死",
     "吃了药好多了", "药吃完了去哪开", "想死你了", "下班去跳广场舞", "绳子绑好了，出发",
     "自杀条款赔吗", "烧烤的炭买好了", "站天台等单",
     "5500", "跳单怎么办", "死单太多", "选好了", "我已经有了", "少了"],
)  # fmt: skip
def test_tired_words_are_no_alarm(text: str) -> None:
    triage = rules().triage
    assert triage is not None
    assert triage.scene(text) is None


def test_every_scene_has_its_words_its_numbers_and_a_card() -> None:
    knowledge = presenter().knowledge
    assert set(knowledge.scenes) == set(EMERGENCIES)
    for scene in knowledge.alarms.scenes:
        assert all(number in knowledge.parameters.by_id for number in scene.numbers)
        assert all(card in knowledge.pieces for card in scene.cards)
