"""Runs every command that the documents name, on a fresh clone, and lists what was run.

A command runs as it stands, or with what the reader fills in (FILE, DIR). One that serves is started,
watched until it says that it is up, and ended. One that takes hours runs in a short form. What can't be
shortened is only listed (`make -n`), because its results are in docs/measured. tests/test_claims.py finds a
command that has no plan here.
"""

import argparse
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]

NO_PROMISE = "docs/measured/"  # says what was run on a day, with the programs of that day
COMMAND = re.compile(
    r"(?:[A-Z_]+=\S+ )*(?:\.venv/bin/)?"
    r"((?:python -m (?:bot|models|tests[.\w]*)|make|uv sync|pip install|head)(?: .*)?)$"
)
OF_THE_MACHINE = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS")
IN_VENV = ("python", "pip", "uv")
PATIENCE = 1800.0  # seconds for a command, and until a service says that it is up, its set-up included


@dataclass(frozen=True, slots=True)
class Plan:
    """How a command is run: with which words in place of its own, which exit codes, and up to which line.

    `short` says why `run` does less than the command. `shown` only lists what make would run, for the reason
    given. `until` is what a service says once up. No committed file below `unchanged` may differ afterwards.
    """

    run: str = ""
    codes: tuple[int, ...] = (0,)
    until: str = ""
    short: str = ""
    shown: str = ""
    unchanged: str = ""
    environ: Mapping[str, str] | None = None

    @property
    def how(self) -> str:
        """How much of the command is run, in a word or with the reason why not all of it."""
        if self.shown:
            return f"not run: {self.shown}"
        if self.short:
            return f"`{self.run}`: {self.short}"
        if self.until:
            return "until it was up"
        return f"`{self.run}`" if self.run else "as written"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended: as planned or not, its exit code if it ran, seconds, and its last line."""

    fine: bool
    code: int | None
    seconds: float
    told: str


NO_TOKEN = Plan(codes=(78,))  # one sentence that says which setting is missing
FIRST_OF_DEVELOPERS = "make train"  # it and what follows need more than operators have
KEPT = Plan(unchanged=".")
ONE_FILE = "SPREAD=tests/test_claims.py"
PLANS: Mapping[str, Plan] = {
    # first what sets up, and what the others read
    "make demo": Plan(until="http://127.0.0.1:8080"),
    "pip install --require-hashes --no-deps -r requirements.txt": Plan(),
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
    "pip install 'pyarrow>=22'": Plan(),
    "pip install 'opendp>=0.16'": Plan(),
    "python -m bot retrain --artifacts DIR": Plan(
        run="python -m bot retrain --artifacts models/artifacts --database var/town.sqlite"
    ),
    "python -m bot retrain --artifacts DIR --compare MODEL": Plan(
        run="python -m bot retrain --artifacts models/artifacts --compare financing"
        " --database var/town.sqlite",
        codes=(65,),  # nothing waits beside the models of a fresh clone
    ),
    "python -m bot migrate": Plan(),
    "python -m bot breach --leaked database": Plan(),
    "python -m bot breach --leaked token": Plan(),
    "python -m bot account my-data.json --on DAY": Plan(codes=(65,), run="python -m bot account none.json"),
    "python -m bot migrate --to 0006": Plan(environ={"DATABASE_URL": "sqlite:///old.sqlite"}, codes=(65,)),
    "python -m bot doctor": Plan(codes=(69,)),  # no Telegram here
    "python -m bot backup --to FILE": Plan(run="python -m bot backup --to all.backup"),
    "python -m bot restore --from FILE": Plan(
        run="python -m bot restore --from all.backup",
        environ={"DATABASE_URL": "sqlite:///restored.sqlite"},
    ),
    "python -m bot letters": Plan(),
    "python -m bot outdated": Plan(),
    "python -m bot rotate-keys --new": Plan(),
    "python -m bot rotate-keys --use": Plan(),
    "python -m bot rotate-keys": Plan(),
    "python -m bot check": Plan(),
    "python -m bot check --outdated": Plan(),
    "python -m bot check --record": KEPT,
    "python -m bot figures export --to DIR": Plan(run="python -m bot figures export --to package"),
    "python -m bot figures import new.csv": Plan(codes=(69,), run="python -m bot figures import none.csv"),
    "python -m bot polling": NO_TOKEN,
    "python -m bot webhook": NO_TOKEN,
    "python -m bot terminal": Plan(),
    "python -m bot terminal --language en": Plan(),
    "python -m bot": Plan(codes=(2,)),
    "head -1 -q bot/*/*.py": Plan(run="sh -c 'head -1 -q bot/*/*.py'"),
    "make train": Plan(unchanged="models/artifacts"),
    "python -m models train-alarm": Plan(shown="`make train` runs it"),
    "python -m models train-swindle": Plan(shown="`make train` runs it"),
    "python -m models train-scope": Plan(shown="`make train` runs it"),
    "python -m models train --answers FILE.csv": Plan(
        run="python -m models train --answers none.csv", codes=(2,)
    ),
    "python -m models simulate": Plan(shown="both cores for a quarter of an hour"),
    "python -m tests.prose": Plan(),
    "python -m tests.others.triage FILE.yaml": Plan(
        run="python -m tests.others.triage tests/others/writers/01.yaml"
    ),
    "python -m tests.regenerate architecture": KEPT,
    "python -m tests.regenerate decisions": KEPT,
    "python -m tests.regenerate lengths": KEPT,
    "python -m tests.claims": Plan(shown="this"),
    "make help": Plan(),
    "make test": Plan(run=f"make test {ONE_FILE}", short="one file of the suite, which CI runs whole"),
    "make test emulators": Plan(run=f"make test {ONE_FILE}", short="both run by themselves"),
    "make regenerate": Plan(
        run="make regenerate NAMES='asvs law delivery double schemas'",
        short="models above, words below, fonts and pictures differ from one machine to the next",
        unchanged=".",
    ),
    'make regenerate NAMES="wordings transcripts knowledge"': KEPT,
    "make wheel": Plan(),
    "pip install --no-deps": Plan(run="sh -c '.venv/bin/pip install --no-deps dist/*.whl'"),
    "make sbom": Plan(),
    "make lock UPGRADE=--upgrade": Plan(
        run="make lock", short="the newest versions are others every day", unchanged="."
    ),
    "uv sync": Plan(run="uv sync --locked --dry-run", short="the clone has its environment"),
    "make bench": Plan(shown="an hour of a quiet machine"),
    "make faults": Plan(run="python -m tests.faults --kills 300", short="300 of 100,000 kills"),
    "make load": Plan(
        run="python -m tests.load rush --workers 600 --scale 0.02", short="12 of 10,000 workers"
    ),
    "make fuzz": Plan(run="make fuzz SECONDS=3", short="3 of 300 seconds"),
    "make learning": Plan(
        run="python -m tests.learning --tries 1", codes=(1,), short="1 of 60 tries, too few to be sure (1)"
    ),
    "make prove": Plan(
        run="make prove LONGER=tests/test_lengths.py SPREAD='-k lengths'", short="one file of the properties"
    ),
    "make emulators": Plan(),
    "python -m tests.emulators.gaps": KEPT,
    "python -m tests.world": Plan(
        run="python -m tests.world --minutes 0.3 --only SIGKILL 429", short="two troubles of all"
    ),
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A command as a document names it, and the first document that does."""

    command: str
    paper: str


