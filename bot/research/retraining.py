"""Models that learn: the gate's questions, a month side by side, a person's word, the way back."""

import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.content.questionnaire import LANGUAGES
from bot.dialogue.counting import SHADOW
from bot.privacy.private_files import write
from bot.research.columns import Columns
from bot.research.disclosure import LEAST
from bot.research.export import export
from bot.research.participants import Office, Participant
from bot.research.report.labels import Labels, environment
from bot.research.report.reasons import spoken
from models.training import answers, change, learning, register, shadow
from models.training.change import Change
from models.training.learning import Decision
from models.training.register import DECISIONS, Challenger, dismiss, roll_back
from models.training.shadow import Fresh
from models.training.specs import SERVED
from models.training.train import ARTIFACTS

__all__ = [
    "DECISIONS",
    "Retrained",
    "SideBySide",
    "begin",
    "dismiss",
    "lines",
    "promote",
    "retrain",
    "roll_back",
    "side_by_side",
    "told",
]


@dataclass(frozen=True, slots=True)
class Retrained:
    """What became of one model: the gate's decision, and what its challenger would change."""

    decision: Decision
    change: Change | None


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The model in service and its challenger: what came of the month in which both scored.

    bands: how many results lay in which band by either; a small number is left out. fresh: how well either
    predicts those who answered since, if they are enough.
    """

    champion: str
    challenger: Challenger
    change: Change
    bands: Mapping[tuple[str, str], int]
    fresh: Fresh | None


async def retrain(office: Office, folder: Path, on: date) -> list[Retrained]:
    """Ask the gate about everyone who agreed to research; a better model waits beside the one that serves.

    A folder without models begins with those that this package carries. The card is written again.

    Raises:
        AnswersError: there are no answers, or all are alike.
        ArtifactError: a model in the folder was changed by hand.
    """
    begin(folder)
    with tempfile.TemporaryDirectory() as private:
        await export(_known(office), Columns(office.knowledge), Path(private))
        decisions = learning.learn(Path(private) / "answers.csv", on, folder)
    found = [_retrained(decision, folder) for decision in decisions]
    for language in LANGUAGES:
        labels = Labels(language, office.knowledge.questionnaire)
        said = [(row, spoken(row.decision.verdict, labels)) for row in found]
        text = (
            environment()
            .get_template("card.md.j2")
            .render(
                found=said,
                on=on,
                words=labels.words["card"],
                learning=labels.words["learning"],
                models=labels.words["models"],
            )
        )
        write(folder / f"CARD.{language}.md", text)
    return found


def begin(folder: Path) -> None:
    """Put the models that this package carries into a folder that has none."""
    folder.mkdir(parents=True, exist_ok=True)
    for spec in SERVED:
        path = folder / f"{spec.name}.json"
        if not path.exists():
            shutil.copyfile(ARTIFACTS / path.name, path)


async def side_by_side(office: Office, folder: Path, model: str) -> SideBySide:
    """Put the model in service and its challenger beside each other.

    Raises:
        RegisterError: no model waits.
        ArtifactError: one of the two was changed by hand.
    """
    waits, serves = register.waiting(folder, model), register.serving(folder, model)
    since = (p async for p in _known(office) if p.day > waits.since)
    with tempfile.TemporaryDirectory() as private:
        path = Path(private) / "answers.csv"
        people = await export(since, Columns(office.knowledge), Path(private))
        fresh = shadow.fresh(model, serves, waits.text, path) if people else None
    counted = await office.counted()
    return SideBySide(
        register.version(serves),
        waits,
        change.change(serves, waits.text, model),
        _bands(counted.numbers, waits.version),
        fresh,
    )


def told(found: Retrained, labels: Labels) -> Iterator[str]:
    """Render what became of one model, question by question."""
    verdict, decision = spoken(found.decision.verdict, labels), found.decision
    yield f"{decision.model}: {verdict.verdict} {verdict.reason}"
    for said in verdict.said:
        yield f"  {'yes' if said.yes else 'NO '} {said.ask} {said.reason}".rstrip()
    if decision.outcome == "nominated":
        yield f"  version {decision.challenger} waits: a bot with SHADOW_MODELS=1 lets both score"
    elif decision.outcome == "waiting":
        yield f"  version {decision.challenger} waits already; this one was not kept"


def lines(found: SideBySide, labels: Labels) -> Iterator[str]:
    """Render the model in service and its challenger side by side."""
    words, waits = labels.words["learning"], found.challenger
    yield f"{waits.model}: {found.champion} serves, {waits.version} waits since {waits.since}"
    yield f"{words['changes']} Of 100 workers:"
    for name in ("kept", "up", "down", "far"):
        yield f"{100 * getattr(found.change, name):>7.0f}  {words['change'][name]}"
    for term in found.change.terms:
        yield f"  {term.name:20} {term.before:+.3f} -> {term.after:+.3f}"
    yield f"{words['beside'].format(since=waits.since)}: {sum(found.bands.values()):,} results"
    for (before, after), count in found.bands.items():
        yield f"{count:>7,}  {before} -> {after}"
    yield from _fresh(found.fresh)
    yield words["ready"].format(ready=waits.ready)


def _fresh(fresh: Fresh | None) -> Iterator[str]:
    if fresh is None:
        yield f"Fewer than {shadow.LEAST} complete answers that can be believed came since."
        return
    old, new = (f"{100 * share:.0f}" for share in fresh.order)
    yield f"{fresh.people:,} people answered since. Of 100 pairs, in the right order:"
    yield f"{old:>7}  by the one in service"
    yield f"{new:>7}  by the one that waits"
    yield f"An answer gains {fresh.gain.mean:+.4f} nats ({fresh.gain.z:+.1f} standard errors)."


def promote(folder: Path, found: SideBySide, on: date, because: str) -> None:
    """Let the challenger serve, on the word of a person who has seen both.

    Raises:
        RegisterError: its month isn't over.
    """
    fresh = found.fresh
    figures = {
        "results": {f"{before}>{after}": count for (before, after), count in found.bands.items()},
        "kept": found.change.kept,
        "up": found.change.up,
        "down": found.change.down,
        "fresh": fresh and {"people": fresh.people, "gain": fresh.gain.mean, "z": fresh.gain.z},
    }
    register.promote(folder, found.challenger.model, on, because, figures)


def _bands(numbers: Counter[tuple[str, str]], version: str) -> dict[tuple[str, str], int]:
    found = {}
    for (what, which), count in sorted(numbers.items()):
        named, _, bands = which.partition(":")
        if what == SHADOW and named == version and count >= LEAST:
            before, _, after = bands.partition(">")
            found[before, after] = count
    return found


async def _known(office: Office) -> AsyncIterator[Participant]:
    """Those who answered a questionnaire whose codes the models know."""
    async for participant in office.participants():
        if participant.answered in answers.questionnaires():
            yield participant


def _retrained(decision: Decision, folder: Path) -> Retrained:
    waits = register.challenger(folder, decision.model)
    if waits is None:
        return Retrained(decision, None)
    return Retrained(
        decision, change.change(register.serving(folder, decision.model), waits.text, decision.model)
    )
