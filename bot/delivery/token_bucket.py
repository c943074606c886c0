"""Buckets that fill with time: so many of something at once, and then so many a second."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

MANY = 10_000  # names remembered before the full buckets are dropped


@dataclass(slots=True)
class Bucket:
    """Fills by `rate` a second up to `size`; below nothing lies what was taken in advance."""

    rate: float
    size: float
    level: float
    at: float

    def fill(self, now: float) -> None:
        """Let in what came since the last look."""
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now

    def take(self, now: float) -> float:
        """Take one, in advance if need be; returns the seconds to wait for it."""
        self.fill(now)
        self.level -= 1
        return max(0.0, -self.level / self.rate)


Name = TypeVar("Name", bound=Hashable)
Kind = TypeVar("Kind", bound=Bucket)


class Buckets(Generic[Name, Kind]):
    """A bucket for each name, made full when the name is first heard; a full one need not be remembered."""

    def __init__(self, kind: Callable[[float, float, float, float], Kind], rate: float, size: float) -> None:
        self._kind, self._rate, self._size = kind, rate, size
        self._known: dict[Name, Kind] = {}

    def __len__(self) -> int:
        return len(self._known)

    def get(self, name: Name) -> Kind | None:
        """Return the bucket of a name that is remembered."""
        return self._known.get(name)

    def of(self, name: Name, now: float) -> Kind:
        """Return the bucket of a name, as full as it is now."""
        bucket = self._known.get(name)
        if bucket is None:
            self._forget(now)
            bucket = self._known[name] = self._kind(self._rate, self._size, self._size, now)
        bucket.fill(now)
        return bucket

    def _forget(self, now: float) -> None:
        if len(self._known) >= MANY:
            for bucket in self._known.values():
                bucket.fill(now)
            self._known = {name: b for name, b in self._known.items() if b.level < b.size}
