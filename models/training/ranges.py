"""How far a served model may be off: the covariance of its coefficients over many plausible worlds.

Rubin's rule: within (what chance did to the printed coefficients) plus between (what nobody printed), and on
top how far the model's straight lines and the most even population lie off the worlds' own frequencies.
Training reads it from a file, since drawing the worlds takes most of a minute.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from models.training import population, published
from models.training.fitting import Floats
from models.training.groups import gaps
from models.training.published import EvidenceError
from models.training.specs import SERVED, Spec
from models.training.worlds import World, project, worlds

WORLDS = 200
HELD_OUT = 100  # worlds that the ranges are judged on
PROFILES = 30  # of workers that they are judged on, as common as in the rebuilt population
Z90 = 1.6448536269514722
SEED = 2020
DIGITS = 7  # decimals kept: worlds that differ in the last bit on another processor give the same file
FILE = Path(__file__).parents[1] / "ranges.json"


@dataclass(frozen=True, slots=True, eq=False)
class Centre:
    """What is served: log-odds at the mean answers, slopes, and these means."""

    coefficients: Floats
    means: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """The covariance of (log-odds at the mean answers, slopes), by where it comes from."""

    within: Floats
    between: Floats
    off_centre: Floats
    misfit: float

    @property
    def covariance(self) -> Floats:
        """All of it."""
        total: Floats = self.within + (1 + 1 / WORLDS) * self.between + self.off_centre
        total[0, 0] += self.misfit
        return total


def make(centres: Mapping[str, Centre], bands: tuple[float, float], path: Path = FILE) -> Path:
    """Draw the worlds and write what they say of each served model; the same bytes on every machine."""
    drawn = list(worlds(WORLDS, SEED))
    found = spreads(drawn, centres)
    held_out = list(worlds(HELD_OUT, SEED + 1))
    rows = {name: [_rounded(row) for row in spread.covariance] for name, spread in found.items()}
    parts = {
        name: {
            "within": _rounded(np.sqrt(np.diag(spread.within))),
            "between": _rounded(np.sqrt(np.diag(spread.between))),
            "off_centre": _rounded(np.sqrt(np.diag(spread.off_centre))),
            "misfit": _rounded([spread.misfit**0.5])[0],
        }
        for name, spread in found.items()
    }
    document = {
        "evidence": published.read().sha256,
        "worlds": WORLDS,
        "held_out_worlds": HELD_OUT,
        "seed": SEED,
        "covariance": rows,
        "standard_deviations": parts,
        "held_out": {s.name: _held(s, found[s.name], centres[s.name], held_out) for s in SERVED},
        "groups": {name: _groups(name, centre, bands, drawn) for name, centre in centres.items()},
    }  # fmt: skip
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return path


def spreads(drawn: Sequence[World], centres: Mapping[str, Centre]) -> Mapping[str, Spread]:
    """What so many worlds say of each served model."""
    return {spec.name: _spread(spec, drawn, centres[spec.name]) for spec in SERVED}


def _spread(spec: Spec, drawn: Sequence[World], centre: Centre) -> Spread:
    own, printed, missed = [], [], []
    for world in drawn:
        levels = world.codes(spec.features)
        x = spec.design(levels) - centre.means
        own.append(project(x, world.outcome(spec), world.shares))
        printed.append(project(x, world.outcome(spec, as_printed=True), world.shares))
        line = own[-1][0] + x @ own[-1][1:]
        missed.append(world.shares @ (logit(world.frequency(spec, levels)) - line) ** 2)
    by_chance, by_world = np.array(own) - np.array(printed), np.array(printed)
    off = by_world.mean(axis=0) - centre.coefficients
    return Spread(
        within=np.cov(by_chance.T),
        between=np.cov(by_world.T),
        off_centre=np.outer(off, off),
        misfit=float(np.mean(missed)),
    )


def _held(spec: Spec, spread: Spread, centre: Centre, held_out: Sequence[World]) -> dict[str, float]:
    """In how many worlds a range holds the frequency, on average and for the profile where it does least."""
    levels = profiles(spec)
    x = np.column_stack([np.ones(len(levels)), spec.design(levels) - centre.means])
    line = x @ centre.coefficients
    half = Z90 * np.sqrt(np.einsum("ij,jk,ik->i", x, spread.covariance, x))
    truths = np.array([world.frequency(spec, levels) for world in held_out])
    held = ((expit(line - half) <= truths) & (truths <= expit(line + half))).mean(axis=0)
    return {"mean": round(float(held.mean()), 3), "least": round(float(held.min()), 3)}


def _groups(
    name: str, centre: Centre, bands: tuple[float, float], drawn: Sequence[World]
) -> list[dict[str, Any]]:
    spec = next(spec for spec in SERVED if spec.name == name)
    found = gaps(spec, centre.coefficients, centre.means, bands, drawn)
    return [
        {
            field: round(value, 4) if isinstance(value, float) else value
            for field, value in asdict(gap).items()
        }
        for gap in found
    ]


def profiles(spec: Spec) -> NDArray[np.int64]:
    """Draw profiles [rows x features] as common as in the rebuilt population."""
    table = population.rebuild("flexible").table(spec.features)
    draw = np.random.default_rng(PROFILES)
    return table.levels[draw.choice(len(table.shares), size=PROFILES, p=table.shares / table.shares.sum())]


def read(spec: Spec, path: Path = FILE) -> Floats:
    """Read the covariance of a served model.

    Raises:
        EvidenceError: the file is missing or was made from other evidence.
    """
    return np.array(document(path)["covariance"][spec.name])


def document(path: Path = FILE) -> dict[str, Any]:
    """Read all that the worlds said.

    Raises:
        EvidenceError: the file is missing or was made from other evidence.
    """
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise EvidenceError(f"{path} can't be read ({error}); run `make train`") from error
    if found["evidence"] != published.read().sha256:
        raise EvidenceError(f"{path} was made from other evidence; run `make train`")
    return found


def _rounded(values: Sequence[float] | Floats) -> list[float]:
    return [round(float(value), DIGITS) + 0.0 for value in values]
