"""Trains the alarm: sentences of simulated writers -> linear weights of features, sealed as text.

One writer after the other is left out, and the alarm that the others make is tried on that one; a threshold
is set where the ordinary sentences of writers left out raise few false alarms. What counts as a feature is
bot/dialogue/hearing.py's, so that serving and training read a text alike.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from bot.content.alarms import ALARM, KINDS, Kind
from bot.dialogue.hearing import Hearing
from bot.dialogue.triage import danger, is_alarm, is_brief, leeway
from bot.loading.knowledge import load_hearing
from models.serving import linear
from models.training.linear import OFTEN, Floats, Rows, columns, ones, write_classifier
from models.training.words import read_words

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
    "alike": None,
    "off_topic": None,
    "questions": None,
    "near_misses": None,
}
EVERYDAY = ("ordinary", "alike", "off_topic")  # those that set the thresholds
# Writers whose ordinary sentences mislead by design.
MISLEADING = frozenset((13, 14, 15, *range(61, 80), *range(81, 123)))  # and keep no list of them
OWN = {"plain": "danger_plain", "hinted": "danger_hinted", "typed": "ordinary"}  # lists of models/sentences/
NOBODY = 0  # the writer of our own sentences: never left out
PENALTY = 3.0  # the support vector machine's C
COSTS = {True: 1.0, False: 2.0}  # of a sentence on the wrong side: a false alarm is the dearer
PLAINER = {"danger_plain": 2.0}  # how often a sentence of a list counts in training, where not once
SELDOM: Mapping[str, float] = {"accident": 0.2, "child": 0.2, "hunger": 0.2}
"""Added to the scores of kinds of which there are few sentences, or the many of danger to life hide them."""
MOST = 160_000  # features that are kept: those with the greatest weights, which generalise as well as all
FALSE_ALARMS = 0.0195  # of everyday sentences of writers left out: where the threshold is set
FALSE_DOUBTS = 0.06  # of the same: how many more are answered with a gentle line

CARD = """# Card of the alarm

Made by `python -m models train-alarm`; do not edit. Linear support vector machines over {features} features
of a typed message, one for any emergency and one for each kind: the score is that of the first and the
highest of the others together. Beside them stand hand-written patterns (knowledge/alarms.yaml). What it is
for and how it is answered: docs/alarms.md.

## How often an alarm is raised, by simulated writers left out of training one by one

{header}
{rows}

The rows from `ordinary` on are false alarms; `alike` are ordinary sentences in frightening words. The
second column counts alarms and gentle lines together: below the threshold of an alarm there is a lower one,
above which a text is answered as usual after one kind line with a number. Both thresholds are set by
`ordinary`, `alike` and `off_topic`, for a free question may be about an emergency that is under way.
`near_misses` mislead by design: those teach, but don't count. They are the ordinary sentences of writers 13
to 15, of those from 61 to 94, who hint at danger in most of theirs, of those from 101 to 110, who wrote
nothing else, and what those from 131 on listed apart.

All writers are simulated: real people may write otherwise. The patterns were written with sight of the
failures of writers 1 to 5, 51 to 53 and 61 to 74, and of some of 6 to 10 and 31 to 35. Those that make an
alarm by themselves were written with sight of all plain sentences, and of those of other kinds that were
missed narrowly, by any writer. So all columns flatter, danger said plainly the most. The writers in
tests/others/held/ teach nothing, and of most only totals were seen (tests/others/README.md). Writers 13 to
15 wrote in the styles that were heard least.

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
    leeway: float | None  # of its patterns, where they leave no doubt
    brief: bool = False  # too short to hint at anything

    def alarms(self, limits: "Limits") -> bool:
        """Say whether it raises an alarm."""
        return is_alarm(self.score, limits.alarm, limits.doubt, self.leeway)

    def is_met(self, limits: "Limits") -> bool:
        """Say whether it raises an alarm or is answered with a gentle line."""
        return self.alarms(limits) or (self.score > limits.doubt and not self.brief)


def written(path: Path) -> Iterator[Sentence]:
    """Read a writer's file.

    Writers without things off topic wrote ordinary sentences in frightening words, which are counted apart,
    unless a list of near misses stands beside them.
    """
    read = read_words(path)
    writer = int(read["writer"])
    apart = read.get("off_topic") or read.get("near_misses")
    harmless = "ordinary" if apart else "near_misses" if writer in MISLEADING else "alike"
    for name in KIND_OF:
        for item in read.get(name, ()):
            text = item if isinstance(item, str) else item["ask"]
            yield Sentence(text, writer, harmless if name == "ordinary" else name)


