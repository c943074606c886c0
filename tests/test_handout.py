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
from bot.content.templates import per_hundred, place, plain
from bot.dialogue.conversation import Conversation
from bot.dialogue.replies import ShowResult
from bot.loading.knowledge import load_knowledge
from bot.render import Presenter
from bot.render.printout import Handout, ResultPicture, card, handout
from bot.render.printout.texts import checklist
from bot.render.printout.words import WORDS
from models.serving.risk import Score
from tests.answer_sets import answer_set

TODAY = date(2026, 11, 23)
CAPTION = 1024  # characters that Telegram allows below a picture
KNOWLEDGE = load_knowledge()
ENOUGH: Answers = {
    "age": ("from_31_to_40",), "occupation": ("truck_owner",), "province": ("sichuan",),
    "education": ("junior",), "income": ("from_5001",), "income_stability": ("unstable",),
    "saving": ("none",), "debt": ("from_100001",),
    "social_insurance": ("none",), "commercial_cover": ("none",), "investing": ("no",),
}  # fmt: skip


def of(answers: Answers, language: Language) -> ResultPicture:
    return card(KNOWLEDGE, guidance.outcome(KNOWLEDGE, answers, TODAY), language, TODAY)


def paper(answers: Answers, language: Language, *, with_result: bool = False) -> Handout:
    outcome = guidance.outcome(KNOWLEDGE, answers, TODAY)
    return handout(KNOWLEDGE, answers, outcome, language, TODAY, with_result=with_result)


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
        for gauge in picture.gauges:
            assert gauge.heading in text
            if gauge.standing:
                for said in (gauge.standing.frequency, *gauge.standing.reasons):
                    assert said.rstrip("。.") in text, said
                assert str(gauge.standing.place) in gauge.standing.here
                assert re.search(rf"\D{gauge.standing.place}\D", text)


def test_the_figures_of_people_claim_no_more_than_the_interval() -> None:
    for answers in many_workers():
        scores = guidance.score(KNOWLEDGE, answers)
        for gauge, name in zip(
            of(answers, "zh").gauges, ("financing_constraint", "insurance_gap"), strict=True
        ):
            score = scores[name]
            assert (gauge.standing is None) == (not isinstance(score, Score))
            if gauge.standing and isinstance(score, Score):
                alike, peers = gauge.standing.people
                assert (
                    10 * alike.sure <= per_hundred(score.low) <= per_hundred(score.high) <= 10 * alike.likely
                )
                assert 0 <= alike.sure <= alike.likely <= 10
                assert peers.sure == peers.likely
                assert gauge.standing.place == place(score.percentile)


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_said_too_little_gets_a_sentence_and_no_gauge(language: Language) -> None:
    for gauge in of({}, language).gauges:
        assert gauge.standing is None
        assert len(gauge.silence) > 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_truck_owner_also_sees_the_place_among_truck_drivers(language: Language) -> None:
    credit = of(ENOUGH, language).gauges[0].standing
    courier = of({**ENOUGH, "occupation": ("courier",)}, language).gauges[0].standing
    assert credit is not None
    assert courier is not None
    assert (credit.group != "", courier.group) == (True, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_caption_fits_below_the_picture_and_tells_both_risks(language: Language) -> None:
    for answers in many_workers():
        picture = of(answers, language)
        assert len(picture.alt) <= CAPTION
        for gauge in picture.gauges:
            assert gauge.heading in picture.alt
            assert (gauge.standing.frequency if gauge.standing else gauge.silence) in picture.alt


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printout_tells_nothing_of_result_or_answers_unless_asked(language: Language) -> None:
    by_pieces: dict[tuple[str, ...], Handout] = {}
    for answers in many_workers():
        printed = paper(answers, language)
        assert printed.result == ()
        # Whoever is advised the same gets the very same paper, whatever the answers.
        titles = tuple(action.title for action in printed.actions)
        assert by_pieces.setdefault(titles, printed) == printed
        whole = "\n".join(strings(dataclasses.asdict(printed)))
        for gauge in of(answers, language).gauges:
            assert gauge.standing is None or gauge.standing.here not in whole
            assert gauge.standing is None or gauge.standing.frequency not in whole


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_printout_tells_the_result_to_who_ticked_it(language: Language) -> None:
    printed = paper(ENOUGH, language, with_result=True)
    for gauge in of(ENOUGH, language).gauges:
        assert set(gauge.sentences()) <= set(printed.result)


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
    blocks = [set(re.findall(r"block (\w+)", KNOWLEDGE.wording.templates[lang][WORDS])) for lang in LANGUAGES]
    assert blocks[0] == blocks[1]
