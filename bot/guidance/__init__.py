"""Guidance: facts from answers and scores, which advice in which order, why not the others, and its cards.

facts   what is known of a worker         choice  which pieces, in which order, with the trace
levels  what the models read of it        cards   a piece in words; pages, cut to be read
cover   each risk: open, partly, covered  borrowing  what is said of borrowing
sums    the calculators for one worker    outcome  scores, facts and advice together
audit   a past result again, with its rules and figures
"""

from bot.guidance.audit import Account, OtherKnowledge, Told, audit_result, replay
from bot.guidance.cards import (
    Ground,
    benefits,
    beware,
    card,
    direct,
    hotlines,
    parts,
    point,
    point_on_its_ground,
    render_block,
    render_card,
    title,
)
from bot.guidance.choice import (
    Advised,
    Guidance,
    Judged,
    Marks,
    NotEligible,
    SetAside,
    Trace,
    Undecided,
    advise,
    score,
    side_by_side,
)
from bot.guidance.facts import DERIVED, Scores, dated_facts, facts_from, questions_of
from bot.guidance.levels import levels_from
from bot.guidance.outcome import Changes, Outcome, changes, outcome
from bot.guidance.pages import pages

__all__ = [
    "DERIVED",
    "Account",
    "Advised",
    "Changes",
    "Ground",
    "Guidance",
    "Judged",
    "Marks",
    "NotEligible",
    "OtherKnowledge",
    "Outcome",
    "Scores",
    "SetAside",
    "Told",
    "Trace",
    "Undecided",
    "advise",
    "audit_result",
    "benefits",
    "beware",
    "card",
    "changes",
    "dated_facts",
    "direct",
    "facts_from",
    "hotlines",
    "levels_from",
    "outcome",
    "pages",
    "parts",
    "point",
    "point_on_its_ground",
    "questions_of",
    "render_block",
    "render_card",
    "replay",
    "score",
    "side_by_side",
    "title",
]
