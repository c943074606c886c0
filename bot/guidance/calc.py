"""The calculators for one worker, which a template calls `calc`, or None where too little is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from bot.content.conditions import Facts
from bot.content.parameters import Figures, NoValue, number_of
from bot.content.questionnaire import PROVINCE, Language, Questionnaire
from bot.guidance import calculators
from bot.guidance.calculators import (
    BASE_LIMITS,
    CALCULATION_BASE,
    MEDICAL_RATE,
    Age,
    Category,
    Contribution,
    Pension,
    Place,
    Range,
    Reserve,
    RetirementSpan,
    YearlyCost,
)
from bot.guidance.places import place_of

CATEGORIES: Mapping[str | None, tuple[Category, ...]] = {
    "male": ("man",),
    "female": ("woman_50", "woman_55"),
}
ALL_CATEGORIES: tuple[Category, ...] = ("woman_50", "woman_55", "man")


@dataclass(frozen=True, slots=True)
class Waiting:
    """Months of waiting by length of the break; each is worked out only when it is shown."""

    figures: Figures

    @property
    def missed(self) -> Decimal:
        """After an enrolment that was missed."""
        return calculators.waiting_months(self.figures, 0)

    @property
    def one(self) -> Decimal:
        return calculators.waiting_months(self.figures, 1)

    @property
    def two(self) -> Decimal:
        return calculators.waiting_months(self.figures, 2)

    @property
    def four(self) -> Decimal:
        """After four years, from which a minimum holds."""
        return calculators.waiting_months(self.figures, 4)


@dataclass(frozen=True, slots=True)
class Carried:
    """An amount in yuan and its year, which is an old one if `carried`."""

    amount: Decimal
    year: int
    carried: bool


@dataclass(frozen=True)
class Sums:
    """Sums bound to a worker's facts and to the figures of a day; reading a fact is all that it does.

    A card names some of them often, so those are worked out once.
    """

    facts: Facts
    figures: Figures
    questionnaire: Questionnaire
    language: Language

    @property
    def province(self) -> str | None:
        """Say whose bases these are: the worker's city, or the province with the part where they hold.

        None without a province.
        """
        if (place := self._place) is None:
            return None
        city = self.questionnaire.city_in(place.province)
        if city is not None and place.city is not None and place.is_apart(self.figures, BASE_LIMITS):
            option = city.option(place.city)
        else:
            option = self.questionnaire.by_id[PROVINCE].option(place.province)
        if option is None:
            return None
        part = place.in_words(self.figures, BASE_LIMITS).get(self.language)
        if not part:
            return option.in_(self.language)
        return f"{option.zh}（{part}）" if self.language == "zh" else f"{option.en} ({part})"

    @property
    def income(self) -> Range | None:
        """The band of monthly income in yuan; None if unknown, or without an upper end."""
        return self._band("income")

    @cached_property
    def pension_lowest(self) -> Contribution | None:
        """A month's pension contribution at the lowest tier where the worker is."""
        if (place := self._place) is None:
            return None
        try:
            return calculators.lowest_contribution(self.figures, place)
        except NoValue:  # the place's figure is unknown, unsure or too old to stand in
            return None

    @cached_property
    def pension_higher(self) -> Mapping[str, Contribution] | None:
        """A month at the higher tiers (middle, full); None where the average wage isn't known."""
        if (place := self._place) is None:
            return None
        try:
            return calculators.higher_contributions(self.figures, place) or None
        except NoValue:  # the place's figure is unknown, unsure or too old to stand in
            return None

    @property
    def pension_holds_here(self) -> bool:
        """Whether the lowest tier is the place's own, so that nothing need be said of where it holds."""
        place = self._place
        return place is not None and place.is_certain(self.figures, BASE_LIMITS)

    @cached_property
    def pension_lowest_anywhere(self) -> Range | None:
        """The lowest contribution a month, from the cheapest to the dearest province that is known."""
        months = []
        for option in self.questionnaire.by_id[PROVINCE].options:
            try:
                share = self.figures.number("pension.flex.floor_factor")
                months.append(calculators.pension_contribution(self.figures, Place(option.id), share).month)
            except NoValue:
                continue
        return Range(min(months), max(months)) if months else None

    @property
    def medical_lowest(self) -> Contribution | None:
        """A month of employees' medical insurance at the lowest base; None where the rate isn't known."""
        if (place := self._place) is None:
            return None
        try:
            known = place.id_of(self.figures, MEDICAL_RATE) in self.figures.parameters
            return calculators.medical_contribution(self.figures, place) if known else None
        except NoValue:  # the base or the rate is unsure or too old to stand in
            return None

    @property
    def pension_share(self) -> Range | None:
        """The lowest contribution as a share of income, from the band's upper to its lower end."""
        lowest, income = self.pension_lowest, self.income
        if lowest is None or income is None or not income.low:
            return None
        return calculators.share_of_income(lowest.month, income)

    @property
    def subsidy_month(self) -> Decimal | None:
        """The most that the subsidy for people in hardship returns of the lowest contribution, a month."""
        lowest, province = self.pension_lowest, self._only(PROVINCE)
        try:
            return calculators.subsidy(self.figures, lowest.month, province) if lowest else None
        except NoValue:  # the province's own rule has ended
            return None

    @property
    def graduate_subsidy_month(self) -> Decimal | None:
        """The most that the subsidy for graduates returns of the lowest contribution, a month."""
        lowest = self.pension_lowest
        return calculators.subsidy(self.figures, lowest.month) if lowest else None

    @property
    def resident_medical(self) -> Carried | None:
        """The least that residents pay for a year of medical insurance; None once that is too old."""
        id = "medical.resident.individual_min"
        try:
            value, carried = self.figures.last(id)
        except NoValue:
            return None
        return Carried(number_of(id, value.value), value.from_.year, carried)

    @property
    def platform_subsidy_month(self) -> Decimal | None:
        """What a platform that returns its reported share would return of the lowest contribution."""
        lowest = self.pension_lowest
        return (
            calculators.cents(lowest.month * self.figures.number("subsidy.platform.share"))
            if lowest
            else None
        )

    @property
    def waiting(self) -> Waiting:
        """Months without residents' medical cover after a missed enrolment and after years of break."""
        return Waiting(self.figures)

    @cached_property
    def pension_estimate(self) -> Pension | None:
        """A monthly pension for the worked example's years and age, at the lowest tier, in today's yuan."""
        if (place := self._place) is None:
            return None
        example = self.figures.table("example.pension")
        share = self.figures.number("pension.flex.floor_factor")
        age = Age(int(example["age"]), 0)
        year = self.figures.on.year
        try:
            return calculators.pension(self.figures, place, share, example["years"], age, year)
        except NoValue:  # the calculation base is unsure or too old to stand in
            return None

    @property
    def pension_estimate_where(self) -> str | None:
        """Where in the province the estimate holds; None where it holds for this worker."""
        if (place := self._place) is None:
            return None
        return place.in_words(self.figures, CALCULATION_BASE, BASE_LIMITS).get(self.language)

    @property
    def retirement(self) -> RetirementSpan | None:
        """When the statutory age is reached, by age band and sex; None without a band closed on both sides.

        Which of a woman's two ages applies is for the office to say, so that both count where an employer
        pays or paid; with the sex unknown the men's counts too.
        """
        band = self._band("age")
        if band is None:
            return None
        by_sex = CATEGORIES.get(self._only("sex"), ALL_CATEGORIES)
        # A woman who pays alone is counted from 55 in most places; only a job as a worker makes it 50.
        alone = self._only("social_insurance") in ("flexible", "resident", "none")
        categories = tuple(each for each in by_sex if not (alone and each == "woman_50"))
        return calculators.retirement_span(self.figures, categories, (int(band.low) + 1, int(band.high)))

    @property
    def record_gone(self) -> date:
        """The day on which a bad entry that is settled today disappears."""
        return calculators.record_gone(self.figures, self.figures.on)

    @property
    def emergency_fund(self) -> Reserve | None:
        """The target of an emergency fund in yuan, from the spending band, else from the income band.

        Income without an upper end says too little: what is to be covered is spending.
        """
        if (spending := self._ends("spending")) is not None:
            return calculators.emergency_fund(self.figures, *spending) if spending[0] else None
        income = self.income
        if income is None or not income.low:
            return None
        return calculators.emergency_fund(self.figures, income.low, income.high, by="income")

    @property
    def loan(self) -> YearlyCost:
        """The worked example's true yearly cost."""
        loan = self.figures.table("example.loan")
        payments = [loan["instalment"]] * int(loan["count"])
        return calculators.yearly_cost(self.figures, loan["amount"], payments)

    @property
    def loan_repaid(self) -> Decimal:
        """All that is paid back in the worked example, in yuan."""
        loan = self.figures.table("example.loan")
        return loan["instalment"] * loan["count"]

    @property
    def private_ceiling(self) -> Decimal:
        """Four times the LPR, as a ratio."""
        return calculators.private_ceiling(self.figures)

    @property
    def _place(self) -> Place | None:
        return place_of(self._only, self.questionnaire)

    def _only(self, question: str) -> str | None:
        options = self.facts.get(question, frozenset())
        return next(iter(options)) if len(options) == 1 else None

    def _band(self, id: str) -> Range | None:
        """The amounts a question's chosen option covers; above the last, and if unknown, None."""
        low, high = self._ends(id) or (None, None)
        return Range(low, high) if low is not None and high is not None else None

    def _ends(self, id: str) -> tuple[Decimal, Decimal | None] | None:
        """The ends of what a question's chosen option covers, of which the last has no upper one; or None."""
        question, chosen = self.questionnaire.by_id.get(id), self._only(id)
        if question is None or chosen is None:
            return None
        low = Decimal(0)
        for option in question.options:
            if option.id == chosen:
                return low, Decimal(str(option.up_to)) if option.up_to is not None else None
            low = Decimal(str(option.up_to or 0))
        return None
