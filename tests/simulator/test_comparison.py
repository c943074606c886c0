"""The double against the library's own types and the limits that it publishes: docs/reference/double.md."""

import asyncio

import pytest

from tests.simulator.comparison import (
    METHOD_NAMES,
    OLD,
    PAGE,
    Compared,
    compare,
    page,
    unknown_fields,
)
from tests.simulator.published import published_limits


@pytest.fixture(scope="module")
def compared() -> list[Compared]:
    return asyncio.run(compare())


def test_every_method_of_the_double_is_called_and_answered(compared: list[Compared]) -> None:
    assert sorted(one.method for one in compared) == sorted(METHOD_NAMES)


def test_the_double_reads_no_parameter_that_the_library_can_not_send(compared: list[Compared]) -> None:
    assert {one.method: strange for one in compared if (strange := one.read - one.known - OLD)} == {}


def test_every_answer_is_parsed_down_to_the_last_field(compared: list[Compared]) -> None:
    assert {one.method: strange for one in compared if (strange := unknown_fields(one.answer))} == {}
    assert not any(one.answer is None for one in compared)


@pytest.mark.parametrize(("name", "said", "kept"), published_limits(), ids=lambda v: str(v)[:40])
def test_the_double_keeps_the_published_limit(name: str, said: object, kept: object) -> None:
    assert kept == said, name


def test_the_paper_tells_what_was_found(compared: list[Compared]) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(compared)
