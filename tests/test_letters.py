"""Letters ready to send: each stands on its facts, is got by taps alone, and nothing is kept of anybody."""

import asyncio
import dataclasses
import json
import re
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import pytest
import typst
from hypothesis import given
from hypothesis import strategies as st

from bot.check.letters import check_letter_dates, check_letters
from bot.content.knowledge import Knowledge
from bot.content.letters import Letter
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import MOST, Wording, length, plain
from bot.delivery.typesetting import Typesetter
from bot.dialogue.conversation import Conversation
from bot.dialogue.letter_taps import PARTS
from bot.dialogue.replies import Card, LetterPart, Say, TakeLetter
from bot.loading.places import KNOWLEDGE as FOLDER
from bot.render.letters import BLANK, COPIED, merged
from bot.render.printout import LetterPaper, Pages
from tests.checkout import KNOWLEDGE
from tests.fonts import WEIGHTS
from tests.privacy import audit
from tests.talks import CONSENT, SHORT_PATH, up_to
from tests.test_rights import data_of, said
from tests.test_typesetting import A4, signs, size
from tests.worded import worded

ON = date(2026, 11, 29)
LETTERS = tuple(KNOWLEDGE.letters)
PAGES: tuple[Pages, ...] = ("phone", "a4")


class Fact(NamedTuple):
    """What is known of a letter, written down once more by hand.

    `to` and `ground` are words of the addressee, and of the law that the letter cites. `days` are all numbers
    that tell when an answer is due. Where no text sets a day, the guide says so in the words of `none`.
    """

    to: str
    ground: str
    days: tuple[str, ...] = ()
    none: str = ""


FACTS = {
    "credit_record": Fact("征信中心", "《征信业管理条例》第25条", ("20天",)),
    "collectors": Fact("放款的机构", "《银行业保险业消费投诉处理管理办法》", ("15天", "30天")),
    "card_instalments": Fact("发卡的银行", "《商业银行信用卡业务监督管理办法》第70条", none="没有规定几天"),
    "unpaid_pay": Fact("劳动保障监察", "《劳动保障监察条例》第26条", ("60个工作日",)),
    "platform_objection": Fact("平台App", "《中华人民共和国个人信息保护法》第24条", none="法律没有定几天"),
    "stop_debit": Fact("扣钱的那家", "《中华人民共和国个人信息保护法》第15条", none="没有规定几天"),
    "injury_report": Fact("单位、老板或站长", "《工伤保险条例》第17条", ("30天", "60天")),
    "refused_claim": Fact("保险公司", "《中华人民共和国保险法》第23、24条", ("3天", "30天")),
    "mediation": Fact("调解组织", "", none="没有全国统一的天数"),
}


def part(letter: str, which: LetterPart, language: Language = "zh", talk: Conversation | None = None) -> str:
    return plain(worded(TakeLetter(letter, which), talk, language).text)


def paper(letter: str, pages: Pages, language: Language) -> LetterPaper:
    attachment = worded(TakeLetter(letter, pages), None, language).attachment
    assert isinstance(attachment, LetterPaper)
    return attachment


def set_pages(printed: LetterPaper) -> list[bytes]:
    folder = FOLDER / "templates/typst"
    data = {**dataclasses.asdict(printed), "made_on": ""}
    made, warnings = typst.compile_with_warnings(
        str(folder / "letter.typ"), root=str(folder), format="png", ppi=72,
        sys_inputs={"data": json.dumps(data)},
        font_paths=typst.Fonts(False, False, [str(FOLDER / "fonts")]), ignore_system_fonts=True,
    )  # fmt: skip
    assert warnings == []
    assert isinstance(made, list)
    return made


# --- what stands in them ------------------------------------------------------------------------------


def test_every_letter_has_its_facts_written_down_here() -> None:
    assert set(FACTS) == set(LETTERS)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_names_its_addressee_its_ground_and_when_an_answer_is_due(letter: str) -> None:
    fact, guide, text = FACTS[letter], part(letter, "guide"), part(letter, "text")
    assert fact.to in guide.partition("交给谁：")[2].partition("\n")[0]
    assert re.search(r"^致：", text, re.MULTILINE)
    assert fact.ground in text
    due = guide.partition("多久答复：")[2].partition("\n")[0]
    assert all(days in due for days in fact.days)
    assert fact.none in due
    if not fact.days:
        assert not re.search(r"\d+(?:天|个工作日)", due)


