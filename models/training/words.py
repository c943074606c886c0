"""Files of others' words and of our own, which training and tests read by the hundred."""

from pathlib import Path
from typing import Any

import yaml


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # either C or Python
    """The C library's loader, where there is one: ten times as fast."""


def read_words(path: Path) -> dict[str, Any]:
    """Read a file of lists by name; raises OSError, and YAMLError where it is no YAML."""
    loader = _Loader(path.read_text(encoding="utf-8"))
    try:
        read: dict[str, Any] = loader.get_single_data()
    finally:
        loader.dispose()
    return read
