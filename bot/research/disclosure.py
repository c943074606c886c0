"""Suppresses cells of fewer than ten people, and any cell from which one could be derived."""

from collections.abc import Collection, Mapping, Sequence

LEAST = 10


def told(n: int, hits: int, least: int = LEAST) -> bool:
    """Whether "hits of n" may be published: neither those who are counted nor the others are few."""
    return hits >= least and n - hits >= least


def hidden(counts: Sequence[int], least: int = LEAST) -> frozenset[int]:
    """The places that may not be published beside their total.

    A single hidden cell would be the total without the rest, so the next smallest is hidden with it, and on,
    until at least two are hidden that together hold `least` people or more.
    """
    order = sorted(range(len(counts)), key=lambda place: counts[place])
    few = {place for place in order if counts[place] < least}
    if not few:
        return frozenset()
    for place in order:
        if len(few) > 1 and sum(counts[i] for i in few) >= least:
            break
        few.add(place)
    return frozenset(few)


def hidden_table(table: Sequence[Sequence[int]], least: int = LEAST) -> frozenset[tuple[int, int]]:
    """The cells of a table that may not be published beside the totals of its rows and columns."""
    rows, columns = range(len(table)), range(len(table[0]) if table else 0)
    few = {(row, column) for row in rows for column in columns if table[row][column] < least}
    lines = [[(row, column) for column in columns] for row in rows]
    lines += [[(row, column) for row in rows] for column in columns]
    while True:
        before = len(few)
        for line in lines:
            inside = [cell for cell in line if cell in few]
            if inside and (len(inside) < 2 or sum(table[r][c] for r, c in inside) < least):
                rest = [cell for cell in line if cell not in few]
                if rest:
                    few.add(min(rest, key=lambda cell: table[cell[0]][cell[1]]))
        if len(few) == before:
            return frozenset(few)


class Cells:
    """The levels of one feature, published as a distribution and in sums; all sums together must hide the
    few.

    What is hidden is kept as parts that the told sums set apart: each part stays at `least` people.
    """

    def __init__(self, counts: Mapping[int, int], least: int = LEAST) -> None:
        self._counts, self._least = counts, least
        codes = list(counts)
        self.hidden = frozenset(codes[place] for place in hidden(list(counts.values()), least))
        self._parts: list[frozenset[int]] = [self.hidden] if self.hidden else []

    def admits(self, levels: Collection[int]) -> bool:
        """Whether the sum over some levels may be published as well; if so it counts as published from now
        on.
        """
        parts = [part for old in self._parts for part in (old & set(levels), old - set(levels)) if part]
        if any(sum(self._counts[code] for code in part) < self._least for part in parts):
            return False
        self._parts = parts
        return True
