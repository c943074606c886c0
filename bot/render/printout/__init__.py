"""The picture of a result and the printout to take along, in words: what is on them, not how they look.

content  their parts, as plain strings      texts  the knowledge's texts taken apart
sheet    the words for one worker
"""

from bot.render.printout.content import Action, Gauge, Handout, Labels, People, ResultPicture, Standing
from bot.render.printout.words import card, handout

__all__ = ["Action", "Gauge", "Handout", "Labels", "People", "ResultPicture", "Standing", "card", "handout"]