def claims() -> list[Claim]:
    """Return every command of the documents once, in the order in which PLANS has them."""
    found: dict[str, str] = {}
    for path in sorted(papers()):
        for command in _commands((ROOT / path).read_text(encoding="utf-8")):
            found.setdefault(command, path)
    order = list(PLANS)
    place = {command: order.index(command) if command in PLANS else len(order) for command in found}
    return [Claim(command, found[command]) for command in sorted(found, key=lambda each: place[each])]


def papers() -> Iterator[str]:
    """Yield the committed documents that say what a reader can run now."""
    listed = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)
    return (path for path in listed.stdout.splitlines() if not path.startswith(NO_PROMISE))


def _commands(text: str) -> Iterator[str]:
    """Yield the commands in a document's blocks of code, and in its text between backquotes."""
    blocks = re.findall(r"(?ms)^```(\w*)\n(.*?)^```", text)
    written = [line for kind, block in blocks if kind in ("", "sh") for line in block.splitlines()]
    lines = [part for line in written for part in re.split(r"&&|;", re.sub(r"\s+#.*", "", line))]
    lines += re.findall(r"`([^`\n]+)`", re.sub(r"(?ms)^```.*?^```", "", text))
    for line in lines:
        if found := COMMAND.match(line.strip()):
            yield found[1].strip()


