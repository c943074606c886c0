"""The command line, and the one place where the parts are put together."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bot.adapters.database import DatabaseBehind, migrate, open_engine, opened
from bot.adapters.files import load_knowledge
from bot.adapters.polling import Bot, today_in_china
from bot.adapters.settings import Secret, SettingMissing, Settings
from bot.adapters.terminal import Terminal, hold
from bot.lint import lint, outdated
from bot.messages import Speaker

log = logging.getLogger("bot")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    # The libraries' own logs hold the token in every address.
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    log.setLevel(logging.INFO)
    logging.getLogger("bot").setLevel(logging.INFO)
    try:
        status: int = options.run(options)
    except (SettingMissing, DatabaseBehind, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="A guide for gig workers, in Telegram."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="try it here: the bot, a local Telegram double and a chat page")
    demo.add_argument("--port", type=int, default=8080, help="of the chat page (default 8080)")
    demo.add_argument("--database", type=Path, default=Path("var/demo.sqlite"), help="where answers are kept")
    demo.set_defaults(run=lambda options: asyncio.run(_demo(options.port, options.database)))

    terminal = commands.add_parser("terminal", help="hold the talk in this terminal")
    terminal.add_argument("--language", choices=["zh", "en"], default="zh")
    terminal.add_argument("--on", type=date.fromisoformat, help="as on this day (YYYY-MM-DD)")
    terminal.add_argument("--record", type=Path, help="write the transcript to this file")
    terminal.set_defaults(run=_terminal)

    polling = commands.add_parser("polling", help="run in Telegram; BOT_TOKEN must be set")
    polling.set_defaults(run=lambda _options: asyncio.run(_polling(Settings.read(os.environ))))

    migrating = commands.add_parser("migrate", help="bring the database's schema up to date")
    migrating.set_defaults(run=lambda _options: asyncio.run(_migrate(Settings.read(os.environ))))

    check = commands.add_parser("check", help="lint questions, knowledge, templates and models")
    check.add_argument("--outdated", action="store_true", help="list figures that expired or will soon")
    check.add_argument("--on", type=date.fromisoformat, help="as on this day (YYYY-MM-DD)")
    check.set_defaults(run=_check)
    return parser


async def _demo(port: int, database: Path) -> int:
    from bot.simulator.server import Simulator  # the double is no part of what serves workers

    speaker = Speaker(load_knowledge())
    token = f"1000000000:{'demo' * 8}"  # only the double on this machine knows it
    url = f"sqlite+aiosqlite:///{database}"
    async with Simulator(token=token, port=port) as simulator, opened(url) as store:
        print(f"The chat page: {simulator.page_url}  (Ctrl+C stops it)", flush=True)
        await Bot(Secret(token), simulator.api_url, store, speaker).run()
    return 0


async def _polling(settings: Settings) -> int:
    token = settings.needed_token()
    speaker = Speaker(load_knowledge())
    async with opened(settings.database_url) as store:
        log.info("polling; knowledge %s", speaker.knowledge.version)
        await Bot(token, settings.telegram_api, store, speaker).run()
    return 0


async def _migrate(settings: Settings) -> int:
    engine = open_engine(settings.database_url)
    try:
        await migrate(engine)
    finally:
        await engine.dispose()
    print("the database is up to date")
    return 0


def _terminal(options: argparse.Namespace) -> int:
    speaker = Speaker(load_knowledge())
    terminal = Terminal(speaker, options.on or today_in_china(), options.language)
    print("#1, #2 … press a button; anything else is typed. Ctrl+D ends.\n")
    transcript = hold(terminal, input, print)
    if options.record:
        options.record.write_text("\n".join(transcript), encoding="utf-8")
    return 0


def _check(options: argparse.Namespace) -> int:
    knowledge = load_knowledge()
    on = options.on or today_in_china()
    report = outdated(knowledge, on) if options.outdated else lint(knowledge, on)
    print(report)
    return 1 if report.findings else 0


if __name__ == "__main__":
    sys.exit(main())
