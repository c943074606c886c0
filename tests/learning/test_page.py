"""The page counts the promises and names the broken ones, and a long run goes on where it was stopped."""

from collections import Counter
from pathlib import Path

import pytest

from models.training.gate import Answer
from tests.learning import tries
from tests.learning.__main__ import page
from tests.learning.matrix import CELLS, SIZES, Cell, Result, gathered

NO = {"number": Answer("number", False, {"rows": 3_100, "least": 3_500})}
DEAR = "15 % praise dear premiums"


def matrix(count: int, believed: str = "") -> list[Result]:
    """Every cell at every size, tried so often: worlds that differ are followed, and one cell is believed."""

    def result(cell: Cell, size: int) -> Result:
        yes = count if cell.follow or cell.name == believed else 0
        return Result(cell, size, count, yes, Counter({"number": count - yes}), yes * [0.01], NO)

    return [result(cell, size) for size in SIZES for cell in CELLS]


@pytest.mark.parametrize(("count", "said"), [
    (60, "In 54 of the 54 cells with a promise it was kept, which is 95% sure.\nIt was broken nowhere."),
    (12, "In 37 of the 54 cells with a promise it was kept, which is 95% sure.\n"
         "In 17 it was kept too, in too few tries to be sure.\nIt was broken nowhere."),
])  # fmt: skip
def test_the_page_counts_the_promises_that_were_kept(count: int, said: str) -> None:
    assert said in page(matrix(count))


def test_the_page_names_a_broken_promise_and_reads_each_reason_aloud() -> None:
    made = page(matrix(60, believed=DEAR))
    assert f"Broken: {DEAR} (5,000): believed in 100 % of the tries, promised 5%." in made
    assert "| 5 % answer the contrary | 60 | `number` | There are 3,100 complete answers." in made


def test_a_run_goes_on_with_the_tries_that_were_made(tmp_path: Path) -> None:
    kept = tries.Kept(1, tmp_path)
    kept.keep(0, matrix(1))
    kept.keep(3, matrix(1, believed=DEAR))
    again = tries.Kept(1, tmp_path)
    assert again.made == {0, 3}
    (dear,) = (one for one in gathered(again.results()) if (one.cell.name, one.size) == (DEAR, 5_000))
    assert (dear.tries, dear.yes, dear.why, dear.gains, dear.said) == (2, 1, {"number": 1}, [0.01], NO)


def test_tries_by_other_sources_or_of_another_seed_are_not_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries.Kept(1, tmp_path).keep(0, matrix(1))
    assert not tries.Kept(2, tmp_path).made
    monkeypatch.setattr(tries, "SOURCES", ("tests/learning/test_page.py",))
    assert not tries.Kept(1, tmp_path).made
