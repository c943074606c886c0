"""The dated figures leave as a data package: every table fits its schema, and nobody gets an unsure value."""

import csv
import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.backoffice.figures_package import export
from bot.content.parameters import Figures
from tests.checkout import KNOWLEDGE

READS: dict[str, Callable[[str], object]] = {"string": str, "number": Decimal, "date": date.fromisoformat}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("package")
    list(export(KNOWLEDGE, made))
    return made


Package = dict[str, Any]


@pytest.fixture(scope="module")
def package(folder: Path) -> Package:
    described = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in described["resources"]}


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_has_the_bytes_and_the_hash_that_the_package_names(folder: Path, package: Package) -> None:
    for resource in package.values():
        content = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{sha256(content).hexdigest()}"


@pytest.mark.parametrize("name", ["figures", "sources", "citations"])
def test_every_cell_fits_its_column_and_no_key_is_there_twice(
    name: str,
    folder: Path,
    package: Package,
) -> None:
    schema = package[name]["schema"]
    found = rows(folder, name)
    assert len(found) > 200
    assert list(found[0]) == [field["name"] for field in schema["fields"]]
    for field in schema["fields"]:
        limits = field.get("constraints", {})
        for cell in (row[field["name"]] for row in found):
            assert cell or not limits.get("required"), field["name"]
            assert not cell or READS[field["type"]](cell) is not None
            assert not cell or cell in limits.get("enum", [cell])
    keys = [tuple(row[part] for part in schema["primaryKey"]) for row in found]
    assert len(keys) == len(set(keys))


def test_every_citation_leads_to_a_source_and_a_figure(folder: Path) -> None:
    sources = {row["id"] for row in rows(folder, "sources")}
    figures = {(row["id"], row["from"]) for row in rows(folder, "figures")}
    cited = rows(folder, "citations")
    assert {row["source"] for row in cited} <= sources
    assert {(row["figure"], row["from"]) for row in cited} <= figures


def test_a_figure_says_what_the_bot_says_on_that_day(folder: Path) -> None:
    on = date(2026, 11, 29)
    said = Figures(KNOWLEDGE.parameters, on).table("pension.base_limits.shanghai")
    written = {
        row["part"]: Decimal(row["number"])
        for row in rows(folder, "figures")
        if row["id"] == "pension.base_limits.shanghai"
        and row["from"] <= on.isoformat() <= (row["to"] or "9999-12-31")
    }
    assert written == dict(said)


def test_no_unsure_value_leaves(folder: Path) -> None:
    assert {row["confidence"] for row in rows(folder, "figures")} <= {
        "verified_text",
        "verified_secondary",
        "derived",
        "memory",
    }


def test_names_are_such_as_the_specification_allows(package: Package) -> None:
    assert all(re.fullmatch(r"[-a-z0-9._/]+", name) for name in package)


def test_the_same_knowledge_makes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    list(export(KNOWLEDGE, tmp_path))
    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


def test_the_command_writes_it_and_says_what_it_wrote(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["figures", "export", "--to", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("figures.csv: ")
    assert (tmp_path / "datapackage.json").exists()
