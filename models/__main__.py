"""The models' command line: `python -m models train [--answers FILE.csv]`, `python -m models simulate`."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from threadpoolctl import threadpool_limits

from models.serving.artifact import ArtifactError
from models.training import alarm, card, learning, ranges, scope, simulation, swindle
from models.training import train as training
from models.training.answers import AnswersError
from models.training.published import EvidenceError
from models.training.specs import SERVED

DOCS = Path(__file__).parents[1] / "docs/reference"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it was done, 2 when input was refused and nothing was changed."""
    parser = argparse.ArgumentParser(prog="python -m models", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser(
        "train", help="fit all models, write artifacts and card; or learn from answers"
    )
    train.add_argument(
        "--answers", type=Path, help="collected answers as CSV, see models/training/answers.py"
    )
    train.add_argument("--artifacts", type=Path, default=training.ARTIFACTS, help="folder of the artifacts")
    train.add_argument("--card", type=Path, default=card.FOLDER, help="folder of the card and its plots")
    train.add_argument("--ranges", type=Path, default=ranges.FILE, help="file of what plausible worlds say")
    alarms = commands.add_parser("train-alarm", help="fit the alarm on all writers, about half a minute")
    alarms.add_argument("--artifacts", type=Path, default=training.ARTIFACTS, help="folder of the artifacts")
    alarms.add_argument("--card", type=Path, default=card.FOLDER, help="folder of its card, ALARM.md")
    swindles = commands.add_parser("train-swindle", help="fit the swindle check, about two minutes")
    swindles.add_argument(
        "--artifacts", type=Path, default=training.ARTIFACTS, help="folder of the artifacts"
    )
    swindles.add_argument("--card", type=Path, default=card.FOLDER, help="folder of its card, SWINDLE.md")
    scopes = commands.add_parser("train-scope", help="fit what tells our business from other, half a minute")
    scopes.add_argument("--artifacts", type=Path, default=training.ARTIFACTS, help="folder of the artifacts")
    scopes.add_argument("--card", type=Path, default=card.FOLDER, help="folder of its card, SCOPE.md")
    simulate = commands.add_parser("simulate", help="write docs/reference/learning.md, about a minute")
    simulate.add_argument("--docs", type=Path, default=DOCS)
    chosen = parser.parse_args(arguments)
    if chosen.command == "simulate":
        simulation.write(chosen.docs)
        return 0
    if chosen.command == "train-alarm":
        print(*alarm.make(chosen.artifacts, chosen.card), sep="\n")
        return 0
    if chosen.command == "train-swindle":
        print(*swindle.make(chosen.artifacts, chosen.card), sep="\n")
        return 0
    if chosen.command == "train-scope":
        print(*scope.make(chosen.artifacts, chosen.card), sep="\n")
        return 0
    try:
        return _learn(chosen.answers, chosen.artifacts) if chosen.answers else _train(chosen)
    except (AnswersError, ArtifactError, EvidenceError) as error:
        print(error, file=sys.stderr)
        return 2


def _train(chosen: argparse.Namespace) -> int:
    with threadpool_limits(1):  # sums in another order differ in the last bit
        centres = {spec.name: training.centre(spec) for spec in SERVED}
        print(ranges.make(centres, training.BANDS, chosen.ranges))
        for path in (*training.make(chosen.artifacts), *card.make(chosen.card)):
            print(path)
    return 0


def _learn(answers: Path, artifacts: Path) -> int:
    for decision in learning.learn(answers, datetime.now(UTC).date(), artifacts):
        verdict = decision.verdict
        print(f"{decision.model}: {decision.outcome}: {verdict.why}")
        print(f"  rows {verdict.rows} (left out {verdict.left_out})")
        for answer in verdict.answers:
            figures = " ".join(f"{name} {value:.4g}" for name, value in answer.figures.items())
            print(f"  {'yes' if answer.yes else 'NO '} {answer.question} {answer.about} {figures}".rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
