"""The picture of a result and the printout to take along, in words: what is on them, not how they look.

content  their parts, as plain strings      texts  the knowledge's texts taken apart
sheet    the words for one worker
"""

from bot.render.printout.content import (
    Action,
    Checklist,
    Gauge,
    Handout,
    Hundred,
    Labels,
    LetterPaper,
    Pages,
    PassedPicture,
    PassedThing,
    People,
    ResultCard,
    ResultPicture,
    RiskLine,
    Standing,
    Thing,
)
from bot.render.printout.words import card, handout

__all__ = [
    "Action",
    "Checklist",
    "Gauge",
    "Handout",
    "Hundred",
    "Labels",
    "LetterPaper",
    "Pages",
    "PassedPicture",
    "PassedThing",
    "People",
    "ResultCard",
    "ResultPicture",
    "RiskLine",
    "Standing",
    "Thing",
    "card",
    "handout",
]
