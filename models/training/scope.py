"""Trains what tells the bot's business from other people's: questions -> linear weights of their terms.

The ways of asking in knowledge/ are its business, and what stands there under `other` is not; writers add
questions of both sorts. One writer after the other is left out. What counts as a term is
bot/dialogue/retrieval.py's.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from bot.content.knowledge import Asks
from bot.content.questionnaire import LANGUAGES
from bot.dialogue.retrieval import OTHER, OURS, SCOPE, TALK, Asker, from_pinyin
from bot.loading.knowledge import load_asker
from models.serving import linear
from models.training.alarm import WRITERS, Fitted
from models.training.linear import OFTEN, Rows, columns, ones, write_classifier
from models.training.words import read_words

ROOT = Path(__file__).parents[2]
OWN = ROOT / "models" / "sentences" / "questions"
ELSEWHERE = ROOT / "tests" / "others" / "off_topic"
ASKING = (1, 2, 3, 4, 5, 6)  # writers whose questions teach; those of 7 to 10 have keys, and measure
NOBODY = 0  # the writer of the ways of asking and of our own questions: never left out
PENALTY = 1.0  # the support vector machine's C
COSTS = {True: 1.0, False: 3.0}  # of a question on the wrong side
SURE, PERHAPS = 0.35, 0.0  # scores from which a question is answered, and from which it is asked back

CARD = """# Card of the scope

Made by `python -m models train-scope`; do not edit. A linear support vector machine over {features} terms of
a typed question (single Chinese characters, runs of two and three, English stems) says whether it is the
bot's business. Where it isn't, a card that shares its words is not shown; where that is unclear, we ask back.

## Questions of simulated writers left out of training one by one

| writer | ours, of | taken for ours | perhaps | not ours, of | taken for ours | perhaps |
|---|--:|--:|--:|--:|--:|--:|
{rows}

How near a question is to one of our ways is added to its score later, and not counted here. Not every
question that is taken for ours gets a card: it must be like one, too. What is answered in the end
is in tests/others/README.md.

## What it can't hear

* A subject that no card has yet: train again when a card on a new subject is added.
* Questions that only what was said before would tell apart, and a private matter in the words of work.
* It says nothing about who asks.
"""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, its writer's number, and whether it is the bot's business."""

    text: str
    writer: int
    ours: bool


def questions(asks: Asks) -> list[Question]:
    """Read all questions that teach, each once for each writer.

    A writer's question that became a way of asking stays the writer's, who can be left out.
    """
    others = list(_others())
    theirs = {each.text for each in others}
    found = [*(each for each in _known(asks) if each.text not in theirs), *_own(), *others]
    return list(dict.fromkeys(found))


def _known(asks: Asks) -> Iterator[Question]:
    for id, ways in asks.ways.items():
        if not id.startswith(TALK):
            yield from (Question(way, NOBODY, id != OTHER) for by in LANGUAGES for way in ways[by])
    for point in asks.points.values():
        yield from (Question(way, NOBODY, True) for by in LANGUAGES for way in point.ways[by])


def _own() -> Iterator[Question]:
    for path in sorted(OWN.glob("*.yaml")):
        for name, text in read_words(path).items():
            yield from (Question(line, NOBODY, name == "ours") for line in text.splitlines())


def _others() -> Iterator[Question]:
    for writer in ASKING:
        read = read_words(WRITERS / f"{writer:02}.yaml")
        for item in read["questions"]:
            yield Question(item if isinstance(item, str) else item["ask"], writer, True)
        yield from (Question(text, writer, False) for text in read["off_topic"])
    for path in sorted(ELSEWHERE.glob("*.yaml")):
        yield from written(path)


def written(path: Path) -> Iterator[Question]:
    """Read a file of questions that are mostly not the bot's business."""
    read = read_words(path)
    for name in ("elsewhere", "elsewhere_en", "ours"):
        yield from (Question(text, int(read["writer"]), name == "ours") for text in read[name])