def sentences() -> list[Sentence]:
    """Read all sentences: the writers' and our own."""
    found = [sentence for path in sorted(WRITERS.glob("*.yaml")) for sentence in written(path)]
    for path in sorted(SENTENCES.glob("*.yaml")):
        for name, text in read_words(path).items():
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

    @cached_property
    def _rows(self) -> tuple[Rows, list[str]]:
        known = columns(self.features, range(len(self.sentences)))
        return ones(self.features, known), list(known)

    def fitted(self, chosen: Sequence[int], heads: Sequence[str] = (ALARM, *KINDS)) -> "Fitted":
        """Fit on some of the sentences, given by their places.

        A feature counts the more, the rarer it is; all features of a sentence together have the length 1.
        Those with little weight are left out afterwards, and count in no sentence's length any more.
        """
        every, _ = self._rows
        rows = every[chosen]
        often = np.asarray(rows.sum(axis=0)).ravel()
        known = np.flatnonzero(often >= OFTEN)
        rare = np.log(len(chosen) / often[known])
        rows = normalize(rows[:, known] @ sp.diags(rare))
        kinds = [self.sentences[place].kind for place in chosen]
        counts = [PLAINER.get(self.sentences[place].list, 1.0) for place in chosen]
        fits = [
            _head(rows, [kind is not None if head == ALARM else kind == head for kind in kinds], counts)
            for head in heads
        ]
        weights = np.array([weights for weights, _ in fits]).T * rare[:, None]
        kept = np.sort(np.argsort(-np.abs(weights).max(axis=1), kind="stable")[:MOST])
        return Fitted(
            tuple(heads),
            known[kept],
            weights[kept],
            tuple(
                round(bias + SELDOM.get(head, 0.0), 3) for head, (_, bias) in zip(heads, fits, strict=True)
            ),
            rare[kept] ** 2,
        )

    def left_out(self, writers: Iterable[int] | None = None) -> list[Judged]:
        """Judge each writer's sentences by what all the others make."""
        _ = self._rows, self.leeways, self.brief  # once, for all processes
        with ProcessPoolExecutor(cores(), get_context("fork"), _share_out, (self,)) as processes:
            return [each for judged in processes.map(_without, writers or self.writers) for each in judged]

    def without(self, writer: int) -> list[Judged]:
        """Judge a writer's sentences by what all the others make."""
        places = range(len(self.sentences))
        fitted = self.fitted([n for n in places if self.sentences[n].writer != writer])
        return self._judged(fitted, [n for n in places if self.sentences[n].writer == writer])

    @property
    def names(self) -> list[str]:
        """The names of all features, in the order of their columns."""
        return self._rows[1]

    @property
    def writers(self) -> list[int]:
        """The numbers of those who can be left out."""
        return sorted({each.writer for each in self.sentences} - {NOBODY})

    def _judged(self, fitted: "Fitted", chosen: Sequence[int]) -> list[Judged]:
        rows = self._rows[0][chosen][:, fitted.known]
        sizes = np.sqrt(np.maximum(np.asarray(rows @ fitted.sizes), 1e-9))
        scores = (rows @ fitted.weights) / sizes[:, None] + np.array(fitted.biases)
        return [
            self._verdict(place, dict(zip(fitted.heads, row.tolist(), strict=True)))
            for place, row in zip(chosen, scores, strict=True)
        ]

    @cached_property
    def leeways(self) -> list[float | None]:
        """The leeway of each sentence's patterns."""
        return [leeway(self.hearing.alarming(self.hearing.heard(each.text))) for each in self.sentences]

    @cached_property
    def brief(self) -> list[bool]:
        """Say of each sentence whether it is too short to hint at anything."""
        return [is_brief(self.hearing.heard(each.text)) for each in self.sentences]

    def judge(self, model: linear.LinearModel, place: int) -> Judged:
        """Judge one sentence as it is judged at work."""
        return self._verdict(place, model.scores(self.features[place]))

    def _verdict(self, place: int, scores: Mapping[str, float]) -> Judged:
        kind = max(KINDS, key=lambda kind: scores[kind])
        return Judged(self.sentences[place], danger(scores), kind, self.leeways[place], self.brief[place])


_SHARED: list[Corpus] = []  # in a process that leaves writers out: the corpus, which a fork gets for nothing


def _share_out(corpus: Corpus) -> None:
    _SHARED[:] = [corpus]


def _without(writer: int) -> list[Judged]:
    return _SHARED[0].without(writer)


