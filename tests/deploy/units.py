"""The unit files, as systemd reads them on this machine."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.deploy.around import program
from tests.faults.service import ROOT

UNITS = sorted(ROOT.glob("deploy/*.service"))
HERE = "/opt/gig-worker-guide/.venv/bin/python"  # which need not be there to read a unit
EXPOSED = 15  # tenths of systemd's own measure, of at most 100


def verified(folder: Path) -> Iterator[str]:
    """Say of each unit what systemd finds wrong with it, and how exposed it would be."""
    analyze = program("systemd-analyze", "systemd")
    for unit in UNITS:
        copy = folder / unit.name
        text = unit.read_text(encoding="utf-8").replace(HERE, sys.executable)
        copy.write_text(text.replace("WorkingDirectory=/opt/gig-worker-guide", ""), encoding="utf-8")
        said = _run([analyze, "verify", "--man=no", str(copy)])
        exposed = _run(
            [analyze, "security", "--offline=true", f"--threshold={EXPOSED}", "--no-pager", str(copy)]
        )
        yield f"{unit.name}: {said or 'nothing to complain of'}; {exposed.splitlines()[-1]}"


def systemd() -> str:
    return _run([program("systemd-analyze", "systemd"), "--version"]).splitlines()[0]


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip()
