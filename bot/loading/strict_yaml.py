"""YAML, strictly: every scalar stays text, nothing is there twice, and no key goes unread."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ConfigDict, TypeAdapter, ValidationError

T = TypeVar("T")
Raw = dict[str, Any]


class KnowledgeRefused(ValueError):
    """A file of the knowledge can't be used: the message says which, where in it and what to do."""


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]  # either C or Python
    """Every scalar stays a string, and a key written twice is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                line = key_node.start_mark.line + 1
                raise yaml.YAMLError(f"line {line}: {key_node.value!r} is there twice; remove one")
            seen.add(key_node.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


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
            whole = yaml.load(self.text, Loader=_Loader)  # noqa: S506 - it makes nothing but strings
        except yaml.YAMLError as error:
            raise self.refuse("YAML", f"{error}; fix the indentation, quotes or brackets there") from error
        if not isinstance(whole, dict):
            raise self.refuse("top", "a mapping is needed; see knowledge/README.md")
        return whole

    def rows(self, key: str) -> list[Raw]:
        """Return the list of mappings under `key`."""
        rows = self.mapping().get(key)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self.refuse(key, "a list of mappings is needed; see knowledge/README.md")
        return rows

    def made(self, kind: type[T], key: str) -> tuple[T, ...]:
        """Make frozen dataclasses of the rows under `key`."""
        return self.fit(kind, self.rows(key))

    def fit(self, kind: type[T], rows: list[Raw]) -> tuple[T, ...]:
        """Make frozen dataclasses of rows; a key that nothing reads is refused, as is a double id."""
        # The configuration reaches the dataclasses because they have none of their own.
        adapter = TypeAdapter(tuple[kind, ...], config=ConfigDict(extra="forbid"))  # type: ignore[valid-type]
        try:
            made: tuple[T, ...] = adapter.validate_python(rows)
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
