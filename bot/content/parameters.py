"""Every figure, dated and sourced: looked up by day, never guessed, each look remembered."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, NoReturn, TypeVar

Confidence = Literal["verified_text", "verified_secondary", "derived", "memory", "unsure"]
CONFIDENCES: tuple[Confidence, ...] = ("verified_text", "verified_secondary", "derived", "memory", "unsure")
Unit = Literal[
    "CNY", "CNY/month", "CNY/year", "ratio", "month", "year", "day", "age", "count", "hour",
    "date", "phone", "text",
]  # fmt: skip

T = TypeVar("T")
Table = Mapping[str, Decimal]
Figure = Decimal | date | str | Table
"""A number in the parameter's unit (ratios as 0.2, never 20), a day, words, or numbers by name."""


class NoValue(LookupError):
    """No figure may be shown: the message says what, where and what to do."""


@dataclass(frozen=True, slots=True)
class Value:
    """One figure and the days it is in force, both included; `to` None is open.

    `sources` are citations ("source_id article"), `checked_on` the day someone last compared it with them.
    """

    from_: date
    value: Figure
    sources: tuple[str, ...]
    confidence: Confidence
    checked_on: date
    to: date | None = None
    note: str = ""

    def covers(self, on: date) -> bool:
        """Say whether the figure is in force on a day."""
        return self.from_ <= on and (self.to is None or on <= self.to)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One figure through time.

    `carried`: while the new figure is unpublished the old one is charged and made up later, so that the
    last value may be shown, named as such, for `carried_days` after its end. `check_every`: days after which
    a check is stale. `place`: in words by language, for a figure that holds in a part of its province only;
    `holds_in` are cities that it surely holds in, `not_in` those where it doesn't hold, by their option's id.
    """

    id: str
    unit: Unit
    zh: str
    en: str
    values: tuple[Value, ...]
    carried: bool = False
    carried_days: int = 366
    check_every: int = 365
    place: Mapping[Literal["zh", "en"], str] = field(default_factory=dict)
    holds_in: tuple[str, ...] = ()
    not_in: tuple[str, ...] = ()

    def stands_in(self, value: Value, on: date) -> bool:
        """Say whether a value that has ended may still be shown on a day, named as an old one."""
        ended = value.to is not None and value.to < on <= value.to + timedelta(days=self.carried_days)
        return self.carried and ended


@dataclass(frozen=True)
class Parameters:
    """All figures by id."""

    by_id: Mapping[str, Parameter]

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self.by_id.values())

    def __contains__(self, id: object) -> bool:
        return id in self.by_id

    def parameter(self, id: str) -> Parameter:
        """Find a parameter; raises NoValue for an unknown id."""
        try:
            return self.by_id[id]
        except KeyError:
            raise NoValue(
                f"{id}: no such figure; add it to knowledge/parameters.yaml or fix the id"
            ) from None

    def at(self, id: str, on: date) -> Value:
        """Return the value in force on a day; raises NoValue when none is, or when it is unsure."""
        parameter = self.parameter(id)
        value = next((value for value in parameter.values if value.covers(on)), None)
        if value is None:
            known = ", ".join(f"{v.from_} to {v.to or 'open'}" for v in parameter.values) or "nothing"
            raise NoValue(
                f"{id}: no value for {on} (known: {known}); "
                f"add the new one to knowledge/parameters.yaml, with its source"
            )
        return _sure(id, value)

    def last(self, id: str, on: date) -> tuple[Value, bool]:
        """Return the value in force, or the one last in force if the parameter is `carried`.

        The second item says whether it is such a stand-in: then the words must name its year and say
        that the difference may be charged later. Raises NoValue as `at` does, and once that is too old.
        """
        parameter = self.parameter(id)
        ended = [value for value in parameter.values if parameter.stands_in(value, on)]
        if not ended or any(value.covers(on) for value in parameter.values):
            return self.at(id, on), False
        return _sure(id, max(ended, key=lambda value: value.from_)), True

    def ending(self, on: date, days: int) -> tuple[str, ...]:
        """Name the figures in force that end within so many days, with none to follow."""
        return tuple(
            parameter.id
            for parameter in self
            for value in parameter.values
            if value.covers(on)
            and value.to is not None
            and value.to <= on + timedelta(days=days)
            and not any(later.from_ > value.to for later in parameter.values)
        )

    def knows(self, id: str, on: date) -> bool:
        """Say whether a figure may be shown on a day; raises NoValue for an unknown id."""
        return any(v.covers(on) and v.confidence != "unsure" for v in self.parameter(id).values)


def _sure(id: str, value: Value) -> Value:
    if value.confidence == "unsure":
        raise NoValue(
            f"{id}: the value from {value.from_} is unsure and can't be told; "
            f"check it against its source and raise its confidence in knowledge/parameters.yaml"
        )
    return value


@dataclass(frozen=True)
class Figures:
    """The figures of one day; `used` are those that were looked at, `missed` those that weren't there."""

    parameters: Parameters
    on: date
    used: dict[str, Value] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)

    def __call__(self, id: str) -> Figure:
        """Return the figure in force; raises NoValue."""
        value = self._found(id, self.parameters.at)
        self.used[id] = value
        return value.value

    def last(self, id: str) -> tuple[Value, bool]:
        """Return the value in force, or its named stand-in; raises NoValue (see Parameters.last)."""
        value, carried = self._found(id, self.parameters.last)
        self.used[id] = value
        return value, carried

    def known(self, id: str) -> bool:
        """Say whether a figure may be shown on this day, so that a text can do without it."""
        return self.parameters.knows(id, self.on)

    def _found(self, id: str, look: Callable[[str, date], T]) -> T:
        try:
            return look(id, self.on)
        except NoValue:
            self.missed.add(id)
            raise

    def number(self, id: str) -> Decimal:
        """Return a figure that has to be a number; raises NoValue when it is not."""
        return number_of(id, self(id))

    def table(self, id: str) -> Table:
        """Return a figure that has to be a table; raises NoValue when it is not."""
        return table_of(id, self(id))

    def day(self, id: str) -> date:
        """Return a figure that has to be a day; raises NoValue when it is not."""
        figure = self(id)
        return figure if isinstance(figure, date) else _unfit(id, figure, "a day")

    @property
    def from_memory(self) -> bool:
        """Whether a figure looked at was never seen in a source (a phone number to ask at is no figure)."""
        return any(
            value.confidence == "memory" and self.parameters.by_id[id].unit != "phone"
            for id, value in self.used.items()
        )


def number_of(id: str, figure: Figure) -> Decimal:
    """Read a figure as a number; raises NoValue when it isn't one."""
    return figure if isinstance(figure, Decimal) else _unfit(id, figure, "a number")


def table_of(id: str, figure: Figure) -> Table:
    """Read a figure as a table; raises NoValue when it isn't one."""
    return figure if isinstance(figure, Mapping) else _unfit(id, figure, "a table")


def _unfit(id: str, figure: Figure, needed: str) -> NoReturn:
    raise NoValue(f"{id}: {needed} is needed and it is {figure!r}; fix its unit, its value or the code's id")
