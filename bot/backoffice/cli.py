"""The command line: every command, what it is for, what it takes. Its work is imported when it runs."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import date, datetime
from importlib import import_module
from inspect import isawaitable
from pathlib import Path
from typing import Any

from bot.loading.places import DATA

Run = Callable[[argparse.Namespace], int]
LEAKED = ("database", "database_and_keys", "token")  # breach.LEAKED, which takes longer to import


def _later(module: str, name: str, *, printing: bool = False) -> Run:
    """Return what runs a function of a module of this folder, imported then; `printing` hands `print` on."""

    def run(options: argparse.Namespace) -> int:
        work = getattr(import_module(f"bot.backoffice.{module}"), name)
        done = work(options, _harmless(print)) if printing else work(options)
        status: int = asyncio.run(done) if isawaitable(done) else done  # type: ignore[arg-type]
        return status

    return run


def _path(given: str) -> Path:
    """Return a path; raises ArgumentTypeError for an address, which would silently name a folder."""
    if "://" in given:
        raise argparse.ArgumentTypeError(f"{given} is an address: give a file's path, or set DATABASE_URL")
    return Path(given)


def _harmless(say: Callable[[str], None]) -> Callable[[str], None]:
    """Return what says a text without the escapes that a worker's file may hold."""
    from bot.ops.terminal import harmless

    return lambda text: say(harmless(text))


class _Version(argparse.Action):
    """Prints the release, which is looked up only then."""

    def __init__(self, option_strings: list[str], dest: str, help: str = "") -> None:
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from bot.app.version import NAME, VERSION

        parser.exit(message=f"{NAME} {VERSION}\n")


def parser_of_all() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="A guide for gig workers, in Telegram."
    )
    parser.add_argument("--version", action=_Version, help="the release that this is")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    _to_try(commands)
    _to_serve(commands)
    letters = commands.add_parser("letters", help="what Telegram refused for ever: look, retry, drop")
    letters.add_argument("action", choices=["list", "retry", "drop"], nargs="?", default="list")
    letters.add_argument("ids", type=int, nargs="*", help="of the letters; none: all")
    letters.set_defaults(run=_later("serving", "letters"))

    check = commands.add_parser("check", help="lint questions, knowledge, templates and models")
    check.add_argument("--outdated", action="store_true", help="list figures that expired or will soon")
    check.add_argument(
        "--on", type=date.fromisoformat, help="as on this day (YYYY-MM-DD), and what is told otherwise then"
    )
    check.add_argument("--record", action="store_true", help="keep how this questionnaire's version asks")
    check.add_argument(
        "--fail-within", type=int, metavar="DAYS", help="with --outdated: fail if anything ends that soon"
    )
    check.set_defaults(stored=False, run=_later("checking", "check"))

    figures = commands.add_parser("figures", help="import figures from a table; export all as a data package")
    figures.add_argument("action", choices=["import", "export"])
    figures.add_argument("table", type=Path, nargs="?", help="see knowledge/README.md, “Figures in bulk”")
    figures.add_argument("--to", type=Path, metavar="DIR", help="with export: the folder to write into")
    figures.add_argument("--write", action="store_true", help="write them; else only show what would change")
    figures.add_argument("--root", type=Path, default=DATA, help="the folder that holds knowledge/")
    figures.set_defaults(stored=False, run=_later("checking", "figures"))

    _tables(commands)
    _pages(commands)
    _towns_and_models(commands)
    _waiting(commands)
    _complaint(commands)
    return parser


def _to_try(commands: Any) -> None:
    demo = commands.add_parser("demo", help="try it here: the bot, a local Telegram double and a chat page")
    demo.add_argument("--port", type=int, default=8080, help="of the chat page (default 8080)")
    demo.add_argument(
        "--database", type=_path, default=Path("var/demo.sqlite"), help="where answers are kept"
    )
    demo.set_defaults(stored=False, run=_later("serving", "demo"))

    terminal = commands.add_parser("terminal", help="hold the talk in this terminal")
    terminal.add_argument("--language", choices=["zh", "en"], default="zh")
    terminal.add_argument("--on", type=date.fromisoformat, help="as on this day (YYYY-MM-DD)")
    terminal.add_argument("--record", type=Path, help="write the transcript to this file")
    terminal.set_defaults(stored=False, run=_later("serving", "terminal"))


