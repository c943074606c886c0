"""A model that waits scores beside the one that serves: nobody sees it, and only sums are kept."""

from dataclasses import replace
from functools import cache

from bot.dialogue.conversation import Conversation, Tap
from bot.dialogue.counting import SHADOW
from bot.render import Presenter
from bot.turns.contract import Inbound
from bot.turns.turn import BatchResult
from models.serving import artifact, risk
from models.training.train import ARTIFACTS
from tests.chats import at
from tests.talks import CONSENT, SHORT_PATH, presenter, turned
from tests.test_rights import said

NAME = "financing_constraint"
WAITS = risk.artifact(NAME)


@cache
def beside() -> Presenter:
    """The bot with a model that waits: the one that serves, with its score turned round."""
    text = (ARTIFACTS / f"{NAME}.json").read_text(encoding="utf-8")
    content = artifact.verify(text, name=NAME)
    content.pop("sha256")
    content["terms"] = [{**term, "slope": -term["slope"]} for term in content["terms"]]
    waits = risk.load(artifact.seal(content), name=NAME)
    return Presenter(replace(presenter().knowledge, challengers={NAME: waits}))


def result(voice: Presenter, talk: Conversation | None) -> BatchResult:
    assert talk is not None
    return turned([Inbound(1, at(7), Tap("go:result"))], {at(7): talk}, voice=voice)


def finished(*more: str) -> Conversation | None:
    return said(None, "/start", *CONSENT, *SHORT_PATH, *more)[0]


def counted(batch: BatchResult) -> dict[str, int]:
    return {which: n for (what, which), n in batch.events.counts.items() if what == SHADOW}


def test_a_result_is_counted_by_the_band_of_either_model_and_by_nothing_else() -> None:
    waits = beside().knowledge.challengers[NAME]
    (which,) = counted(result(beside(), finished()))
    version, _, bands = which.partition(":")
    assert version == waits.version
    assert set(bands.split(">")) <= {"low", "middle", "high"}


def test_nobody_is_shown_what_the_model_that_waits_says() -> None:
    with_it, without = (result(voice, finished()) for voice in (beside(), presenter()))
    assert with_it.outgoing == without.outgoing
    assert with_it.conversations == without.conversations


def test_nothing_is_counted_where_no_model_waits() -> None:
    assert not counted(result(presenter(), finished()))


def test_who_objects_to_the_score_is_not_scored_by_the_one_that_waits_either() -> None:
    assert not counted(result(beside(), finished("go:unscored")))
