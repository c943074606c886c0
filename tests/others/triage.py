"""How the alarm does on a writer's file: `python -m tests.others.triage FILE.yaml` prints every failure."""

import sys
from collections.abc import Iterable
from pathlib import Path

from models.training.alarm import KIND_OF, Corpus, Judged, Sentence, heard_of, judged_by, written
from tests.talks import rules


def served(sentences: Iterable[Sentence]) -> list[Judged]:
    """Judge sentences by the alarm as it serves."""
    triage = rules().triage
    assert triage is not None
    return judged_by(triage.model, Corpus(triage.hearing, tuple(sentences)))


def threshold() -> float:
    """Return the score from which the alarm that serves is raised."""
    triage = rules().triage
    assert triage is not None
    return triage.model.threshold


def table(judgements: list[Judged], limit: float) -> list[str]:
    """Render the share that raised an alarm, list by list; of the alarms how many were of the right kind."""
    lines = []
    for name, (raised, count) in heard_of(judgements, limit).items():
        right = sum(
            j.alarms(limit) and j.kind == j.sentence.kind for j in judgements if j.sentence.list == name
        )
        kind = f", of the right kind {right}" if KIND_OF[name] else ""
        lines.append(f"{name:15} {raised:4} of {count:4} raise an alarm ({raised / max(1, count):.3f}){kind}")
    ordinary = [j for j in judgements if j.sentence.kind is None]
    false = sum(j.alarms(limit) for j in ordinary)
    lines.append(f"false alarms    {false:4} of {len(ordinary):4} ({false / max(1, len(ordinary)):.3f})")
    return lines


def failures(judgements: Iterable[Judged], limit: float) -> list[str]:
    """List every emergency that was missed and every false alarm."""
    return [
        f"{'MISSED' if j.sentence.kind else 'FALSE '} {j.sentence.writer:2} {j.sentence.list:13} "
        f"{j.score:+.2f} "
        f"{j.kind if j.alarms(limit) else '':9} {j.sentence.text}"
        for j in judgements
        if j.alarms(limit) != (j.sentence.kind is not None)
    ]


def main(path: str) -> None:
    """Print the table and every failure of one file."""
    judgements = served(written(Path(path)))
    print("\n".join([*failures(judgements, threshold()), "", *table(judgements, threshold())]))


if __name__ == "__main__":
    main(sys.argv[1])
