"""The picture and the printout, through the chat and over HTTP."""

from pathlib import Path

import pytest

from bot.demo.double.server import Simulator
from bot.demo.double.worker import Worker
from bot.render.printout import Checklist, ResultCard
from tests.talks import TOKEN, answer_all, running_bot, tap
from tests.test_rights import data_of, said, state


@pytest.mark.parametrize("pages", ["phone", "a4"])
def test_the_printout_has_neither_result_nor_answers_unless_the_worker_adds_them(pages: str) -> None:
    where = "go:printout" if pages == "phone" else "go:printout_a4"
    talk, (plain,) = said(state("result"), where)
    assert isinstance(plain.attachment, Checklist)
    assert plain.attachment.pages == pages
    assert plain.attachment.handout.result == ()
    assert "上海" not in repr(plain.attachment)
    _, (full,) = said(talk, f"{where}_result")
    assert isinstance(full.attachment, Checklist)
    assert full.attachment.pages == pages
    assert full.attachment.handout.result


def test_either_printout_leads_to_the_other_with_or_without_the_result() -> None:
    for where in ("printout", "printout_result", "printout_a4", "printout_a4_result"):
        _, (message,) = said(state("result"), f"go:{where}")
        other = where.replace("_a4", "") if "_a4" in where else where.replace("printout", "printout_a4")
        assert f"go:{other}" in data_of(message)


def test_the_picture_says_in_its_caption_what_it_shows() -> None:
    _, (shown,) = said(state("result"), "go:picture")
    assert isinstance(shown.attachment, ResultCard)
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
        await worker.expects(lambda screen: "办事清单（手机看）.pdf" in str(screen.last))
        await worker.says("/mydata")
        await tap(worker, "go:data_file")
        await worker.expects(lambda screen: "my-data.json" in str(screen.last))
        assert simulator.counts["sendphoto"] == 1
        assert simulator.counts["senddocument"] == 2
