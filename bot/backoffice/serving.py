"""What the operators' commands do: serve, try, look, back up, restore, change keys."""

import argparse
import asyncio
import gc
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
import uvloop
from pydantic import SecretStr

from bot.app.mistakes import UNAVAILABLE
from bot.app.process import Bot, now_in_china, settling, today_in_china
from bot.app.reloading import Reloading, Served
from bot.app.settings import SettingMissing, Settings, misspelt
from bot.app.signals import stopped_by_signals
from bot.channels.terminal import Terminal, hold
from bot.dialogue.data_rights import without_research
from bot.dialogue.reminders import CHINA
from bot.loading.knowledge import artifacts_of, load_knowledge, version_of
from bot.privacy import private_files
from bot.privacy.keyring import Keyring, Keys, keys_in
from bot.privacy.tombstones import Tombstones
from bot.render import Operator, Presenter
from bot.storage import backup
from bot.storage.engine import (
    check_keys,
    check_schema,
    migrate,
    migrate_back,
    open_database,
    open_for_reading,
    opened,
    schema_of_release,
)
from bot.storage.lease import Lease
from bot.storage.rotation import needless, rewrap
from bot.storage.unit_of_work import Store

log = logging.getLogger("bot")


async def _demo(port: int, database: Path) -> int:
    from bot.demo.double.server import Simulator  # the double is no part of what serves workers

    presenter = Presenter(load_knowledge())
    token = f"1000000000:{'demo' * 8}"  # only the double on this machine knows it
    url = f"sqlite:///{database}"
    keyring = Keyring(keys_in(database.with_suffix(".keys")))
    async with (
        # The database remembers the demos before: nobody there, and no update, may have an id of theirs.
        Simulator(token=token, port=port, past=time.time_ns() // 10**6) as simulator,
        opened(url, keyring, settling(presenter)) as store,
    ):
        print(f"The chat page: {simulator.page_url}  (Ctrl+C stops it)", flush=True)
        await Bot(SecretStr(token), simulator.api_url, store, presenter, ahead_of_time=True).poll()
    return 0


async def _polling(settings: Settings) -> int:
    async with _bot(settings) as bot:
        with stopped_by_signals(bot.stop):
            await bot.poll(settings)
    return 0


async def _webhook(settings: Settings) -> int:
    settings.needed_webhook_secret()
    async with _bot(settings) as bot:
        with stopped_by_signals(bot.stop):
            await bot.serve(settings)
    return 0


@asynccontextmanager
async def _bot(settings: Settings) -> AsyncIterator[Bot]:
    token = settings.needed_token()
    for name, meant in misspelt(os.environ):
        log.warning("no such setting", extra={"setting": name, "meant": meant})
    keep = settings.retention
    operator = Operator(settings.operator_contact, keep.draft, keep.result)

    def read() -> Presenter:
        models, shadow = settings.models_folder, settings.shadow_models
        return Presenter(load_knowledge(settings.knowledge_folder, models=models, shadow=shadow), operator)

    served = Served(read())
    if not settings.operator_contact:
        log.warning("OPERATOR_CONTACT is not set: workers can't see who runs this bot")
    async with _store(settings, served) as store:
        gc.freeze()  # what is loaded stays: looking through it again and again is a sixth of a turn's work
        log.info("at work", extra={"version": served.presenter.knowledge.version})
        yield Bot(
            token,
            settings.telegram_api,
            store,
            served,
            settings.pace(),
            settings.campaigns,
            settings.floods(),
            _reloading(settings, served, read),
            ahead_of_time=True,
        )


def _reloading(settings: Settings, served: Served, read: Callable[[], Presenter]) -> Reloading | None:
    root = settings.knowledge_folder
    if root is None:
        return None
    artifacts = settings.models_folder or artifacts_of(root)

    def prepared() -> Presenter:
        presenter = read()
        presenter.prepare(today_in_china())  # beside the turns, as at the start
        return presenter

    return Reloading(served, lambda: version_of(root, artifacts), prepared)


def _store(
    settings: Settings, words: Presenter | Served, *, serving: bool = True
) -> AbstractAsyncContextManager[Store]:
    served = words if isinstance(words, Served) else Served(words)
    keyring, tombstones = Keyring(settings.keys()), Tombstones(settings.tombstones_file)
    return opened(
        settings.database_url,
        keyring,
        settling(served),
        tombstones,
        settings.retention,
        settings.people_a_year,
        lambda talk: without_research(talk, served.presenter.knowledge.questionnaire),
        serving=serving,
    )


def _uvloop(work: Coroutine[object, object, int]) -> int:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _backup(settings: Settings, path: Path) -> int:
    database = open_for_reading(settings.needed_database())  # a transaction that keeps nobody from writing
    try:
        await check_schema(database)
        rows = await database.read_long(backup.write, path, schema_of_release(), int(time.time()))
    finally:
        await database.dispose()
    print(f"{rows['conversations']} people's records written to {path}; without the keys nobody opens them")
    return 0


async def _restore(settings: Settings, path: Path) -> int:
    """Restore a backup, then delete again whom the tombstones name: nobody comes back who was forgotten."""
    database = open_database(settings.database_url)
    keyring = Keyring(settings.keys(make=False))

    def restored(connection: sa.Connection) -> dict[str, int]:
        rows = backup.restore(connection, path, schema_of_release())
        check_keys(connection, keyring)
        return rows

    try:
        database.alone()
        await migrate(database, keyring)
        rows = await database.run_long(restored)
    finally:
        await database.dispose()
    async with _store(settings, Presenter(load_knowledge())):
        pass  # its opening forgets again whom the backup brought back
    print(f"{rows['conversations']} people's records restored; queued messages are no part of a backup")
    return 0


def new_keys(options: argparse.Namespace) -> int:
    """Write new keys to a file that is not there yet, or print all secrets for an .env file."""
    keys = str(Keys.new())
    if options.file is not None:
        try:
            private_files.write(options.file, keys, put=os.link)
        except FileExistsError as error:
            raise SettingMissing(f"{options.file} is there already: keys are never written over") from error
        print(f"written to {options.file}: keep a copy apart from the database's backups")
        return 0
    print(f"MASTER_KEYS={','.join(keys.splitlines())}")
    print(f"WEBHOOK_SECRET={secrets.token_urlsafe(48)}")
    print(f"POSTGRES_PASSWORD={secrets.token_urlsafe(24)}")
    return 0


async def _doctor(settings: Settings) -> int:
    from bot.backoffice.doctor import examine  # late: it checks the knowledge, which no serving process does

    well = True
    for name, meant in misspelt(os.environ):
        well = False
        print(f"!!  setting: {name} is none: {meant} is perhaps meant")
    knowledge = load_knowledge(settings.knowledge_folder, models=settings.models_folder)
    async for line in examine(settings, knowledge, today_in_china()):
        print(line)
        well = well and line.well
    return 0 if well else UNAVAILABLE


async def _migrate(settings: Settings, back_to: str | None) -> int:
    database = open_database(settings.database_url)
    try:
        database.alone()
        keyring = Keyring(settings.keys())
        if back_to is None:
            await migrate(database, keyring)
        else:
            await migrate_back(database, keyring, back_to, Lease(database, time.time))
    finally:
        await database.dispose()
    print(f"the database is at schema {back_to}" if back_to else "the database is up to date")
    return 0


async def _rotate(settings: Settings, step: str | None) -> int:
    """Announce a key, use it, or wrap what is left; the steps may come in any order without a loss."""
    keys = settings.keys()
    if step is not None:
        if settings.master_keys.get_secret_value():
            raise SettingMissing(
                "--new and --use change MASTER_KEYS_FILE. With MASTER_KEYS: add a `next` line, restart all, "
                "write `wrap` for `next` and put it before the other `wrap` lines, restart them again, "
                "then run `python -m bot rotate-keys`"
            )
        if step == "use" and not keys.coming:
            raise SettingMissing("no `next` key in the file: run `python -m bot rotate-keys --new` first")
        keys = keys.announced() if step == "new" else keys.promoted()
    if step == "new":
        private_files.write(settings.master_keys_file, str(keys))
        print("a `next` key was added: restart every process, then run `python -m bot rotate-keys --use`")
        return 0
    keyring, database = Keyring(keys), open_database(settings.needed_database())
    try:
        await check_schema(database)
        done = await rewrap(database, keyring, Lease(database, time.time))
    finally:
        await database.dispose()
    if step == "use":
        private_files.write(settings.master_keys_file, str(keys))
    print(f"{done.count} people's keys wrapped again")
    if places := needless(keyring, done.in_use):
        numbers = ", ".join(map(str, places))
        print(f"`wrap` line {numbers} is used by no row and no process: it may go, but older backups need it")
    else:
        print("every `wrap` line is in use: restart all processes, then run `python -m bot rotate-keys`")
    return 0


async def _letters(settings: Settings, action: str, ids: list[int]) -> int:
    settings.needed_database()
    async with _store(settings, Presenter(load_knowledge()), serving=False) as store:
        dead = await store.outbox.dead.all()
        chosen = ids or [letter.id for letter in dead]
        match action:
            case "retry":
                print(f"{await store.outbox.dead.retry(chosen)} put back into the outbox")
            case "drop":
                print(f"{await store.outbox.dead.drop(chosen)} dropped")
            case _:
                for letter in dead:
                    day = datetime.fromtimestamp(letter.died_at, UTC).isoformat(" ", "minutes")
                    print(f"{letter.id:>8}  {day}  {letter.reason}")
                print(f"{len(dead)} dead letters")
    return 0


def terminal(options: argparse.Namespace) -> int:
    presenter = Presenter(load_knowledge())
    on = options.on
    noon = on and datetime(on.year, on.month, on.day, 12, tzinfo=CHINA)
    terminal = Terminal(presenter, lambda: noon or now_in_china(), options.language)
    print("#1, #2 … press a button; anything else is typed. Ctrl+D ends.\n")
    transcript = hold(terminal, input, print)
    if options.record:
        options.record.write_text("\n".join(transcript), encoding="utf-8")
    return 0


def _read() -> Settings:
    return Settings.read(os.environ)


def demo(options: argparse.Namespace) -> int:
    """Serve the demo until Ctrl+C."""
    return asyncio.run(_demo(options.port, options.database))


def polling(_options: argparse.Namespace) -> int:
    """Serve by long polling until the process has to stop."""
    return asyncio.run(_polling(_read()))


def webhook(_options: argparse.Namespace) -> int:
    """Serve by webhook until the process has to stop."""
    return _uvloop(_webhook(_read()))


def migrating(options: argparse.Namespace) -> int:
    """Bring the database's schema up to date, or back to an older release's."""
    return asyncio.run(_migrate(_read(), options.to))


def doctor(_options: argparse.Namespace) -> int:
    """Look at everything that a serving process needs."""
    return asyncio.run(_doctor(_read()))


def saving(options: argparse.Namespace) -> int:
    """Write a backup."""
    return asyncio.run(_backup(_read(), options.to))


def restoring(options: argparse.Namespace) -> int:
    """Restore a backup into an empty database."""
    return asyncio.run(_restore(_read(), options.file))


def rotating(options: argparse.Namespace) -> int:
    """Take a step of the change of the master key."""
    return asyncio.run(_rotate(_read(), options.step))


def letters(options: argparse.Namespace) -> int:
    """List, retry or drop what Telegram refused for ever."""
    return asyncio.run(_letters(_read(), options.action, options.ids))
