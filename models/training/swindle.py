"""Trains the classifier of swindles: texts of simulated writers -> linear weights of features, sealed as
text.

One regression tells all kinds and honest texts apart. One writer after the other is left out, then one kind
of swindle beside half of the writers; the threshold is set where few honest texts of writers left out are
called a swindle. What counts as a feature is bot/dialogue/suspicion.py's.
"""

import hashlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from bot.content.swindles import KINDS, SWINDLE, Kind
from bot.dialogue.suspicion import Suspicion, kind_of, swindled
from bot.loading.knowledge import load_suspicion
from models.serving import linear
from models.training.linear import Floats, columns, matrix, rareness, rounded, write_classifier
from models.training.words import read_words

ROOT = Path(__file__).parents[2]
WRITERS = ROOT / "tests" / "others" / "swindles"
OWN = ROOT / "models" / "sentences" / "swindles"
NOBODY = 0  # the writer of our own texts: never left out
HELD = (7, 8, 12, 14, 17, 24, 29, 33, 38, 43, 48, 53, 58)  # writers who teach nothing: they only measure
MISLEADS = "misleading"  # a list of honest texts that sound like a swindle: those teach, but set no threshold
MISLEADING = frozenset(range(25, 30))  # writers who mixed such texts with the others
UNSAID = "anybody"  # the sender where a writer doesn't say which
HONEST = "honest"  # the name of what is no swindle
NEVER = -100.0  # the bias of a kind that is left out
PENALTY = 10.0  # the regression's C
KEPT = 32_000  # features in the artifact: those of the greatest weights
_KIND: dict[str, Kind] = {kind: kind for kind in KINDS}
FALSE_ALARMS = 0.025  # of the everyday honest texts of writers left out: where the threshold is set

CARD = """# Card of the swindle check

Made by `python -m models train-swindle`; do not edit. A logistic regression over {features} features of a
pasted text (runs of characters, ideas and pairs of them, hand-written signs) tells ten kinds and honest texts
apart. A text is red where all kinds together are likelier than an honest text by more than a threshold. Signs
of knowledge/swindles.yaml that leave no doubt (one that is enough, a strange link beside another, or three)
add to that. What isn't red is amber, never "safe".

## How often a swindle is called one

| kind | writer left out | kind and half of the writers left out |
|---|--:|--:|
{kinds}

The second column's model has seen no text of that kind, and of the writers only one half: it judges the
other's. The signs, which are written by hand, know all kinds.

## How often an honest text is called a swindle, writer left out

| from | share |
|---|--:|
{honest}

All writers are simulated: real swindlers may write otherwise. **These figures flatter.** The signs were
written with sight of the failures of writers 1 to 6, and some of our own training texts with sight of those
of writers 1 to 6, 9 and 10. Before these texts it was 0.91, with 0.03 of the honest texts. Writers from 15
on were asked for smooth texts without a catch-word, a third of theirs. Half of the honest texts of 25 to 28
and a third of those from 30 on were written to mislead (`misleading`): they teach, but set no threshold. The
writers held out teach nothing: tests/others/README.md has what was measured on them, and test_swindles.py
asserts it.

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

    @property
    def everyday(self) -> bool:
        """Say whether it is an honest text of a writer who didn't write it to mislead."""
        return self.kind is None and self.sender != MISLEADS and self.writer not in MISLEADING


@dataclass(frozen=True, slots=True)
class Judged:
    """A text, and how much of a swindle it was found to be."""

    text: Text
    score: float
    kind: Kind

    def red(self, threshold: float) -> bool:
        """Say whether it is called a swindle."""
        return self.score > threshold


