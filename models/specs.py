"""What each model is: its outcome, its predictors, and what may be said of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Spec:
    """What a model is: its outcome, predictors, and what may be said of them.

    signs: slopes that must not have the other sign. reasons: features that may be told as a reason, if
    significant. levers: per feature the changes in level that sourced advice supports.
    """

    name: str
    outcome: str
    features: tuple[str, ...]
    served: bool
    signs: Mapping[str, int] = field(default_factory=dict)
    reasons: frozenset[str] = frozenset()
    levers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


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
    reasons=frozenset({"income", "debt", "premium", "investing"}),
    # Owing less is what sourced advice supports. Cover and investments are not bought to be lent to, and
    # nobody is told to work more.
    levers={"debt": (-1,)},
)
GAP = Spec(
    name="insurance_gap",
    outcome="gap",
    features=("education", "income", "saving", "debt", "investing"),
    served=True,
    signs={"income": -1},
    reasons=frozenset({"education", "income", "saving"}),
)
PUBLISHED = Spec("financing_constraint_published", "constrained", TABLE_6, served=False)
EMPLOYMENT = Spec("employment_status", "flexible", TABLE_4, served=False)
SPECS = (CONSTRAINT, GAP, PUBLISHED, EMPLOYMENT)
SERVED = (CONSTRAINT, GAP)
