"""The comparison at the end of a run with faults finds each kind of difference, and counts it once."""

import pytest

from tests.faults.crowd import Findings

DUE = [f"question {number}" for number in range(40)]


@pytest.mark.parametrize(
    ("got", "omitted", "disorder", "repeats"),
    [
        (DUE, 0, 0, 0),
        ([*DUE[:10], *DUE[11:]], 1, 0, 0),
        ([*DUE[:10], *DUE[13:]], 3, 0, 0),
        (DUE[:30], 10, 0, 0),
        ([*DUE[:10], DUE[9], *DUE[10:]], 0, 0, 1),
        ([*DUE[:10], "another", *DUE[10:]], 0, 1, 0),
        ([*DUE[:10], DUE[11], DUE[10], *DUE[12:]], 1, 1, 0),
        ([*DUE[:10], DUE[2], *DUE[10:]], 0, 1, 0),
    ],
    ids=["all", "one missing", "three missing", "cut off", "twice", "another", "swapped", "an old one again"],
)
def test_a_difference_counts_once_and_not_for_all_that_comes_after_it(
    got: list[str], omitted: int, disorder: int, repeats: int
) -> None:
    found = Findings(updates=0, lost=0, wrong=0, waiting=0)
    found.look_at(got, DUE)
    assert (found.omitted, found.disorder, found.repeats) == (omitted, disorder, repeats)
