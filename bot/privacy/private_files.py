"""Files that only their owner may read, whatever the umask; written whole or not at all."""

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600


def write(path: Path, content: str | bytes, *, put: Callable[[str, Path], None] = os.replace) -> None:
    """Write a file; on disk when it returns, and as it was before when it raises OSError.

    `put` brings it to its place: by `os.link` only where none is yet.
    """
    make_folder(path.parent)
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


def make(path: Path) -> None:
    """Make an empty file where none is, with its folders; take what others may do with one that is ours."""
    make_folder(path.parent)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, FILE))
    if path.stat().st_mode & 0o077:
        with suppress(PermissionError):  # not ours: its owner decides
            path.chmod(FILE)


def make_folder(path: Path) -> None:
    """Make a folder and those above it that are missing, for their owner alone."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        with suppress(FileExistsError):  # another process was first
            folder.mkdir(mode=FOLDER)
