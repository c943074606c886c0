"""What the commands on the knowledge do, which nothing that serves imports: check it, figures in bulk."""

import argparse
from dataclasses import replace
from pathlib import Path

from bot.app.process import today_in_china
from bot.app.settings import SettingMissing
from bot.backoffice.figures import take
from bot.backoffice.figures_package import export
from bot.channels.telegram.limits import CAPABILITIES
from bot.check import lint, outdated, told_otherwise
from bot.loading.knowledge import load_knowledge
from bot.loading.wordings import record

PERSONAS = Path(__file__).parents[2] / "tests/personas"


def figures(options: argparse.Namespace) -> int:
    wanted, option = (options.to, "--to DIR") if options.action == "export" else (options.table, "FILE.csv")
    if wanted is None:
        raise SettingMissing(f"figures {options.action} needs {option}")
    if options.action == "export":
        lines = export(load_knowledge(options.root), wanted)
    else:
        lines = take(options.root, wanted, today_in_china(), write=options.write)
    for line in lines:
        print(line)
    return 0


def check(options: argparse.Namespace) -> int:
    if options.record:
        print(record(load_knowledge().questionnaire))
    knowledge = load_knowledge()
    on = options.on or today_in_china()
    within = options.fail_within
    report = outdated(knowledge, on, within) if options.outdated else lint(knowledge, on, CAPABILITIES)
    if on != today_in_china() and not report.findings:
        changes = told_otherwise(knowledge, today_in_china(), on)
        report = replace(report, then=tuple(map(str, changes)))
    if PERSONAS.is_dir():  # they are no part of what is installed
        report = replace(report, counts={**report.counts, "personas": len(list(PERSONAS.glob("*.yaml")))})
    print(report)
    return 1 if report.findings else 0
