"""Small cells: hidden, and not to be worked out from what is published."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.research.disclosure import LEAST, Cells, hidden, hidden_table, told

counts = st.lists(st.integers(0, 60), min_size=2, max_size=8)
tables = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.integers(0, 40), min_size=width, max_size=width), min_size=1, max_size=6
    )
)


def worked_out(equations: list[list[int]], cells: int) -> set[int]:
    """The cells that follow from published sums: those whose own line is a mixture of the equations."""
    matrix = np.array(equations or [[0] * cells], dtype=float)
    rank = np.linalg.matrix_rank(matrix)
    return {
        cell
        for cell in range(cells)
        if np.linalg.matrix_rank(np.vstack([matrix, np.eye(cells)[cell]])) == rank
    }


@given(counts)
def test_no_small_cell_follows_from_the_others_and_the_total(numbers: list[int]) -> None:
    few, size = hidden(numbers), len(numbers)
    assert {place for place, number in enumerate(numbers) if number < LEAST} <= few
    if few and len(few) < size:
        assert sum(numbers[place] for place in few) >= LEAST
        shown = [np.eye(size, dtype=int)[place].tolist() for place in range(size) if place not in few]
        assert not worked_out([*shown, [1] * size], size) & few


@given(counts)
def test_nothing_is_hidden_where_nobody_is_few(numbers: list[int]) -> None:
    assert hidden([number + LEAST for number in numbers]) == frozenset()


@given(tables)
def test_no_hidden_cell_of_a_table_stands_alone_in_its_row_or_column(table: list[list[int]]) -> None:
    few = hidden_table(table)
    lines = [[(r, c) for c in range(len(table[0]))] for r in range(len(table))]
    lines += [[(r, c) for r in range(len(table))] for c in range(len(table[0]))]
    assert {(r, c) for r, row in enumerate(table) for c, n in enumerate(row) if n < LEAST} <= few
    for line in lines:
        inside = [cell for cell in line if cell in few]
        if inside and len(inside) < len(line):
            assert len(inside) > 1
            assert sum(table[r][c] for r, c in inside) >= LEAST


@given(counts, st.lists(st.sets(st.integers(0, 7)), max_size=6))
def test_sums_that_are_admitted_never_let_a_small_cell_be_worked_out(
    numbers: list[int], asked: list[set[int]]
) -> None:
    size = len(numbers)
    cells = Cells(dict(enumerate(numbers)))
    if len(cells.hidden) == size and sum(numbers) < LEAST:
        return  # a group that is small as a whole is published nowhere
    told_ = [[1] * size]
    told_ += [np.eye(size, dtype=int)[place].tolist() for place in range(size) if place not in cells.hidden]
    for levels in asked:
        if cells.admits(levels):
            told_.append([int(place in levels) for place in range(size)])
    known = worked_out(told_, size)
    assert not {place for place in known if numbers[place] < LEAST}


@pytest.mark.parametrize(
    ("n", "hits", "may"), [(100, 50, True), (100, 9, False), (100, 91, False), (20, 10, True)]
)
def test_a_share_is_told_only_if_neither_side_is_few(n: int, hits: int, may: bool) -> None:
    assert told(n, hits) is may
