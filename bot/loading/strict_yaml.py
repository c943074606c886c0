"""YAML, strictly: every scalar stays text, nothing is there twice, and no key goes unread."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

T = TypeVar("T")
Raw = dict[str, Any]


class KnowledgeRefused(ValueError):
    """A file of the knowledge can't be used: the message says which, where in it and what to do."""


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]  # either C or Python
    """Reads nodes without their tags, which nothing asks for: to look for them takes half of the reading."""

    def resolve(self, *_: object) -> str:
        return ""

    def descend_resolver(self, *_: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


def _read(text: str) -> object:
    """Read YAML of which every scalar stays a string; raises YAMLError, also where a key is there twice."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    finally:
        loader.dispose()
    return None if node is None else _made(node, {})


def _made(node: yaml.Node, known: dict[yaml.Node, object]) -> object:
    """Make the strings, lists and mappings of a node; `known` are those made before, which it may repeat."""
    if isinstance(node, yaml.ScalarNode):
        return node.value
    if node in known:
        if known[node] is None:
            raise yaml.YAMLError(f"line {node.start_mark.line + 1}: it holds itself; write out what is meant")
        return known[node]
    known[node] = None  # under way
    known[node] = made = (
        _sequence(node, known) if isinstance(node, yaml.SequenceNode) else _mapping(node, known)
    )
    return made


def _sequence(node: yaml.SequenceNode, known: dict[yaml.Node, object]) -> list[object]:
    return [_made(value, known) for value in node.value]


def _mapping(node: yaml.Node, known: dict[yaml.Node, object]) -> dict[str, object]:
    mapping: dict[str, object] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.YAMLError(f"line {key.start_mark.line + 1}: a key is one word or text")
        if key.value in mapping:
            raise yaml.YAMLError(f"line {key.start_mark.line + 1}: {key.value!r} is there twice; remove one")
        mapping[key.value] = _made(value, known)
    return mapping


@cache
def _adapter(kind: type[T]) -> TypeAdapter[tuple[T, ...]]:
    # The configuration reaches the dataclasses because they have none of their own.
    return TypeAdapter(tuple[kind, ...], config=ConfigDict(extra="forbid"))  # type: ignore[valid-type]


@dataclass(frozen=True, slots=True)
class File:
    """One file of knowledge: its name below the root, for messages, and its text.

    Whatever is asked of it raises KnowledgeRefused where it is not as it should be.
    """

    name: str
    text: str

    @classmethod
    def read(cls, root: Path, path: Path) -> "File":
        """Read a file below `root`."""
        name = path.relative_to(root).as_posix()
        try:
            return cls(name, path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise KnowledgeRefused(f"{name}: can't be read ({error}); restore it, in UTF-8") from error

    def refuse(self, where: str, what: str) -> KnowledgeRefused:
        """Make the error that says where in this file what is wrong, and what to do."""
        return KnowledgeRefused(f"{self.name}: {where}: {what}")

    def mapping(self) -> Raw:
        """Return the whole, which is a mapping."""
        try:
            whole = _read(self.text)
        except yaml.YAMLError as error:
            raise self.refuse("YAML", f"{error}; fix the indentation, quotes or brackets there") from error
        if not isinstance(whole, dict):
            raise self.refuse("top", "a mapping is needed; see knowledge/README.md")
        return whole

    def rows(self, key: str, whole: Raw | None = None) -> list[Raw]:
        """Return the list of mappings under `key`, of the `whole` file if it was read before."""
        rows = (self.mapping() if whole is None else whole).get(key)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self.refuse(key, "a list of mappings is needed; see knowledge/README.md")
        return rows

    def made(self, kind: type[T], key: str) -> tuple[T, ...]:
        """Make frozen dataclasses of the rows under `key`."""
        return self.fit(kind, self.rows(key))

    def fit(self, kind: type[T], rows: list[Raw]) -> tuple[T, ...]:
        """Make frozen dataclasses of rows; a key that nothing reads is refused, as is a double id."""
        try:
            made = _adapter(kind).validate_python(rows)  # type: ignore[arg-type]  # a class has a hash
        except ValidationError as error:
            raise KnowledgeRefused("\n".join(self._explain(rows, e) for e in error.errors())) from error
        ids = [row.get("id") for row in rows]
        double = {id for id in ids if id is not None and ids.count(id) > 1}
        if double:
            raise self.refuse(", ".join(sorted(map(str, double))), "the id is there twice; ids are unique")
        return made

    def _explain(self, rows: list[Raw], error: Any) -> str:
        index, *path = error["loc"]
        name = rows[index].get("id", index) if isinstance(index, int) else index
        where = ".".join(str(part) for part in (name, *path)).replace("from_", "from")
        if error["type"] == "unexpected_keyword_argument":
            return f"{self.name}: {where}: nothing reads this key; remove it or fix its spelling"
        return f"{self.name}: {where}: {error['msg']} (it is {error.get('input')!r}); fix it"
