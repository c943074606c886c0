"""The picture and the printout, through the chat and over HTTP."""

from pathlib import Path

from bot.demo.double.server import Simulator
from bot.demo.double.worker import Worker
from bot.render.printout import Handout, ResultPicture
from tests.talks import TOKEN, answer_all, running_bot, tap
from tests.test_rights import said, state


def test_the_printout_has_neither_result_nor_answers_unless_the_worker_adds_them() -> None:
    talk, (plain,) = said(state("result"), "go:printout")
    assert isinstance(plain.attachment, Handout)
    assert plain.attachment.result == ()
    assert "上海" not in repr(plain.attachment)
    _, (full,) = said(talk, "go:printout_result")
    assert isinstance(full.attachment, Handout)
    assert full.attachment.result


def test_the_picture_says_in_its_caption_what_it_shows() -> None:
    _, (shown,) = said(state("result"), "go:picture")
    assert isinstance(shown.attachment, ResultPicture)
    assert shown.text == shown.attachment.alt
    assert len(shown.text) <= 1024


def test_before_the_end_the_open_question_is_shown_instead() -> None:
    for data in ("go:picture", "go:printout"):
        talk, (asked,) = said(state("survey"), data)
        assert talk == state("survey")
        assert "还没答完" in asked.text


def test_who_wants_no_score_gets_no_picture_of_one() -> None:
    _, (shown,) = said(state("unscored"), "go:picture")
    assert shown.attachment is None


async def received(worker: Worker, data: str) -> str:
    before = len(worker.screen.from_bot)
    await tap(worker, data)
    screen = await worker.expects(lambda screen: len(screen.from_bot) > before)
    return str(screen.last)


async def test_picture_printout_and_data_arrive(tmp_path: Path) -> None:
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        worker = simulator.worker()
        await answer_all(worker)
        await tap(worker, "go:picture")
        await worker.expects(lambda screen: "photo" in str(screen.last).lower())
        await tap(worker, "go:printout")
        await worker.expects(lambda screen: "what-to-do.pdf" in str(screen.last))
        await worker.says("/mydata")
        await tap(worker, "go:data_file")
        await worker.expects(lambda screen: "my-data.json" in str(screen.last))
        assert simulator.counts["sendphoto"] == 1
        assert simulator.counts["senddocument"] == 2
