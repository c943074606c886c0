"""The reviewer's page is made from the data, by `make regenerate`."""

from pathlib import Path

from bot.check.handbook import knowledge_page
from tests.checkout import KNOWLEDGE

PAGE = Path(__file__).parents[1] / "docs/reference/knowledge.md"


def made() -> str:
    return knowledge_page(KNOWLEDGE, max(piece.checked_on for piece in KNOWLEDGE.advice))


def record() -> None:
    """Write the page."""
    PAGE.write_text(made(), encoding="utf-8")


def test_the_page_is_that_of_the_data() -> None:
    assert PAGE.read_text(encoding="utf-8") == made(), "run `make regenerate` and commit the page"


def test_a_reviewer_finds_every_piece_with_its_sources() -> None:
    page = made()
    for piece in KNOWLEDGE.advice:
        assert f"`{piece.id}` · priority" in page
        for citation in piece.sources:
            assert KNOWLEDGE.cited(citation, "zh") in page