@pytest.mark.parametrize("letter", LETTERS)
def test_both_languages_tell_the_same_days(letter: str) -> None:
    zh, en = (part(letter, "guide", language) for language in LANGUAGES)
    told = [
        re.findall(r"\d+", guide.partition(label)[2].partition("\n")[0])
        for guide, label in ((zh, "多久答复："), (en, "Answer: "))
    ]
    assert told[0] == told[1]


@pytest.mark.parametrize("letter", LETTERS)
def test_name_day_and_signature_are_left_to_the_worker(letter: str) -> None:
    text = part(letter, "text")
    assert re.search(f"(?:签名|姓名)[^：]*：{BLANK}", text)
    assert re.search(f"日期：{BLANK}", text)
    assert not re.search(r"\d{4}年\d", text), "a day is a blank"


def test_a_letter_to_collectors_does_not_own_up_to_the_debt() -> None:
    text = part("collectors", "text")
    assert "我欠" not in text
    assert "愿意还" not in text


def test_stopping_a_debit_never_stops_social_insurance() -> None:
    assert "社保、医保" in part("stop_debit", "taken")
    assert "social or medical insurance" in part("stop_debit", "taken", "en")


def test_a_platform_s_injury_is_told_no_time_of_the_employer_s() -> None:
    assert "跑平台的不按这1年" in part("injury_report", "guide")
    assert "Platform orders have other limits" in part("injury_report", "guide", "en")


# --- how they are got -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before", [(), ("/start",), ("/start", *CONSENT, *up_to("income")), ("/start", *CONSENT, *SHORT_PATH)]
)
def test_every_letter_is_got_by_taps_alone_at_any_moment_and_nothing_is_kept(before: tuple[str, ...]) -> None:
    talk, _ = said(None, *before)
    after, (listed,) = said(talk, "/letters")
    assert after == talk
    assert data_of(listed) == [f"letter:{letter}" for letter in LETTERS]
    for button in data_of(listed):
        after, (guide,) = said(talk, button)
        assert after == talk
        assert length(guide.text) <= MOST
        wanted = {f"{button}:text", f"{button}:phone", f"{button}:a4", "letter:", "go:tips"}
        assert wanted <= set(data_of(guide))
        after, messages = said(talk, f"{button}:text")
        assert after == talk
        letter, beside = messages
        assert data_of(letter) == []
        assert {f"{button}:phone", f"{button}:a4", "letter:"} <= set(data_of(beside))


@pytest.mark.parametrize("forged", ["letter:", "letter:gone", "letter:gone:text", "letter::a4"])
def test_a_letter_that_is_not_there_shows_the_list(forged: str) -> None:
    talk, (message,) = said(None, forged)
    assert talk is None
    assert f"letter:{LETTERS[0]}" in data_of(message)


def test_a_part_that_is_not_there_shows_the_guide() -> None:
    _, (message,) = said(None, "letter:mediation:gone")
    assert "letter:mediation:text" in data_of(message)


@pytest.mark.parametrize("letter", LETTERS)
def test_the_letter_stands_alone_in_its_message_and_a_button_copies_it_where_it_fits(letter: str) -> None:
    message = worded(TakeLetter(letter, "text"), None, "zh")
    text = plain(message.text)
    assert message.text == f"<code>{text}</code>", "nothing but the letter, to be copied with one tap"
    copies = [button.copies for row in message.buttons for button in row]
    assert copies == ([text] if len(text) <= COPIED else [])


def test_what_goes_into_a_platform_s_box_can_be_copied_by_a_button() -> None:
    assert all(len(part(letter, "text")) <= COPIED for letter in ("platform_objection", "stop_debit"))


@pytest.mark.parametrize("letter", LETTERS)
def test_whoever_reads_english_traditional_or_one_idea_a_line_sends_the_same_letter(letter: str) -> None:
    plainly = part(letter, "text")
    assert part(letter, "text", "en") == plainly
    talk, _ = said(None, "/start", *CONSENT, "lang:hant", "mode:simple")
    assert part(letter, "text", talk=talk) == plainly


@pytest.mark.parametrize("letter", LETTERS)
def test_whoever_reads_english_is_told_what_the_letter_says(letter: str) -> None:
    assert "It says: " in part(letter, "taken", "en")
    labels = [label for label, _ in paper(letter, "a4", "en").guide]
    assert "What it says" in labels


