"""A prose lint of our own: six rules of English as patterns over papers, docstrings and comments.

`python -m tests.prose` counts, `python -m tests.prose RULE` lists each find with its file and line.
"""

import ast
import io
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
MADE = {  # written by a command from data or from other texts, or a diary of measurements
    "docs/reference", "docs/measured", "docs/decisions/README.md",
    "models/CARD.md", "models/CARD.zh.md", "models/ALARM.md",
}  # fmt: skip
CODE = ("bot", "models", "alembic", "tests")


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of prose: where it stands, of which kind it is, and (a docstring's) what it describes.

    A cell of a table lists; its semicolons part no sentence.
    """

    file: str
    line: int
    kind: str
    words: str
    name: str = ""
    cell: bool = False


@dataclass(frozen=True, slots=True)
class Find:
    """A sentence that breaks a rule, and where."""

    rule: str
    kind: str
    file: str
    line: int
    sentence: str


def texts() -> Iterator[Text]:
    """Yield all prose of the project that a person wrote in English."""
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("knowledge/*.md")]):
        name = path.relative_to(ROOT).as_posix()
        if not name.endswith(".zh.md") and not any(name.startswith(made) for made in MADE):
            yield from _paper(name, path.read_text(encoding="utf-8"))
    for folder in CODE:
        for path in sorted(ROOT.joinpath(folder).rglob("*.py")):
            name, source = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
            yield from _docstrings(name, source)
            yield from _comments(name, source)


def _paper(name: str, text: str) -> Iterator[Text]:
    """Yield the paragraphs, items and cells of a paper, without code."""
    kind = "changelog" if name == "CHANGELOG.md" else "paper"
    text = re.sub(r"(?ms)^```.*?^```$", lambda found: "\n" * found[0].count("\n"), text)
    text = re.sub(r"(?s)<!--.*?-->", lambda found: "\n" * found[0].count("\n"), text)
    begun, words = 0, ""
    for number, line in enumerate([*text.splitlines(), ""], 1):
        fresh = re.match(r"\s*([-*>]|\d+\.|#+|\|)\s", line) or not line.strip()
        if fresh and words:
            yield Text(name, begun, kind, words)
            words = ""
        if line.startswith("|"):
            yield from (
                Text(name, number, kind, cell.strip(), cell=True)
                for cell in line.split("|")
                if cell.strip(" -:")
            )
        elif line.strip() and not line.startswith("#"):
            begun = begun if words else number
            words = " ".join([words, re.sub(r"^\s*([-*>]|\d+\.)\s+", "", line).strip()]).strip()


def _docstrings(name: str, source: str) -> Iterator[Text]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            words = ast.get_docstring(node)
            if words:
                of = "" if isinstance(node, ast.Module) else node.name
                yield Text(name, getattr(node, "lineno", 1), "docstring", words, of)


def _comments(name: str, source: str) -> Iterator[Text]:
    begun, last, words = 0, -1, ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or re.match(r"# ?(noqa|type:|fmt:)", token.string):
            continue
        line = re.sub(r"^#\s*(noqa: [A-Z0-9, ]+-)?", "", token.string).strip()
        whole = token.line.strip().startswith("#")
        if words and not (whole and token.start[0] == last + 1):
            yield Text(name, begun, "comment", words)
            words = ""
        begun = begun if words else token.start[0]
        words, last = f"{words} {line}".strip(), token.start[0] if whole else -1
    if words:
        yield Text(name, begun, "comment", words)


# Where a docstring lists: after "Raises:", field by field, or in columns that blanks set apart.
FIELD = "|".join(
    (
        r"(?<=\.)\s+(?=[a-z_]+(?:, [a-z_]+)*: )",
        r"\n(?=\s*[A-Za-z_.]+(?:, [A-Za-z_.]+)*:(?:\s|$))",
        r"(?<=\n)Raises:\n",
        r"\n(?=\S+ {2,}\S)",
        r" {3,}(?=\S+ {2,}\S)",
    )
)


def sentences(words: str) -> list[str]:
    """Return the sentences of a text, with code, addresses and clock times taken out."""
    flat = re.sub(r"``?[^`]+``?", "`x`", words)
    flat = re.sub(r"\]\([^)]*\)", "]", flat)
    flat = re.sub(r"https?://\S+|\b\d+:\d+", "x", flat)
    parts = re.split(r" · |(?<=[.!?])[\"”)*]*\s+(?=[\"“(*`A-Z])|\n\s*\n|\n(?=[*-] )|" + FIELD, flat)
    return [" ".join(part.split()) for part in parts if part and part.strip()]


Rule = Callable[[str, Text], bool]
STOP = frozenset("a an the of to in it its one is as for by this and from with return say what".split())  # noqa: SIM905


def _headless_who(sentence: str, text: Text) -> bool:
    """Say whether a clause begins with `who` where a noun is missing: questions may."""
    if sentence.rstrip("*_").endswith("?"):
        return False
    return bool(
        re.search(r"\b[Ww]ho(m)?ever\b", sentence)
        or re.match(r"\W*Who\b", sentence)
        or re.search(r"\b(for|of|by|to|from|with|than|as|except|but) who\b", sentence)
        or re.search(r"[;:] who [a-z]+ [a-z]+ [a-z]+s\b", sentence)
        or re.search(r"; who (is|are|was|has|had|dies|left|writes|comes|goes)\b", sentence)
    )  # fmt: skip


def _headless_what(sentence: str, text: Text) -> bool:
    """Say whether the subject of a whole sentence is a clause that begins with `What`."""
    if text.kind in ("docstring", "comment") or sentence.rstrip("*_").endswith(("?", ":")):
        return False  # there it is a name of what follows
    return bool(re.match(r"\W*What [a-z' ]+ (is|are|was|isn['’]t|can|may|stays?|goes|gets?) [a-z]", sentence))


def _two_colons(sentence: str, text: Text) -> bool:
    """Say whether a sentence has more than one colon or semicolon; a list of fields or items may."""
    if text.cell:
        return False
    if re.match(r"(\*\*.+?\*\*|\*.+?\*|(`x`|[a-z_]+)(, (`x`|[a-z_]+))*|[A-Z_]+): ", sentence):
        sentence = sentence.split(": ", 1)[1]
        if ": " not in sentence:
            return False
    return len(re.findall(r"[:;](?=\s|$)", sentence)) > 1


def _repeats_its_name(sentence: str, text: Text) -> bool:
    """Say whether a docstring is its name again, in other words none."""
    if text.kind != "docstring" or not text.name or sentence != sentences(text.words)[0]:
        return False
    named = {_stem(word) for word in re.findall(r"[A-Z]?[a-z]+", text.name)}
    said = [_stem(word) for word in re.findall(r"[A-Za-z']+", sentence) if word.lower() not in STOP]
    return bool(said) and sum(word not in named for word in said) * 3 <= len(said) <= 6


def _stem(word: str) -> str:
    return re.sub(r"(ing|ed|es|s|e)$", "", word.lower())


CALQUES = re.compile(
    r"\b(is|are|be|was|were|been|not|and|what is) told\b|\btold (apart|of|once|wide|as|by|in|to)\b"
    r"|\bis heard\b|\bnot heard\b|\bhears? of\b|\banew\b|(?<!there )\bis none\b|\bhad besides\b"
    r"|\bholds? (a|the) talk\b|\bparted by\b|\bno object\b|\bof so many\b",
    re.IGNORECASE,
)
PLAIN_VERBS = re.compile(r"(Gives?|Have|Hears?|Tells?|Words? (?!of))")


def _calque(sentence: str, text: Text) -> bool:
    return bool(CALQUES.search(sentence))


def _plain_verb(sentence: str, text: Text) -> bool:
    """Say whether a function's docstring begins with a little verb where the field has a term."""
    if text.kind != "docstring" or not text.name.lstrip("_")[:1].islower():
        return False
    return sentence == sentences(text.words)[0] and bool(PLAIN_VERBS.match(sentence))


def _measured(sentence: str, text: Text) -> bool:
    """Say whether a reference page has a lab diary's sentence: those belong to docs/measured."""
    return text.kind == "paper" and bool(re.search(r"\b[Mm]easured (on )?\d|\bOn \d+ \w+ 20\d\d\b", sentence))


RULES: Mapping[str, Rule] = {
    "headless_who": _headless_who,
    "headless_what": _headless_what,
    "two_colons": _two_colons,
    "repeats_its_name": _repeats_its_name,
    "calque": _calque,
    "plain_verb": _plain_verb,
    "measured": _measured,
}


def finds() -> list[Find]:
    """Return every sentence that breaks a rule."""
    return [
        Find(rule, kind_of(text), text.file, text.line, sentence)
        for text in texts()
        for sentence in sentences(text.words)
        for rule, broken in RULES.items()
        if broken(sentence, text)
    ]


def kind_of(text: Text) -> str:
    return f"tests' {text.kind}" if text.file.startswith("tests/") else text.kind


def counts(found: list[Find]) -> Counter[tuple[str, str]]:
    """Return how many sentences of each kind of text break each rule."""
    return Counter((find.rule, find.kind) for find in found)


def main() -> None:
    """Print the counts, or the finds of the rules that are named."""
    found = finds()
    if sys.argv[1:]:
        for find in found:
            if find.rule in sys.argv[1:]:
                sys.stdout.write(f"{find.file}:{find.line}: {find.rule}: {find.sentence}\n")
        return
    for (rule, kind), count in sorted(counts(found).items()):
        sys.stdout.write(f"{rule:18} {kind:18} {count}\n")


if __name__ == "__main__":
    main()