def run(claim: Claim, plan: Plan, clone: Path) -> Outcome:
    """Run one command in the clone and return how it ended."""
    words = shlex.split(plan.run or claim.command)
    if plan.shown:
        if words[0] != "make":
            return Outcome(True, None, 0, "")
        words.insert(1, "-n")
    if words[0] in IN_VENV:
        words[0] = f".venv/bin/{words[0]}"
    environ = {name: value for name, value in os.environ.items() if name in OF_THE_MACHINE}
    environ |= {
        "DATABASE_URL": "sqlite:///kept.sqlite",
        "MASTER_KEYS_FILE": "kept.keys",
        **(plan.environ or {}),
    }
    begun = time.monotonic()
    if plan.until:
        code, told = _until(words, clone, environ, plan.until)
        ended = bool(told) and code in (0, 2, -signal.SIGTERM)  # 2: make's, whose child ended
        return Outcome(ended, code, time.monotonic() - begun, told)
    with (clone / "ran.log").open("w+") as log:
        with subprocess.Popen(
            words, cwd=clone, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0
        ) as ran:
            try:
                code = ran.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(ran.pid, signal.SIGKILL)
                return Outcome(False, None, time.monotonic() - begun, f"not done after {PATIENCE:.0f} s")
        log.seek(0)
        said = log.read()
    changed = _changed(clone, plan.unchanged)
    fine = code in plan.codes and "Traceback" not in said and not changed
    last = [line for line in said.splitlines() if line.strip()][-1 if fine else -8 :]
    differs = [f"changed {', '.join(changed)}"] if changed else []
    return Outcome(fine, code, time.monotonic() - begun, "\n".join([*differs, *last]))


def _changed(clone: Path, below: str) -> list[str]:
    """Return which committed files below this path differ, none if it is empty, and put all back."""
    differ = subprocess.run(
        ["git", "diff", "--name-only", "--", *filter(None, [below])],
        cwd=clone,
        capture_output=True,
        text=True,
        check=True,
    )
    subprocess.run(["git", "checkout", "--quiet", "."], cwd=clone, check=True)
    return differ.stdout.split() if below else []


def _until(words: list[str], clone: Path, environ: Mapping[str, str], until: str) -> tuple[int, str]:
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
    return code, up


def table(ran: Sequence[tuple[Claim, Plan, Outcome]]) -> str:
    """Return what was run as a table in Markdown, with its sum below."""
    kinds = Counter(
        "only listed"
        if plan.shown
        else "in a short form"
        if plan.short
        else "with the reader's words filled in"
        if plan.run
        else "as written"
        for _, plan, _ in ran
    )
    lines = ["| command | run | exit | s | as planned |", "|---|---|--:|--:|---|"]
    for claim, plan, outcome in ran:
        code, seconds = ("–", "–") if plan.shown else (outcome.code, f"{outcome.seconds:.0f}")
        lines.append(
            f"| `{claim.command}` | {plan.how} | {code} | {seconds} | {'yes' if outcome.fine else '**no**'} |"
        )
    wrong = sum(not outcome.fine for _, _, outcome in ran)
    told = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    return "\n".join([*lines, "", f"{len(ran)} commands: {told}. {len(ran) - wrong} ended as planned.", ""])


def main() -> int:
    """Run all, print a line for each, and return 1 if one didn't end as it should."""
    parser = argparse.ArgumentParser(prog="python -m tests.claims", description=__doc__)
    parser.add_argument(
        "commands", nargs="*", metavar="COMMAND", help="run only these, as documents name them"
    )
    parser.add_argument("--table", type=Path, metavar="FILE", help="write what was run as Markdown")
    options = parser.parse_args()
    ran: list[tuple[Claim, Plan, Outcome]] = []
    order = {command: place for place, command in enumerate(PLANS)}
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        for claim in claims():
            if options.commands and claim.command not in options.commands:
                continue
            if (
                order.get(claim.command, 0) >= order[FIRST_OF_DEVELOPERS]
                and not (clone / ".venv/dev").exists()
            ):
                subprocess.run(["make", ".venv/dev"], cwd=clone, capture_output=True, check=True)
            plan = PLANS.get(claim.command)
            outcome = run(claim, plan, clone) if plan else Outcome(False, None, 0, "has no plan")
            ran.append((claim, plan or Plan(), outcome))
            sys.stdout.write(
                f"{'ok   ' if outcome.fine else 'WRONG'} {outcome.seconds:5.0f} s  {claim.command}"
                f"  [{claim.paper}]  ({outcome.code}) {outcome.told}\n"
            )
            sys.stdout.flush()
            if options.table:
                options.table.write_text(table(ran), encoding="utf-8")
    wrong = sum(not outcome.fine for _, _, outcome in ran)
    sys.stdout.write(f"{len(ran)} commands, {wrong} wrong\n")
    return min(wrong, 1)


if __name__ == "__main__":
    sys.exit(main())
