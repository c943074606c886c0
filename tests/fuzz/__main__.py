"""Throw for some time at each target with Atheris, which follows what a new input reaches: `make fuzz`."""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import atheris

NAMES = ("update", "callback", "typed", "reading", "escape")


def throw(name: str, seconds: int, folder: str) -> None:
    """Fuzz one target in this process, which ends with it."""
    with atheris.instrument_imports(include=["bot"]):
        from tests.fuzz.targets import TARGETS
    target = TARGETS[name]
    for number, seed in enumerate(target.seeds()):
        Path(folder, f"seed{number}").write_bytes(seed)
    options = [f"-max_total_time={seconds}", "-max_len=600", "-timeout=20", "-print_final_stats=1"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={folder}/", folder], target.take)
    atheris.Fuzz()


def report(name: str, seconds: int) -> bool:
    """Fuzz one target in a process of its own; prints and gives what came of it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.fuzz", "--target", name, "--seconds", str(seconds)]
        ended = subprocess.run([*command, "--folder", folder], capture_output=True, text=True, check=False)
        told = ended.stdout + ended.stderr
        runs = re.search(r"number_of_executed_units: (\d+)", told)
        edges = re.findall(r"cov: (\d+)", told)
        kept = re.findall(r"corp: (\d+)", told)
        count, reached, saved = (found or "?" for found in (runs and runs[1], *map(_last, (edges, kept))))
        verdict = "FOUND" if ended.returncode else "nothing found"
        print(
            f"{name}: {count} runs in {seconds} s, {reached} edges, {saved} inputs kept, {verdict}",
            flush=True,
        )
        if ended.returncode:
            print(told[-3000:])
            for crash in Path(folder).glob("*-*"):
                print(f"{crash.name}: {crash.read_bytes()!r}")
    return ended.returncode == 0


def _last(found: list[str]) -> str:
    return found[-1] if found else ""


def main() -> int:
    """Fuzz all targets, or one."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--target", choices=NAMES)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.folder:
        throw(asked.target, asked.seconds, asked.folder)
    names = [asked.target] if asked.target else NAMES
    clean = [report(name, asked.seconds) for name in names]
    return 0 if all(clean) else 1


if __name__ == "__main__":
    sys.exit(main())
