"""The signs of a swindle, and where each kind leads: knowledge/swindles.yaml as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.content.alarms import Heeded, Terms

SWINDLE = "swindle"  # the classifier; it has a head for each kind
Kind = Literal[
    "police", "loan_fee", "refund", "acquaintance", "job", "record_repair", "surrender", "vehicle",
    "social_medical", "investment",
]  # fmt: skip
KINDS: tuple[Kind, ...] = (
    "police", "loan_fee", "refund", "acquaintance", "job", "record_repair", "surrender", "vehicle",
    "social_medical", "investment",
)  # fmt: skip
Speech = Literal["you", "own", "done"]
"""To whom a text speaks, of whom, and of what is done already."""
TAPPED = ("money", "code", "screen", "police", "service", "link", "guarantee", "secrecy")
"""The signs that a person is asked for, in this order; the others are only heard in a text."""


@dataclass(frozen=True, eq=False)
class Swindles(Heeded):
    """Their patterns by sign, the card of each kind, and the tapped signs of which one is enough.

    `speaks` tells a swindler's words from a victim's. `contacts` stand before a name at another messenger.
    """

    cards: Mapping[Kind, str]
    enough: frozenset[str]
    speaks: Heeded
    contacts: Terms
