"""What typed words can mean: surely some options, perhaps some options, a steering wish, or nothing."""

from dataclasses import dataclass

from bot.content.vocabulary import Steering


@dataclass(frozen=True, slots=True)
class Match:
    """The words surely mean these options (one, or several where several may be chosen)."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """The words may mean these options; the worker is asked to confirm."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """The words steer the talk rather than answer."""

    verb: Steering


@dataclass(frozen=True, slots=True)
class NotRead:
    """The words mean nothing here; `told` is the quantity that they are an amount of, if it is another's."""

    told: str = ""


Reading = Match | Guess | Control | NotRead
