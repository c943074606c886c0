"""Change the code in small ways and see whether a test notices: `python -m tests.mutants`, an hour.

mutmut makes the changes and tries each with the tests that touched its function. What survives is tried
once more with all tests of its module: what a test remembers from an earlier one hides a change at first.
SAMPLE=400 tries so many, drawn at random by SEED (1), which takes a quarter of an hour.
"""

import os
import random
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPY = ROOT / "mutants"
TESTS = {  # module: where it is tested; the rest of `pytest_add_cli_args_test_selection` may help
    "bot.content.conditions": ("tests/test_conditions.py",),
    "bot.dialogue.screening": ("tests/test_private.py",),
    "bot.dialogue.data_rights": ("tests/test_rights.py",),
    "bot.guidance.calculators": ("tests/test_calculators.py", "tests/test_reckoning.py"),
    "bot.guidance": (
        "tests/test_guidance.py",
        "tests/test_guidance_facts.py",
        "tests/test_guidance_cards.py",
    ),
    "bot.content.parameters": ("tests/test_parameters.py", "tests/test_calculators.py"),
    "bot.content.questionnaire": ("tests/test_questionnaire.py", "tests/test_flow_input.py"),
    "bot.dialogue.asking": ("tests/test_survey.py", "tests/test_flow.py", "tests/test_flow_input.py"),
    "bot.dialogue.flow": ("tests/test_flow.py", "tests/test_flow_input.py", "tests/test_flow_buttons.py"),
    "bot.turns.turn": ("tests/test_service.py", "tests/test_rights.py", "tests/test_counting.py"),
    "bot.dialogue.advice_taps": ("tests/test_advice.py", "tests/test_lists.py", "tests/test_pages.py"),
    "bot.dialogue.reminder_taps": ("tests/test_rights.py",),
    "bot.turns.counting": ("tests/test_counting.py",),
    "bot.dialogue.reminders": ("tests/test_reminders.py", "tests/test_rights.py"),
    "bot.privacy.keyring": (
        "tests/test_settings.py",
        "tests/privacy/test_storage.py",
        "tests/test_database.py",
    ),
    "bot.storage.deletion": ("tests/privacy/test_forgetting.py", "tests/test_database.py"),
    "bot.privacy.tombstones": ("tests/privacy/test_forgetting.py", "tests/test_database.py"),
    "bot.channels.inbound_rate": ("tests/test_floods.py",),
}


def module_of(mutant: str) -> str:
    """Return the module of a mutant: `bot.a.b.x_tap__mutmut_3` -> `bot.a.b`."""
    return re.split(r"\.x[_ǁ]", mutant)[0]


def tests_of(module: str) -> Sequence[str]:
    return next(tests for name, tests in TESTS.items() if module.startswith(name))


def is_noticed(mutant: str) -> bool:
    """Try a survivor again with all quick tests of its module."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow"]
    ended = subprocess.run(
        [*command, *tests_of(module_of(mutant))],
        cwd=COPY, env={**os.environ, "MUTANT_UNDER_TEST": mutant, "PYTHONPATH": str(COPY)},
        capture_output=True, check=False,
    )  # fmt: skip
    return ended.returncode == 1


def run(mutmut: str, *mutants: str) -> None:
    """Try these mutants, by default all."""
    processes = os.environ.get("PROCESSES", "2")
    subprocess.run([mutmut, "run", "--max-children", processes, *mutants], cwd=ROOT, check=False)


def results(mutmut: str) -> dict[str, str]:
    """Read how each mutant ended."""
    told = subprocess.run(
        [mutmut, "results", "--all", "true"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return dict(re.findall(r"^\s+(\S+): (.+)$", told, re.MULTILINE))


def sampled(mutmut: str, size: int) -> list[str]:
    """Draw so many mutants at random."""
    run(mutmut, "none")  # makes them all, then finds no name to try
    seed = int(os.environ.get("SEED", "1"))
    return random.Random(seed).sample(sorted(results(mutmut)), size)


def main() -> int:
    """Run mutmut, try its survivors again, and print the score of each module and who survived."""
    mutmut = str(Path(sys.executable).with_name("mutmut"))
    chosen = sampled(mutmut, int(os.environ["SAMPLE"])) if "SAMPLE" in os.environ else []
    if "--again" not in sys.argv:
        run(mutmut, *chosen)
    ends = {mutant: end for mutant, end in results(mutmut).items() if not chosen or mutant in chosen}
    alive = [mutant for mutant, end in ends.items() if end in ("survived", "no tests")]
    with ThreadPoolExecutor(int(os.environ.get("PROCESSES", "2"))) as pool:
        noticed = dict(zip(alive, pool.map(is_noticed, alive), strict=True))
    made, kept = Counter(map(module_of, ends)), defaultdict(list)
    for mutant in alive:
        if not noticed[mutant]:
            kept[module_of(mutant)].append(mutant)
    for module, count in sorted(made.items()):
        print(f"{module}: {count} mutants, {len(kept[module])} alive, {1 - len(kept[module]) / count:.1%}")
    left = sum(map(len, kept.values()))
    print(f"all: {len(ends)} mutants, {left} alive, {1 - left / max(1, len(ends)):.1%}")
    for mutant in (mutant for mutants in kept.values() for mutant in mutants):
        change = subprocess.run(
            [mutmut, "show", mutant], cwd=ROOT, capture_output=True, text=True, check=False
        )
        print(f"\n{mutant}")
        print("\n".join(re.findall(r"^[-+](?![-+]).*$", change.stdout, re.MULTILINE)), flush=True)
    return 0 if left <= 0.15 * len(ends) else 1


if __name__ == "__main__":
    sys.exit(main())
