"""One idea, one name: each place in docs/glossary.md exists, and no identifier has a word given up."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.test_architecture import ROOT, modules

PAGE = ROOT / "docs/glossary.md"
ROW = re.compile(r"^\| (?!term|---)([^|]+) \| ([^|]+) \| `([^`]+)`(?: `(\w+)`)? \| ([^|]+) \|$", re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """One row of the glossary: the term, its file and name in the code, and the words that it isn't."""

    term: str
    file: str
    name: str
    given_up: tuple[str, ...]


def entries() -> list[Entry]:
    return [
        Entry(term, file, name, tuple(re.findall(r"[a-z_]+", words)))
        for term, _, file, name, words in ROW.findall(PAGE.read_text(encoding="utf-8"))
    ]


def parts(identifier: str) -> list[str]:
    """Return the words of an identifier: `DeadLetters_of` is dead, letters, of."""
    return [
        word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", identifier.replace("_", " "))
    ]


def identifiers(path: Path) -> Iterator[str]:
    """Yield a module's own name and every name that it defines, reads, passes or imports."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Name(id=name) | ast.arg(arg=name) | ast.Attribute(attr=name):
                yield name
            case ast.keyword(arg=str(name)):
                yield name


def words_of_the_code() -> dict[str, set[str]]:
    """Return every word that stands in an identifier, with the identifiers and their files."""
    found: dict[str, set[str]] = {}
    for path in [*modules("bot"), *modules("models")]:
        for identifier in {*identifiers(path)}:
            for word in parts(identifier):
                found.setdefault(word, set()).add(f"{identifier} in {path.relative_to(ROOT)}")
    return found


def test_every_row_is_read() -> None:
    text = PAGE.read_text(encoding="utf-8")
    terms = text[: text.index("## Words with more than one meaning")]
    heads = len(re.findall(r"^\| term \|", terms, re.MULTILINE))
    assert len(entries()) == len(re.findall(r"^\|", terms, re.MULTILINE)) - 2 * heads > 40


@pytest.mark.parametrize("entry", entries(), ids=lambda entry: entry.term)
def test_the_place_of_a_term_exists(entry: Entry) -> None:
    path = ROOT / entry.file
    assert path.exists(), entry.file
    body = ast.parse(path.read_text(encoding="utf-8")).body
    defined = {getattr(node, "name", "") for node in body}
    defined |= {
        t.id for node in body if isinstance(node, ast.Assign) for t in node.targets if isinstance(t, ast.Name)
    }
    assert not entry.name or entry.name in defined, f"{entry.file} defines no {entry.name}"


def test_no_term_is_explained_twice() -> None:
    terms = [entry.term for entry in entries()]
    assert len(terms) == len(set(terms))


def test_no_word_that_was_given_up_stands_in_an_identifier() -> None:
    written = words_of_the_code()
    given_up = {word for entry in entries() for word in entry.given_up}
    assert len(given_up) > 10
    assert {word: written[word] for word in given_up & written.keys()} == {}


def test_words_in_an_identifier_are_found() -> None:
    assert parts("DeadLetters") == ["dead", "letters"]
    assert parts("MAX_HTMLBytes") == ["max", "html", "bytes"]