def written(path: Path) -> Iterator[Text]:
    """Read a writer's file."""
    read = read_words(path)
    writer = int(read["writer"])
    for item in read["swindles"]:
        yield Text(item["text"], writer, _KIND[item["kind"]])
    for item in read["honest"]:
        sender = {"text": item, "from": UNSAID} if isinstance(item, str) else item
        yield Text(sender["text"], writer, None, sender["from"])
    for item in read.get(MISLEADS, ()):
        yield Text(item if isinstance(item, str) else item["text"], writer, None, MISLEADS)


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
    read = read_words(OWN / f"{name}.yaml")
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
    def signs(self) -> list[Mapping[str, int]]:
        """The signs of each text."""
        return [self.suspicion.signs(each.text) for each in self.texts]

    def fitted(self, chosen: Sequence[int], threshold: float = 0.0) -> linear.LinearModel:
        """Fit on some of the texts, given by their places."""
        known = columns(self.features, chosen)
        rows = matrix(self.features, chosen, known)
        rare = rareness(rows)
        rows = sp.csr_matrix(rows @ sp.diags(rare))
        heads = _heads(rows, [self.texts[place].kind for place in chosen])
        weights, biases = rounded([(weight * rare, bias) for weight, bias in heads], known, KEPT)
        return linear.LinearModel(KINDS, biases, threshold, weights)

    def judge(self, model: linear.LinearModel, place: int) -> Judged:
        """Judge one text."""
        scores = model.scores(self.features[place])
        return Judged(self.texts[place], swindled(scores, self.signs[place]), kind_of(scores))

    def without_writers(self) -> list[Judged]:
        """Judge each writer's texts by what all the others make."""
        return [judged for writer in self._writers() for judged in self._without({writer})]

    def without_kinds(self) -> list[Judged]:
        """Judge each kind's texts by what one half of the writers makes for the other, without that kind.

        Halves make twenty models instead of a hundred.
        """
        halves = set(self._writers()[::2]), set(self._writers()[1::2])
        return [judged for half in halves for kind in KINDS for judged in self._without(half, kind)]

    def _writers(self) -> list[int]:
        return sorted({each.writer for each in self.texts} - {NOBODY})

    def _without(self, writers: Container[int], kind: Kind | None = None) -> list[Judged]:
        numbered = list(enumerate(self.texts))
        model = self.fitted(
            [n for n, t in numbered if t.writer not in writers and (kind is None or t.kind != kind)]
        )
        return [
            self.judge(model, n)
            for n, t in numbered
            if t.writer in writers and (kind is None or t.kind == kind)
        ]


def threshold_of(left_out: Iterable[Judged]) -> float:
    """Return the score that so many everyday honest texts of writers left out exceed, and no more."""
    honest = (each for each in left_out if each.text.everyday)
    scores = sorted((each.score for each in honest), reverse=True)
    return round(scores[int(len(scores) * FALSE_ALARMS)], 3)


def found_of(judgements: Iterable[Judged], threshold: float) -> dict[str, tuple[int, int]]:
    """Count how many were called a swindle, of how many: by kind, and of the honest texts by sender.

    Honest texts of writers who wrote them to mislead are counted together, apart from the others.
    """
    found: dict[str, tuple[int, int]] = {}
    for each in judgements:
        honest = f"honest {each.text.sender}" if each.text.everyday else MISLEADS
        name = each.text.kind or honest
        red, count = found.get(name, (0, 0))
        found[name] = red + each.red(threshold), count + 1
    return found


def make(folder: Path, card: Path) -> list[Path]:
    """Train on all texts that teach, write the artifact and its card; the same bytes each time."""
    corpus = Corpus(load_suspicion(ROOT), texts())
    without_writers, without_kinds = corpus.without_writers(), corpus.without_kinds()
    threshold = threshold_of(without_writers)
    fitted = corpus.fitted(range(len(corpus.texts)), threshold)
    measured, unknown = found_of(without_writers, threshold), found_of(without_kinds, threshold)
    path = write_classifier(
        folder,
        SWINDLE,
        {"texts": digest(corpus.texts), "count": len(corpus.texts)},
        dict(zip(fitted.heads, fitted.biases, strict=True)),
        (threshold, threshold),
        fitted.weights,
        sized=False,
        measured={name: [*count, *unknown.get(name, ())] for name, count in measured.items()},
    )
    told = card / "SWINDLE.md"
    told.write_text(_card(measured, unknown, len(fitted.weights)), encoding="utf-8")
    return [path, told]


def digest(texts: Iterable[Text]) -> str:
    """Return what tells whether an artifact was made from these texts."""
    return hashlib.sha256("\n".join(f"{t.kind}\t{t.text}" for t in texts).encode()).hexdigest()


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


def _heads(rows: "sp.csr_matrix[np.float64]", kinds: Sequence[Kind | None]) -> list[tuple[Floats, float]]:
    """Fit one regression over all kinds; return for each its weights and its bias against an honest text."""
    names = [kind or HONEST for kind in kinds]
    regression = LogisticRegression(C=PENALTY, tol=1e-5, max_iter=1000, random_state=0)
    with threadpool_limits(1):  # sums in another order differ in the last bit
        regression.fit(rows, names)
    of = {str(name): place for place, name in enumerate(regression.classes_)}
    weights, biases, honest = regression.coef_, regression.intercept_, of[HONEST]
    return [
        (weights[of[kind]] - weights[honest], float(biases[of[kind]] - biases[honest]))
        if kind in of
        else (np.zeros(rows.shape[1]), NEVER)
        for kind in KINDS
    ]
