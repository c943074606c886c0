"""The gate's questions and answers in plain words, for a reader who is no statistician."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.research.report.labels import Labels
from models.training.form import SCORE
from models.training.gate import Answer, Verdict


@dataclass(frozen=True, slots=True)
class Said:
    """One question in words: what is asked, and what is answered, which is empty for a plain yes."""

    ask: str
    yes: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """A verdict in words: what it comes to, why, and question by question."""

    verdict: str
    reason: str
    said: tuple[Said, ...]


def spoken(verdict: Verdict, labels: Labels) -> Spoken:
    """Render a verdict."""
    words = labels.words["learning"]
    said = tuple(_said(answer, labels) for answer in verdict.answers)
    if verdict.refused is None:
        return Spoken(words["may"]["yes"], words["better"], said)
    heard = verdict.learned is not None
    return Spoken(words["may"]["heard" if heard else "no"], reason(verdict.refused, labels), said)


def reason(answer: Answer, labels: Labels) -> str:
    """Say why a question was answered no."""
    words = labels.words["learning"]
    said: Mapping[str, str] = words["questions"][answer.question]
    told = said["missing"] if answer.question == "weights" and answer.about else said["no"]
    return told.format(about=_about(answer, labels), **_figures(answer))


def _said(answer: Answer, labels: Labels) -> Said:
    ask = labels.words["learning"]["questions"][answer.question]["ask"]
    return Said(ask, answer.yes, "" if answer.yes else reason(answer, labels))


def _figures(answer: Answer) -> dict[str, str]:
    """The figures as they are said: shares in a hundred, people as they are."""
    figures = dict(answer.figures)
    if "judged" in figures:
        figures["failed"] /= max(1, figures.pop("judged"))
    if "told" in figures:
        figures["most"] /= max(1, figures.pop("told"))
    shares = ("failed", "limit", "most", "share", "survey") if "psi" not in figures else ()
    return {
        name: f"{100 * value:.0f}" if name in shares else _number(value) for name, value in figures.items()
    }


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) or value >= 10 else f"{value:.2f}"


def _about(answer: Answer, labels: Labels) -> str:
    words = labels.words
    match answer.question:
        case "trade":
            return labels.option("occupation", answer.about)
        case "drift":
            return labels.feature(answer.about)
        case "calibration":
            own = words["learning"]["score"]
            return str(own if answer.about == SCORE else labels.feature(answer.about))
        case "groups":
            return str(
                words["learning"]["groups"].get(answer.about) or labels.option("occupation", answer.about)
            )
        case "weights":
            name, _, codes = answer.about.partition(" ")
            first, _, last = codes.partition("-")
            return labels.levels(name, range(int(first), int(last or first) + 1)) if codes else ""
        case _:
            return answer.about
