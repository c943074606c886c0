"""Cover, risk by risk: what is open, partly covered, covered or not known, by the answers alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.content.conditions import Facts

Risk = Literal["illness", "injury", "liability", "no_income", "old_age"]
State = Literal["open", "partly", "not_known", "covered"]
RISKS: tuple[Risk, ...] = ("illness", "injury", "liability", "no_income", "old_age")
STATES: tuple[State, ...] = ("open", "partly", "not_known", "covered")  # as they are shown, the deepest first
FOR_MINORS = frozenset({"illness", "injury", "liability"})

# How heavily a risk weighs against the others, before it is known whether it is covered.
MUCH, SOME, LITTLE = 3, 2, 1
_INJURY = {"much": MUCH, "some": SOME, "little": LITTLE}
_LIABILITY = {"much": MUCH, "some": LITTLE}  # a worker who hurts nobody with this work doesn't read of it
_OLD_AGE = {"near": MUCH, "ahead": SOME, "far": LITTLE}


@dataclass(frozen=True, slots=True)
class Cover:
    """How far one risk is covered; `why` names the reason, `weight` is higher for more exposed workers."""

    risk: Risk
    state: State
    why: str
    weight: int


def covers(facts: Facts) -> tuple[Cover, ...]:
    """Return every risk that this work and age are exposed to, the deepest gap first."""
    found = (
        Cover(risk, *_RULES[risk](_Known(facts)), weight)
        for risk in RISKS
        if (weight := _weight(risk, facts)) and _told(risk, facts)
    )
    return tuple(
        sorted(found, key=lambda cover: (STATES.index(cover.state), -cover.weight, RISKS.index(cover.risk)))
    )


def open_risks(facts: Facts) -> frozenset[str]:
    """Return the risks that nothing covers."""
    return frozenset(cover.risk for cover in covers(facts) if cover.state == "open")


@dataclass(frozen=True, slots=True)
class _Known:
    """The facts, asked one at a time."""

    facts: Facts

    def is_(self, fact: str, *values: str) -> bool:
        return not self.facts.get(fact, frozenset()).isdisjoint(values)

    def yes(self, fact: str) -> bool:
        return self.is_(fact, "yes")

    def no(self, fact: str) -> bool:
        return fact in self.facts and not self.is_(fact, "yes", "perhaps")

    @property
    def retired(self) -> bool:
        """Whether somebody of this age may be covered without paying any more."""
        return self.yes("over_retirement_age") and self.no("has_social_insurance")


def _weight(risk: Risk, facts: Facts) -> int:
    match risk:
        case "injury":
            return _of(_INJURY, facts.get("exposed_to_injury"), SOME)
        case "liability":
            return _of(_LIABILITY, facts.get("exposed_to_liability"), 0)
        case "old_age":
            return _of(_OLD_AGE, facts.get("pension_age"), LITTLE)
    return MUCH


def _of(weights: Mapping[str, int], values: frozenset[str] | None, unknown: int) -> int:
    if values is None:
        return unknown
    return max((weights.get(value, 0) for value in values), default=0)


def _told(risk: Risk, facts: Facts) -> bool:
    return risk in FOR_MINORS or "yes" not in facts.get("minor", frozenset())


def _illness(known: _Known) -> tuple[State, str]:
    more = known.yes("has_medical_cover") or known.is_("commercial_cover", "critical_illness")
    if known.yes("has_basic_medical"):
        return ("covered", "basic_and_more") if more else ("partly", "basic_only")
    if known.yes("has_medical_cover"):
        return "partly", "commercial_only"
    if known.retired:
        return "not_known", "retired"
    if known.no("has_basic_medical"):
        return "open", "nothing"
    return "not_known", "unsure"


def _injury(known: _Known) -> tuple[State, str]:
    accident, insured = known.yes("has_accident_cover"), known.yes("has_injury_insurance")
    if accident and insured:
        return "covered", "both"
    if insured:
        # An employer's injury insurance covers the work for that employer, not orders from a platform.
        return ("covered", "employer") if known.no("platform_work") else ("partly", "employer_only")
    if accident and known.is_("exposed_to_injury", "little"):
        return "covered", "accident"
    if accident:  # an employer has to pay injury insurance too
        return "partly", "accident_only" if known.is_("social_insurance", "employee") else "accident"
    perhaps_insured = known.is_("social_insurance", "employee") and not known.no("has_injury_insurance")
    if known.no("has_accident_cover") and not perhaps_insured and "social_insurance" in known.facts:
        return "open", "nothing"
    return "not_known", "unsure"


def _liability(known: _Known) -> tuple[State, str]:
    if known.yes("has_liability_cover"):
        return "covered", "liability"
    return ("open", "nothing") if known.no("has_liability_cover") else ("not_known", "unsure")


def _no_income(known: _Known) -> tuple[State, str]:
    insured = known.yes("has_unemployment_insurance")
    if known.is_("puts_aside", "much"):
        return "covered", "saving"
    if known.is_("puts_aside", "some"):
        return ("covered", "both") if insured else ("partly", "saving")
    if insured:
        return "partly", "unemployment"
    return ("open", "nothing") if known.is_("puts_aside", "nothing") else ("not_known", "unsure")


def _old_age(known: _Known) -> tuple[State, str]:
    if known.yes("has_pension"):
        return ("partly", "resident") if known.is_("social_insurance", "resident") else ("covered", "pension")
    if known.yes("over_retirement_age"):  # who draws one doesn't pay any more
        return "not_known", "retired"
    return ("open", "nothing") if known.no("has_pension") else ("not_known", "unsure")


_RULES = {
    "illness": _illness,
    "injury": _injury,
    "liability": _liability,
    "no_income": _no_income,
    "old_age": _old_age,
}
