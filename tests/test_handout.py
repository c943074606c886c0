"""What is on the picture and on the printout: the words and figures of the result, and nothing too much."""

import dataclasses
import random
import re
from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import guidance
from bot.content.questionnaire import LANGUAGES, Answers, Language
from bot.content.templates import per_hundred, plain
from bot.dialogue.conversation import Conversation
from bot.dialogue.replies import ShowResult
from bot.render import Presenter
from bot.render.printout import Checklist, Handout, Pages, ResultCard, card, handout
from bot.render.printout.texts import checklist
from bot.render.printout.words import COVER, WORDS
from models.serving.risk import Score
from tests.answer_sets import answer_set
from tests.checkout import KNOWLEDGE

TODAY = date(2026, 11, 23)
CAPTION = 1024  # characters that Telegram allows below a picture
ENOUGH: Answers = {
    "age": ("from_31_to_40",), "occupation": ("truck_owner",), "province": ("sichuan",),
    "education": ("junior",), "income": ("from_5001",), "income_stability": ("unstable",),
    "saving": ("none",), "debt": ("from_100001",),
    "social_insurance": ("none",), "commercial_cover": ("none",), "investing": ("no",),
}  # fmt: skip


def of(answers: Answers, language: Language) -> ResultCard:
    return card(KNOWLEDGE, guidance.outcome(KNOWLEDGE, answers, TODAY), language, TODAY)


def file(
    answers: Answers, language: Language, *, with_result: bool = False, pages: Pages = "phone"
) -> Checklist:
    outcome = guidance.outcome(KNOWLEDGE, answers, TODAY)
    return handout(KNOWLEDGE, answers, outcome, language, TODAY, with_result=with_result, pages=pages)


def paper(answers: Answers, language: Language, *, with_result: bool = False) -> Handout:
    return file(answers, language, with_result=with_result).handout


@cache
def many_workers() -> tuple[Answers, ...]:
    dice = random.Random(5)
    return tuple(
        KNOWLEDGE.questionnaire.relevant(answer_set(KNOWLEDGE.questionnaire, dice)) for _ in range(120)
    )


def strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for one in value.values() for text in strings(one))
        case list() | tuple():
            yield from (text for one in value for text in strings(one))


