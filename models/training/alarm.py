"""Trains the alarm: sentences of simulated writers -> linear weights of features, sealed as text.

One writer after the other is left out, and the alarm that the others make is tried on that one; the threshold
is set where the ordinary sentences of writers left out raise few false alarms. What counts as a feature is
bot/dialogue/hearing.py's, so that serving and training read a text alike.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import yaml
from sklearn.svm import LinearSVC

from bot.content.alarms import ALARM, KINDS, Kind
from bot.dialogue.hearing import Hearing, beyond_doubt
from bot.loading.knowledge import load_hearing
from models.serving import artifact, linear
from models.training.linear import Floats, columns, matrix, rounded

ROOT = Path(__file__).parents[2]
SENTENCES = ROOT / "models" / "sentences"
WRITERS = ROOT / "tests" / "others" / "writers"

KIND_OF: dict[str, Kind | None] = {
    "danger_plain": "life",
    "danger_hinted": "life",
    "violence": "violence",
    "swindle": "swindle",
    "accident": "accident",
    "child": "child",
    "hunger": "hunger",
    "ordinary": None,
    "questions": None,
    "off_topic": None,
}
OWN = {"plain": "danger_plain", "hinted": "danger_hinted"}  # the lists of models/sentences/life.yaml
NOBODY = 0  # the writer of our own sentences: never left out
PENALTY = 1.5  # the support vector machine's C
KEPT = 24_000  # features in the artifact: those of the greatest weights
FALSE_ALARMS = 0.0195  # of the ordinary sentences of writers left out: where the threshold is set

CARD = """# Card of the alarm

Made by `python -m models train-alarm`; do not edit. A linear support vector machine over {features} features
of a typed message, beside hand-written patterns (knowledge/alarms.yaml). What it is for and how it is
answered: docs/alarms.md.

## How often an alarm is raised, by simulated writers left out of training one by one

{header}
{rows}

The rows from `ordinary` on are false alarms. All writers are simulated: real people may write otherwise. The
patterns were written with sight of the failures of writers 1 to 5; of 6 to 10 only totals were seen.

Writers 13 to 15 wrote emergencies in the styles that were heard least, and near misses, which mislead by
design: those neither teach nor count here. The threshold is set by `ordinary` and `off_topic`, for a
free question may be about an emergency that is under way.

## What it can't hear

* Danger between the lines: a plan behind an ordinary question, irony, quotations, poems.
* Style that none of its writers has, above all English, strong dialect, abbreviations.
* What was said a message earlier, in a voice message, in a picture, by silence.
* Whether somebody means it. It doesn't rate risk, and nobody may use it to do so.

It may not be used to watch people, to keep who raised an alarm, or to refuse anybody anything.
"""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, the number of its writer, and the list of their file in which it stands."""

    text: str
    writer: int
    list: str

    @property
    def kind(self) -> Kind | None:
        """The kind of emergency; None for an ordinary sentence."""
        return KIND_OF[self.list]


@dataclass(frozen=True, slots=True)
class Judged:
    """A sentence, how much of an alarm it was found to be, and of which kind."""

    sentence: Sentence
    score: float
    kind: Kind
    sure: bool  # by the patterns alone

    def alarms(self, threshold: float) -> bool:
        """Say whether it raises an alarm."""
        return self.sure or self.score > threshold


def written(path: Path) -> Iterator[Sentence]:
    """Read a writer's file.

    Writers without things off topic wrote near misses instead of everyday words: those mislead by design, so
    that they neither teach nor count where the threshold is set.
    """
    read = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name in KIND_OF if read["off_topic"] else (name for name, kind in KIND_OF.items() if kind):
        for item in read.get(name, ()):
            yield Sentence(item if isinstance(item, str) else item["ask"], int(read["writer"]), name)


def sentences() -> list[Sentence]:
    """Read all sentences: the writers' and our own."""
    found = [sentence for path in sorted(WRITERS.glob("*.yaml")) for sentence in written(path)]
    for path in sorted(SENTENCES.glob("*.yaml")):
        for name, text in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            found += [Sentence(line, NOBODY, OWN.get(name, name)) for line in text.splitlines()]
    return found


