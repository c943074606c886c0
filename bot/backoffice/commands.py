"""The office's commands; what they need of training and plotting is imported when they run."""

import argparse
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from bot.app.process import now_in_china, today_in_china
from bot.app.settings import Settings
from bot.backoffice.breach import Breach, draft
from bot.content.parameters import Figures
from bot.content.questionnaire import LANGUAGES
from bot.dialogue.reminders import CHINA
from bot.loading.knowledge import load_knowledge
from bot.privacy.keyring import Keyring, keys_in
from bot.privacy.tombstones import Tombstones

if TYPE_CHECKING:
    from bot.research.participants import Office

Say = Callable[[str], None]
LONG = 5_000  # rows from which reading them shows its progress
SERVE = "a bot with MODELS_FOLDER set to this folder serves it from its next start"


class CannotRun(ValueError):
    """A command can't do its work as it was given; the message says what to do."""


@asynccontextmanager
async def opened_office(database: Path | None) -> AsyncIterator["Office"]:
    """Open the database for reading: a file with its keys beside it, or the one in the settings."""
    from bot.research.participants import Office
    from bot.storage.engine import open_for_reading

    if database is None:
        settings = Settings.read(os.environ)
        url, keys = settings.needed_database(), settings.keys(make=False)
        tombstones, models = Tombstones(settings.tombstones_file), settings.models_folder
    else:
        beside = database.with_suffix(".keys")
        if not beside.is_file():
            raise CannotRun(f"{beside} is missing: without its keys {database} can't be read")
        url, keys, tombstones = f"sqlite:///{database}", keys_in(beside), Tombstones()
        models = None
    reading = open_for_reading(url)
    try:
        knowledge = load_knowledge(models=models)
        yield Office(reading, Keyring(keys), knowledge, tombstones, models=models, progress=_progress)
    finally:
        await reading.dispose()


def _progress(total: int) -> Callable[[int], None]:
    """Show how reading goes on, where it takes long enough to wonder."""
    if total < LONG or find_spec("tqdm") is None:
        return lambda done: None
    return bar(total)


def bar(total: int) -> Callable[[int], None]:
    """Return what draws how many people of all are done."""
    from tqdm import tqdm

    drawn = tqdm(total=total, unit=" people", file=sys.stderr, mininterval=1.0)

    def show(done: int) -> None:
        drawn.update(done - drawn.n)
        if done >= total:
            drawn.close()

    return show


async def export(options: argparse.Namespace, say: Say) -> int:
    """Write what participants answered."""
    from bot.research.columns import Columns
    from bot.research.export import export

    if options.to == "parquet" and find_spec("pyarrow") is None:
        raise CannotRun("Parquet needs pyarrow: install this project's extra `parquet`, or use --to csv")
    async with opened_office(options.database) as office:
        count = await export(office.participants(), Columns(office.knowledge), options.out, options.to)
        say(f"{count} people who agreed to research: {options.out / f'answers.{options.to}'}, codebook.csv")
        return _unreadable(office.unreadable, say)


async def publish(options: argparse.Namespace, say: Say) -> int:
    """Write tables with noise, and take what they cost from the budget."""
    if find_spec("opendp") is None:
        raise CannotRun("the noise comes from OpenDP: install this project's extra `publish`")
    _need("numpy")
    from bot.research.columns import Columns
    from bot.research.publishing import BUDGET, ledger_of, publish
    from bot.research.report.labels import Labels
    from bot.research.tally import tally

    if (ledger := options.ledger) is None:
        named = options.database
        ledger = (
            named.with_suffix(".privacy-budget.csv")
            if named
            else ledger_of(Settings.read(os.environ).needed_database())
        )
    async with opened_office(options.database) as office:
        counted = await tally(office.participants(), Columns(office.knowledge))
        labels = [Labels(language, office.knowledge.questionnaire) for language in LANGUAGES]
        made = publish(counted, options.epsilon, options.out, ledger, today_in_china(), labels)
        say(
            f"{options.out / 'tables.csv'}: nearly every number is within {made.within} people of the true "
            f"one; {made.spent:g} of {BUDGET:g} spent ({ledger})"
        )
        return _unreadable(office.unreadable, say)


