"""A swindler's pasted words are judged at once; a victim's words remain an emergency."""

from pathlib import Path

import pytest

from models.training.words import read_words
from tests.test_rights import said, state

WRITERS = sorted((Path(__file__).parent / "others" / "writers").glob("*.yaml"))


@pytest.mark.parametrize("writer", WRITERS, ids=lambda path: path.stem)
def test_no_victim_is_answered_as_if_they_had_pasted_a_swindlers_words(writer: Path) -> None:
    rows = read_words(writer)
    texts = [text for kind, texts in rows.items() if "swindle" in kind for text in texts]
    assert texts or not rows.keys() - {"writer", "brief", "ordinary"}  # who wrote everyday words alone
    for text in texts:
        _, replies = said(state("result"), text)
        assert "很像骗局" not in replies[0].text, text


def test_a_pasted_swindle_is_judged_at_once() -> None:
    _, replies = said(state("result"), "京东客服：您开通了金条会员，不取消每月扣800，请加微信办理")
    assert "很像骗局" in replies[0].text
