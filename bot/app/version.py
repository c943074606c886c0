"""The release that runs, as it is installed or as the source tree says."""

import tomllib
from importlib.metadata import PackageNotFoundError, version

from bot.loading.places import TREE

NAME = "gig-worker-guide"


def _read() -> str:
    source = TREE / "pyproject.toml"
    if source.is_file():
        named: str = tomllib.loads(source.read_text(encoding="utf-8"))["project"]["version"]
        return named
    try:
        return version(NAME)
    except PackageNotFoundError:
        return "unknown"


VERSION = _read()
