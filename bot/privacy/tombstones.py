"""The people who were deleted, in a file beside the database that outlives the restore of an older backup."""

import os
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from bot.privacy import private_files

NO_RESEARCH, UNSCORED, SCORED, NO_CALENDAR = WISHES = ("no_research", "unscored", "scored", "no_calendar")
AGREED = "agreed"  # stands beside the wishes: a person who was deleted had agreed
ANY = bytes(16)  # stands for the key of a row that could not be opened: its stone goes by time


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A deletion: whose (the pseudonym), which key it destroyed (its fingerprint), when (Unix seconds)."""

    person: bytes
    key: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person withdrew or objected to (one of WISHES), and when (Unix seconds)."""

    person: bytes
    what: str
    at: int


class Tombstones:
    """Deletions, appended and flushed before they are committed.

    A stone names the destroyed key, not only its time: a person who starts again gets another key, even in
    the same second or on a machine whose clock is behind. Without a path nothing is remembered: for tests,
    and for stores that are never backed up.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._left: dict[bytes, int] | None = None  # when each person who had agreed was last deleted

    def left(self, person: bytes) -> int:
        """Return when a person who had agreed was last deleted, in seconds since 1970; 0 when never."""
        if self._left is None:
            self._left = {}
            for line in self._beside():
                if line[1] == AGREED:
                    person_there = bytes.fromhex(line[0])
                    self._left[person_there] = max(int(line[2]), self._left.get(person_there, 0))
        return self._left.get(person, 0)

    def had_agreed(self, people: Collection[bytes], at: int) -> None:
        """Remember that these people, who are deleted now, had agreed; on disk when this returns."""
        if self._left is not None:
            self._left.update(dict.fromkeys(people, at))
        if people and self._wishes is not None:
            _append(self._wishes, [f"{person.hex()} {AGREED} {at} ." for person in people])

    def add(self, stones: Iterable[Tombstone]) -> None:
        """Remember deletions; on disk when this returns."""
        if self._path is not None:
            _append(self._path, [f"{stone.person.hex()} {stone.key.hex()} {stone.at}" for stone in stones])

    def all(self) -> list[Tombstone]:
        """Return every deletion; a line that is half written is left out, because it was never committed."""
        lines = _lines(self._path, 3) if self._path else []
        return [Tombstone(bytes.fromhex(line[0]), bytes.fromhex(line[1]), int(line[2])) for line in lines]

    @property
    def _wishes(self) -> Path | None:
        """The file beside the stones: an older release must not read a wish as a stone."""
        return self._path.with_name(f"{self._path.name}.wishes") if self._path else None

    def wish(self, wishes: Collection[Wish]) -> None:
        """Remember what people withdrew or objected to; on disk when this returns."""
        if wishes and self._wishes is not None:
            _append(self._wishes, [f"{wish.person.hex()} {wish.what} {wish.at} ." for wish in wishes])

    def wishes(self) -> list[Wish]:
        """Return every wish, in the order in which they came."""
        lines = (line for line in self._beside() if line[1] in WISHES)
        return [Wish(bytes.fromhex(line[0]), line[1], int(line[2])) for line in lines]

    def _beside(self) -> list[list[str]]:
        return _lines(self._wishes, 4) if self._wishes else []


def _append(path: Path, lines: Iterable[str]) -> None:
    private_files.make_folder(path.parent)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)  # whatever the umask
    with os.fdopen(handle, "a", encoding="ascii") as file:
        # The line before may be half written by a process that died there: hence the first line's end.
        file.writelines(f"\n{line}" for line in lines)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def _lines(path: Path, parts: int) -> list[list[str]]:
    """Return the lines that have this number of parts."""
    if not path.exists():
        return []
    lines = (line.split() for line in path.read_text(encoding="ascii").splitlines())
    return [line for line in lines if len(line) == parts]
