"""A few stops under load, on either database."""

from pathlib import Path

import pytest

from tests.lengths import tries
from tests.world.stops import stopped


@pytest.mark.slow
async def test_a_stop_drains_gives_the_lease_back_and_sends_nothing_twice(
    tmp_path: Path, kind_and_server: tuple[str, str]
) -> None:
    kind, server = kind_and_server
    times = tries("stops")
    assert f"{times} stops" in await stopped(tmp_path, kind, times, seed=1, server=server)
