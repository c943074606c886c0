"""How the alarm does on a writer's file: `python -m tests.others.triage FILE.yaml` prints every failure."""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from models.training.alarm import (
    KIND_OF,
    Corpus,
    Judged,
    Limits,
    Sentence,
    heard_of,
    judged_by,
    met_of,
    written,
)
from tests.talks import rules


def served(sentences: Iterable[Sentence]) -> list[Judged]:
    """Judge sentences by the alarm as it serves."""
    triage = rules().triage
    assert triage is not None
    return judged_by(triage.model, Corpus(triage.hearing, tuple(sentences)))


def limits() -> Limits:
    """Return the scores from which the alarm that serves is raised, and its gentle line is said."""
    triage = rules().triage
    assert triage is not None
    return Limits(triage.model.threshold, triage.model.lower)


def table(judgements: list[Judged], at: Limits) -> list[str]:
    """Render list by list the share that raised an alarm, and the share met with a gentle line or more."""
    lines, met = [], met_of(judgements, at)
    for name, (raised, count) in heard_of(judgements, at).items():
        own = [each for each in judgements if each.sentence.list == name]
        right = sum(each.alarms(at) and each.kind == each.sentence.kind for each in own)
        kind = f", of the right kind {right}" if KIND_OF[name] else ""
        shares = f"{raised / count:.3f}, met {met[name][0] / count:.3f}"
        lines.append(f"{name:15} {raised:4} of {count:4} raise an alarm ({shares}){kind}")
    return lines


def failures(judgements: Iterable[Judged], at: Limits) -> list[str]:
    """List every emergency that was missed and every false alarm."""
    return [
        f"{'MISSED' if j.sentence.kind else 'FALSE '} {j.sentence.writer:2} {j.sentence.list:13} "
        f"{j.score:+.2f} "
        f"{j.kind if j.alarms(at) else '':9} {j.sentence.text}"
        for j in judgements
        if j.alarms(at) != (j.sentence.kind is not None)
    ]


def plain(text: str) -> str:
    """Return a text without marks and blanks, in small letters, to tell whether two are the same."""
    return re.sub(r"[\W_]+", "", text.lower())


def copied(sentences: Iterable[Sentence]) -> Iterator[tuple[Sentence, Sentence]]:
    """Yield each emergency that stands in two writers' files, which few ever do by chance."""
    first: dict[str, Sentence] = {}
    for each in sentences:
        known = first.setdefault(plain(each.text), each)
        if each.kind and known.writer != each.writer:
            yield known, each


def main(path: str) -> None:
    """Print the table and every failure of one file."""
    judgements = served(written(Path(path)))
    print("\n".join([*failures(judgements, limits()), "", *table(judgements, limits())]))


if __name__ == "__main__":
    main(sys.argv[1])
