"""A linear classifier at work: weights of features, added up, from this file and its artifact alone."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.serving.artifact import verify

SCHEMA = 1
KEYS = frozenset(("schema", "name", "made_from", "heads", "biases", "threshold", "measured", "weights"))
UNIT = 1000  # weights are kept as whole thousandths


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """Weights of features for each head; above `threshold` a text is what the first head looks for.

    Two are never equal, so that what is made of one is remembered by it.
    """

    heads: tuple[str, ...]
    biases: tuple[float, ...]
    threshold: float
    weights: Mapping[str, tuple[int, ...]]

    def scores(self, features: Collection[str]) -> Mapping[str, float]:
        """Add up the weights of a text's features, by the root of their number."""
        sums = [0] * len(self.heads)
        for feature in features:
            for head, weight in enumerate(self.weights.get(feature, ())):
                sums[head] += weight
        size = UNIT * math.sqrt(max(1, len(features)))
        return {
            head: total / size + bias for head, total, bias in zip(self.heads, sums, self.biases, strict=True)
        }


def read(folder: Path, name: str) -> LinearModel:
    """Read a sealed artifact; raises ArtifactError when it was changed by hand, OSError without it."""
    text = (folder / f"{name}.json").read_text(encoding="utf-8")
    document = verify(text, name=name, schemas={SCHEMA: KEYS})
    return LinearModel(
        tuple(document["heads"]),
        tuple(document["biases"]),
        document["threshold"],
        {feature: tuple(weights) for feature, weights in document["weights"].items()},
    )
