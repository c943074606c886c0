"""Checks of limits: what is the most, the least or our own sum never reads like the amount itself.

They read the templates' sources, for a limit is one in whatever context it is read.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.check.findings import Finding
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import LANGUAGES, Language

Words = Mapping[Language, str]
MOST: Words = {
    "zh": "最多|最长|最高|上限|不超过|不能超过|以下|罚到|可到|封顶",
    "en": r"\b(at most|up to|most|ceiling|limit|not exceed)\b",
}
ROUGH: Words = {"zh": "大约|粗算|估", "en": r"\b(about|roughly)\b"}
EMPLOYED: Words = {"zh": "单位|公司|员工", "en": r"\b(employ\w*|company|platform orders)\b"}
SENTENCE: Words = {"zh": r"[。！？\n]", "en": r"(?<=[.!])\s|\n"}
LINE: Words = {"zh": r"\n", "en": r"\n"}
CLAUSE: Words = {"zh": r"[。！？；，\n]", "en": r"(?<=[.!;,])\s|\n"}
TOLD = re.compile(r"\{\{.*?\}\}")

# What begins between the braces, the words that must stand with it, within which part, and what it is.
LIMITS: Sequence[tuple[str, Words, Words, str]] = (
    ("calc.subsidy_month", MOST, SENTENCE, "a ceiling"),
    ("calc.graduate_subsidy_month", MOST, SENTENCE, "a ceiling"),
    ('figure("subsidy.flex.share")', MOST, SENTENCE, "a ceiling"),
    ('figure("contract.deposit_share")', MOST, SENTENCE, "a ceiling"),
    ('figure("relief.false_statement.fine")', MOST, SENTENCE, "a ceiling"),
    ('figure("identity_card.fine")', MOST, SENTENCE, "a ceiling"),
    ('figure("fraud.card_lending.fine_max")', MOST, SENTENCE, "a ceiling"),
    ('figure("enforcement.false_report")', MOST, SENTENCE, "a ceiling"),
    ('figure("insurance.waiting_days_max")', MOST, SENTENCE, "a ceiling"),
    ('figure("medical.switch.waiting_max")', MOST, SENTENCE, "a ceiling"),
    ('figure("student_loan.cap")', MOST, SENTENCE, "a ceiling"),
    ("calc.pension_higher.middle", ROUGH, CLAUSE, "our own sum, told as a standard"),
    ("calc.pension_higher.full", ROUGH, CLAUSE, "our own sum, told as a standard"),
    # The year is that of work injury insurance, and nobody on platform orders may take it for theirs.
    ('figure("injury.work.worker_years")', EMPLOYED, LINE, "a time limit for the employed"),
)


def check_bounds(knowledge: Knowledge) -> Iterator[Finding]:
    """Find limits whose sentence doesn't say that they are limits, in all templates that a worker reads."""
    for language in LANGUAGES:
        for name, source in sorted(knowledge.wording.templates[language].items()):
            for told, words, part, what in LIMITS:
                if told not in source:
                    continue
                for piece in re.split(part[language], source):
                    shown = any(found[2:].lstrip().startswith(told) for found in TOLD.findall(piece))
                    if shown and not re.search(words[language], TOLD.sub("", piece).lower()):
                        where, todo = f"templates/{language}/{name}", f"say one of {words[language]}"
                        yield Finding(where, f"{what}: {piece.strip()[:80]}", todo)
