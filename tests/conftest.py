"""What holds for every test, and the PostgreSQL server that some of them need."""

import os
from collections.abc import AsyncIterator
from itertools import chain, zip_longest
from pathlib import Path

# Before anything loads numpy, in this process and in those that it starts: as many processes as cores, each
# with as many threads, spend most of their time waiting for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

from bot.storage.database import Database
from bot.storage.engine import migrate, open_database
from tests import postgres as own
from tests.faults.service import fresh_postgres
from tests.lengths import tries
from tests.talks import KEYRING

WAITING = ("world", "faults", "deploy")  # folders of tests in which real processes wait, the longest first

# No test is timed: a busy machine is no fault of the code.
settings.register_profile("untimed", deadline=None, max_examples=tries("examples"))
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    """Name the folder of the run's own PostgreSQL, before the other processes of the run start."""
    if not hasattr(config, "workerinput"):
        own.announce()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the run's own PostgreSQL, if a test needed it."""
    if not hasattr(config, "workerinput"):
        own.end()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, and count coverage in the quick tests only.

    A long file that came last would be waited for by one process alone. Those in which real processes wait
    for clocks stand between those that compute, so that no core is idle meanwhile. Coverage triples what the
    slow tests take, and they reach no more.
    """
    slow = [item for item in items if item.get_closest_marker("slow")]
    for item in slow:
        item.add_marker("no_cover")
    long = list(dict.fromkeys(item.path for item in slow))
    waiting = sorted((path for path in long if waits(path) < len(WAITING)), key=waits)
    computing = [path for path in long if waits(path) == len(WAITING)]
    mixed = chain.from_iterable(zip_longest(waiting, computing))
    place = {path: at for at, path in enumerate(path for path in mixed if path is not None)}
    items.sort(key=lambda item: place.get(item.path, len(place)))  # stable: the others stay in their order


def waits(path: Path) -> int:
    """Return the place in WAITING of the folder that a file of tests is in, or how many there are."""
    return next((at for at, folder in enumerate(WAITING) if folder in path.parts), len(WAITING))


@pytest.fixture
async def postgres() -> AsyncIterator[str]:
    """A PostgreSQL database of the test's own, so that tests can run beside each other; its address."""
    try:
        server = own.server()
    except own.NoPostgres as reason:
        if os.environ.get("REQUIRE_POSTGRES"):
            pytest.fail(f"{reason}; REQUIRE_POSTGRES=1 forbids to skip")
        pytest.skip(str(reason))
    async with fresh_postgres(server) as database:
        yield database


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database: once SQLite, once PostgreSQL."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return f"sqlite:///{tmp_path / 'bot.sqlite'}"


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    """A database with today's schema."""
    opened = open_database(address)
    await migrate(opened, KEYRING)
    yield opened
    await opened.dispose()
