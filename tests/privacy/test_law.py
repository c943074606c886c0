"""Each legal requirement on the product, with its article in the test's name (docs/impact-assessment.md)."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.content.questionnaire import LANGUAGES
from bot.dialogue.conversation import Conversation
from bot.dialogue.replies import AskConsent, Say
from bot.guidance import card
from bot.render.view import Operator
from bot.storage.deletion import Retention
from bot.storage.tables import conversations
from bot.storage.yearly_limit import LIMIT
from tests.checkout import KNOWLEDGE
from tests.paths import taps
from tests.privacy import audit
from tests.talks import CONSENT, QUESTIONNAIRE, RIDER, TODAY, onwards, presenter
from tests.test_rights import data_of, said, state

ROOT = Path(__file__).parents[2]


def test_pipl_17_29_39_before_the_first_question_two_consents_are_asked_apart_and_none_is_ticked() -> None:
    talk, (asked,) = said(None, "/start")
    assert talk is not None
    assert not talk.consent
    ticks = [data for data in data_of(asked) if "consent:" in data]
    assert ticks == ["+:consent:answers", "+:consent:abroad", "+:consent:research"]  # + : none is ticked yet
    assert "敏感信息" in asked.text
    assert "境外" in asked.text
    for missing in CONSENT[:2]:
        _, (refused,) = said(talk, *(data for data in CONSENT if data != missing))
        assert "a:age" not in " ".join(data_of(refused))


def test_pipl_16_who_refuses_still_gets_general_guidance_and_nothing_is_kept() -> None:
    talk, messages = said(None, "/start", "go:decline")
    assert talk is None
    assert any("theme:" in data for message in messages for data in data_of(message))
    _, (advice,) = said(None, "open:resident_medical_now")
    assert "12393" in advice.text


def test_pipl_14_a_new_version_of_the_consent_is_asked_before_the_next_answer() -> None:
    talk = state("survey")
    assert talk is not None
    _, (asked,) = said(replace(talk, consent_version="older"), onwards("income_stability")[0])
    assert "+:consent:answers" in data_of(asked)


def test_pipl_6_19_every_question_names_its_use_and_none_asks_who_somebody_is() -> None:
    who = re.compile(r"姓名|名字|电话|手机号|身份证|住址|单位名称|name|phone|identity|address|employer's")
    for question in KNOWLEDGE.questionnaire.questions:
        assert question.used_by
        for language in LANGUAGES:
            assert not who.search(question.text.in_(language)), question.id
    assert Retention() == Retention(draft=7, result=90)


def test_pipl_24_a_score_is_explained_and_can_be_refused_with_one_tap() -> None:
    talk = state("result")
    _, (explained,) = said(talk, "/explain")
    assert "go:unscored" in data_of(explained)
    assert "不是原因" in explained.text
    _, (report,) = said(talk, "/result")
    assert "go:explain" in data_of(report)


def test_pipl_25_a_result_goes_to_the_worker_alone() -> None:
    """There is no other receiver in the code: no address but Telegram's, beside the sources we cite."""
    for path in [*ROOT.glob("bot/**/*.py"), *ROOT.glob("models/**/*.py")]:
        if "demo" in path.parts:  # the double plays at being Telegram
            continue
        for address in re.findall(r"https?://[\w.-]+", path.read_text(encoding="utf-8")):
            assert address == "https://api.telegram.org", path


def test_pipl_31_who_is_under_14_is_turned_away_and_nothing_is_kept() -> None:
    talk, (told,) = said(None, "/start", *CONSENT, "a:age:under_14")
    assert talk is None
    assert "14" in told.text


def test_minors_law_72_who_is_14_to_17_is_not_scored() -> None:
    path = taps(QUESTIONNAIRE, {**RIDER, "age": "from_16_to_17"})
    _, (*_, report) = said(None, "/start", *CONSENT, *path)
    assert "未满18岁，我们不打分" in report.text


def test_pipl_38_the_number_of_people_a_year_stays_below_the_assessment_s() -> None:
    assert LIMIT == 9_999  # tests/test_database.py shows that it holds


