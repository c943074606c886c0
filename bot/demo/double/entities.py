"""Telegram's HTML into plain text and entities, as strictly as Telegram reads it.

Offsets and lengths are UTF-16 code units, as in the Bot API. Errors name byte offsets, as Telegram's do.
"""

import html
import re
from dataclasses import dataclass, field
from typing import Any

from bot.demo.double.refusals import bad_request

JSON = dict[str, Any]

_KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler",
    "tg-spoiler": "spoiler", "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote",
    "tg-time": "date_time",
}  # fmt: skip
_REFERENCE = re.compile(r"&(?:#x[0-9a-fA-F]{1,6}|#[0-9]{1,7}|lt|gt|amp|quot);")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']*)\s*(?:=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.-]+))?""")
_TAG = re.compile(r"<([^\s>]*)")
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"'，。；、（）]+)"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<mention>@[A-Za-z]\w{3,31})"
)


@dataclass(frozen=True, slots=True)
class Text:
    """What is shown, and how: Telegram's text with its entities."""

    text: str
    entities: tuple[JSON, ...] = ()


@dataclass(slots=True)
class _Open:
    """A tag that waits for its end."""

    tag: str
    offset: int  # in the plain text, UTF-16 units
    entity: JSON


@dataclass(slots=True)
class _Reader:
    """Where a reading stands."""

    source: str
    at: int = 0
    plain: list[str] = field(default_factory=list)
    length: int = 0  # of the plain text, UTF-16 units
    open: list[_Open] = field(default_factory=list)
    entities: list[JSON] = field(default_factory=list)

    def byte(self, at: int) -> int:
        return len(self.source[:at].encode("utf-8", "surrogatepass"))

    def add(self, text: str) -> None:
        self.plain.append(text)
        self.length += units(text)