@dataclass(frozen=True)
class Corpus:
    """Questions, with the terms of each as the asker reads them."""

    asker: Asker
    pinyin: Mapping[str, str]
    questions: Sequence[Question]

    @cached_property
    def features(self) -> list[list[str]]:
        """The features of each question, sorted, so that every run counts them alike."""
        read = (from_pinyin(each.text, self.pinyin) or each.text for each in self.questions)
        return [sorted(self.asker.scope_features(text)) for text in read]

    @cached_property
    def _rows(self) -> tuple[Rows, list[str]]:
        known = columns(self.features, range(len(self.questions)))
        return ones(self.features, known), list(known)

    @property
    def names(self) -> list[str]:
        """The names of all features, in the order of their columns."""
        return self._rows[1]

    def fitted(self, chosen: Sequence[int]) -> Fitted:
        """Fit on some of the questions, given by their places; rarer features weigh more."""
        rows = self._rows[0][chosen]
        often = np.asarray(rows.sum(axis=0)).ravel()
        known = np.flatnonzero(often >= OFTEN)
        rare = np.log(len(chosen) / often[known])
        machine = LinearSVC(C=PENALTY, class_weight=COSTS, dual=True, tol=1e-4, random_state=0)
        machine.fit(
            normalize(rows[:, known] @ sp.diags(rare)), np.array([self.questions[n].ours for n in chosen])
        )
        weights = (machine.coef_[0] * rare)[:, None]
        return Fitted((OURS,), known, weights, (round(float(machine.intercept_[0]), 3),), rare**2)

    def model(self, chosen: Sequence[int]) -> linear.LinearModel:
        """Return the model that some of the questions make."""
        fitted = self.fitted(chosen)
        weights = fitted.numbers(self.names)
        return linear.LinearModel(fitted.heads, fitted.biases, SURE, weights, PERHAPS, sized=True)

    def left_out(self) -> dict[int, list[tuple[Question, float]]]:
        """Score each writer's questions by what all the others make."""
        places = range(len(self.questions))
        found = {}
        for writer in sorted({each.writer for each in self.questions} - {NOBODY}):
            model = self.model([n for n in places if self.questions[n].writer != writer])
            own = [n for n in places if self.questions[n].writer == writer]
            found[writer] = [(self.questions[n], model.scores(self.features[n])[OURS]) for n in own]
        return found


def corpus() -> Corpus:
    """Return the corpus of all questions that teach."""
    asks, asker = load_asker(ROOT)
    return Corpus(asker, asks.pinyin, questions(asks))


def make(folder: Path, card: Path) -> list[Path]:
    """Train on all questions, write the artifact and its card; the same bytes each time."""
    every = corpus()
    measured = {writer: _counted(scores) for writer, scores in every.left_out().items()}
    model = every.model(range(len(every.questions)))
    path = write_classifier(
        folder,
        SCOPE,
        {"questions": digest(every.questions), "count": len(every.questions)},
        dict(zip(model.heads, model.biases, strict=True)),
        (model.threshold, model.lower),
        model.weights,
        sized=True,
        measured={str(writer): counts for writer, counts in measured.items()},
    )
    told = card / "SCOPE.md"
    rows = (f"| {writer} | {' | '.join(map(str, counts))} |" for writer, counts in measured.items())
    told.write_text(CARD.format(features=f"{len(model.weights):,}", rows="\n".join(rows)), encoding="utf-8")
    return [path, told]


def digest(questions: Iterable[Question]) -> str:
    """Return what tells whether an artifact was made from these writers' questions.

    The ways of asking are left out: a card may be added before the scope is trained again.
    """
    own = (f"{q.writer}\t{q.ours}\t{q.text}" for q in questions if q.writer != NOBODY)
    return hashlib.sha256("\n".join(own).encode()).hexdigest()


def _counted(scored: Iterable[tuple[Question, float]]) -> list[int]:
    """Count of what is ours, then of what is not: how many, taken for ours, perhaps ours."""
    counts: list[int] = []
    held = list(scored)
    for ours in (True, False):
        scores = [score for question, score in held if question.ours is ours]
        sure = sum(score > SURE for score in scores)
        counts += [len(scores), sure, sum(score > PERHAPS for score in scores) - sure]
    return counts
