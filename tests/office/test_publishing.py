"""Tables that may be published: noise on every number, and a budget that can't be overspent."""

import asyncio
import csv
import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import numpy as np
import pytest

from bot.__main__ import main
from bot.content.questionnaire import LANGUAGES
from bot.privacy.private_files import write
from bot.research.publishing import BUDGET, BudgetSpent, Release, ledger_of, publish, spent
from bot.research.report.labels import Labels
from bot.research.tally import Tally
from tests.office.rooms import ANSWERS, KNOWLEDGE, talk
from tests.office.test_report import written
from tests.office.towns import DAY, counted

PATIENCE = 2.0  # seconds for which a release waits for the other, in vain when they take turns
LABELS = [Labels(language, KNOWLEDGE.questionnaire) for language in LANGUAGES]


@pytest.fixture(scope="module")
def everyone() -> Tally:
    """Two hundred who answer alike, but for one."""
    return counted([talk()] * 199 + [talk({**ANSWERS, "income": ("above_20000",)})])


def numbers(folder: Path) -> dict[tuple[str, str], int]:
    with (folder / "tables.csv").open(encoding="utf-8-sig", newline="") as file:
        return {(row["feature"], row["code"]): int(row["people"]) for row in csv.DictReader(file)}


def test_each_release_is_other_noise_around_the_same_truth(everyone: Tally, tmp_path: Path) -> None:
    releases = []
    for turn in range(40):
        publish(everyone, 1.0, tmp_path, tmp_path / f"{turn}.csv", DAY, LABELS)
        releases.append(numbers(tmp_path))
    assert len({tuple(release.values()) for release in releases}) == 40
    assert all(number >= 0 for release in releases for number in release.values())
    scale = len(everyone.codes) - 1
    told = np.array([release["income", "3"] for release in releases])
    assert abs(told.mean() - 199) < 6 * scale * np.sqrt(2 / 40), "six standard errors"
    assert told.std() > scale / 3, "noise that hides one person among 200"


def test_every_code_is_told_also_those_that_nobody_gave(everyone: Tally, tmp_path: Path) -> None:
    publish(everyone, 1.0, tmp_path, tmp_path / "ledger.csv", DAY, LABELS)
    told = numbers(tmp_path)
    assert {code for feature, code in told if feature == "income"} == {*"123456", ""}
    assert {feature for feature, _ in told} == set(everyone.codes) - {"gap"}


