"""What is tried each time and at full length is in one list, whose lines are all used; the page shows it."""

import re

import pytest

from tests.lengths import LENGTHS, PAGE, ROOT, page

USED = re.compile(r"""tries\("(\w+)"\)""")


def test_the_page_is_that_of_the_list() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.regenerate lengths"


def test_every_line_is_used_and_every_use_has_a_line() -> None:
    paths = [*(ROOT / "tests").rglob("test_*.py"), ROOT / "tests/conftest.py"]
    used = {name for path in paths for name in USED.findall(path.read_text(encoding="utf-8"))}
    assert used == set(LENGTHS)


@pytest.mark.parametrize("name", LENGTHS)
def test_full_length_is_more_than_each_time_and_each_time_is_something(name: str) -> None:
    assert 0 < LENGTHS[name].each_time < LENGTHS[name].full
