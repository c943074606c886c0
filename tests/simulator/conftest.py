"""A double to which a worker has spoken, so that the bot may answer."""

import pytest

from tests.simulator.double import Double


@pytest.fixture
async def double() -> Double:
    double = Double()
    await double.worker.says("/start")
    return double
