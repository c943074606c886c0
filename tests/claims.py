"""Runs every command that the documents name, on a fresh clone, and lists what was run.

A command runs as it stands, or with what the reader fills in (FILE, DIR). One that serves is started,
watched until it says that it is up, and ended. One that takes hours is only shown (`make -n`), because its
results are in docs/measured. tests/test_claims.py finds a command that has no plan here.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

PAPERS = ("*.md", "docs/*.md", "docs/reference/*.md", "knowledge/*.md", "models/*.md")
COMMAND = re.compile(r"(?:\.venv/bin/)?((?:python -m (?:bot|models|tests[.\w]*)|make)(?: .*)?)$")
PATIENCE = 300.0  # seconds until a service says that it is up, its set-up included


@dataclass(frozen=True, slots=True)
class Plan:
    """How a command is run: with which words in place of its own, which exit codes, and up to which line.

    `shown` only lists what make would run, for the reason given. `until` is what a service says once up.
    """

    run: str = ""
    codes: tuple[int, ...] = (0,)
    until: str = ""
    shown: str = ""
    environ: Mapping[str, str] | None = None


NO_TOKEN = Plan(codes=(78,))  # one sentence that says which setting is missing
LONG = Plan(shown="hours, or parts of its own; docs/measured has its results")
SUITE = Plan(shown="the suite, which ran before this")
MAKES = Plan(shown="writes the project's files; the suite compares them with the committed ones")
PLANS: Mapping[str, Plan] = {
    # first what sets up, and what the others read
    "make demo": Plan(until="http://127.0.0.1:8080"),
    "make office": Plan(),
    "python -m bot new-keys": Plan(),
    "python -m bot new-keys --file /etc/gig-worker-guide/master.keys": Plan(
        run="python -m bot new-keys --file keys"
    ),
    "python -m bot simulate --people 300 --database var/town.sqlite": Plan(),
    "python -m bot simulate --people N": Plan(
        run="python -m bot simulate --people 3 --database var/few.sqlite"
    ),
    "python -m bot report --database var/town.sqlite --out var/report": Plan(),
    "python -m bot report": Plan(codes=(2,)),  # it asks where to write
    "python -m bot report --out DIR": Plan(
        run="python -m bot report --database var/town.sqlite --out report"
    ),
    "python -m bot export --to csv --out DIR": Plan(
        run="python -m bot export --to csv --database var/town.sqlite --out table"
    ),
    "python -m bot publish --epsilon 1 --out DIR": Plan(
        run="python -m bot publish --epsilon 1 --database var/town.sqlite --out public",
        codes=(65,),  # the office has no OpenDP, and says how to get it
    ),
    "python -m bot retrain --artifacts DIR": Plan(
        run="python -m bot retrain --artifacts models/artifacts --database var/town.sqlite", codes=(0, 1)
    ),
    "python -m bot retrain --artifacts DIR --compare MODEL": Plan(
        run="python -m bot retrain --artifacts models/artifacts --compare financing"
        " --database var/town.sqlite",
        codes=(0, 65),  # nothing waits beside the models of a fresh clone
    ),
    "python -m bot migrate": Plan(),
    "python -m bot breach --leaked database": Plan(),
    "python -m bot breach --leaked token": Plan(),
    "python -m bot account my-data.json --on DAY": Plan(codes=(65,), run="python -m bot account none.json"),
    "python -m bot migrate --to 0006": Plan(environ={"DATABASE_URL": "sqlite:///old.sqlite"}, codes=(65,)),
    "python -m bot doctor": Plan(codes=(0, 69)),
    "python -m bot backup --to FILE": Plan(run="python -m bot backup --to all.backup"),
    "python -m bot restore --from FILE": Plan(
        run="python -m bot restore --from all.backup",
        environ={"DATABASE_URL": "sqlite:///restored.sqlite"},
    ),
    "python -m bot letters": Plan(),
    "python -m bot outdated": Plan(codes=(0, 1)),
    "python -m bot rotate-keys": Plan(codes=(0, 1, 2)),
    "python -m bot rotate-keys --new": Plan(codes=(0, 1, 2)),
    "python -m bot rotate-keys --use": Plan(codes=(0, 1, 2)),
    "python -m bot check": Plan(),
    "python -m bot check --outdated": Plan(),
    "python -m bot check --record": Plan(codes=(0, 1)),
    "python -m bot figures export --to DIR": Plan(run="python -m bot figures export --to package"),
    "python -m bot figures import new.csv": Plan(codes=(69,), run="python -m bot figures import none.csv"),
    "python -m bot polling": NO_TOKEN,
    "python -m bot webhook": NO_TOKEN,
    "python -m bot terminal": Plan(),
    "python -m bot terminal --language en": Plan(),
    "python -m bot": Plan(codes=(2,)),
    "python -m models train-alarm": MAKES,
    "python -m models train-swindle": MAKES,
    "python -m models train --answers FILE.csv": Plan(
        run="python -m models train --answers none.csv", codes=(1, 2)
    ),
    "python -m models simulate": MAKES,
    "python -m tests.prose": Plan(),
    "python -m tests.others.triage FILE.yaml": Plan(
        run="python -m tests.others.triage tests/others/writers/01.yaml"
    ),
    "python -m tests.regenerate architecture": Plan(),
    "python -m tests.regenerate lengths": MAKES,
    "python -m tests.claims": Plan(shown="this"),
    "python -m tests.emulators.gaps": LONG,
    "python -m tests.world": LONG,
    "make help": Plan(),
    "make test": SUITE,
    "make test emulators": SUITE,
    "make regenerate": MAKES,
    'make regenerate NAMES="wordings transcripts knowledge"': MAKES,
    "make train": MAKES,
    "make wheel": Plan(),
    "make sbom": Plan(),
    "make lock": Plan(shown="asks the index for the newest versions"),
    "make bench": LONG,
    "make faults": LONG,
    "make load": LONG,
    "make fuzz": LONG,
    "make learning": LONG,
    "make prove": LONG,
    "make emulators": LONG,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A command as a document names it, and the first document that does."""

    command: str
    paper: str