@dataclass(frozen=True)
class Corpus:
    """Sentences, with the features found in each."""

    hearing: Hearing
    sentences: Sequence[Sentence]

    @cached_property
    def features(self) -> list[list[str]]:
        """The features of each sentence, sorted, so that every run counts them alike."""
        return [sorted(self.hearing.features(self.hearing.heard(each.text))) for each in self.sentences]

    def fitted(self, chosen: Sequence[int]) -> "Fitted":
        """Fit on some of the sentences, given by their places."""
        known = columns(self.features, chosen)
        rows = matrix(self.features, chosen, known)
        kinds = [self.sentences[place].kind for place in chosen]
        heads = [_head(rows, [kind is not None for kind in kinds])]
        heads += [_head(rows, [kind == wanted for kind in kinds]) for wanted in KINDS]
        return Fitted(*rounded(heads, known, KEPT))

    def left_out(self) -> list[Judged]:
        """Judge each writer's sentences by what all the others make."""
        found: list[Judged] = []
        for writer in sorted({each.writer for each in self.sentences} - {NOBODY}):
            places = range(len(self.sentences))
            model = self.fitted([n for n in places if self.sentences[n].writer != writer]).model(0.0)
            found += [self.judge(model, n) for n in places if self.sentences[n].writer == writer]
        return found

    @cached_property
    def sure(self) -> list[bool]:
        """Say of each sentence whether its patterns leave no doubt."""
        return [beyond_doubt(self.hearing.alarming(self.hearing.heard(each.text))) for each in self.sentences]

    def judge(self, model: linear.LinearModel, place: int) -> Judged:
        """Judge one sentence."""
        scores = model.scores(self.features[place])
        kind = max(KINDS, key=lambda kind: scores[kind])
        return Judged(self.sentences[place], scores[ALARM], kind, self.sure[place])


@dataclass(frozen=True, slots=True)
class Fitted:
    """Weights and biases before the threshold is set."""

    weights: dict[str, tuple[int, ...]]
    biases: tuple[float, ...]

    def model(self, threshold: float) -> linear.LinearModel:
        """Return the classifier as it serves."""
        return linear.LinearModel((ALARM, *KINDS), self.biases, threshold, self.weights)


def judged_by(model: linear.LinearModel, corpus: Corpus) -> list[Judged]:
    """Judge all sentences of a corpus by one model."""
    return [corpus.judge(model, place) for place in range(len(corpus.sentences))]


def threshold_of(left_out: Iterable[Judged]) -> float:
    """Return the score that so many ordinary sentences of writers left out exceed, and no more."""
    # A free question may be about an emergency that is under way: those are no everyday words.
    ordinary = [each for each in left_out if each.sentence.list in ("ordinary", "off_topic")]
    sure = sum(each.sure for each in ordinary)
    scores = sorted((each.score for each in ordinary if not each.sure), reverse=True)
    return round(scores[max(0, int(len(ordinary) * FALSE_ALARMS) - sure)], 3)


def heard_of(judgements: Iterable[Judged], threshold: float) -> dict[str, tuple[int, int]]:
    """Count by list: how many raised an alarm, of how many."""
    found: dict[str, tuple[int, int]] = {}
    for each in judgements:
        raised, count = found.get(each.sentence.list, (0, 0))
        found[each.sentence.list] = raised + each.alarms(threshold), count + 1
    return found


def make(folder: Path, card: Path) -> list[Path]:
    """Train on all writers, write the artifact and its card; the same bytes each time."""
    corpus = Corpus(load_hearing(ROOT), sentences())
    left_out = corpus.left_out()
    threshold = threshold_of(left_out)
    fitted = corpus.fitted(range(len(corpus.sentences)))
    digest = hashlib.sha256("\n".join(f"{s.list}\t{s.text}" for s in corpus.sentences).encode()).hexdigest()
    content = {
        "schema": linear.SCHEMA,
        "name": ALARM,
        "made_from": {"sentences": digest, "count": len(corpus.sentences)},
        "heads": [ALARM, *KINDS],
        "biases": list(fitted.biases),
        "threshold": threshold,
        "measured": {name: list(count) for name, count in heard_of(left_out, threshold).items()},
        "weights": {feature: list(weights) for feature, weights in fitted.weights.items()},
    }
    path = folder / f"{ALARM}.json"
    path.write_text(artifact.seal(content), encoding="utf-8")
    told = card / "ALARM.md"
    told.write_text(_card(left_out, threshold, len(fitted.weights)), encoding="utf-8")
    return [path, told]


def _card(left_out: Sequence[Judged], threshold: float, features: int) -> str:
    """Say what the alarm is, how often it hears whom, and what it can't hear."""
    writers = sorted({each.sentence.writer for each in left_out})
    rows = [
        f"| {name} | {_share(left_out, name, threshold)} | "
        + " | ".join(
            _share([each for each in left_out if each.sentence.writer == writer], name, threshold)
            for writer in writers
        )
        + " |"
        for name in KIND_OF
    ]
    numbers = " | ".join(str(writer) for writer in writers)
    return CARD.format(
        features=f"{features:,}",
        header=f"| sentences | all | {numbers} |\n|---|--:|{'--:|' * len(writers)}",
        rows="\n".join(rows),
    )


def _share(judgements: Sequence[Judged], name: str, threshold: float) -> str:
    raised, count = heard_of(judgements, threshold).get(name, (0, 0))
    return f"{raised / max(1, count):.2f}"


def _head(rows: "sp.csr_matrix[np.float64]", wanted: Sequence[bool]) -> tuple[Floats, float]:
    machine = LinearSVC(C=PENALTY, dual=True, tol=1e-3, max_iter=5000, random_state=0)
    machine.fit(rows, np.array(wanted))
    return machine.coef_[0], float(machine.intercept_[0])
