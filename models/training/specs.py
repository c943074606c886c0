"""What each model is: its outcome, its predictors, and what may be said of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Term:
    """One column of the regression: a feature's code, or 1 from the code `at_least` on and 0 below."""

    name: str
    feature: str
    at_least: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Spec:
    """What a model is: its outcome, predictors, and what may be said of them.

    steps: features that enter with a step besides their slope, and the code where it lies. signs: of a
    feature's slopes, which must not have the other sign. reasons: features that may be shown as a reason, if
    significant.
    """

    name: str
    outcome: str
    features: tuple[str, ...]
    served: bool
    signs: Mapping[str, int] = field(default_factory=dict)
    reasons: frozenset[str] = frozenset()
    steps: Mapping[str, int] = field(default_factory=dict)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The regression's columns: a slope per feature, then the steps."""
        steps = [Term(f"{name}_from_{code}", name, code) for name, code in self.steps.items()]
        return (*(Term(name, name) for name in self.features), *steps)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(term.name for term in self.terms)

    @property
    def column_signs(self) -> dict[str, int]:
        """`signs`, per term."""
        return {term.name: self.signs[term.feature] for term in self.terms if term.feature in self.signs}

    def design(self, levels: NDArray[np.int64]) -> NDArray[np.float64]:
        """From codes [rows x features] to the regression's columns [rows x terms]."""
        columns = []
        for term in self.terms:
            codes = levels[:, self.features.index(term.feature)]
            columns.append(codes if term.at_least is None else codes >= term.at_least)
        return np.column_stack(columns).astype(np.float64)


TABLE_6 = ("region", "age", "gender", "education", "social_insurance", "premium", "income", "debt",
           "investing", "daily_hours", "income_stability")  # fmt: skip
TABLE_4 = ("region", "age", "gender", "education", "premium", "career_plan", "income", "spending", "debt",
           "saving", "investing")  # fmt: skip
CONSTRAINT = Spec(
    name="financing_constraint",
    outcome="constrained",
    # Without sex and region (protected, regional), social insurance (its sign runs against sourced advice),
    # and what Table 6 finds no effect of: age, hours, income stability.
    features=("education", "income", "debt", "premium", "investing"),
    served=True,
    signs={"debt": 1, "income": -1},
    # Premium and investing aren't told, whatever their slopes: it would read as advice to buy cover, or to
    # invest, so as to be lent to.
    reasons=frozenset({"income", "debt"}),
)
GAP = Spec(
    name="insurance_gap",
    outcome="gap",
    features=("education", "income", "saving", "debt", "investing"),
    served=True,
    signs={"income": -1},
    reasons=frozenset({"education", "income", "saving"}),
    # What the report ties to the gap is income up to 5000 yuan against more: a slope would smooth that away.
    steps={"income": 3},
)
PUBLISHED = Spec("financing_constraint_published", "constrained", TABLE_6, served=False)
EMPLOYMENT = Spec("employment_status", "flexible", TABLE_4, served=False)
SPECS = (CONSTRAINT, GAP, PUBLISHED, EMPLOYMENT)
SERVED = (CONSTRAINT, GAP)
