"""Checks of the figures themselves: what no notice would ever say, and what was hardly meant.

They are asked of the knowledge as it stands, and of figures that somebody is about to add.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median

from bot.check.findings import Finding
from bot.content.parameters import Parameter, Value

FAMILY = 3  # figures of one kind, from which on they say what is usual
UNUSUAL = Decimal(4)  # times the change that is usual in the family
ALWAYS_FINE = Decimal("0.1")  # a change that needs no explanation, whatever is usual
ALONE = Decimal(2)  # times that a figure without a family may grow or shrink
MEANT = "jump:"  # begins a note that says why an unusual change is right


def check_figures(parameters: Iterable[Parameter], on: date) -> Iterator[Finding]:
    """Find floors above caps, checks in the future, and jumps by far more than figures of the kind make."""
    families: dict[tuple[str, str], list[Parameter]] = defaultdict(list)
    for parameter in parameters:
        families[family(parameter)].append(parameter)
    for kin in families.values():
        usual = usual_change(kin) if len(kin) >= FAMILY else None
        for parameter in kin:
            yield from _figure(parameter, usual, on)


def usual_change(kin: Iterable[Parameter]) -> Decimal | None:
    """Return the median change from one value to the next, as a ratio of the older; None without any."""
    changes = [c for p in kin for before, after in _sure_pairs(p) if (c := change(before, after)) is not None]
    return Decimal(median(changes)) if changes else None


def change(before: Value, after: Value) -> Decimal | None:
    """Return the largest change of a figure, as a ratio of the older; None for what is no number."""
    return max((abs(new - old) / abs(old) for old, new in _matched(before, after) if old), default=None)


def implausible(value: Value, on: date) -> Iterator[tuple[str, str]]:
    """Say what is impossible in one value, and what to do."""
    figures = value.value if isinstance(value.value, Mapping) else {}
    floor, average, cap = (figures.get(name) for name in ("floor", "average", "cap"))
    if floor is not None and cap is not None and floor > cap:
        yield f"its floor {floor} exceeds its cap {cap}", "compare both with the notice"
    elif average is not None and not (floor or average) <= average <= (cap or average):
        yield f"its average {average} lies outside of floor and cap", "compare all three with the notice"
    if value.checked_on > on:
        yield f"it was checked on {value.checked_on}, in the future", "fix the day"


def jumps(before: Value, after: Value, usual: Decimal | None) -> str:
    """Say how an unusual change looks; nothing if it is usual, or if its note says that it is meant."""
    moved = change(before, after)
    if moved is None or after.note.startswith(MEANT):
        return ""
    most = ALONE - 1 if usual is None else max(usual * UNUSUAL, ALWAYS_FINE)
    if moved <= most:
        return ""
    kin = "" if usual is None else f", its like by {usual:.0%}"
    return f"it changes by {moved:.0%} from {before.from_} to {after.from_}{kin}"


def _figure(parameter: Parameter, usual: Decimal | None, on: date) -> Iterator[Finding]:
    where = f"parameters.yaml {parameter.id}"
    for value in parameter.values:
        for what, todo in implausible(value, on):
            yield Finding(f"{where} from {value.from_}", what, todo)
    for before, after in _sure_pairs(parameter):
        if jump := jumps(before, after, usual):
            yield Finding(
                where, jump, f"compare it with its source; if it is right, begin its note with “{MEANT}”"
            )


def _sure_pairs(parameter: Parameter) -> Iterator[tuple[Value, Value]]:
    sure = sorted((v for v in parameter.values if v.confidence != "unsure"), key=lambda value: value.from_)
    return pairwise(sure)


def _matched(before: Value, after: Value) -> Iterator[tuple[Decimal, Decimal]]:
    match before.value, after.value:
        case Decimal() as old, Decimal() as new:
            yield old, new
        case dict() as olds, dict() as news:
            yield from ((old, news[name]) for name, old in olds.items() if name in news)


def family(parameter: Parameter) -> tuple[str, str]:
    """Name the kind, with its unit: `pension.base_limits` for `pension.base_limits.henan`.

    A figure such as `pension.account_interest` is one of no kind, so that its own id is given.
    """
    kind = parameter.id.rpartition(".")[0] if parameter.id.count(".") > 1 else parameter.id
    return kind, parameter.unit
