"""What people do with their phones: how often they fall silent, skip and tap twice, and how a thumb slips."""

import random
from dataclasses import dataclass

NONSENSE = ("啊啊啊", "？？？", "在吗", "asdf", "😅")
DENYING = "不没无非未"  # a doubled denial cancels itself
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@dataclass(frozen=True, slots=True)
class Habits:
    """How often people do what, each a chance: of a person, or (from `silent` on) of an answer."""

    research: float = 0.9  # agrees to research
    longer: float = 0.85  # goes on with the longer part
    returns: float = 0.5  # comes back after falling silent
    marks: float = 0.3  # sets a mark on the first piece of advice
    silent: float = 0.01
    skips: float = 0.02
    types: float = 0.1
    slips: float = 0.3  # of what is typed: a doubled sign, a stray particle, full-width digits
    errs: float = 0.03  # types nonsense, or sends a sticker, before the answer
    doubles: float = 0.05  # taps twice


def slipped(words: str, dice: random.Random) -> str:
    """Type words as a thumb does: none of these slips can make them mean something else."""
    spots = [at for at, sign in enumerate(words) if sign.isalpha() and sign not in DENYING]
    match dice.randrange(3 if spots else 2):
        case 0:
            return f"{dice.choice(('嗯', '额，', ' '))}{words}{dice.choice(('。。', '吧', '~', ' 👍'))}"
        case 1:
            return words.translate(WIDE)
    at = dice.choice(spots)
    return words[: at + 1] + words[at:]