def report(answers: Answers, language: Language) -> str:
    talk = Conversation(KNOWLEDGE.questionnaire.version, answers=answers, consent=("answers", "abroad"))
    (message,) = Presenter(KNOWLEDGE).render(ShowResult(), talk, language, TODAY)
    return plain(message.text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_says_what_the_text_says(language: Language) -> None:
    for answers in many_workers():
        text, picture = report(answers, language), of(answers, language)
        assert picture.foot in text
        for said in (picture.credit_heading, picture.cover_heading, *picture.credit):
            assert said.rstrip("。.") in text, said
        for risk in picture.risks:
            name = risk.text.partition("：" if language == "zh" else ": ")[0]
            assert name.lower() in text.lower()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_picture_shows_the_three_things_to_do_with_a_number_to_ring(language: Language) -> None:
    for answers in many_workers():
        first = guidance.outcome(KNOWLEDGE, answers, TODAY).guidance.first
        things = of(answers, language).things
        assert len(things) == len(first) == 3
        for thing, advised in zip(things, first, strict=True):
            hotline = KNOWLEDGE.parameters.at(KNOWLEDGE.pieces[advised.id].check_with, TODAY).value
            assert str(hotline) in thing.ring


def test_the_hundred_people_are_the_range_and_share_one_denominator() -> None:
    for answers in many_workers():
        score, hundreds = (
            guidance.score(KNOWLEDGE, answers)["financing_constraint"],
            of(answers, "zh").hundreds,
        )
        assert bool(hundreds) == isinstance(score, Score)
        if isinstance(score, Score):
            alike, everybody = hundreds
            assert (alike.least, alike.most) == (per_hundred(score.low), per_hundred(score.high))
            assert alike.shown == f"{alike.least}–{alike.most}"
            assert everybody.least == everybody.most == int(everybody.shown) == 69


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_said_too_little_gets_a_sentence_and_no_figures(language: Language) -> None:
    picture = of({}, language)
    assert not picture.hundreds
    assert len(picture.credit[-1]) > 20
    assert {risk.state for risk in picture.risks} == {"not_known"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_caption_fits_below_the_picture_and_tells_both_risks_and_what_to_do(language: Language) -> None:
    for answers in many_workers():
        picture = of(answers, language)
        assert len(picture.alt) <= CAPTION
        for said in (picture.credit_heading, picture.cover_heading, *picture.credit):
            assert said in picture.alt
        assert all(thing.title in picture.alt and thing.ring in picture.alt for thing in picture.things)


def test_a_picture_has_no_digit_in_what_it_says_of_cover() -> None:
    for answers in many_workers():
        for language in LANGUAGES:
            picture = of(answers, language)
            assert not re.search(r"\d", picture.cover_heading + "".join(risk.text for risk in picture.risks))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_file_is_named_in_the_reader_s_language_and_has_room_for_notes(language: Language) -> None:
    phone, a4 = (file(ENOUGH, language, pages=pages) for pages in ("phone", "a4"))
    assert phone.handout == a4.handout
    assert phone.name != a4.name
    assert all(one.name.endswith(".pdf") and one.name.isascii() == (language == "en") for one in (phone, a4))
    assert len(phone.notes) == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printout_tells_nothing_of_result_or_answers_unless_asked(language: Language) -> None:
    by_pieces: dict[tuple[str, ...], Handout] = {}
    for answers in many_workers():
        printed = paper(answers, language)
        assert printed.result == ()
        # Two people with the same advice get the very same paper, whatever their answers.
        titles = tuple(action.title for action in printed.actions)
        assert by_pieces.setdefault(titles, printed) == printed
        whole = "\n".join(strings(dataclasses.asdict(printed)))
        picture = of(answers, language)
        for said in (picture.credit_heading, picture.cover_heading, *picture.credit):
            assert said not in whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printout_tells_the_result_to_who_ticked_it(language: Language) -> None:
    printed = paper(ENOUGH, language, with_result=True)
    picture = of(ENOUGH, language)
    said = {picture.credit_heading, picture.cover_heading, *picture.credit}
    assert said | {risk.text for risk in picture.risks} <= set(printed.result)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_says_what_to_bring_how_where_and_on_what_ground(language: Language) -> None:
    for answers in many_workers():
        printed = paper(answers, language)
        assert len(printed.actions) == 3
        for action in printed.actions:
            assert action.documents or action.remarks
            for said in (*action.documents, *action.steps, *action.beware):
                assert said
                assert not said.startswith("•")
            assert all((action.steps, action.where, action.cost, action.time, action.deadline))
            assert str(KNOWLEDGE.pieces[_id(action.title, language)].checked_on.year) in action.ground


def _id(title: str, language: Language) -> str:
    titles = {guidance.title(KNOWLEDGE, p.id, language, TODAY): p.id for p in KNOWLEDGE.advice}
    return titles[title]


def test_no_text_carries_markup() -> None:
    for answers in many_workers()[:40]:
        for language in LANGUAGES:
            both = (of(answers, language), paper(answers, language, with_result=True))
            for text in strings([dataclasses.asdict(one) for one in both]):
                assert not re.search(r"</?[a-z]+>|&[a-z#0-9]+;", text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_check_list_loses_no_word(language: Language) -> None:
    for piece in KNOWLEDGE.advice:
        parts, _ = guidance.parts(KNOWLEDGE, piece.id, {}, language, TODAY)
        text = plain(parts["documents"]).replace("\n", " ")
        things, remarks = checklist(text, language, "不要材料" if language == "zh" else "None")
        left = re.sub(r"[、，,;。. ]|\band\b|和", "", text).lower()
        assert re.sub(r"[、，,;。. ]|\band\b|和", "", "".join((*things, *remarks))).lower() == left, piece.id


def test_a_check_list_has_a_box_for_each_thing() -> None:
    zh = checklist("身份证、流水（半年、盖章）和银行卡，户口本。没带齐也先去问。", "zh", "不要材料")
    assert zh == (("身份证", "流水（半年、盖章）和银行卡", "户口本"), ("没带齐也先去问。",))
    en = checklist("Identity card, papers (bills, reports), and your bank card. Go anyway.", "en", "None")
    assert en == (("Identity card", "Papers (bills, reports)", "Your bank card"), ("Go anyway.",))
    assert checklist("不要材料。密码别给人。", "zh", "不要材料") == ((), ("不要材料。", "密码别给人。"))
    assert checklist("保单，或者一张纸。", "zh", "不要材料") == (("保单，或者一张纸",), ())


@given(st.text("证 。、，（）和或.,;()Nandor").filter(lambda text: any(sign.isalpha() for sign in text)))
def test_a_check_list_can_be_made_of_any_words(text: str) -> None:
    for language in LANGUAGES:
        things, remarks = checklist(text, language, "None")
        assert things or remarks
        assert all(one.strip() for one in (*things, *remarks))


def test_both_languages_have_the_same_words_to_say() -> None:
    for template in (WORDS, COVER, "borrowing.j2", "cover_why.j2", "labels.j2"):
        zh, en = (
            set(re.findall(r"block (\w+)", KNOWLEDGE.wording.templates[lang][template])) for lang in LANGUAGES
        )
        assert zh == en, template