async def report(options: argparse.Namespace, say: Say) -> int:
    """Write the report, one page a language."""
    _need("matplotlib", "scipy", "sklearn", "statsmodels")
    from bot.privacy.private_files import write
    from bot.research.report.findings import gather
    from bot.research.report.page import pages

    async with opened_office(options.database) as office:
        found = await gather(office, today_in_china())
        for name, html in pages(found, office.knowledge).items():
            write(options.out / name, html)
            say(str(options.out / name))
        return _unreadable(office.unreadable, say)


async def simulate(options: argparse.Namespace, say: Say) -> int:
    """Run a town that talks to the bot."""
    _need("numpy", "scipy", "sklearn", "tqdm")
    from bot.demo.town.people import Town
    from bot.demo.town.walking import walk

    knowledge = load_knowledge()
    town = Town(knowledge.questionnaire, options.people, options.seed, options.moved)
    ended = await walk(knowledge, town.residents(), options.database, options.seed, told=bar(options.people))
    say(f"{ended.finished} talks held, {ended.silent} people fell silent: {options.database}")
    return 0


async def retrain(options: argparse.Namespace, say: Say) -> int:
    """Ask whether the models may learn; or show, promote, send away or put back one of them."""
    _need("numpy", "scipy", "sklearn", "statsmodels")
    from bot.research import retraining
    from bot.research.report.labels import Labels

    folder, today = options.artifacts, today_in_china()
    if options.roll_back:
        version = retraining.roll_back(folder, options.roll_back, today, options.to, options.because)
        say(f"{options.roll_back}: version {version} is in its place again; {SERVE}")
        return 0
    if options.dismiss:
        gone = retraining.dismiss(folder, options.dismiss, today, options.because)
        say(f"{options.dismiss}: version {gone.version} waits no longer")
        return 0
    async with opened_office(options.database) as office:
        labels = Labels("en", office.knowledge.questionnaire)
        if model := options.promote or options.compare:
            found = await retraining.side_by_side(office, folder, model)
            for line in retraining.lines(found, labels):
                say(line)
            if options.promote:
                if not options.because:
                    raise ValueError("say why: --because 'what you saw in both'. Nothing was changed")
                retraining.promote(folder, found, today, options.because)
                say(f"{model}: version {found.challenger.version} is in its place; {SERVE}")
            return _unreadable(office.unreadable, say)
        for retrained in await retraining.retrain(office, folder, today):
            for line in retraining.told(retrained, labels):
                say(line)
        say(f"the card: {folder / 'CARD.en.md'}, CARD.zh.md; the record: {folder / retraining.DECISIONS}")
        return _unreadable(office.unreadable, say)


async def outdated(options: argparse.Namespace, say: Say) -> int:
    """List what waits; 1 when there is something."""
    from bot.backoffice.worklist import lines, queue

    today = today_in_china()
    async with opened_office(options.database) as office:
        waiting = await queue(office, today)
        for line in lines(waiting, office.knowledge, today):
            say(line)
        return max(_unreadable(office.unreadable, say), int(bool(waiting.knowledge.findings)))


def _need(*modules: str) -> None:
    """Refuse with what to install when a library of the office is missing; raises CannotRun."""
    if missing := [name for name in modules if find_spec(name) is None]:
        raise CannotRun(
            f"{', '.join(missing)} is not installed: run `make office` (it is the extra `office`)"
        )


async def breach(options: argparse.Namespace, say: Say) -> int:
    """Draft the notices that the law asks for."""
    found = (options.found or now_in_china()).replace(tzinfo=CHINA)
    async with opened_office(options.database) as office:
        counts = await office.counts()
        hotline = Figures(office.knowledge.parameters, found.date())("hotline.fraud")
    contact = Settings.read(os.environ).operator_contact
    say(draft(Breach(options.leaked, found), counts, contact, str(hotline)))
    return 0


def _unreadable(count: int, say: Say) -> int:
    if count:
        say(f"{count} rows could not be opened with these keys and are left out")
    return 1 if count else 0
