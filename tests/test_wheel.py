"""What is installed from the wheel works away from the source tree."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from bot.channels.terminal import PROMPT
from bot.loading.knowledge import load_knowledge
from tests.lengths import LONG

ROOT = Path(__file__).parents[1]
CACHES = shutil.ignore_patterns("__pycache__")
A_DAY = {"SOURCE_DATE_EPOCH": "1767225600"}


def built(folder: Path, *, source: Path = ROOT) -> Path:
    """Build the wheel without any index."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=source, env=os.environ | A_DAY, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a fresh environment, where the dependencies are lent by this one."""
    folder = tmp_path_factory.mktemp("installed")
    wheel = built(folder)
    venv.create(folder / "venv", symlinks=True)
    python = folder / "venv/bin/python"
    subprocess.run(
        [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-index", "--no-deps",
         "--python", python, wheel],
        check=True, capture_output=True,
    )  # fmt: skip
    (packages,) = (folder / "venv/lib").glob("*/site-packages")
    (packages / "lent.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python


def run(python: Path, *options: str, said: str = "") -> str:
    done = subprocess.run(
        [python, *options], cwd=python.parents[2], input=said, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(not LONG, reason="checks once more what the tests of the source tree check: LONG=1")
def test_the_check_finds_nothing_to_put_right(python: Path) -> None:
    said = run(python, "-m", "bot", "check")
    assert "0 to put right" in said
    assert "personas" not in said  # these are the source tree's only


def test_it_knows_what_the_source_tree_knows(python: Path) -> None:
    code = "import bot, bot.loading.knowledge as f; print(bot.__file__); print(f.load_knowledge().version)"
    place, version = run(python, "-c", code).split()
    assert Path(place).is_relative_to(python.parents[1])
    assert version == load_knowledge().version


def test_a_talk_is_held_to_the_result_in_the_terminal(python: Path) -> None:
    kept = (ROOT / "tests/conversations/rider_zh.txt").read_text(encoding="utf-8")
    said = [line.removeprefix(PROMPT) for line in kept.splitlines() if line.startswith(PROMPT)]
    assert "您的结果" in run(python, "-m", "bot", "terminal", said="\n".join(said[1:]))


def test_a_database_is_made(python: Path) -> None:
    assert "up to date" in run(python, "-m", "bot", "migrate")


def test_the_same_files_make_the_same_wheel_to_the_byte_whenever_and_wherever(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for name in ("bot", "models", "knowledge", "alembic"):
        shutil.copytree(ROOT / name, copy / name, ignore=CACHES, copy_function=shutil.copyfile)
    for name in ("pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copyfile(ROOT / name, copy / name)
    here, there = built(tmp_path / "here"), built(tmp_path / "there", source=copy)
    assert here.read_bytes() == there.read_bytes()
