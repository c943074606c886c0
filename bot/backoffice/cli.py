"""The office's commands as the command line has them: what each is for, and what it takes."""

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.backoffice import commands as work
from bot.backoffice import complaint
from bot.backoffice.breach import LEAKED
from bot.backoffice.commands import Say


def register(commands: Any, say: Say) -> None:
    """Add the office's commands to the command line; `say` prints a line."""
    _tables(commands, say)
    _pages(commands, say)
    _towns_and_models(commands, say)
    _waiting(commands, say)
    complaint.register(commands, say)


def _tables(commands: Any, say: Say) -> None:
    export = commands.add_parser("export", help="answers of those who agreed to research, as a table")
    export.add_argument("--to", choices=["csv", "parquet"], default="csv")
    export.add_argument("--out", type=Path, required=True, help="the folder that is written into")
    _add_database(export)
    export.set_defaults(run=_bind(work.export, say))

    publish = commands.add_parser("publish", help="tables with noise that may be given to anyone")
    publish.add_argument("--epsilon", type=float, default=1.0, help="of the budget to spend (default 1)")
    publish.add_argument("--out", type=Path, required=True, help="the folder that is written into")
    publish.add_argument("--ledger", type=Path, default=Path("var/privacy-budget.csv"),
                         help="where the budget is kept (default var/privacy-budget.csv)")  # fmt: skip
    _add_database(publish)
    publish.set_defaults(run=_bind(work.publish, say))


def _pages(commands: Any, say: Say) -> None:
    report = commands.add_parser("report", help="what operators and researchers see, as a page to print")
    report.add_argument("--out", type=Path, required=True, help="the folder that is written into")
    _add_database(report)
    report.set_defaults(run=_bind(work.report, say))


def _towns_and_models(commands: Any, say: Say) -> None:
    simulate = commands.add_parser(
        "simulate", help="imagined workers talk to the real bot; no Telegram needed"
    )
    simulate.add_argument("--people", type=int, default=200, help="a minute for about 300 (default 200)")
    simulate.add_argument("--seed", type=int, default=1)
    simulate.add_argument("--moved", action="store_true", help="a world that has moved on from the survey")
    simulate.add_argument("--database", type=Path, default=Path("var/town.sqlite"), help="a new file")
    simulate.set_defaults(stored=False, run=_bind(work.simulate, say))

    _retrain(commands, say)


def _retrain(commands: Any, say: Say) -> None:
    retrain = commands.add_parser(
        "retrain", help="may the models learn? then a month side by side, then you say"
    )
    retrain.add_argument("--artifacts", type=Path, required=True, help="the models' folder, e.g. var/models")
    act = retrain.add_mutually_exclusive_group()
    act.add_argument("--compare", metavar="MODEL", help="show the model that serves and the one that waits")
    act.add_argument("--promote", metavar="MODEL", help="show both, and let the one that waits serve")
    act.add_argument("--dismiss", metavar="MODEL", help="send the one that waits away")
    act.add_argument("--roll-back", metavar="MODEL", help="put the one back that served before")
    retrain.add_argument("--because", metavar="WHY", default="", help="your reason; it goes into the record")
    retrain.add_argument(
        "--to", metavar="VERSION", default="", help="which one to put back (default: the last)"
    )
    _add_database(retrain)
    retrain.set_defaults(run=_bind(work.retrain, say))


def _waiting(commands: Any, say: Say) -> None:
    waiting = commands.add_parser("outdated", help="what waits: old knowledge, dead letters, people stuck")
    _add_database(waiting)
    waiting.set_defaults(run=_bind(work.outdated, say))

    breach = commands.add_parser("breach", help="something leaked: drafts of what must be told, and to whom")
    breach.add_argument("--leaked", choices=LEAKED, required=True)
    breach.add_argument(
        "--found", type=datetime.fromisoformat, help="2026-11-24T10:00, China's time (default: now)"
    )
    _add_database(breach)
    breach.set_defaults(run=_bind(work.breach, say))


def _add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database", type=Path, help="a file made by simulate or demo; otherwise DATABASE_URL is read"
    )
    parser.set_defaults(by_hand=True)


def _bind(
    command: Callable[[argparse.Namespace, Say], Coroutine[Any, Any, int]], say: Say
) -> Callable[[argparse.Namespace], int]:
    return lambda options: asyncio.run(command(options, say))
