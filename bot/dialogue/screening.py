"""What may not be kept: numbers and codes that somebody could misuse."""

import re
import unicodedata
from functools import lru_cache
from typing import Literal

from stdnum import luhn
from stdnum.cn import ric

from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading.folding import fold

Private = Literal["card", "identity", "phone", "code", "six_digits"]

_GAPS = re.compile(r"(?<=\d)[\s\-.·]+(?=[\dXx])")  # people write numbers in groups


def private_in(text: str, vocabulary: Vocabulary) -> Private | None:
    """Say what in a text nobody may keep; None for an ordinary text.

    Card numbers are recognised by their length and Luhn's check, identity numbers (18 signs) by their own
    check, phones by the mainland's form; a code by a word beside it, or perhaps by
    standing alone with six digits.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    joined = _GAPS.sub("", plain)
    for number in re.findall(r"(?<!\d)\d{17}[\dXx](?![\dXx])", joined):
        if is_identity(number):
            return "identity"
    if re.search(r"(?<!\d)(?:\+?86)?1[3-9]\d{9}(?!\d)", joined):
        return "phone"
    if any(is_card(number) for number in re.findall(r"(?<!\d)\d{13,19}(?!\d)", joined)):
        return "card"
    # Six bare digits are a code, unless they are as round as amounts are.
    bare = plain.strip()
    if _code(vocabulary).search(fold(text, vocabulary)):
        return "code"
    return "six_digits" if re.fullmatch(r"[0-9]{6}", bare) and not bare.endswith("00") else None


@lru_cache(4)
def _code(vocabulary: Vocabulary) -> re.Pattern[str]:
    words = "|".join(map(re.escape, vocabulary.kinds.code)) or "(?!)"
    return re.compile(rf"(?:{words})\D{{0,12}}(?<!\d)\d{{4,8}}(?!\d)", re.IGNORECASE)


def is_card(digits: str) -> bool:
    """Check a card number of 13 to 19 digits by Luhn's rule."""
    plain = 13 <= len(digits) <= 19 and digits.isascii() and digits.isdecimal()
    return plain and digits.strip("0") != "" and luhn.is_valid(digits)


def is_identity(number: str) -> bool:
    """Check an identity number of 18 signs by its date and its last sign."""
    if not re.fullmatch(r"[1-9]\d{16}[\dXx]", number, re.ASCII):
        return False
    month, day = int(number[10:12]), int(number[12:14])
    if not (number[6:8] in ("19", "20") and 1 <= month <= 12 and 1 <= day <= 31):
        return False
    # Not ric.is_valid: it knows no district that was made or closed since its list was.
    return bool(ric.calc_check_digit(number) == number[17].upper())