def test_the_budget_is_written_down_and_never_overspent(everyone: Tally, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.csv"
    publish(everyone, 1.0, tmp_path / "one", ledger, DAY, LABELS)
    made = publish(everyone, 2.0, tmp_path / "two", ledger, DAY, LABELS)
    assert (made.spent, spent(ledger)) == (BUDGET, BUDGET)
    before = ledger.read_bytes()
    for epsilon in (0.001, 0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(BudgetSpent):
            publish(everyone, epsilon, tmp_path / "three", ledger, DAY, LABELS)
    assert ledger.read_bytes() == before
    assert not (tmp_path / "three").exists()
    with ledger.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["epsilon"] for row in rows] == ["1", "2"]
    assert "OpenDP" in rows[0]["mechanism"]


def test_the_budget_is_spent_before_a_number_is_made(
    everyone: Tally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(path: Path, content: str) -> None:
        if path.name == "tables.csv":
            raise OSError("the disk is full")
        write(path, content)

    monkeypatch.setattr("bot.research.publishing.write", dies)
    with pytest.raises(OSError, match="full"):
        publish(everyone, 1.0, tmp_path, tmp_path / "ledger.csv", DAY, LABELS)
    assert spent(tmp_path / "ledger.csv") == 1.0


def test_a_ledger_is_replaced_as_a_whole_or_stays_as_it_was(
    everyone: Tally, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(_descriptor: int) -> None:
        raise OSError("the power is gone")

    ledger = tmp_path / "ledger.csv"
    publish(everyone, 1.0, tmp_path / "one", ledger, DAY, LABELS)
    before = ledger.read_bytes()
    monkeypatch.setattr("os.fsync", dies)
    with pytest.raises(OSError, match="power"):
        publish(everyone, 1.0, tmp_path / "two", ledger, DAY, LABELS)
    monkeypatch.undo()
    assert ledger.read_bytes() == before
    assert not (tmp_path / "two").exists()
    assert publish(everyone, 1.0, tmp_path / "two", ledger, DAY, LABELS).spent == 2.0


def release_with_another(both_here: Barrier, folder: Path) -> None:
    """Publish, and wait with the budget read until the other one has read it too, or doesn't come."""

    def meeting(_release: Release) -> Callable[[list[int]], list[int]]:
        with suppress(BrokenBarrierError):
            both_here.wait(PATIENCE)
        return lambda counts: counts

    everyone = counted([talk()] * 20)
    patch = pytest.MonkeyPatch()
    patch.setattr("bot.research.publishing._noise", meeting)
    both_here.wait()
    with suppress(BudgetSpent):
        publish(everyone, 2.0, folder, folder.parent / "ledger.csv", DAY, LABELS)


def test_two_releases_at_once_do_not_both_pass_the_budget(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("spawn")
    both_here = processes.Barrier(2)
    folders = [tmp_path / "one", tmp_path / "two"]
    releases = [
        processes.Process(target=release_with_another, args=(both_here, folder)) for folder in folders
    ]
    for release in releases:
        release.start()
    for release in releases:
        release.join()
    assert [release.exitcode for release in releases] == [0, 0]
    assert spent(tmp_path / "ledger.csv") == 2.0
    assert sum((folder / "tables.csv").exists() for folder in folders) == 1


def test_the_noise_is_as_strong_as_the_library_asks_for_all_tables_together() -> None:
    dp = pytest.importorskip("opendp.prelude")
    release = Release(0.5, 0.5, 17, 17 / 0.5)
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64")
    assert dp.m.make_laplace(*space, scale=release.scale).map(17) == pytest.approx(0.5)
    assert release.within == 102


async def test_the_command_says_what_was_spent_and_how_exact_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = await written(tmp_path)
    line = ["publish", "--database", str(database), "--out", str(tmp_path / "out")]
    line += ["--ledger", str(tmp_path / "ledger.csv"), "--epsilon", "2"]
    assert await asyncio.to_thread(main, line) == 0
    assert "2 of 3 spent" in capsys.readouterr().out
    assert await asyncio.to_thread(main, line) == 65
    assert "spent already" in capsys.readouterr().err


async def test_a_town_s_releases_spend_its_own_budget_which_lies_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "town").mkdir()
    database = await written(tmp_path / "town")
    line = ["publish", "--database", str(database), "--out", str(tmp_path / "out")]
    assert await asyncio.to_thread(main, line) == 0
    ledger = database.with_suffix(".privacy-budget.csv")
    assert spent(ledger) == 1.0
    assert str(ledger) in capsys.readouterr().out
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("url", "ledger"),
    [
        ("sqlite:///var/bot.sqlite", "var/privacy-budget.csv"),
        ("sqlite:////srv/data/bot.sqlite", "/srv/data/privacy-budget.csv"),
        ("postgresql+asyncpg://bot@db/bot", "var/privacy-budget.csv"),
    ],
)
def test_the_budget_of_the_bot_s_own_database_lies_beside_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, ledger: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert ledger_of(url) == Path(ledger)


def test_a_budget_that_was_kept_elsewhere_before_is_never_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("var/privacy-budget.csv"), "day,epsilon\r\n2026-01-01,2\r\n")
    url = f"sqlite:///{tmp_path / 'data/bot.sqlite'}"
    with pytest.raises(BudgetSpent, match="--ledger"):
        ledger_of(url)
    write(tmp_path / "data/privacy-budget.csv", "day,epsilon\r\n2026-01-01,2\r\n")
    assert ledger_of(url) == tmp_path / "data/privacy-budget.csv"
