"""The alarm's classifier at work: weights of features, added up; nothing but this file and the artifact."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from models.serving.artifact import verify

NAME = "alarm"
SCHEMA = 1
KEYS = frozenset(("schema", "name", "made_from", "heads", "biases", "threshold", "measured", "weights"))
ANY = "alarm"  # the head that says whether it is one at all
UNIT = 1000  # weights are kept as whole thousandths


@dataclass(frozen=True, slots=True)
class AlarmModel:
    """Weights of features for each head, which are the alarm and its kinds; above `threshold` it is one."""

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


def read(folder: Path) -> AlarmModel:
    """Read the sealed artifact; raises ArtifactError when it is missing or was changed by hand."""
    text = (folder / f"{NAME}.json").read_text(encoding="utf-8")
    document = verify(text, name=NAME, schemas={SCHEMA: KEYS})
    return AlarmModel(
        tuple(document["heads"]),
        tuple(document["biases"]),
        document["threshold"],
        {feature: tuple(weights) for feature, weights in document["weights"].items()},
    )
