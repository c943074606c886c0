"""What would help: single-change comparisons, only along levers that sourced advice supports."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.results import Levels, Score
from models.scoring import Model


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that a sourced piece of advice supports: `advice` is its id, `step` the change in levels."""

    advice: str
    feature: str
    step: int


@dataclass(frozen=True, slots=True)
class Lever:
    """Where workers stand who gave the same answers but one; a comparison of people, not a promise."""

    advice: str
    feature: str
    level: int
    to_level: int
    percentile: float
    to_percentile: float
    probability: float
    to_probability: float


class LeverRefused(ValueError):
    """The proposed change is not one that this model may speak of."""


def what_would_help(
    model: Model, levels: Levels, proposals: Iterable[Proposal], *, group: str | None = None
) -> tuple[Lever, ...]:
    """Single-change comparisons along the model's levers, largest difference first.

    A proposal whose feature is unknown, already at its end, or that would not lower the risk is left out.

    Raises:
        LeverRefused: the feature is no lever of this model, the step has the wrong direction or size, or no
            advice is named.
    """
    found = []
    for proposal in proposals:
        _admit(model, proposal)
        level = levels.get(proposal.feature)
        if level is None or level + proposal.step not in model.codes[proposal.feature]:
            continue
        before = model.score(levels, group=group)
        after = model.score({**levels, proposal.feature: level + proposal.step}, group=group)
        if isinstance(before, Score) and isinstance(after, Score) and after.logit < before.logit:
            found.append(
                Lever(
                    proposal.advice, proposal.feature, level, level + proposal.step,
                    before.percentile, after.percentile, before.probability, after.probability,
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda lever: lever.to_percentile))


def _admit(model: Model, proposal: Proposal) -> None:
    if not proposal.advice:
        raise LeverRefused(f"{model.name}: a change of {proposal.feature} names no advice; name its id")
    if proposal.step not in model.levers.get(proposal.feature, ()):
        raise LeverRefused(
            f"{model.name}: a change of {proposal.feature} by {proposal.step:+d} is not a lever; "
            f"levers: {dict(model.levers) or 'none'}. They need sourced advice, see models/specs.py"
        )
