"""A linear classifier at work: weights of features, added up, from this file and its artifact alone."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from models.serving.artifact import verify

SCHEMA = 2
KEYS = frozenset(
    ("schema", "name", "made_from", "heads", "biases", "threshold", "lower", "sized", "measured", "weights")
)
UNIT = 1000  # weights are kept as whole thousandths


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """Weights of features for each head; above `threshold` a text is what the first head looks for.

    Above `lower` it may be. `weights` holds by feature a whole number for each head, with blanks between.
    A `sized` model has one number more: what the feature adds to the square of the text's size. The numbers
    are read when a feature is met, since few of them ever are.

    Two are never equal, so that what is made of one is remembered by it.
    """

    heads: tuple[str, ...]
    biases: tuple[float, ...]
    threshold: float
    weights: Mapping[str, str]
    lower: float = math.inf
    sized: bool = False

    def prepare(self) -> None:
        """Make now what the first text would wait for."""
        self.weights.get("")

    def scores(self, features: Collection[str]) -> Mapping[str, float]:
        """Add up the weights of a text's features, over the root of their number or sizes."""
        sums = [0] * (len(self.heads) + self.sized)
        for feature in features:
            for place, number in enumerate(self.weights.get(feature, "").split()):
                sums[place] += int(number)
        square = sums.pop() / UNIT if self.sized else len(features)
        size = UNIT * math.sqrt(square or 1)
        return {
            head: total / size + bias for head, total, bias in zip(self.heads, sums, self.biases, strict=True)
        }


class _Lines(Mapping[str, str]):
    """Weights as an artifact's lines have them, which are parted when one is first looked up."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = lines

    @cached_property
    def _by_feature(self) -> dict[str, str]:
        return dict(line.split("\t") for line in self._lines)

    def __getitem__(self, feature: str) -> str:
        return self._by_feature[feature]

    def get(self, feature: str, default: str = "") -> str:  # type: ignore[override]
        return self._by_feature.get(feature, default)  # most are missing, which is no exception here

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_feature)

    def __len__(self) -> int:
        return len(self._by_feature)


def lines(weights: Mapping[str, str]) -> list[str]:
    """Return a line for each feature, as an artifact has them: its name, a tab and its numbers."""
    return [f"{feature}\t{numbers}" for feature, numbers in weights.items()]


def read(folder: Path, name: str) -> LinearModel:
    """Read a sealed artifact; raises ArtifactError when it was changed by hand, OSError without it."""
    text = (folder / f"{name}.json").read_bytes().decode()  # as text it would be looked through for line ends
    document = verify(text, name=name, schemas={SCHEMA: KEYS})
    return LinearModel(
        tuple(document["heads"]),
        tuple(document["biases"]),
        document["threshold"],
        _Lines(document["weights"]),
        document["lower"],
        document["sized"],
    )
