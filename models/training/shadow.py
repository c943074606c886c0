"""The model in service and its challenger on people who answered after the challenger was made."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import expit

from models.training import merit, response_checks, sheet
from models.training.evaluation import auc
from models.training.fitting import Fit, Floats, Rows, calibrate
from models.training.learning import coefficients
from models.training.merit import Gain
from models.training.specs import SERVED

LEAST = 100  # people: fewer tell nothing


@dataclass(frozen=True, slots=True)
class Fresh:
    """What an answer gains (nats) from the challenger; how often either has two people in the right order."""

    people: int
    gain: Gain
    order: tuple[float, float]


def fresh(model: str, serves: str, waits: str, path: Path) -> Fresh | None:
    """Compare two artifacts on a file's rows without those that can't be believed, or None when they are too
    few.

    Raises:
        AnswersError: the file can't be read.
        ArtifactError: one of the two was changed after training.
    """
    (spec,) = (spec for spec in SERVED if spec.name == model)
    found = sheet.read(path)
    rows = found.pick(spec, response_checks.check(found).kept).rows
    if len(rows.y) < LEAST or not 0 < rows.y.sum() < len(rows.y):
        return None
    old, new = (_predicted(coefficients(text, spec), rows) for text in (serves, waits))
    return Fresh(len(rows.y), merit.gain(new, old, rows), (auc(old, rows), auc(new, rows)))


def _predicted(model: Fit, rows: Rows) -> Floats:
    """Predictions with the constant that fits these people: models are compared by their order."""
    offsets = model.logits(rows.x)
    result: Floats = np.asarray(expit(calibrate(offsets, rows.weight, float(rows.y.mean())) + offsets))
    return result
