"""The evening's shape, without the evening: who comes when."""

import pytest

from tests.load.rush import arrivals


def test_everyone_comes_in_order_and_within_the_evening() -> None:
    times = list(arrivals(1000, 3600))
    assert len(times) == 1000
    assert times == sorted(times)
    assert 0 < times[0] < times[-1] < 3600


def test_half_have_come_by_the_middle_and_most_come_around_it() -> None:
    times = list(arrivals(10_000, 3600))
    assert sum(time < 1800 for time in times) == 5000
    in_the_middle_minute = sum(1770 <= time < 1830 for time in times)
    assert in_the_middle_minute == pytest.approx(2 * 10_000 / 60, rel=0.01)
