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
from bot.loading.places import KNOWLEDGE
from bot.render.printout import Action, Gauge, Handout, Labels, People, ResultPicture, Standing
from tests.fonts import WEIGHTS, in_all_scripts, told
from tests.test_handout import ENOUGH, many_workers, of, paper, strings

A4 = (595, 842)  # points
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


def pages(handout: Handout) -> list[bytes]:
    """The printout's pages as pictures of a pixel a point."""
    folder = KNOWLEDGE / "templates/typst"
    data = json.dumps({**dataclasses.asdict(handout), "made_on": ""})
    made, warnings = typst.compile_with_warnings(
        str(folder / "handout.typ"), root=str(folder), format="png", ppi=72, sys_inputs={"data": data},
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


def a_card(*gauges: Gauge, language: Language = "zh") -> ResultPicture:
    return ResultPicture(language, HOSTILE, HOSTILE, gauges, HOSTILE, "m", HOSTILE, HOSTILE, HOSTILE)


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


async def test_the_printout_is_a_pdf_dated_by_the_day_it_tells_of(typesetter: Typesetter) -> None:
    pdf = await typesetter.pdf(paper(ENOUGH, "zh"))
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert b"D:20261123000000" in pdf


async def test_the_same_words_make_the_same_bytes(typesetter: Typesetter) -> None:
    picture, printed = of(ENOUGH, "zh"), paper(ENOUGH, "en")
    other = Typesetter()
    try:
        assert await typesetter.picture(picture) == await other.picture(picture)
        assert await typesetter.pdf(printed) == await other.pdf(printed)
    finally:
        other.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_printout_fits_on_two_pages_of_a4(language: Language) -> None:
    seen = {paper(answers, language) for answers in many_workers()}
    longest = sorted(seen, key=lambda one: len(str(one)))[-8:]
    with_result = [paper(answers, language, with_result=True) for answers in many_workers()[:8]]
    for printed in (*longest, *with_result):
        made = pages(printed)
        assert len(made) <= 2
        assert all(size(page) == pytest.approx(A4, abs=1) for page in made)


def test_far_too_long_a_text_flows_on_and_is_not_cut_off() -> None:
    assert len(pages(a_handout(1))) <= 2
    assert len(pages(a_handout(8))) > 2


async def test_signs_of_markup_are_only_signs(typesetter: Typesetter) -> None:
    assert size(await typesetter.picture(a_card(a_gauge(HOSTILE, 50))))[0] == 1080
    assert (await typesetter.pdf(a_handout(1, "en"))).startswith(b"%PDF-")


async def test_the_places_at_both_ends_and_silence_can_be_drawn(typesetter: Typesetter) -> None:
    silent = await typesetter.picture(a_card(Gauge("①", None, "说明"), Gauge("②", None, "说明")))
    ends = await typesetter.picture(a_card(a_gauge("①", 1), a_gauge("②", 100)))
    middle = await typesetter.picture(a_card(a_gauge("①", 50), a_gauge("②", 50)))
    assert size(silent)[1] < size(ends)[1]
    assert ends != middle


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
        for one in (of(answers, language), paper(answers, language, with_result=True))
    ]
    for script in in_all_scripts("".join(strings(printed))):
        assert set(script) - {"\n"} <= signs(weight)
