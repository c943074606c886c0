"""The picture and the printout as files: right in size, the same each time, every sign in our fonts."""

import asyncio
import dataclasses
import json
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import typst
from fontTools.ttLib import TTFont

from bot.content.questionnaire import LANGUAGES, Language
from bot.delivery.typesetting import FAMILY, Typesetter
from bot.guidance.cover import STATES
from bot.loading.places import KNOWLEDGE
from bot.render.printout import (
    Action,
    Checklist,
    Gauge,
    Handout,
    Hundred,
    Labels,
    PassedPicture,
    People,
    ResultCard,
    ResultPicture,
    RiskLine,
    Standing,
    Thing,
)
from tests.fonts import WEIGHTS, in_all_scripts, told
from tests.test_handout import ENOUGH, file, many_workers, of, strings
from tests.test_rights import said, state

A4, PHONE = (595, 842), (360, 640)  # points
HOSTILE = '#panic("no") $x$ *b* _i_ `r` @a <b> \\ // " ] } = - + / ~ & \' #'


@pytest.fixture(scope="module")
def typesetter() -> Iterator[Typesetter]:
    made = Typesetter()
    yield made
    made.close()


def size(png: bytes) -> tuple[int, int]:
    """A PNG's width and height in pixels, which its first chunk tells."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert png.endswith(b"IEND\xae\x42\x60\x82")
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


@cache
def signs(weight: str) -> frozenset[str]:
    """The characters that a font has."""
    with TTFont(KNOWLEDGE / f"fonts/{FAMILY.replace(' ', '')}-{weight}.otf") as font:
        return frozenset(map(chr, font.getBestCmap()))


def pages(paper: Checklist | Handout) -> list[bytes]:
    """The printout's pages as pictures of a pixel a point."""
    folder = KNOWLEDGE / "templates/typst"
    data = {**dataclasses.asdict(paper.handout if isinstance(paper, Checklist) else paper), "made_on": ""}
    if isinstance(paper, Checklist):
        data |= {"pages": paper.pages, "notes_heading": paper.notes_heading, "notes": paper.notes}
    made, warnings = typst.compile_with_warnings(
        str(folder / "handout.typ"), root=str(folder), format="png", ppi=72,
        sys_inputs={"data": json.dumps(data)},
        font_paths=typst.Fonts(False, False, [str(KNOWLEDGE / "fonts")]), ignore_system_fonts=True,
    )  # fmt: skip
    assert warnings == []
    return made if isinstance(made, list) else [made]


def a_gauge(heading: str, place: int, times: int = 1) -> Gauge:
    words = HOSTILE * times
    people = (People(words, 0, 10), People(words, 10, 10))
    said = (heading, words, "here", words, "first", "last", words, words)
    return Gauge(
        heading, Standing(place, *said[1:3], said[1], "first", "last", words, words, people, (words,))
    )


def a_picture_of_1_0_0(*gauges: Gauge, language: Language = "zh") -> ResultPicture:
    return ResultPicture(language, HOSTILE, HOSTILE, gauges, HOSTILE, "m", HOSTILE, HOSTILE, HOSTILE)


def a_card(words: str, *hundreds: Hundred, times: int = 3) -> ResultCard:
    lines = tuple(RiskLine(state, words) for state in STATES)
    return ResultCard(
        "zh", words, words, words, (Thing(words, words),) * times, words, (words,) * times, hundreds, words,
        words, lines, words, words, words,
    )  # fmt: skip


def a_handout(times: int, language: Language = "zh") -> Handout:
    words = "这一句话有二十个字这么长要占去一整行的地方。" * times
    action = Action(
        HOSTILE, words, (words,) * 4, (words,), (words,) * 5, words, words, words, words, (words,) * 3, words,
        words,
    )  # fmt: skip
    labels = Labels(*(label.name for label in dataclasses.fields(Labels)))
    return Handout(
        language, HOSTILE, words, words, date(2026, 11, 23), labels, (action,) * 3, ((words, "12333"),) * 8,
        words, (words,) * 10,
    )  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_picture_is_a_png_for_a_phone_held_upright(
    typesetter: Typesetter, language: Language
) -> None:
    for answers in many_workers()[:12]:
        png = await typesetter.picture(of(answers, language))
        width, height = size(png)
        assert width == 1080
        assert height <= 2.6 * width  # Telegram shrinks the longer side, so a long picture is hard to read
        assert len(png) < 2_000_000


@pytest.mark.parametrize("look", ["zh", "en", "hant"])
async def test_a_passed_picture_is_a_png_whose_signs_the_fonts_have(
    typesetter: Typesetter, look: str
) -> None:
    talk, _ = said(state("result"), f"lang:{look}")
    for data in ("go:pass_picture", "pass:fake_police:picture", "pass:rent_to_own:picture"):
        _, (message, _) = said(talk, data)
        assert isinstance(message.attachment, PassedPicture)
        assert set("".join(strings(message.attachment))) <= signs("Regular")
        width, height = size(await typesetter.picture(message.attachment))
        assert width == 1080
        assert height <= 2.6 * width


