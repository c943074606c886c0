"""What the tests of real processes share: either database."""

import pytest

from tests.world.harness import POSTGRESQL, SQLITE


@pytest.fixture(params=[SQLITE, pytest.param(POSTGRESQL, marks=pytest.mark.postgres)])
def kind_and_server(request: pytest.FixtureRequest) -> tuple[str, str]:
    """The kind of database, and where its server is, if it has one."""
    kind = str(request.param)
    return kind, request.getfixturevalue("postgres") if kind == POSTGRESQL else ""
