"""Boots Debian's systemd in a container, installs the unit as docs/operating.md says, and talks with it.

The container needs root, debootstrap, systemd-nspawn and a Debian mirror. It has this machine's network, on
which the Telegram double listens; the interpreter and the libraries are this checkout's, mounted read-only.
"""

import asyncio
import random
import shutil
import sys
from pathlib import Path

from bot.demo.double.server import Simulator
from tests.deploy.around import NotHere, program
from tests.faults.crowd import Crowd
from tests.faults.service import ROOT, free_port
from tests.talks import TOKEN

HOME = Path("opt/gig-worker-guide")
UNIT = "gig-worker-guide.service"
LIBRARIES = f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
TALK = 90  # seconds: it goes at the pace that Telegram allows in a chat
TREE = ("bot", "knowledge", "models", "alembic", "deploy")
INSTALL = """\
#!/bin/bash
# As docs/operating.md has it; what is said goes into /var/report.
exec > /var/report 2>&1
cd /opt/gig-worker-guide
ldconfig
systemctl --version | head -1
install -d -m 700 /etc/gig-worker-guide
.venv/bin/python -m bot new-keys --file /etc/gig-worker-guide/master.keys
(umask 077; printf '%s\\n' 'BOT_TOKEN={token}' 'OPERATOR_CONTACT=test' 'TELEGRAM_API={api}' \\
    'WEBHOOK_PORT={port}' > /etc/gig-worker-guide/settings)
cp deploy/{unit} /etc/systemd/system/
systemctl daemon-reload && systemctl enable --now {unit}
for _ in $(seq 100); do [ -e /var/talked ] && break; sleep 1; done
systemctl show {unit} -p ActiveState -p NRestarts
ls -ln /var/lib/private/gig-worker-guide
systemctl stop {unit}
systemctl show {unit} -p Result -p ExecMainStatus
journalctl -u {unit} --no-pager -o cat | tail -20
systemctl poweroff --no-block
"""
BOOT = """\
[Unit]
After=multi-user.target
[Service]
Type=simple
ExecStart=/bin/bash /var/install
[Install]
WantedBy=multi-user.target
"""


async def booted(suite: str, folder: Path) -> str:
    """Boot a suite of Debian and talk with the unit in it; gives the container's report."""
    root = folder / suite
    nspawn = program("systemd-nspawn", "systemd-container")
    if not (root / "usr").is_dir():
        bootstrap = [program("debootstrap", "debootstrap"), "--variant=minbase"]
        await said([*bootstrap, "--include=systemd,systemd-sysv,dbus,ca-certificates,libsqlite3-0,libffi8",
                    suite, str(root)])  # fmt: skip
    python = Path(sys.base_prefix)
    environment = Path(sys.prefix)
    async with Simulator(token=TOKEN) as simulator:
        _prepare(root, simulator.api_url)
        crowd = Crowd(simulator, random.Random(1))
        crowd.gather(1)
        binds = [f"{python}:/opt/python", f"{environment / LIBRARIES}:/{HOME}/.venv/{LIBRARIES}"]
        binds += [f"{ROOT / name}:/{HOME}/{name}" for name in TREE]
        container = await asyncio.create_subprocess_exec(
            nspawn, "--quiet", "--register=no", "--keep-unit", "--boot", f"--directory={root}",
            *(f"--bind-ro={bind}" for bind in binds),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL, env={"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
        )  # fmt: skip
        try:
            async with asyncio.timeout(TALK + 60):
                talk = asyncio.create_task(crowd.answer(crowd.workers[0]))
                await asyncio.wait({talk}, timeout=TALK)
                talked = talk.done() and not talk.exception()
                (root / "var/talked").touch()
                await container.wait()
        finally:
            talk.cancel()
            if container.returncode is None:
                container.terminate()
                await container.wait()
    report = (root / "var/report").read_text(encoding="utf-8")
    return f"{suite}: a worker {'came to the result' if talked else 'got no result'}\n{report}"


def _prepare(root: Path, api: str) -> None:
    """Lay what is to be installed into the container's files."""
    wants = root / "etc/systemd/system/multi-user.target.wants"
    for name in ("var/talked", "var/report", f"etc/systemd/system/{UNIT}", wants / UNIT):
        (root / name).unlink(missing_ok=True)
    shutil.rmtree(root / "etc/gig-worker-guide", ignore_errors=True)
    shutil.rmtree(root / "var/lib/private/gig-worker-guide", ignore_errors=True)
    own = root / HOME / ".venv"
    (own / "bin").mkdir(parents=True, exist_ok=True)
    (own / LIBRARIES).mkdir(parents=True, exist_ok=True)
    (own / "pyvenv.cfg").write_text("home = /opt/python/bin\n", encoding="utf-8")
    link = own / "bin/python"
    link.unlink(missing_ok=True)
    link.symlink_to(f"/opt/python/bin/python{sys.version_info.major}.{sys.version_info.minor}")
    for name in (*TREE, "../python"):
        (root / HOME / name).mkdir(exist_ok=True)
    (root / "etc/ld.so.conf.d/python.conf").write_text("/opt/python/lib\n", encoding="utf-8")
    script = INSTALL.format(token=TOKEN, api=api, port=free_port(), unit=UNIT)
    (root / "var/install").write_text(script, encoding="utf-8")
    (root / "etc/systemd/system/install.service").write_text(BOOT, encoding="utf-8")
    wants.mkdir(exist_ok=True)
    (wants / "install.service").unlink(missing_ok=True)
    (wants / "install.service").symlink_to("/etc/systemd/system/install.service")


async def said(command: list[str]) -> str:
    """Run a command and give what it said; raises NotHere when it fails."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    if process.returncode != 0:
        raise NotHere(f"{command[0]} failed: {out.decode()[-300:].strip()}")
    return out.decode().strip()
