"""What the tests of the models share: the served models, loaded once."""

import pytest

from models.serving import risk


@pytest.fixture(scope="session")
def constraint() -> risk.Model:
    return risk.artifact("financing_constraint")


@pytest.fixture(scope="session")
def gap() -> risk.Model:
    return risk.artifact("insurance_gap")


@pytest.fixture(scope="session", params=["financing_constraint", "insurance_gap"])
def served(request: pytest.FixtureRequest) -> risk.Model:
    name: str = request.param
    return risk.artifact(name)
