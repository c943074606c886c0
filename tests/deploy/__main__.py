"""Starts what stands around the bot, talks through it, and says what was run and found.

`python -m tests.deploy` tries everything; what this machine can't do is said with its reason.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.deploy.around import NotHere, program, through_caddy, through_pgbouncer
from tests.deploy.boot import booted, said
from tests.deploy.units import systemd, verified
from tests.faults.crowd import Findings
from tests.faults.service import ROOT, fresh_postgres

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql+asyncpg://postgres@127.0.0.1:5432/test")


async def _talk(through: Callable[[str, Path], Awaitable[Findings]], name: str) -> None:
    version = await said([program(name, name), "version" if name == "caddy" else "--version"])
    with tempfile.TemporaryDirectory(prefix="deploy-") as folder:
        async with fresh_postgres(SERVER) as server:
            found = await through(server, Path(folder))
    print(f"{version.splitlines()[0]}: {found}")


async def _units() -> None:
    print(systemd())
    with tempfile.TemporaryDirectory(prefix="deploy-") as folder:
        for line in verified(Path(folder)):
            print(line)


async def _image() -> None:
    print(await said([program("buildah", "buildah"), "bud", "-f", "deploy/Dockerfile", str(ROOT)]))


async def _boot() -> None:
    if os.geteuid() != 0:
        raise NotHere("only root may boot a container")
    folder = Path(os.environ.get("CONTAINERS", "containers"))
    for suite in ("bookworm", "trixie"):
        print(await booted(suite, folder))


async def main() -> None:
    """Try everything in turn."""
    parts: dict[str, Callable[[], Awaitable[None]]] = {
        "units": _units,
        "pgbouncer": lambda: _talk(through_pgbouncer, "pgbouncer"),
        "caddy": lambda: _talk(through_caddy, "caddy"),
        "boot": _boot,
        "image": _image,
    }
    for name in sys.argv[1:] or parts:
        try:
            await parts[name]()
        except NotHere as reason:
            print(f"{name}: not here: {reason}")


if __name__ == "__main__":
    asyncio.run(main())
