"""Trains the classifier of swindles: texts of simulated writers -> linear weights of features, sealed as
text.

One writer after the other is left out, then one kind of swindle too; the threshold is set where few honest
texts of writers left out are called a swindle. What counts as a feature is bot/dialogue/suspicion.py's.
"""

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import yaml
from sklearn.linear_model import LogisticRegression

from bot.content.swindles import KINDS, SWINDLE, Kind
from bot.dialogue.suspicion import Suspicion, is_red
from bot.loading.knowledge import load_suspicion
from models.serving import artifact, linear
from models.training.linear import Floats, columns, matrix, rareness, rounded

ROOT = Path(__file__).parents[2]
WRITERS = ROOT / "tests" / "others" / "swindles"
OWN = ROOT / "models" / "sentences" / "swindles"
NOBODY = 0  # the writer of our own texts: never left out
HELD = (7, 8)  # writers who teach nothing: they only measure
PENALTY = 10.0  # the regression's C
KEPT = 16_000  # features in the artifact: those of the greatest weights
_KIND: dict[str, Kind] = {kind: kind for kind in KINDS}
FALSE_ALARMS = 0.03  # of the honest texts of writers left out: where the threshold is set

CARD = """# Card of the swindle check

Made by `python -m models train-swindle`; do not edit. A logistic regression over {features} features of a
pasted text (runs of characters, ideas, hand-written signs), beside the signs themselves in
knowledge/swindles.yaml: where one is enough, where a strange link stands with another sign, or where there
are three, the regression need only lean to a swindle. What isn't red is amber, never "safe".

## How often a swindle is called one

| kind | writer left out | writer and kind left out |
|---|--:|--:|
{kinds}

The second column's model has seen no text of that kind; the signs, which are written by hand, know all kinds.

## How often an honest text is called a swindle, writer left out

| from | share |
|---|--:|
{honest}

All writers are simulated: real swindlers may write otherwise. The signs were written with sight of the
failures of writers 1 to 6, so that these figures flatter. Writers 7 and 8 teach nothing:
tests/others/test_swindles.py asserts what was measured on them.

## What it can't hear

* A single harmless line that begins a swindle ("are you there?"), and what was said before or after it.
* A voice, a face, a picture, a QR code; who really sends it; whether a link leads where it says.
* Honest people who ask for a deposit or an advance, and swindlers who ask for nothing yet.
* English, dialects and tricks that none of its writers knew. New ones come every month.

It may not be used to accuse anybody, to keep what was pasted, or to tell somebody that a thing is safe.
"""


@dataclass(frozen=True, slots=True)
class Text:
    """One text, the number of its writer, and its kind of swindle, or from whom it honestly comes."""

    text: str
    writer: int
    kind: Kind | None
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, and how much of a swindle it was found to be; `sure` where its signs leave no doubt."""

    text: Text
    score: float
    sure: bool
    kind: Kind

    def red(self, threshold: float) -> bool:
        """Say whether it is called a swindle."""
        return is_red(self.score, threshold, sure=self.sure)


def written(path: Path) -> Iterator[Text]:
    """Read a writer's file."""
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    writer = int(read["writer"])
    for item in read["swindles"]:
        yield Text(item["text"], writer, _KIND[item["kind"]])
    for item in read["honest"]:
        yield Text(item["text"], writer, None, item["from"])


def texts() -> list[Text]:
    """Read all texts that teach: the writers' who are not held out, and our own."""
    found = [text for path in sorted(WRITERS.glob("*.yaml")) for text in written(path)]
    return [*_own(), *(text for text in found if text.writer not in HELD)]


def _own() -> Iterator[Text]:
    for kind, lines in _lists("swindles"):
        yield from (Text(line, NOBODY, _KIND[kind]) for line in lines)
    for sender, lines in _lists("honest"):
        yield from (Text(line, NOBODY, None, sender) for line in lines)


def _lists(name: str) -> Iterator[tuple[str, list[str]]]:
    read = yaml.safe_load((OWN / f"{name}.yaml").read_text(encoding="utf-8"))
    return ((key, lines.splitlines()) for key, lines in read.items())


