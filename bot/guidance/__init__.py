"""Guidance: facts from answers and scores; which advice, in which order, why not the others, and its cards.

facts   what is known of a worker         choice  which pieces, in which order, with the trace
levels  what the models read of it        cards   a piece in words
sums    the calculators for one worker
"""

from bot.guidance.cards import CARD_LIMIT, benefit, card, render_card, title
from bot.guidance.choice import (
    Advised,
    Guidance,
    Judged,
    NotEligible,
    Trace,
    Undecided,
    advise,
    score,
)
from bot.guidance.facts import DERIVED, Scores, dated_facts, facts_from
from bot.guidance.levels import levels_from

__all__ = [
    "CARD_LIMIT",
    "DERIVED",
    "Advised",
    "Guidance",
    "Judged",
    "NotEligible",
    "Scores",
    "Trace",
    "Undecided",
    "advise",
    "benefit",
    "card",
    "dated_facts",
    "facts_from",
    "levels_from",
    "render_card",
    "score",
    "title",
]
