"""Loads an artifact and gives the models to the chat: the one door for serving. Standard library only."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from models.serving.artifact import ArtifactError, verify
from models.serving.reference import read
from models.serving.results import Abstained, Driver, Levels, Score
from models.serving.scoring import Model

__all__ = [
    "Abstained",
    "ArtifactError",
    "Driver",
    "Levels",
    "Model",
    "Score",
    "artifact",
    "load",
]

Term = Mapping[str, Any]
ARTIFACTS = Path(__file__).parents[1] / "artifacts"


def load(text: str, *, name: str) -> Model:
    """A model from its artifact's text.

    Raises:
        ArtifactError: the text is not, byte for byte, what training wrote for a served model of this name.
    """
    document = verify(text, name=name)
    if not document["served"]:
        raise ArtifactError(
            f"models/artifacts/{name}.json is for the model card, not for workers; "
            "load financing_constraint or insurance_gap"
        )
    codes = {row["name"]: tuple(row["codes"]) for row in document["features"]}
    terms = _by_feature(document["terms"], codes)
    model = Model(
        name=name,
        version=document["sha256"][:12],
        features=tuple(codes),
        codes=codes,
        points={
            feature: {code: _points(own, code) for code in codes[feature]} for feature, own in terms.items()
        },
        away={
            feature: {code: tuple(_away(term, code) for term in own) for code in codes[feature]}
            for feature, own in terms.items()
        },
        shown=frozenset(row["name"] for row in document["features"] if row["shown"]),
        mean_logit=document["baseline"],
        covariance=_in_order(document["covariance"], document["terms"], terms),
        known_share=document["known_share"],
        known_needed=document["known_needed"],
        bands=(document["bands"][0], document["bands"][1]),
        order=document.get("order"),  # release 1.0.0 didn't keep it
        population=read(document["population"], codes),
        groups={group: read(tables, codes) for group, tables in document["groups"].items()},
    )
    model.prepare()
    return model


def artifact(name: str, *, folder: Path = ARTIFACTS) -> Model:
    """The served model that this package carries.

    Raises:
        ArtifactError: the file is missing or refused.
    """
    path = folder / f"{name}.json"
    try:
        return load(path.read_bytes().decode("utf-8"), name=name)
    except (OSError, UnicodeDecodeError) as error:
        raise ArtifactError(f"{path} can't be read ({error}); run `make train`") from error


def _by_feature(terms: list[Term], features: Iterable[str]) -> dict[str, list[Term]]:
    return {feature: [term for term in terms if term["feature"] == feature] for feature in features}


def _in_order(
    covariance: list[list[float]], terms: list[Term], own: Mapping[str, list[Term]]
) -> list[list[float]]:
    """The covariance with each feature's terms side by side, as `away` has them."""
    order = [0, *(1 + terms.index(term) for group in own.values() for term in group)]
    return [[covariance[row][column] for column in order] for row in order]


def _points(terms: list[Term], code: int) -> float:
    return float(sum(term["slope"] * _away(term, code) for term in terms))


def _away(term: Term, code: int) -> float:
    value = code if term["at_least"] is None else code >= term["at_least"]
    return float(value - term["mean"])
