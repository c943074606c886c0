"""The report as a page in one language that needs nothing from outside."""

from collections.abc import Mapping
from typing import Any

from bot.content.knowledge import Knowledge
from bot.content.questionnaire import LANGUAGES, Language
from bot.dialogue.counting import IMAGINED
from bot.research.disclosure import LEAST
from bot.research.report.blocks import tens
from bot.research.report.drift import compared_with
from bot.research.report.findings import Facts
from bot.research.report.labels import Labels, environment
from bot.research.report.sections import Parts


def pages(found: Facts, knowledge: Knowledge) -> dict[str, str]:
    """The report as HTML by file name, one page a language."""
    return {f"report.{language}.html": page(found, knowledge, language) for language in LANGUAGES}


def page(found: Facts, knowledge: Knowledge, language: Language, link: str = "") -> str:
    """Render the report in one language; `link` leads to the other one, a file beside it if not given."""
    labels = Labels(language, knowledge.questionnaire)
    (other,) = (known for known in LANGUAGES if known != language)
    report = {
        **head(found, knowledge, labels),
        "parts": list(Parts(found, knowledge, labels)),
        "link": link or f"report.{other}.html",
    }
    return environment().get_template("report.html.j2").render(words=labels.words, report=report)


def head(found: Facts, knowledge: Knowledge, labels: Labels) -> dict[str, object]:
    """What stands above the sections: who answered, and whether somebody should look."""
    words, ringing, counted = labels.words, alarms(found, labels), judged(found)
    quiet = "no_alarm" if counted["features"] + counted["models"] else "cannot_tell"
    models = " · ".join(f"{name} {model.version}" for name, model in knowledge.models.items())
    versions = {"questionnaire": knowledge.questionnaire.version, "knowledge": knowledge.version}
    counts = {name: f"{getattr(found.counts, name):,}" for name in ("conversations", "agreed", "blocked")}
    people = tens(found.tally.people)
    imagined = bool(found.counted.numbers[IMAGINED])
    return {
        "title": words["imagined"] if imagined else words["title"],
        "day": found.day,
        "made": words["made"].format(day=found.day),
        "versions": words["versions"].format(models=models, **versions),
        "intro": [line.format(people=f"{people:,}", least=LEAST) for line in words["intro"]],
        "everybody": words["everybody"].format(dead=found.counts.dead_letters, **counts),
        "alarms": ringing,
        "state": words["alarm_title" if ringing else quiet],
        "compared": _compared(counted, words),
        "alarm_line": words["alarms"].format(count=len(ringing), names=words["joint"].join(ringing)),
    }


def judged(found: Facts) -> dict[str, int]:
    """How many kinds of answer, and models, were compared with the survey: of others silence says nothing."""
    return {
        "features": sum(row.state != "unsure" for row in found.drifts),
        "kinds": len(compared_with(found.tally)),
        "models": sum(bool(row.parts) for row in found.calibrations),
        "served": len(found.calibrations),
    }


def _compared(counts: Mapping[str, int], words: Mapping[str, Any]) -> str:
    """Say what was compared, and that of the rest nobody can tell."""
    if not counts["features"] + counts["models"]:
        return str(words["silence"])
    whole = (counts["features"], counts["models"]) == (counts["kinds"], counts["served"])
    return str(words["compared"]).format(**counts) + ("" if whole else str(words["rest"]))


def alarms(found: Facts, labels: Labels) -> list[str]:
    words = labels.words
    names = [
        words["alarm_model"].format(name=words["models"][c.model]) for c in found.calibrations if c.alarm
    ]
    names += [
        words["alarm_drift"].format(name=labels.feature(d.feature))
        for d in found.drifts
        if d.state == "alarm"
    ]
    if count := len(found.knowledge.findings):
        names.append(words["alarm_knowledge"].format(count=count))
    return names
