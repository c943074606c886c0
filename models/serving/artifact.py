"""The artifact: one JSON text per model, sealed so that a change of any byte is refused."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

SCHEMA = 2
END = "\n}\n"  # of every text before it is sealed
SEAL, SEALED = ',\n"sha256": "', f'"{END}'  # around the digest, which takes the place of END
_ALWAYS = frozenset(
    (
        *("schema", "name", "served", "outcome", "made_from", "features", "terms", "baseline", "covariance"),
        *("known_share", "known_needed", "bands", "population", "groups"),
    )
)
KEYS = {  # by schema: artifacts of earlier releases stay readable, so that past results can be accounted for
    1: _ALWAYS | {"levers"},  # release 1.0.0
    SCHEMA: _ALWAYS | {"order"},
}


class ArtifactError(ValueError):
    """The artifact can't be trusted or used; the message says what, where and what to do."""


def seal(content: Mapping[str, Any]) -> str:
    """The one text of this content: a line per key, in order, then the sha256 of everything else."""
    whole = _render(content)
    return whole.removesuffix(END) + SEAL + _digest(whole) + SEALED


def verify(text: str, *, name: str, schemas: Mapping[int, frozenset[str]] = KEYS) -> dict[str, Any]:
    """The content of a sealed text, with its `sha256`; `schemas` are those that are read, each with its keys.

    Raises:
        ArtifactError: any byte differs from what `seal` wrote, or keys, schema or name are not the expected.
    """
    # Of the text as it stands, so that white space, 1.0 for 1.00 and a key twice are changes too.
    lines, _, digest = text.removesuffix(SEALED).rpartition(SEAL)
    if not text.endswith(SEALED) or digest != _digest(lines + END):
        raise _refusal(name, "its content doesn't match its sha256: it was changed after training")
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _refusal(name, f"it is not JSON ({error})") from error
    if not isinstance(document, dict):
        raise _refusal(name, "it is not a JSON object")
    content = document.keys() - {"sha256"}
    keys = schemas.get(schema) if type(schema := document.get("schema")) is int else None
    if keys is None:
        known = ", ".join(map(str, schemas))
        raise _refusal(name, f"its schema is {schema!r}, this version reads {known}")
    if missing := keys ^ content:
        raise _refusal(name, f"its keys differ from what this version reads: {', '.join(sorted(missing))}")
    if document["name"] != name:
        raise _refusal(name, f"it says that it is {document['name']!r}")
    return document


def _render(content: Mapping[str, Any]) -> str:
    lines = (f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in content.items())
    return "{\n" + ",\n".join(lines) + END


def _digest(whole: str) -> str:
    return hashlib.sha256(whole.encode()).hexdigest()


def _refusal(name: str, what: str) -> ArtifactError:
    return ArtifactError(
        f"models/artifacts/{name}.json was refused: {what}. Restore the committed file, or run `make train`"
    )
