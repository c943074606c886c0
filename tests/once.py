"""What takes long to make is made once in a run: by the worker that needs it first, while the others wait."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder of the run, which `make` filled; every worker gets the same one, to read only."""
    run = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        run = run.parent  # each worker has a folder of its own below that of the run
    folder, done = run / f"once-{name}", run / f"once-{name}.done"
    with (run / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            folder.mkdir()  # fails if an earlier worker failed here, and says so in every test that needs it
            make(folder)
            done.touch()
    return folder
