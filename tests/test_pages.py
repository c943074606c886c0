"""A card in pages: each is read in one go, none hides a warning, and each says when it was checked."""

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.check.contexts import Rendered, renderings
from bot.check.references import values_of
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import MOST, length
from bot.demo.double.entities import read_html, units
from bot.guidance import card as whole
from bot.guidance import pages, parts
from bot.render import Message
from bot.render.script import traditional
from bot.render.simple import simple
from tests.advised import ON, RIDER
from tests.checkout import KNOWLEDGE


@cache
def every_card(language: Language) -> list[Rendered]:
    """All cards in force, as they read in every context; once where many read alike."""
    values = values_of(KNOWLEDGE)
    given = [piece for piece in KNOWLEDGE.advice if piece.in_force(ON)]
    cards = (card for piece in given for card in renderings(KNOWLEDGE, piece, language, ON, values))
    return list({(card.piece.id, card.text): card for card in cards}.values())


def read(html: str) -> int:
    """Count the characters that are read, as Telegram counts them."""
    return units(read_html(html).text)


def foot(card: str) -> str:
    return card[card.rindex("\n\n<i>") :].partition("\n<blockquote")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_read_in_one_go_in_every_script_and_look(language: Language) -> None:
    for card in every_card(language):
        for page in map(Message, pages(card.text)):
            shown = [page, traditional(page)] if language == "zh" else [page]
            assert all(read(look.text) <= MOST for each in shown for look in (each, simple(each)))


@pytest.mark.parametrize(("language", "most"), [("zh", 1), ("en", 2)])
def test_most_cards_take_one_page_in_chinese_and_two_in_english(language: Language, most: int) -> None:
    longest: dict[str, int] = {}
    for card in every_card(language):
        longest[card.piece.id] = max(longest.get(card.piece.id, 0), len(pages(card.text)))
    assert max(longest.values()) <= most + 1
    least = 0.8 if language == "zh" else 0.67
    assert sum(count <= most for count in longest.values()) >= least * len(longest)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_say_all_that_the_card_says_in_its_order(language: Language) -> None:
    for card in every_card(language):
        leaves, ending = pages(card.text), foot(card.text)
        title = card.text.partition("\n")[0]
        told = [line for page in leaves for line in page.replace(ending, "").split("\n") if line]
        said = [line for line in card.text.replace(ending, "").split("\n") if line]
        assert [line for line in told if line != title] == [line for line in said if line != title]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_names_its_card_its_day_and_whom_to_ask_and_the_last_its_sources(
    language: Language,
) -> None:
    for card in every_card(language):
        *others, last = pages(card.text)
        for page in (*others, last):
            assert page.startswith(card.text.partition("\n")[0] + "\n")
            assert foot(card.text) in page
        assert last.endswith(card.text[card.text.rindex("\n<blockquote") :])
        assert not any("<blockquote" in page for page in others)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_step_is_on_the_first_page(language: Language) -> None:
    for card in every_card(language):
        before, step, _ = card.text.partition("①")
        assert step
        assert pages(card.text)[0].startswith(before + step)


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_is_about_to_borrow_reads_cost_and_warnings_first_and_all_others_the_steps(
    language: Language,
) -> None:
    for piece in KNOWLEDGE.advice:
        told, _ = parts(KNOWLEDGE, piece.id, RIDER, language, ON)
        before = whole(KNOWLEDGE, piece.id, RIDER, language, ON).partition("①")[0]
        borrowing = "frames/borrowing.j2" in KNOWLEDGE.wording.templates[language][piece.template]
        assert (told["beware"] in before) is borrowing
        assert not borrowing or told["cost"] in before


@given(st.lists(st.sampled_from(["<b>Heading</b>", "", "a line", "words. " * 30, "字。" * 120]), max_size=40))
def test_any_lines_are_shared_out_and_a_heading_is_never_the_last_of_a_page(lines: list[str]) -> None:
    body = "\n".join(lines).strip("\n")
    card = f"<b>Title</b>\n{body}\n\n<i>Checked.</i>\n<blockquote expandable>Law.</blockquote>"
    leaves = pages(card)
    assert all(length(page) <= MOST for page in leaves)
    ends = body.endswith("<b>Heading</b>")
    for page in leaves if not ends else leaves[:-1]:
        assert not page.partition("\n\n<i>")[0].rstrip("\n").endswith("<b>Heading</b>")


def test_a_card_that_is_short_enough_is_one_page_as_it_is() -> None:
    card = "<b>Title</b>\nShort.\n\n<i>Checked.</i>\n<blockquote expandable>Law.</blockquote>"
    assert pages(card) == (card,)
