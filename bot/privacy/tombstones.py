"""Who was forgotten, in a file beside the database: it outlives the restore of an older backup."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ANY = bytes(16)  # stands for the key of a row that could not be opened: its stone goes by time


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A deletion: whose (the pseudonym), which key it destroyed (its fingerprint), when (Unix seconds)."""

    person: bytes
    key: bytes
    at: int


class Tombstones:
    """Deletions, appended and flushed before they are committed.

    A stone names the destroyed key, not only its time: who begins anew gets another key, be it in the
    same second or on a machine whose clock is behind. Without a path nothing is remembered: for tests,
    and for stores that are never backed up.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._last: dict[bytes, int] | None = None  # when each person was last deleted

    def last(self, person: bytes) -> int:
        """Return when a person was last deleted, in seconds since 1970; 0 when never."""
        if self._last is None:
            self._last = {}
            for stone in self.all():
                self._last[stone.person] = max(stone.at, self._last.get(stone.person, 0))
        return self._last.get(person, 0)

    def add(self, stones: Iterable[Tombstone]) -> None:
        """Remember deletions; on disk when this returns."""
        stones = list(stones)
        if self._last is not None:
            self._last.update({stone.person: stone.at for stone in stones})
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="ascii") as file:
            # The line before may be half written, by who died there: hence the first line's end.
            file.writelines(f"\n{stone.person.hex()} {stone.key.hex()} {stone.at}" for stone in stones)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())

    def all(self) -> list[Tombstone]:
        """Give every deletion; a line that is half written is none, for it was never committed."""
        if self._path is None or not self._path.exists():
            return []
        lines = (line.split() for line in self._path.read_text(encoding="ascii").splitlines())
        return [
            Tombstone(bytes.fromhex(line[0]), bytes.fromhex(line[1]), int(line[2]))
            for line in lines
            if len(line) == 3
        ]
