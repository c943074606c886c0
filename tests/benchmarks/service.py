"""Our service beside bots on the usual stacks: same double, same load, one after the other in one run."""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
import uvloop

from bot.privacy.keyring import Keyring, keys_in
from bot.storage.engine import migrate, open_database
from tests.benchmarks.growth import growth
from tests.benchmarks.measuring import CHATS, DATABASE, SECONDS, Entry, Row, averaged, measure
from tests.benchmarks.shares import Unheld
from tests.benchmarks.telegram import Telegram
from tests.databases import connect

SHARE = 0.2  # of a core: so that four processes, the double and the server find room on two cores

ROUNDS = 3  # of the processes that are held

CROWD = 200  # chats at once: so many that no process waits for taps


def held_to(processes: int) -> str:
    """Name the entry of processes that are held to their share of a core."""
    return f"... {processes} of {SHARE:.0%} of a core each"


async def postgres(name: str) -> str | None:
    """Make an empty database for the run; None without a server."""
    url = os.environ.get("TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/test")
    try:
        database = open_database(url)
        async with connect(database) as connection:
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            await raw.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await raw.execute(f"CREATE DATABASE {name}")
        await database.dispose()
    except (OSError, sa.exc.SQLAlchemyError) as error:
        print(f"  PostgreSQL not measured: {type(error).__name__}")
        return None
    return url.rsplit("/", 1)[0] + f"/{name}"


async def table() -> list[Row]:
    rows = []
    server = await postgres(DATABASE)
    entries = [
        Entry("a bare handler that parses and answers", "floor"),
        Entry("python-telegram-bot, memory", "ptb"),
        Entry("python-telegram-bot, PicklePersistence", "ptb_pickle"),
        Entry("aiogram, memory", "aiogram"),
        Entry("aiogram, Redis", "aiogram_redis"),
        Entry("grammY, memory", "grammy"),
        Entry("ours, SQLite (committed before 200)", "ours", "sqlite"),
    ]
    if server:
        entries += [
            Entry(f"ours, PostgreSQL, {n} process{'es' * (n > 1)}", "ours", server, n) for n in (1, 2, 4)
        ]
        # In turn: a machine that others share is now faster, now slower.
        entries += [
            Entry(held_to(n), "ours", server, n, SHARE, CROWD) for _ in range(ROUNDS) for n in (1, 2, 4)
        ]
    async with Telegram() as telegram:
        for entry in entries:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                keys_in(folder / "keys")
                if entry.database == "sqlite":
                    entry = Entry(entry.name, "ours", f"sqlite:///{folder / 'bench.sqlite'}")
                elif entry.ours:
                    await postgres(DATABASE)
                    database = open_database(entry.database)
                    await migrate(database, Keyring(keys_in(folder / "keys")))
                    await database.dispose()
                try:
                    rows.append(await measure(entry, telegram, folder))
                except (RuntimeError, TimeoutError, Unheld) as error:
                    print(f"  {entry.name}: not measured: {error}")
    return rows


def main() -> None:
    print(f"\nService: {CHATS} chats at once, {SECONDS:.0f} s each, one double, one machine")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        rows = runner.run(table())
        print_table(rows)
        grown = runner.run(growth(SECONDS / 2))
    for count, row in grown:
        first = grown[0][1]
        print(
            f"{count:>9,} conversations: median {1e3 * row.median:6.1f} ms, p99 {1e3 * row.p99:6.1f} ms, "
            f"CPU {1e3 * row.cpu:.2f} ms; median {row.median / first.median:.2f} and CPU "
            f"{row.cpu / first.cpu:.2f} times the first"
        )


def print_table(measured: Sequence[Row]) -> None:
    rounds: dict[str, list[Row]] = {}
    for row in measured:
        rounds.setdefault(row.name, []).append(row)
    rows = {name: averaged(found) for name, found in rounds.items()}
    rivals = [rows.get(f"{name}, memory") for name in ("python-telegram-bot", "aiogram", "grammY")]
    print(
        f"{'':42} updates/s  x ptb x aiogram x grammY  median      p99 CPU/update (around)  MB each   "
        "cold start (CPU until rest)"
    )
    for row in rows.values():
        ratios = [f"{row.rate / rival.rate:6.1f}" if rival else "     –" for rival in rivals]
        print(
            f"{row.name:42}{row.rate:>10.0f} {ratios[0]} {ratios[1]:>9} {ratios[2]:>8}"
            f"{1e3 * row.median:>6.1f}ms"
            f"{1e3 * row.p99:>7.1f}ms{1e3 * row.cpu:>8.2f}ms ({1e3 * row.around:.2f}ms)"
            f"{row.memory / 1e6:>8.0f} {row.grown / 1e6:+5.1f}{row.cold:>7.1f}s ({row.start:.1f}s)"
            + (f"  {row.refused} refused" if row.refused else "")
        )
    one = rows.get("ours, PostgreSQL, 1 process")
    two = rows.get("ours, PostgreSQL, 2 processes")
    cores = os.cpu_count() or 1
    if one and two:
        # One process fills one core at most; more fill the machine, with the double and the server on it.
        at_most = min(2 / two.cpu, cores / (two.cpu + two.around)) / min(
            1 / one.cpu, cores / (one.cpu + one.around)
        )
        print(
            f"2 processes on PostgreSQL: {two.rate / one.rate:.2f} times 1; these {cores} cores, which the "
            f"double and the server share, allow {at_most:.2f}"
        )
    alone = rounds.get(held_to(1), [])
    for more in (2, 4):
        pairs = list(zip(rounds.get(held_to(more), []), alone, strict=False))
        each = ", ".join(f"{many.rate / one.rate:.2f}" for many, one in pairs)
        if pairs:
            whole = sum(many.rate for many, _ in pairs) / sum(one.rate for _, one in pairs)
            print(f"{more} processes of {SHARE:.0%} of a core each: {whole:.2f} times 1 (in turn {each})")


if __name__ == "__main__":
    main()