def cores() -> int:
    """Return how many processes may run at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """Weights by feature and head, biases, and the square of how rare each feature is."""

    heads: tuple[str, ...]
    known: npt.NDArray[np.int64]
    weights: Floats
    biases: tuple[float, ...]
    sizes: Floats

    def numbers(self, names: Sequence[str]) -> dict[str, str]:
        """Return whole thousandths by feature: a weight for each head, and the size."""
        whole = np.rint(np.column_stack([self.weights, self.sizes]) * linear.UNIT).astype(int)
        return {
            names[column]: " ".join(map(str, row))
            for column, row in zip(self.known, whole.tolist(), strict=True)
        }


def judged_by(model: linear.LinearModel, corpus: Corpus) -> list[Judged]:
    """Judge all sentences of a corpus by one model."""
    return [corpus.judge(model, place) for place in range(len(corpus.sentences))]


@dataclass(frozen=True, slots=True)
class Limits:
    """The score above which there is an alarm, and that above which there is a gentle line."""

    alarm: float
    doubt: float


def limits_of(left_out: Iterable[Judged]) -> Limits:
    """Return the scores that so many everyday sentences of writers left out exceed, and no more."""
    # A free question may be about an emergency that is under way: those are no everyday words.
    everyday = [each for each in left_out if each.sentence.list in EVERYDAY]
    scores = sorted((each.score for each in everyday), reverse=True)
    doubt = scores[int(len(scores) * (FALSE_ALARMS + FALSE_DOUBTS))]
    sure = sum(each.leeway is not None and each.score > doubt - each.leeway for each in everyday)
    unsure = sorted((each.score for each in everyday if each.leeway is None), reverse=True)
    alarm = unsure[max(0, int(len(scores) * FALSE_ALARMS) - sure)]
    return Limits(round(alarm, 3), round(doubt, 3))


def heard_of(judgements: Iterable[Judged], limits: Limits) -> dict[str, tuple[int, int]]:
    """Count by list: how many raised an alarm, of how many."""
    return _counted(judgements, lambda each: each.alarms(limits))


def met_of(judgements: Iterable[Judged], limits: Limits) -> dict[str, tuple[int, int]]:
    """Count by list: how many raised an alarm or were answered with a gentle line, of how many."""
    return _counted(judgements, lambda each: each.is_met(limits))


def make(folder: Path, card: Path) -> list[Path]:
    """Train on all writers, write the artifact and its card; the same bytes each time."""
    corpus = Corpus(load_hearing(ROOT), sentences())
    left_out = corpus.left_out()
    limits = limits_of(left_out)
    fitted = corpus.fitted(range(len(corpus.sentences)))
    weights = fitted.numbers(corpus.names)
    heard, met = heard_of(left_out, limits), met_of(left_out, limits)
    path = write_classifier(
        folder,
        ALARM,
        {"sentences": digest(corpus.sentences), "count": len(corpus.sentences)},
        dict(zip(fitted.heads, fitted.biases, strict=True)),
        (limits.alarm, limits.doubt),
        weights,
        sized=True,
        measured={name: [*heard[name][:1], met[name][0], heard[name][1]] for name in heard},
    )
    told = card / "ALARM.md"
    told.write_text(_card(left_out, limits, len(weights)), encoding="utf-8")
    return [path, told]


def digest(sentences: Iterable[Sentence]) -> str:
    """Return what tells whether an artifact was made from these sentences."""
    return hashlib.sha256("\n".join(f"{s.list}\t{s.text}" for s in sentences).encode()).hexdigest()


def _card(left_out: Sequence[Judged], limits: Limits, features: int) -> str:
    """Say what the alarm is, how often it hears whom, and what it can't hear."""
    numbers = sorted({each.sentence.writer for each in left_out})
    by_writer = [[each for each in left_out if each.sentence.writer == writer] for writer in numbers]
    rows = []
    for name in KIND_OF:
        shares = [_share(heard_of(left_out, limits), name), _share(met_of(left_out, limits), name)]
        shares += [_share(heard_of(own, limits), name) for own in by_writer]
        rows.append(f"| {name} | {' | '.join(shares)} |")
    writers = " | ".join(map(str, numbers))
    return CARD.format(
        features=f"{features:,}",
        header=f"| sentences | all | with the line | {writers} |\n|---|--:|--:|{'--:|' * len(numbers)}",
        rows="\n".join(rows),
    )


def _counted(judgements: Iterable[Judged], said: Callable[[Judged], bool]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for each in judgements:
        so, count = found.get(each.sentence.list, (0, 0))
        found[each.sentence.list] = so + said(each), count + 1
    return found


def _share(counted: Mapping[str, tuple[int, int]], name: str) -> str:
    return f"{counted[name][0] / counted[name][1]:.2f}" if name in counted else ""


def _head(rows: Rows, wanted: Sequence[bool], counts: Sequence[float]) -> tuple[Floats, float]:
    machine = LinearSVC(C=PENALTY, class_weight=COSTS, dual=True, tol=1e-3, max_iter=5000, random_state=0)
    machine.fit(rows, np.array(wanted), sample_weight=np.array(counts))
    return machine.coef_[0], float(machine.intercept_[0])