def claims() -> list[Claim]:
    """Return every command of the documents once, in the order in which PLANS has them."""
    found: dict[str, str] = {}
    for pattern in PAPERS:
        for path in sorted(ROOT.glob(pattern)):
            for command in _commands(path.read_text(encoding="utf-8")):
                found.setdefault(command, path.relative_to(ROOT).as_posix())
    order = list(PLANS)
    place = {command: order.index(command) if command in PLANS else len(order) for command in found}
    return [Claim(command, found[command]) for command in sorted(found, key=lambda each: place[each])]


def _commands(text: str) -> Iterator[str]:
    """Yield the commands in a document's blocks of code, and in its text between backquotes."""
    blocks = re.findall(r"(?ms)^```(\w*)\n(.*?)^```", text)
    written = [line for kind, block in blocks if kind in ("", "sh") for line in block.splitlines()]
    lines = [part for line in written for part in re.split(r"&&|;", re.sub(r"\s+#.*", "", line))]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text))
    for line in lines:
        if found := COMMAND.match(line.strip()):
            yield found[1].strip()


def run(claim: Claim, plan: Plan, clone: Path) -> tuple[bool, str]:
    """Run one command in the clone; return whether it ended as it should, and its last line."""
    words = shlex.split(plan.run or claim.command)
    if plan.shown:
        if words[0] != "make":
            return True, f"not run: {plan.shown}"
        words.insert(1, "-n")
    if words[0] == "python":
        words[0] = ".venv/bin/python"
    environ = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    environ |= {
        "DATABASE_URL": "sqlite:///kept.sqlite",
        "MASTER_KEYS_FILE": "kept.keys",
        **(plan.environ or {}),
    }
    if plan.until:
        return _until(words, clone, environ, plan.until)
    ended = subprocess.run(
        words, cwd=clone, env=environ, input="", capture_output=True, text=True, timeout=600, check=False
    )
    told = [line for line in (ended.stdout + ended.stderr).splitlines() if line.strip()]
    last = f"shown only: {plan.shown}" if plan.shown else (told[-1] if told else "")
    return ended.returncode in plan.codes and "Traceback" not in ended.stderr, f"({ended.returncode}) {last}"


def _until(words: list[str], clone: Path, environ: Mapping[str, str], until: str) -> tuple[bool, str]:
    """Start a service, wait until it says that it is up, and end it as an operator does."""
    written = clone / "service.log"
    with (
        written.open("w") as log,
        subprocess.Popen(words, cwd=clone, env=environ, stdout=log, stderr=log) as service,
    ):
        ends, up = time.monotonic() + PATIENCE, ""
        while not up and service.poll() is None and time.monotonic() < ends:
            time.sleep(0.2)
            up = next((line for line in written.read_text().splitlines() if until in line), "")
        service.send_signal(signal.SIGTERM)
        code = service.wait(PATIENCE)
    return bool(up) and code in (0, 2, -signal.SIGTERM), f"({code}) {up}"  # 2: make's, whose child ended


def main() -> int:
    """Run all, print a line for each, and return 1 if one didn't end as it should."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        for claim in claims():
            if claim.command == "python -m tests.prose":  # the first that needs more than operators have
                subprocess.run(["make", ".venv/dev"], cwd=clone, capture_output=True, check=True)
            plan = PLANS.get(claim.command)
            fine, told = run(claim, plan, clone) if plan else (False, "has no plan")
            wrong += not fine
            sys.stdout.write(f"{'ok   ' if fine else 'WRONG'} {claim.command}  [{claim.paper}]  {told}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(claims())} commands, {wrong} wrong\n")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
