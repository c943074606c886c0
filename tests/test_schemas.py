"""The editors' schemas are those of the loaders, take the real files, and refuse what the loaders refuse."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.schemas import FOLDER, ROOT, SCHEMAS, schema

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator


class Editor(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # either C or Python
    """YAML as an editor reads it: numbers and truth values are read, days stay text."""


Editor.yaml_implicit_resolvers = {
    sign: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Editor)


def files() -> Iterator[tuple[str, Path]]:
    for name, (pattern, _) in SCHEMAS.items():
        for path in sorted((ROOT / "knowledge").glob(pattern)):
            yield name, path


def validator(name: str) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator  # reads a grammar of addresses, which takes a second

    Draft202012Validator.check_schema(schema(name))
    return Draft202012Validator(schema(name))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_that_of_the_loader(name: str) -> None:
    written = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    assert written == schema(name), "python -m tests.regenerate schemas"


@pytest.mark.parametrize(("name", "path"), list(files()), ids=lambda each: getattr(each, "stem", each))
def test_a_file_of_the_knowledge_satisfies_its_schema(name: str, path: Path) -> None:
    wrong = [f"{error.json_path}: {error.message}" for error in validator(name).iter_errors(read(path))]
    assert wrong == []


@pytest.mark.parametrize("name", ["advice", "parameters", "questionnaire", "sources", "letters"])
def test_a_key_that_nothing_reads_and_one_that_is_missing_are_refused(name: str) -> None:
    whole = read(next(path for of, path in files() if of == name))
    rows = next(rows for rows in whole.values() if isinstance(rows, list) and "id" in rows[0])
    rows[0]["spelt_wrong"] = 1
    assert not validator(name).is_valid(whole)
    del rows[0]["spelt_wrong"]
    assert validator(name).is_valid(whole)
    del rows[0]["id"]
    assert not validator(name).is_valid(whole)


def test_a_confidence_that_does_not_exist_is_refused() -> None:
    whole = read(ROOT / "knowledge/parameters.yaml")
    whole["parameters"][0]["values"][0]["confidence"] = "certain"
    assert not validator("parameters").is_valid(whole)
