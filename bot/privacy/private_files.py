"""Files that only their owner may read, written whole or not at all."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


def write(path: Path, content: str | bytes, *, put: Callable[[str, Path], None] = os.replace) -> None:
    """Write a file; on disk when it returns, and as it was before when it raises OSError.

    `put` brings it to its place: by `os.link` only where none is yet.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)  # for its owner alone
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        put(draft, path)
    finally:
        Path(draft).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name too
    finally:
        os.close(folder)
