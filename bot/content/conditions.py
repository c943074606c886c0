"""The whole rule language. A condition is {fact: [values]}, and all of its facts must hold."""

from collections.abc import Mapping
from typing import Literal

Facts = Mapping[str, frozenset[str]]
"""What is known, by name; a fact that is absent is unknown, never false."""

Condition = Mapping[str, tuple[str, ...]]
"""Allowed values by fact. A fact holds when it has at least one allowed value; {} always holds."""

Verdict = Literal["yes", "no", "unknown"]


def judge(condition: Condition, facts: Facts) -> Verdict:
    """Say whether `condition` holds: "no" if one known fact fails, else "unknown" if one is missing."""
    if not condition:
        return "yes"
    verdict: Verdict = "yes"
    for name, allowed in condition.items():
        known = facts.get(name)
        if known is None:
            verdict = "unknown"
        elif known.isdisjoint(allowed):
            return "no"
    return verdict


def holds(condition: Condition, facts: Facts) -> bool:
    """Say whether `condition` surely holds."""
    return judge(condition, facts) == "yes"


def undecided(condition: Condition, facts: Facts) -> tuple[str, ...]:
    """Name the facts of `condition` that are not known, in the condition's order."""
    return tuple(name for name in condition if name not in facts)