def units(text: str) -> int:
    """Count UTF-16 code units, Telegram's measure of length."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str) -> str:
    """Write a text so that it reads back as itself."""
    return html.escape(text, quote=False)


def read_html(source: str) -> Text:
    """Take Telegram's HTML apart into text and entities.

    Raises:
        Refusal: 400 `can't parse entities: ...` for a tag, attribute or nesting that Telegram refuses.
    """
    reader = _Reader(source)
    while reader.at < len(source):
        if source.startswith("</", reader.at):
            _read_end(reader)
        elif source[reader.at] == "<":
            _read_start(reader)
        else:
            _read_text(reader)
    if reader.open:
        raise _unreadable(f'Can\'t find end tag corresponding to start tag "{reader.open[-1].tag}"')
    return Text("".join(reader.plain), tuple(sorted(reader.entities, key=_order)))


def _order(entity: JSON) -> tuple[int, int]:
    return entity["offset"], -entity["length"]


def _read_text(reader: _Reader) -> None:
    end = reader.source.find("<", reader.at)
    end = len(reader.source) if end < 0 else end
    reader.add(_decode(reader.source[reader.at : end]))
    reader.at = end


def _decode(text: str) -> str:
    """Resolve the four names that Telegram knows and numbers; anything else stays as written."""
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), text)


def _read_end(reader: _Reader) -> None:
    begin = reader.at
    end = reader.source.find(">", begin)
    if not reader.open:
        raise _unreadable(f"Unexpected end tag at byte offset {reader.byte(begin)}")
    if end < 0:
        raise _unreadable(f"Unclosed end tag at byte offset {reader.byte(begin)}")
    name = reader.source[begin + 2 : end].strip().lower()
    opened = reader.open.pop()
    if name and name != opened.tag:
        raise _unreadable(
            f"Unmatched end tag at byte offset {reader.byte(begin)},"
            f' expected "</{opened.tag}>", found "</{name}>"'
        )
    length = reader.length - opened.offset
    if length and not _absorbed_by_pre(reader, opened):
        reader.entities.append({**opened.entity, "offset": opened.offset, "length": length})
    reader.at = end + 1


def _absorbed_by_pre(reader: _Reader, opened: _Open) -> bool:
    """Say whether this is `<pre><code class="language-x">`, which is one entity with a language."""
    outer = reader.open[-1] if reader.open else None
    if opened.tag != "code" or outer is None or outer.tag != "pre":
        return False
    if "language" in opened.entity:
        outer.entity["language"] = opened.entity["language"]
    return True


def _read_start(reader: _Reader) -> None:
    begin = reader.at
    match = _TAG.match(reader.source, begin)
    name = match[1] if match else ""
    tag, where = name.lower(), f"at byte offset {reader.byte(begin)}"
    if begin + 1 + len(name) == len(reader.source):
        raise _unreadable(f"Unclosed start tag {where}")
    if tag not in _KINDS:
        raise _unreadable(f'Unsupported start tag "{tag}" {where}')
    reader.at = begin + 1 + len(name)
    attributes = _read_attributes(reader, tag, where)
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _unreadable(f'Tag "span" must have class "tg-spoiler" {where}')
    reader.open.append(_Open(tag, reader.length, _entity(tag, attributes)))


def _read_attributes(reader: _Reader, tag: str, where: str) -> dict[str, str]:
    attributes: dict[str, str] = {}
    source = reader.source
    while True:
        while reader.at < len(source) and source[reader.at].isspace():
            reader.at += 1
        if reader.at >= len(source):
            raise _unreadable(f"Unclosed start tag {where}")
        if source[reader.at] == ">":
            reader.at += 1
            return attributes
        match = _ATTRIBUTE.match(source, reader.at)
        if match is None or not match[1]:
            raise _unreadable(f'Empty attribute name in the tag "{tag}" {where}')
        if match[2] is None and source[match.end() :].lstrip().startswith("="):
            raise _unreadable(f"Unclosed start tag {where}")  # a value without its closing quote
        if match[2] is None and match[1].lower() != "expandable":
            raise _unreadable(
                f'Expected equal sign in declaration of an attribute of the tag "{tag}" {where}'
            )
        attributes[match[1].lower()] = _decode((match[2] or "").strip("\"'"))
        reader.at = match.end()


def _entity(tag: str, attributes: dict[str, str]) -> JSON:
    kind = _KINDS[tag]
    if tag == "a":
        return _link(attributes.get("href", ""))
    if tag == "tg-time":
        return _time(attributes)
    if tag == "blockquote" and "expandable" in attributes:
        return {"type": "expandable_blockquote"}
    if tag == "code" and attributes.get("class", "").startswith("language-"):
        return {"type": kind, "language": attributes["class"].removeprefix("language-")}
    return {"type": kind}


def _link(address: str) -> JSON:
    """Make a link; Telegram shows a link without a usable address as plain text, so do we."""
    if re.fullmatch(r"(https?|tg|mailto|tel)://?\S+|(mailto|tel):\S+", address):
        return {"type": "text_link", "url": address}
    return {"type": ""}


def _time(attributes: dict[str, str]) -> JSON:
    """Make a time that each phone shows in its own way."""
    if not re.fullmatch(r"\d{1,10}", attributes.get("unix", "")):
        raise bad_request("ENTITY_DATE_INVALID")
    entity: JSON = {"type": "date_time", "unix_time": int(attributes["unix"])}
    return {**entity, "date_time_format": attributes["format"]} if "format" in attributes else entity


def _unreadable(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")


def find_entities(text: str) -> list[JSON]:
    """Find what Telegram marks by itself: commands, addresses, mentions."""
    return [
        {"type": match.lastgroup, "offset": units(text[: match.start()]), "length": units(match[0])}
        for match in _FOUND.finditer(text)
    ]


def settle(text: Text) -> Text:
    """Make the text that Telegram keeps: ends trimmed, entities moved along and found ones added."""
    start = len(text.text) - len(text.text.lstrip())
    kept = text.text.strip()
    shift, length = units(text.text[:start]), units(kept)
    entities = []
    for entity in text.entities:
        first = max(entity["offset"] - shift, 0)
        last = min(entity["offset"] - shift + entity["length"], length)
        if first < last and entity["type"]:
            entities.append({**entity, "offset": first, "length": last - first})
    taken = [(e["offset"], e["offset"] + e["length"]) for e in entities if e["type"] in _EXCLUSIVE]
    for found in find_entities(kept):
        first, last = found["offset"], found["offset"] + found["length"]
        if not any(begin < last and first < end for begin, end in taken):
            entities.append(found)
    return Text(kept, tuple(sorted(entities, key=_order)))


_EXCLUSIVE = ("text_link", "code", "pre")  # nothing is found by itself inside these
