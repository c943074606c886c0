"""What the tests of the models share: the served models, loaded once, and a training of now."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from models.serving import risk
from tests.once import made_once


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


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A complete training of now: artifacts, card and plots."""
    return made_once(tmp_path_factory, "trained", lambda folder: train_into(folder, "1"))


def train_into(folder: Path, hash_seed: str) -> None:
    """Train by the command line, in a process with this hash seed."""
    places = ("--artifacts", folder / "artifacts", "--card", folder, "--ranges", folder / "ranges.json")
    run_with_hash_seed(hash_seed, "-m", "models", "train", *places)


def run_with_hash_seed(hash_seed: str, *arguments: str | Path) -> None:
    """Run a Python process of our own whose sets are in another order."""
    subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
    )
