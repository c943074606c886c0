"""What the classifiers of texts share in training: features -> rows, weights -> whole thousandths."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from models.serving import artifact
from models.serving.linear import SCHEMA, UNIT, lines

Floats = npt.NDArray[np.float64]
Rows: TypeAlias = "sp.csr_matrix[np.float64]"
OFTEN = 2  # texts in which a feature must stand to count


def columns(features: Sequence[Sequence[str]], chosen: Sequence[int]) -> dict[str, int]:
    """Number the features that stand often enough in the chosen texts."""
    often = Counter(feature for place in chosen for feature in features[place])
    return {feature: n for n, feature in enumerate(sorted(f for f, c in often.items() if c >= OFTEN))}


def rareness(rows: "sp.csr_matrix[np.float64]") -> Floats:
    """Say how much each column counts: the more, the fewer of the rows have its feature."""
    texts, known = rows.shape
    often = np.bincount(rows.indices, minlength=known)
    return np.array([np.log(texts / count) for count in often])


def matrix(
    features: Sequence[Sequence[str]], chosen: Sequence[int], columns: Mapping[str, int]
) -> "sp.csr_matrix[np.float64]":
    """Return the rows of some texts, each as long as the root of the number of its features."""
    data, indices, pointers = [], [], [0]
    for place in chosen:
        known = [columns[feature] for feature in features[place] if feature in columns]
        indices += known
        data += [1 / np.sqrt(max(1, len(features[place])))] * len(known)
        pointers.append(len(indices))
    return sp.csr_matrix((data, indices, pointers), shape=(len(chosen), len(columns)))


def ones(features: Sequence[Sequence[str]], columns: Mapping[str, int]) -> Rows:
    """Return a row of ones and noughts for each text: which known features it has."""
    indices, pointers = [], [0]
    for each in features:
        indices += [columns[feature] for feature in each if feature in columns]
        pointers.append(len(indices))
    return sp.csr_matrix((np.ones(len(indices)), indices, pointers), shape=(len(features), len(columns)))


def rounded(
    heads: Sequence[tuple[Floats, float]], columns: Mapping[str, int], most: int
) -> tuple[dict[str, str], tuple[float, ...]]:
    """Return the greatest weights by feature, a whole number for each head, and the heads' biases."""
    weights = np.array([weights for weights, _ in heads]).T
    greatest = np.sort(np.argsort(-np.abs(weights).max(axis=1), kind="stable")[:most])
    names, whole = list(columns), np.rint(weights * UNIT).astype(int)
    return (
        {names[column]: " ".join(map(str, whole[column].tolist())) for column in greatest},
        tuple(round(bias, 3) for _, bias in heads),
    )


def write_classifier(
    folder: Path,
    name: str,
    made_from: Mapping[str, str | int],
    heads: Mapping[str, float],
    limits: tuple[float, float],
    weights: Mapping[str, str],
    *,
    sized: bool,
    measured: Mapping[str, Sequence[float]],
) -> Path:
    """Write a classifier's sealed artifact; returns where it lies.

    heads: their biases. limits: the threshold, and the lower one. weights: whole numbers by feature, a number
    for each head, and one more if `sized` (models/serving/linear.py).
    """
    content = {
        "schema": SCHEMA,
        "name": name,
        "made_from": made_from,
        "heads": list(heads),
        "biases": list(heads.values()),
        "threshold": limits[0],
        "lower": limits[1],
        "sized": sized,
        "measured": measured,
        "weights": lines(weights),
    }
    path = folder / f"{name}.json"
    path.write_text(artifact.seal(content), encoding="utf-8")
    return path
