"""How a past result came about, from the worker's own data file: for the person who answers a complaint."""

from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from bot.app.process import today_in_china
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import Language
from bot.guidance import Account, OtherKnowledge, Outcome, Scores, Told, audit_result, outcome
from bot.loading.knowledge import load_knowledge
from bot.loading.strict_yaml import File, KnowledgeRefused
from models.serving.risk import Score


@dataclass(frozen=True, slots=True)
class Case:
    """What the worker handed in (/mydata as a file), as far as a result depends on it."""

    answers: Mapping[str, str | tuple[str, ...]]
    questionnaire: str = ""
    marks: Mapping[str, str] = field(default_factory=dict)
    unscored: bool = False
    shown_by: str = ""

    @property
    def said(self) -> dict[str, tuple[str, ...]]:
        """The answers that counted: none if the worker objected to the score."""
        if self.unscored:
            return {}
        return {id: (said,) if isinstance(said, str) else said for id, said in self.answers.items()}


def run(options: Namespace, say: Callable[[str], None]) -> int:
    """Print the account of a past result; raises CannotExplain."""
    case = read_case(options.file)
    try:
        for line in explain(load_knowledge(), case, options.on or today_in_china(), options.language):
            say(line)
    except OtherKnowledge as error:
        raise CannotExplain(str(error)) from error
    return 0


class CannotExplain(ValueError):
    """How a result came about can't be worked out from this file; the message says why."""


def read_case(path: Path) -> Case:
    """Read a data file; raises CannotExplain saying what is wrong with it."""
    try:
        return TypeAdapter(Case).validate_python(File.read(path.parent, path).mapping())
    except (KnowledgeRefused, ValidationError) as error:
        raise CannotExplain(f"{path}: no data file as /mydata gives it ({error})") from error


def explain(knowledge: Knowledge, case: Case, on: date, language: Language) -> Iterator[str]:
    """Render the whole account, line by line; raises OtherKnowledge if another version made the result."""
    asked = knowledge.questionnaire
    relevant = asked.relevant(asked.under_new_ids(case.said, case.questionnaire or asked.version))
    found = outcome(knowledge, relevant, on, case.marks)
    trace = replace(found.guidance.trace, knowledge=case.shown_by or knowledge.version)
    known = audit_result(knowledge, trace, language)
    yield f"as on {on}, knowledge {knowledge.version}"
    yield from _scores(found.scores)
    yield from _result(found)
    yield from (f"fact: {fact} = {' '.join(values) or 'nothing'}" for fact, values in trace.facts.items())
    for number, told in enumerate(known.told, 1):
        yield from _told(number, told)
    yield from _others(known)


def _scores(scores: Scores) -> Iterator[str]:
    for model, score in scores.items():
        if isinstance(score, Score):
            places = f"{score.place_low:.0f} to {score.place_high:.0f}"
            yield f"score: {model} {score.band}, place {score.percentile:.0f} of 100 ({places})"
        else:
            yield f"score: {model} none, {score.reason}"


def _result(found: Outcome) -> Iterator[str]:
    """Render what the result says of borrowing and of each risk, and why."""
    told = found.borrowing
    tenths = "no figure" if told.tenths is None else f"{told.tenths[0]} to {told.tenths[1]} of ten"
    yield f"borrowing: {told.said}, band {told.band or 'not told'}, {tenths}"
    yield from (f"cover: {cover.risk} {cover.state} ({cover.why})" for cover in found.covers)


def _told(number: int, told: Told) -> Iterator[str]:
    rule = {**told.rule.when, **told.rule.eligible}
    words = "; ".join(f"{fact} is {' or '.join(values)}" for fact, values in rule.items())
    raised = told.advised.priority - told.rule.priority
    yield ""
    yield f"{number}. {told.advised.id}: priority {told.rule.priority} + {raised}"
    yield f"   rule: {words or 'for everybody'}"
    for id, value in sorted(told.figures.items()):
        until = f"to {value.to}" if value.to else "open"
        sources = ", ".join(value.sources) or "no source"
        yield f"   {id} = {value.value}, {value.from_} {until}, {value.confidence} ({sources})"
    yield from (f"   | {line}" for line in told.text.split("\n"))


def _others(known: Account) -> Iterator[str]:
    yield ""
    for judged in known.trace.judged:
        if judged.outcome != "advised":
            facts = f" by {', '.join(judged.facts)}" if judged.facts else ""
            yield f"not told: {judged.id}: {judged.outcome.replace('_', ' ')}{facts}"