def _to_serve(commands: Any) -> None:
    polling = commands.add_parser("polling", help="run in Telegram; BOT_TOKEN must be set")
    polling.set_defaults(run=_later("serving", "polling"))

    serving = commands.add_parser("webhook", help="run in Telegram behind a web server; WEBHOOK_SECRET too")
    serving.set_defaults(run=_later("serving", "webhook"))

    migrating = commands.add_parser("migrate", help="bring the database's schema up to date")
    migrating.add_argument("--to", metavar="SCHEMA", help="back to an older release's schema, such as 0006")
    migrating.set_defaults(run=_later("serving", "migrating"))

    doctor = commands.add_parser("doctor", help="look at settings, Telegram, database, keys, disk and clock")
    doctor.set_defaults(run=_later("serving", "doctor"))

    saving = commands.add_parser("backup", help="write all that is kept, sealed, to one file")
    saving.add_argument("--to", type=Path, required=True, help="the file; keep it apart from the keys")
    saving.set_defaults(run=_later("serving", "saving"))

    restoring = commands.add_parser("restore", help="put a backup into a new, empty database")
    restoring.add_argument("--from", dest="file", type=Path, required=True, help="the file of `backup`")
    restoring.set_defaults(run=_later("serving", "restoring"))

    making = commands.add_parser("new-keys", help="make every secret of a new installation")
    making.add_argument("--file", type=Path, help="write the keys there, print nothing secret")
    making.set_defaults(run=_later("serving", "new_keys"))

    rotating = commands.add_parser("rotate-keys", help="wrap everyone's key with the master key in use")
    step = rotating.add_mutually_exclusive_group()
    step.add_argument("--new", dest="step", action="store_const", const="new", help="first: add a key")
    step.add_argument("--use", dest="step", action="store_const", const="use", help="then: use that key")
    rotating.set_defaults(run=_later("serving", "rotating"))


def _tables(commands: Any) -> None:
    export = commands.add_parser("export", help="answers of those who agreed to research, as a table")
    export.add_argument("--to", choices=["csv", "parquet"], default="csv")
    export.add_argument("--out", type=Path, required=True, help="the folder that is written into")
    _add_database(export)
    export.set_defaults(run=_later("commands", "export", printing=True))

    publish = commands.add_parser("publish", help="tables with noise that may be given to anyone")
    publish.add_argument("--epsilon", type=float, default=1.0, help="of the budget to spend (default 1)")
    publish.add_argument("--out", type=Path, required=True, help="the folder that is written into")
    publish.add_argument(
        "--ledger",
        type=Path,
        help="where the budget is kept (default: beside the database; TOWN.privacy-budget.csv for --database "
        "TOWN.sqlite, else privacy-budget.csv, in var/ for a server)",
    )
    _add_database(publish)
    publish.set_defaults(run=_later("commands", "publish", printing=True))


def _pages(commands: Any) -> None:
    report = commands.add_parser("report", help="what operators and researchers see, as a page to print")
    report.add_argument("--out", type=Path, required=True, help="the folder that is written into")
    _add_database(report)
    report.set_defaults(run=_later("commands", "report", printing=True))


def _towns_and_models(commands: Any) -> None:
    simulate = commands.add_parser(
        "simulate", help="imagined workers talk to the real bot; no Telegram needed"
    )
    simulate.add_argument("--people", type=int, default=200, help="a minute for about 300 (default 200)")
    simulate.add_argument("--seed", type=int, default=1)
    simulate.add_argument("--moved", action="store_true", help="a world that has moved on from the survey")
    simulate.add_argument("--database", type=_path, default=Path("var/town.sqlite"), help="a new file")
    simulate.set_defaults(stored=False, run=_later("commands", "simulate", printing=True))

    _retrain(commands)


def _retrain(commands: Any) -> None:
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
    retrain.set_defaults(run=_later("commands", "retrain", printing=True))


def _waiting(commands: Any) -> None:
    waiting = commands.add_parser("outdated", help="what waits: old knowledge, dead letters, people stuck")
    _add_database(waiting)
    waiting.set_defaults(run=_later("commands", "outdated", printing=True))

    breach = commands.add_parser("breach", help="something leaked: drafts of what must be told, and to whom")
    breach.add_argument("--leaked", choices=LEAKED, required=True)
    breach.add_argument(
        "--found", type=datetime.fromisoformat, help="2026-11-24T10:00, China's time (default: now)"
    )
    _add_database(breach)
    breach.set_defaults(run=_later("commands", "breach", printing=True))


def _add_database(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--database", type=_path, help="a file made by simulate or demo; otherwise DATABASE_URL is read"
    )
    parser.set_defaults(by_hand=True)


def _complaint(commands: Any) -> None:
    parser = commands.add_parser("account", help="how a past result came about: rules, figures, words")
    parser.add_argument("file", type=Path, help="the worker's own my-data.json, or a persona")
    parser.add_argument("--on", type=date.fromisoformat, help="the day of the result (default: today)")
    parser.add_argument("--language", choices=["zh", "en"], default="zh")
    parser.set_defaults(run=_later("complaint", "run", printing=True))
