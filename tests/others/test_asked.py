"""The ways in which a simulated writer asks, kept out of knowledge/asked/, with the piece that was meant."""

from pathlib import Path

from bot.render.asides import spoken
from models.training.words import read_words
from tests.asked import share
from tests.talks import TODAY, presenter

ASKS: dict[str, list[str]] = read_words(Path(__file__).parent / "asked" / "26.yaml")["asks"]


def test_a_left_out_writer_gets_the_piece_that_was_meant_as_often_as_was_measured() -> None:
    """Without the other writers' ways it was 0.34 at once and 0.54 among three."""
    at_once, among_three = [], []
    for id, asks in ASKS.items():
        for ask in asks:
            found = presenter().asker(spoken(ask), TODAY).answer(ask)
            at_once.append(found.best == id)
            among_three.append(id in (found.best, *found.near, *found.perhaps))
    print(f"{len(at_once)} asked: {share(at_once):.3f} at once, {share(among_three):.3f} among three")
    assert len(at_once) > 700
    assert share(at_once) >= 0.68  # the goal is 0.90; before 211 to 217 it was 0.62
    assert share(among_three) >= 0.87  # the goal is 0.95; before 0.78