def test_pipl_55_56_the_impact_assessment_names_every_trigger_and_waits_for_a_signature() -> None:
    text = (ROOT / "docs/impact-assessment.md").read_text(encoding="utf-8")
    for trigger in (
        "sensitive information",
        "automated decisions",
        "entrusted processing",
        "transfer abroad",
    ):
        assert trigger in text
    assert "three years" in text
    assert "Released: yes / no" in text


def test_pipl_53_an_operator_abroad_is_asked_for_a_representative_and_everyone_sees_the_contact() -> None:
    assessment = (ROOT / "docs/impact-assessment.md").read_text(encoding="utf-8")
    assert "representative in China, named in `OPERATOR_CONTACT`" in assessment
    abroad = replace(presenter(), operator=Operator("Gig Help Ltd; representative in China: 李四"))
    for language in LANGUAGES:
        (privacy,) = abroad.render(Say("privacy"), None, language, TODAY)
        assert "李四" in privacy.text


def test_pipl_54_the_audit_is_that_of_today_s_tests_and_finds_every_article_kept() -> None:
    assert audit.PAGE.read_text(encoding="utf-8") == audit.page(), "run `make regenerate`"
    named = {(law, article) for law, article, _, _ in audit.kept()}
    assert named == set(audit.ASKED), "an article without a test, or a test without its article's line"


@pytest.mark.parametrize("number", range(1, 16))
def test_pipl_54_each_of_the_fifteen_requirements_has_a_test_for_each_of_its_articles(number: int) -> None:
    asks, articles = audit.REQUIREMENTS[f"L{number}"]
    named = {(law, article) for law, article, _, _ in audit.kept()}
    assert asks
    assert articles
    assert [article for article in articles if article not in named] == []
    assert len(audit.REQUIREMENTS) == 15


def test_pipl_30_before_the_first_answer_it_is_told_why_it_is_needed_what_it_does_and_for_how_long() -> None:
    """On the first screen, and behind /privacy, which it names a tap away before anything is agreed to."""
    first = {
        "zh": ("算出结果和建议", "敏感信息", "境外", "只给您自己看", "/delete"),
        "en": ("result", "sensitive", "outside China", "for you alone", "/delete"),
    }
    behind = {
        "zh": ("7天", "90天", "长期留一个记号", "谁在办、找谁"),
        "en": ("7 days", "90 days", "a mark without answers or name", "Who runs"),
    }
    for language in LANGUAGES:
        (asked,) = presenter().render(AskConsent(), None, language, TODAY)
        assert "go:privacy" in data_of(asked)
        (privacy,) = presenter().render(Say("privacy"), None, language, TODAY)
        assert [word for word in first[language] if word not in asked.text] == []
        assert [word for word in behind[language] if word not in privacy.text] == []
    # And at each question, for itself.
    for question in KNOWLEDGE.questionnaire.questions:
        assert question.why.zh, question.id


def test_pipl_57_security_md_says_within_what_time_a_weakness_is_mended() -> None:
    text = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert "48 hours" in text


def test_anti_fraud_law_30_every_card_on_credit_warns_of_fraud_with_its_hotline() -> None:
    for piece in KNOWLEDGE.advice:
        if piece.theme == "credit" and piece.in_force(TODAY):
            assert "96110" in card(KNOWLEDGE, piece.id, {}, "zh", TODAY), piece.id


def test_civil_code_1029_who_disagrees_with_the_result_is_told_whom_to_ask() -> None:
    operator = replace(presenter(), operator=Operator("张三 13800000000"))
    (privacy,) = operator.render(Say("privacy"), state("result"), "zh", TODAY)
    assert "张三" in privacy.text
    assert "/privacy" in said(state("result"), "/explain")[1][0].text


def test_credit_regulation_7_it_never_calls_itself_a_credit_score() -> None:
    for path in ROOT.glob("knowledge/templates/zh/**/*.j2"):
        text = path.read_text(encoding="utf-8")
        assert "信用分" not in text, path
    _, (report,) = said(state("result"), "/result")
    assert "不是征信报告" in report.text
    assert "不会提供给任何机构" in report.text


def test_developer_terms_4_4_what_is_kept_is_sealed_and_the_id_is_no_column() -> None:
    readable = {c.name for c in conversations.columns if not isinstance(c.type, sa.LargeBinary)}
    assert readable == {"consent", "changed_at", "expires_at", "blocked", "wake_at", "tool_until"}
    assert "chat" not in Conversation.__dataclass_fields__
