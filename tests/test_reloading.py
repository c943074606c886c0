"""A changed folder of knowledge is served without a restart: as a whole, or not at all."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app.process import settling
from bot.app.reloading import Reloading, Served
from bot.loading.knowledge import artifacts_of, load_knowledge, version_of
from bot.render import Presenter

ROOT = Path(__file__).parents[1]
CARD = "knowledge/templates/zh/advice/emergency_fund.j2"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge")
    return tmp_path


def reloading(root: Path) -> Reloading:
    def read() -> Presenter:
        return Presenter(load_knowledge(root))

    return Reloading(Served(read()), lambda: version_of(root, artifacts_of(root)), read)


def change(path: Path, edit: Callable[[str], str]) -> None:
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")


def looks(each: Reloading, times: int) -> list[str]:
    async def run() -> list[str]:
        return [await each.look() for _ in range(times)]

    return asyncio.run(run())


def test_a_change_is_served_once_the_folder_has_come_to_rest(root: Path) -> None:
    each = reloading(root)
    before = each.served.presenter.knowledge.version
    assert looks(each, 1) == ["same"]
    change(root / CARD, lambda text: text.replace("先攒一笔应急钱", "先存一笔急用钱"))
    assert looks(each, 1) == ["changing"]
    assert each.served.presenter.knowledge.version == before
    assert looks(each, 2) == ["taken", "same"]
    served = each.served.presenter.knowledge
    assert "先存一笔急用钱" in served.wording.templates["zh"]["advice/emergency_fund.j2"]


def test_what_can_t_be_read_is_not_served_at_all_and_what_mends_it_is(root: Path) -> None:
    each = reloading(root)
    before = each.served.now
    figures = root / "knowledge/parameters.yaml"
    good = figures.read_text(encoding="utf-8")
    change(root / CARD, lambda text: text.replace("先攒一笔应急钱", "先存一笔急用钱"))
    change(figures, lambda text: text.replace("unit: ratio", "unit: weather", 1))
    assert looks(each, 3) == ["changing", "refused", "refused"]
    assert each.served.now is before, "nothing of the change is served, the good card neither"
    figures.write_text(good, encoding="utf-8")
    assert looks(each, 2) == ["changing", "taken"]


def test_a_turn_takes_both_parts_of_what_is_served_at_once(root: Path) -> None:
    each = reloading(root)
    settle = settling(each.served)
    flow, presenter = each.served.now
    each.served.take(Presenter(load_knowledge(root)))
    assert each.served.now[0] is not flow
    assert each.served.now[1] is not presenter
    assert settle([], {}, frozenset(), 1) is not None


def test_it_is_taken_over_while_turns_are_settled(root: Path) -> None:
    each = reloading(root)
    settle, settled = settling(each.served), 0

    async def run() -> None:
        nonlocal settled
        change(root / CARD, lambda text: text + " ")
        looking = asyncio.create_task(_until_taken(each))
        while not looking.done():
            settle([], {}, frozenset(), 1)
            settled += 1
            await asyncio.sleep(0)

    asyncio.run(run())
    assert settled > 1
    assert each.served.presenter.knowledge.version == version_of(root, artifacts_of(root))


async def _until_taken(each: Reloading) -> None:
    while await each.look() != "taken":
        pass