@pytest.mark.parametrize("letter", LETTERS)
def test_every_card_of_a_letter_offers_it_and_the_letter_leads_back(letter: str) -> None:
    for card in KNOWLEDGE.letters[letter].cards:
        assert f"letter:{letter}" in data_of(worded(Card(card), None, "zh"))
    assert f"open:{KNOWLEDGE.letters[letter].cards[0]}" in data_of(worded(TakeLetter(letter), None, "zh"))


@pytest.mark.parametrize(
    ("typed", "letter"),
    [
        ("征信写错了", "credit_record"), ("催收天天打我爸妈", "collectors"),
        ("信用卡还不上，想分期", "card_instalments"), ("老板欠薪", "unpaid_pay"),
        ("被平台封号了", "platform_objection"), ("停止扣款", "stop_debit"),
        ("干活受伤", "injury_report"), ("保险不赔", "refused_claim"),
        ("想调解", "mediation"), ("第二个", "collectors"),
        ("wrong record", "credit_record"), ("harassment by collectors", "collectors"),
        ("unpaid wages", "unpaid_pay"), ("my account is blocked", "platform_objection"),
        ("automatic debit", "stop_debit"), ("i was injured", "injury_report"),
        ("refused claim", "refused_claim"), ("mediation", "mediation"),
        ("credit card", "card_instalments"),
    ],
)  # fmt: skip
def test_a_letter_is_got_by_typing_its_name_and_nothing_is_kept(typed: str, letter: str) -> None:
    talk, messages = said(None, f"/letters {typed}")
    assert talk is None
    assert [plain(one.text) for one in messages] == [part(letter, which) for which in PARTS[:3]]


@pytest.mark.parametrize(
    ("typed", "pages"), [("讨薪 打印", "a4"), ("讨薪 手机", "phone"), ("wages, print", "a4")]
)
def test_its_page_is_got_by_typing_too(typed: str, pages: Pages) -> None:
    _, (message,) = said(None, f"/letters {typed}")
    assert message.attachment == paper("unpaid_pay", pages, "zh")


@pytest.mark.parametrize("typed", ["阿巴阿巴", "催收和征信都要", "?", "a" * 500])
def test_words_that_name_no_letter_or_two_bring_the_list(typed: str) -> None:
    talk, (message,) = said(None, f"/letters {typed}")
    assert talk is None
    assert data_of(message)[0] == f"letter:{LETTERS[0]}"


def test_a_number_that_could_be_misused_is_refused_behind_the_command_too() -> None:
    _, (message,) = said(None, "/letters 催收 110101199003070011")
    assert message == worded(Say("private"), None, "zh")


def test_a_question_that_finds_a_card_is_offered_its_letter() -> None:
    _, (message,) = said(None, "/ask 催收半夜打电话骂人怎么投诉")
    assert "letter:collectors" in data_of(message)


# --- on pages --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_is_one_page_to_hand_in_and_one_to_keep(letter: str, language: Language) -> None:
    for pages in PAGES:
        made = set_pages(paper(letter, pages, language))
        assert len(made) == 2
        width, height = size(made[0])
        assert (width, height) == pytest.approx(A4, abs=1) if pages == "a4" else width == 360


@pytest.mark.parametrize("letter", LETTERS)
def test_the_page_has_the_letter_s_words_with_longer_blanks_on_paper(letter: str) -> None:
    text, printed = part(letter, "text"), {pages: paper(letter, pages, "en") for pages in PAGES}
    words = [re.sub(f"[{BLANK}\\s]", "", line) for line in text.split("\n") if line.strip()]
    for one in printed.values():
        whole = "".join((one.heading, one.addressee, *one.body, *one.signed))
        assert re.sub(f"[{BLANK}\\s]", "", whole) == "".join(words)
    blanks = [str(one.body).count(BLANK) for one in printed.values()]
    assert blanks[1] == 2 * blanks[0]


async def test_a_letter_as_a_file_is_the_same_each_time_and_its_signs_are_in_our_fonts() -> None:
    setter = Typesetter()
    try:
        for language in LANGUAGES:
            printed = paper("credit_record", "a4", language)
            first, again = await asyncio.gather(setter.letter(printed), setter.letter(printed))
            assert first == again
            assert first.startswith(b"%PDF-")
    finally:
        setter.close()
    shown = {sign for letter in LETTERS for sign in str(paper(letter, "phone", "zh"))}
    assert all(shown <= signs(weight) for weight in WEIGHTS)


# --- the check, and what is for a lawyer -------------------------------------------------------------------


