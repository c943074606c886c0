"""A call of the Bot API off the wire: JSON, form or multipart, read by name and type."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from bot.demo.double.files import Upload
from bot.demo.double.refusals import Refusal, bad_request

_NAME = re.compile(rb'name="([^"]*)"')
_FILE = re.compile(rb'filename="([^"]*)"')
_KIND = re.compile(rb"content-type:\s*([^\r\n;]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Call:
    """A method with its parameters; values are strings off a form and any type off JSON."""

    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a string; empty when it is missing."""
        value = self.parameters.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, missing: int = 0) -> int:
        """Return a whole number; the other value when it is missing or no number, as Telegram does."""
        try:
            return int(self.text(name))
        except ValueError:
            return missing

    def flag(self, name: str) -> bool:
        """Return a truth value."""
        return self.text(name).lower() in ("true", "yes", "1")

    def value(self, name: str) -> Any:
        """Return an object or array, which comes as JSON inside a form; None when it is missing.

        Raises:
            Refusal: 400 when it is no JSON.
        """
        value = self.parameters.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError as error:
            field_name = name.replace("_", " ")
            raise bad_request(f"can't parse {field_name} JSON object") from error


def read_call(method: str, kind: str, query: str, body: bytes) -> Call:
    """Read a request; kind is its Content-Type.

    Raises:
        Refusal: 400 when the body isn't what its kind says, or a string isn't UTF-8.
    """
    parameters: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    files: dict[str, Upload] = {}
    if kind.startswith("application/json"):
        parameters |= _read_json(body)
    elif kind.startswith("multipart/form-data"):
        fields, files = read_multipart(kind, body)
        parameters |= fields
    elif body:
        parameters |= dict(parse_qsl(_decode(body), keep_blank_values=True))
    for value in parameters.values():
        if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            raise bad_request("strings must be encoded in UTF-8")
    return Call(method, parameters, files)


def _decode(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        parameters = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(parameters, dict):
        raise Refusal(400, "object expected")
    return parameters


def read_multipart(kind: str, body: bytes) -> tuple[dict[str, str], dict[str, Upload]]:
    """Read multipart/form-data into fields and files by name.

    Raises:
        Refusal: 400 when no boundary divides it.
    """
    match = re.search(r'boundary="?([^";]+)"?', kind)
    if match is None:
        raise bad_request("boundary not found in multipart/form-data")
    fields: dict[str, str] = {}
    files: dict[str, Upload] = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + match[1].encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        name = _NAME.search(head.replace(b"filename=", b"file="))
        if name is None:
            continue
        file, media = _FILE.search(head), _KIND.search(head)
        if file is None:
            fields[_decode(name[1])] = _decode(content)
        else:
            files[_decode(name[1])] = Upload(
                _decode(file[1]), content, media[1].decode("latin-1") if media else ""
            )
    return fields, files