@dataclass(frozen=True)
class Corpus:
    """Texts, with what is found in each."""

    suspicion: Suspicion
    texts: Sequence[Text]

    @cached_property
    def features(self) -> list[list[str]]:
        """The features of each text, sorted, so that every run counts them alike."""
        return [sorted(self.suspicion.features(each.text)) for each in self.texts]

    @cached_property
    def sure(self) -> list[bool]:
        """Say of each text whether its patterns leave no doubt."""
        return [self.suspicion.beyond_doubt(self.suspicion.signs(each.text)) for each in self.texts]

    def fitted(self, chosen: Sequence[int], threshold: float = 0.0) -> linear.LinearModel:
        """Fit on some of the texts, given by their places."""
        known = columns(self.features, chosen)
        rare = rareness(self.features, chosen, known)
        rows = sp.csr_matrix(matrix(self.features, chosen, known) @ sp.diags(rare))
        kinds = [self.texts[place].kind for place in chosen]
        heads = [_head(rows, [kind is not None for kind in kinds])]
        heads += [_head(rows, [kind == wanted for kind in kinds]) for wanted in KINDS]
        weights, biases = rounded([(weight * rare, bias) for weight, bias in heads], known, KEPT)
        return linear.LinearModel((SWINDLE, *KINDS), biases, threshold, weights)

    def judge(self, model: linear.LinearModel, place: int) -> Judged:
        """Judge one text."""
        scores = model.scores(self.features[place])
        kind = max(KINDS, key=lambda kind: scores[kind])
        return Judged(self.texts[place], scores[SWINDLE], self.sure[place], kind)

    def without_writers(self) -> list[Judged]:
        """Judge each writer's texts by what all the others make."""
        return [judged for writer in self._writers() for judged in self._without(writer)]

    def without_kinds(self) -> list[Judged]:
        """Judge each kind's texts by what is made without their writer and without that kind of anybody."""
        return [
            judged for writer in self._writers() for kind in KINDS for judged in self._without(writer, kind)
        ]

    def _writers(self) -> list[int]:
        return sorted({each.writer for each in self.texts} - {NOBODY})

    def _without(self, writer: int, kind: Kind | None = None) -> list[Judged]:
        taught = [
            n for n, t in enumerate(self.texts) if t.writer != writer and (kind is None or t.kind != kind)
        ]
        model = self.fitted(taught)
        return [
            self.judge(model, n)
            for n, t in enumerate(self.texts)
            if t.writer == writer and (kind is None or t.kind == kind)
        ]


def threshold_of(left_out: Iterable[Judged]) -> float:
    """Return the score that so many honest texts of writers left out exceed, and no more."""
    honest = [each for each in left_out if each.text.kind is None]
    sure = sum(each.sure and each.red(math.inf) for each in honest)
    scores = sorted((each.score for each in honest if not each.sure), reverse=True)
    return round(scores[max(0, int(len(honest) * FALSE_ALARMS) - sure)], 3)


def found_of(judgements: Iterable[Judged], threshold: float) -> dict[str, tuple[int, int]]:
    """Count by kind, and of the honest texts by sender: how many were called a swindle, of how many."""
    found: dict[str, tuple[int, int]] = {}
    for each in judgements:
        name = each.text.kind or f"honest {each.text.sender}"
        red, count = found.get(name, (0, 0))
        found[name] = red + each.red(threshold), count + 1
    return found


def make(folder: Path, card: Path) -> list[Path]:
    """Train on all texts that teach, write the artifact and its card; the same bytes each time."""
    corpus = Corpus(load_suspicion(ROOT), texts())
    without_writers, without_kinds = corpus.without_writers(), corpus.without_kinds()
    threshold = threshold_of(without_writers)
    fitted = corpus.fitted(range(len(corpus.texts)), threshold)
    digest = hashlib.sha256("\n".join(f"{t.kind}\t{t.text}" for t in corpus.texts).encode()).hexdigest()
    measured = found_of(without_writers, threshold)
    content = {
        "schema": linear.SCHEMA,
        "name": SWINDLE,
        "made_from": {"texts": digest, "count": len(corpus.texts)},
        "heads": list(fitted.heads),
        "biases": list(fitted.biases),
        "threshold": threshold,
        "lower": threshold,
        "sized": False,
        "measured": {name: list(count) for name, count in measured.items()},
        "weights": linear.lines(fitted.weights),
    }
    path, told = folder / f"{SWINDLE}.json", card / "SWINDLE.md"
    path.write_text(artifact.seal(content), encoding="utf-8")
    told.write_text(
        _card(measured, found_of(without_kinds, threshold), len(fitted.weights)), encoding="utf-8"
    )
    return [path, told]


def _card(
    without_writers: dict[str, tuple[int, int]], without_kinds: dict[str, tuple[int, int]], features: int
) -> str:
    """Say how often which swindle is found, what is found in honest texts, and what can't be."""
    kinds = [
        f"| {kind} | {_share(without_writers, kind)} | {_share(without_kinds, kind)} |" for kind in KINDS
    ]
    honest = [
        f"| {name.removeprefix('honest ')} | {_share(without_writers, name)} |"
        for name in without_writers
        if name not in KINDS
    ]
    return CARD.format(features=f"{features:,}", kinds="\n".join(kinds), honest="\n".join(honest))


def _share(found: dict[str, tuple[int, int]], name: str) -> str:
    red, count = found[name]
    return f"{red / count:.2f} ({red} of {count})"


def _head(rows: "sp.csr_matrix[np.float64]", wanted: Sequence[bool]) -> tuple[Floats, float]:
    if not any(wanted):  # of a kind that is left out
        return np.zeros(rows.shape[1]), -1.0
    regression = LogisticRegression(
        C=PENALTY, class_weight="balanced", solver="liblinear", tol=1e-5, max_iter=1000, random_state=0
    )
    regression.fit(rows, np.array(wanted, dtype=bool))
    return regression.coef_[0], float(regression.intercept_[0])
