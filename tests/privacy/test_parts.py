"""The list of all parts (CycloneDX): whole, with their hashes, and the same however often it is made."""

import json
import re
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path

import pytest
from uv import find_uv_bin

ROOT = Path(__file__).parents[2]
# Licences under which a part may be used unchanged by a program under MIT, and be passed on with it.
LICENCES = re.compile(
    r"MIT|BSD|Apache|Python Software Foundation|PSF|MPL|Unlicense|LGPL|Lesser General Public License"
)


@pytest.mark.asvs("15.1.2")
@pytest.mark.parametrize("extra", ["", "office", "dev", "hunt"])
def test_the_lock_holds_what_the_project_asks_for_and_the_hashed_files_are_its_exports(extra: str) -> None:
    command = ["export", "--quiet", "--locked", "--offline", "--no-cache"]
    command += ["--no-emit-project", "--no-header", "--no-annotate", *(["--extra", extra] if extra else [])]
    exported = subprocess.run(
        [find_uv_bin(), *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert exported.returncode == 0, exported.stderr
    file = ROOT / f"requirements{'-' if extra else ''}{extra}.txt"
    assert exported.stdout == file.read_text(encoding="utf-8"), "run `make lock`"


@pytest.mark.asvs("15.1.2")
def test_the_list_of_parts_names_every_locked_one_and_is_made_alike_each_time(tmp_path: Path) -> None:
    (line,) = re.findall(
        r"bin\)/cyclonedx-py (.+)", (ROOT / "Makefile").read_text(encoding="utf-8").replace("BIN", "bin")
    )
    arguments, _, file = line.rpartition(" ")
    assert file == "dist/sbom.cdx.json"
    made: list[bytes] = []
    for name in ("first", "second"):
        command = [
            sys.executable,
            "-W",
            "ignore",
            "-m",
            "cyclonedx_py",
            *arguments.split(),
            str(tmp_path / name),
        ]
        subprocess.run(
            [*command, *(["--no-validate"] if made else [])],
            cwd=ROOT,
            check=True,
            env={"PYTHONHASHSEED": str(len(made)), "PATH": ""},
        )
        made.append((tmp_path / name).read_bytes())
    assert made[0] == made[1]
    parts = json.loads(made[0])["components"]
    listed = {f"{part['name']}=={part['version']}" for part in parts}
    locked = re.findall(
        r"^([\w.\[\]-]+==[\w.]+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE
    )
    assert listed == {
        name.split("[")[0] + "==" + name.split("==")[1] if "[" in name else name for name in locked
    }
    assert all(part["externalReferences"][0]["hashes"] for part in parts)


def test_every_part_that_serves_has_a_licence_under_which_it_may_be_passed_on() -> None:
    named = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    unknown = {name: told for name in named if not LICENCES.search(told := _licences(name))}
    assert named
    assert unknown == {}


def _licences(part: str) -> str:
    """Return the lines in which an installed part may name its licence."""
    given = metadata(part)
    fields = ("License-Expression", "Classifier", "License")
    lines = [str(line).splitlines()[0] for field in fields for line in given.get_all(field) or () if line]
    return "; ".join(line for line in lines if " :: " not in line or line.startswith("License :: "))
