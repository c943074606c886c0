"""The section on learning: may we, from whom, and what would change for workers?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.research.report.blocks import Part, Row, Table, percent, tens
from bot.research.report.labels import Labels
from bot.research.report.learning import Judged, Learning
from bot.research.report.reasons import spoken
from models.training.composition import Whom

SILENT = 3  # questions left open most often that are named


def learning_parts(found: Learning, labels: Labels) -> Iterator[Part]:
    """Render the section: for each model the verdict, question by question, then the decisions."""
    words = labels.words["learning"]
    tables = [_short(found.judged, labels)] if found.judged else []
    tables += [table for judged in found.judged for table in _tables(judged, labels)]
    if found.decisions:
        rows = [_decided(line, labels) for line in found.decisions]
        tables.append(Table(words["record_columns"], rows, words["record"], words=4))
    nothing = "" if found.judged else words["nothing"]
    yield Part("learning", words["lead"], tuple(tables), nothing=nothing)


def _short(every: Sequence[Judged], labels: Labels) -> Table:
    """Answer the three questions that a reader comes with, a column a model."""
    words = labels.words["learning"]
    told = [spoken(judged.verdict, labels) for judged in every]
    answers = {
        "may": [f"{verdict.verdict} {verdict.reason}" for verdict in told],
        "whom": [words["whom"]["survey" if _heard(judged) else "nobody"] for judged in every],
        "change": [_moved(judged, words) for judged in every],
    }
    rows = [Row((words["short_rows"][name], *cells)) for name, cells in answers.items()]
    names = [labels.words["models"][judged.model] for judged in every]
    return Table(("", *names), rows, words["short"], words=1 + len(every))


def _heard(judged: Judged) -> bool:
    """Whether the sample may speak for the survey's people, whatever it teaches."""
    return judged.verdict.learned is not None


def _moved(judged: Judged, words: Mapping[str, Any]) -> str:
    if judged.change is None:
        return str(words["no_change"])
    moved, far = judged.change.up + judged.change.down, judged.change.far
    return str(words["moved"]).format(moved=f"{100 * moved:.0f}", far=f"{100 * far:.0f}")


def _tables(judged: Judged, labels: Labels) -> Iterator[Table]:
    words, told = labels.words["learning"], spoken(judged.verdict, labels)
    name = labels.words["models"][judged.model]
    rows = [
        Row((said.ask, words["yes"] if said.yes else words["no"], said.reason), alarm=not said.yes)
        for said in told.said
    ]
    if judged.verdict.refused:
        rows.append(Row((words["not_asked"], "", "")))
    yield Table(words["columns"], rows, name, words=3)
    yield Table(words["who_columns"], list(_whom(judged.whom, labels, told=_heard(judged))),
                f"{name} · {words['who']}", words=2)  # fmt: skip
    if judged.months:
        states = labels.words["drift"]["states"]
        rows = [
            Row((found.month, states[found.shift.state], f"{found.shift.psi:.3f}",
                 f"{tens(found.shift.people):,}"), alarm=found.shift.state == "alarm")
            for found in judged.months
        ]  # fmt: skip
        yield Table(words["month_columns"], rows, f"{name} · {words['months']}", words=2)
    yield Table(words["change_columns"], list(_changes(judged, words)), f"{name} · {words['changes']}")
    if judged.waits:
        since = words["beside"].format(since=judged.waits.since)
        ready = words["ready"].format(ready=judged.waits.ready)
        yield Table(("", ""), [Row((since, judged.waits.version)), Row((ready, ""))], words=2)


def _whom(whom: Whom, labels: Labels, *, told: bool) -> Iterator[Row]:
    words = labels.words["learning"]["whom"]
    yield Row((words["people"], f"{tens(whom.people):,}"))
    yield Row((words["complete"], f"{tens(whom.complete):,}"))
    yield Row((words["usable"], f"{100 * whom.complete / whom.people:.0f}"))
    if whom.effective is not None and whom.design_effect is not None:
        yield Row((words["effective"], f"{tens(int(whom.effective)):,}"))
        yield Row((words["design_effect"], f"{whom.design_effect:.1f}"))
    trade, share = whom.trade
    most = f"{labels.option('occupation', trade)} ({percent(share)})" if trade else words["none"]
    yield Row((words["most"], most))
    silent = [f"{labels.feature(name)} ({percent(share)})" for name, share in whom.silent[:SILENT] if share]
    yield Row((words["silent"], str(labels.words["joint"]).join(silent) or words["none"]))
    yield Row((words["speaks"], words["survey" if told else "nobody"]))


def _changes(judged: Judged, words: Mapping[str, Any]) -> Iterator[Row]:
    if judged.change is None:
        yield Row((words["no_change"], ""))
        return
    for name in ("kept", "up", "down", "far"):
        yield Row((words["change"][name], f"{100 * getattr(judged.change, name):.0f}"))


def _decided(line: Mapping[str, Any], labels: Labels) -> Row:
    words = labels.words["learning"]
    asked = words["questions"].get(line.get("why"), {}).get("ask", "")
    why = line.get("because") or (words["better"] if line.get("why") == "better" else asked)
    return Row((line["on"], labels.words["models"][line["model"]], words["decisions"][line["what"]], why))