async def test_the_printout_is_a_pdf_dated_by_the_day_it_tells_of(typesetter: Typesetter) -> None:
    pdf = await typesetter.pdf(file(ENOUGH, "zh"))
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert b"D:20261123000000" in pdf


async def test_the_same_words_make_the_same_bytes(typesetter: Typesetter) -> None:
    picture, printed = of(ENOUGH, "zh"), file(ENOUGH, "en")
    other = Typesetter()
    try:
        assert await typesetter.picture(picture) == await other.picture(picture)
        assert await typesetter.pdf(printed) == await other.pdf(printed)
    finally:
        other.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_printout_fits_on_two_pages_of_a4(language: Language) -> None:
    seen = {file(answers, language, pages="a4") for answers in many_workers()}
    longest = sorted(seen, key=lambda one: len(str(one)))[-8:]
    with_result = [file(answers, language, pages="a4", with_result=True) for answers in many_workers()[:8]]
    for printed in (*longest, *with_result):
        made = pages(printed)
        assert len(made) <= 2
        assert all(size(page) == pytest.approx(A4, abs=1) for page in made)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_printout_for_a_phone_has_pages_of_its_width_in_letters_that_are_read(language: Language) -> None:
    for answers in many_workers()[:4]:
        made = pages(file(answers, language, with_result=True))
        assert 2 <= len(made) <= 12
        assert all(size(page) == PHONE for page in made)


def test_far_too_long_a_text_flows_on_and_is_not_cut_off() -> None:
    assert len(pages(a_handout(1))) <= 2
    assert len(pages(a_handout(8))) > 2


async def test_signs_of_markup_are_only_signs(typesetter: Typesetter) -> None:
    assert size(await typesetter.picture(a_card(HOSTILE, Hundred(HOSTILE, 3, 9, HOSTILE))))[0] == 1080
    printed = Checklist(a_handout(1, "en"), "x.pdf", "phone", HOSTILE, (HOSTILE,) * 4)
    for paper in (printed, dataclasses.replace(printed, pages="a4"), printed.handout):
        assert (await typesetter.pdf(paper)).startswith(b"%PDF-")


async def test_a_hundred_people_can_be_all_none_or_perhaps(typesetter: Typesetter) -> None:
    drawn = [Hundred("x", *ends, "y") for ends in ((0, 0), (100, 100), (0, 100), (40, 41))]
    pictures = [await typesetter.picture(a_card("x", one, one)) for one in drawn]
    assert len(set(pictures)) == 4
    without = await typesetter.picture(a_card("x"))
    assert size(without)[1] < size(pictures[0])[1]


async def test_a_picture_that_release_1_0_0_made_can_be_drawn_still(typesetter: Typesetter) -> None:
    silent = a_picture_of_1_0_0(Gauge("①", None, "说明"), Gauge("②", None, "说明"))
    ends = a_picture_of_1_0_0(a_gauge("①", 1), a_gauge("②", 100))
    hostile = a_picture_of_1_0_0(a_gauge(HOSTILE, 50))
    heights = [size(await typesetter.picture(one))[1] for one in (silent, ends, hostile)]
    assert heights[0] < heights[1]


async def test_many_at_once_all_come_out_right(typesetter: Typesetter) -> None:
    cards = [of(answers, "zh") for answers in many_workers()[:6]]
    one_by_one = [await typesetter.picture(one) for one in cards]
    assert await asyncio.gather(*(typesetter.picture(one) for one in cards)) == one_by_one


def test_without_its_fonts_it_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="README"):
        Typesetter(tmp_path)


def only_in_the_chat(sign: str) -> bool:
    """Whether a sign is a line break, or an emoji on a button or in a message."""
    return sign == "\n" or unicodedata.category(sign) in ("So", "Mn", "Cf")


@pytest.mark.parametrize("weight", WEIGHTS)
def test_our_fonts_have_every_sign_of_the_knowledge_in_all_scripts(weight: str) -> None:
    for script in in_all_scripts("".join(told())):
        missing = {sign for sign in set(script) - signs(weight) if not only_in_the_chat(sign)}
        assert not missing, f"{missing}: make the fonts anew, see knowledge/fonts/README.md"


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_is_printed_lacks_a_sign(language: Language, weight: str) -> None:
    printed = [
        dataclasses.asdict(one)
        for answers in many_workers()[:60]
        for one in (of(answers, language), file(answers, language, with_result=True))
    ]
    for script in in_all_scripts("".join(strings(printed))):
        assert set(script) - {"\n"} <= signs(weight)