def found(knowledge: Knowledge, on: date = ON) -> str:
    return "\n".join(map(str, check_letters(knowledge, on)))


def changed(letter: str, **changes: object) -> Knowledge:
    one: Letter = replace(KNOWLEDGE.letters[letter], **changes)  # type: ignore[arg-type]  # the test names them
    return replace(KNOWLEDGE, letters={**KNOWLEDGE.letters, letter: one})


def with_words(language: Language, letter: str, old: str, new: str) -> Knowledge:
    templates = {each: dict(texts) for each, texts in KNOWLEDGE.wording.templates.items()}
    name = f"letters/{letter}.j2"
    assert old in templates[language][name]
    templates[language][name] = templates[language][name].replace(old, new, 1)
    return replace(KNOWLEDGE, wording=Wording(templates, KNOWLEDGE.parameters))


ENCLOSED = "身份信息、合同、还款或理赔记录、对方的答复。"
MISTAKES = {
    "is in no source": changed("mediation", sources=("nowhere",)),
    "doesn't cite": changed("mediation", grounds=("insurance_law 第23条",)),
    "is no hotline": changed("mediation", check_with="insurance.refusal_days"),
    "is no number of days": changed("mediation", answer=("hotline.police",)),
    "no text tells": changed("mediation", answer=("insurance.refusal_days",)),
    "no card gone": changed("mediation", cards=("gone",)),
    "in the future": changed("mediation", checked_on=date(2027, 1, 1)),
    "unsure advice": changed("mediation", confidence="unsure"),
    "a source of it verified_secondary": changed("mediation", confidence="verified_text"),
    "few words for it": replace(KNOWLEDGE, vocabulary=replace(KNOWLEDGE.vocabulary, choices={})),
    "a bare number: 15": with_words("zh", "mediation", "没有全国统一的天数", "15天"),
    "only one language tells": with_words("en", "mediation", 'figure("hotline.legal_aid")', '"them"'),
    "block enclose says nothing": with_words("zh", "mediation", ENCLOSED, ""),
    "fits no button": with_words("zh", "mediation", "short %}", "short %}信信信"),
    "may not be said": with_words("zh", "mediation", "谈不成，还能起诉。", "保证通过。"),
    "keep it to one page": with_words("zh", "mediation", "争的是：", "争的是：" + BLANK * 400),
    "at most 700": with_words("en", "mediation", "Mostly free; ask.", "Mostly free; ask. " * 30),
    "no blank for 日期": with_words("zh", "mediation", "日期：", ""),
    "can't be worded": with_words("zh", "mediation", "court.confirmation_days", "court.gone"),
}


@pytest.mark.parametrize("words", MISTAKES)
def test_the_check_says_what_is_wrong_with_a_letter(words: str) -> None:
    assert words in found(MISTAKES[words])


def test_a_template_without_a_letter_is_named() -> None:
    lost = {id: letter for id, letter in KNOWLEDGE.letters.items() if id != "mediation"}
    assert "letters/mediation.j2: no letter has this name" in found(replace(KNOWLEDGE, letters=lost))


def test_a_letter_that_nobody_compared_for_a_year_is_noted() -> None:
    assert not list(check_letter_dates(KNOWLEDGE, ON))
    assert len(list(check_letter_dates(KNOWLEDGE, date(2027, 12, 1)))) == len(LETTERS)


def test_the_page_on_the_law_lists_what_a_lawyer_should_look_at() -> None:
    page = audit.page()
    for letter in KNOWLEDGE.letters.values():
        assert (f"`{letter.id}`" in page) == bool(letter.lawyer)
        assert letter.lawyer in page


CITED = st.lists(st.tuples(st.sampled_from("abc"), st.lists(st.integers(1, 99), max_size=3)), max_size=6)


@given(CITED)
def test_merged_citations_name_each_source_once_with_all_its_articles(
    cited: list[tuple[str, list[int]]],
) -> None:
    written = [f"{source} 第{'、'.join(map(str, articles))}条" for source, articles in cited if articles]
    written += [source for source, articles in cited if not articles]
    found = list(merged(written))
    assert sorted(one.partition(" ")[0] for one in found) == sorted({source for source, _ in cited})
    for one in found:
        source, _, articles = one.partition(" ")
        wanted = {number for other, numbers in cited if other == source for number in numbers}
        assert [int(number) for number in re.findall(r"\d+", articles)] == sorted(wanted)
