"""Which model serves, which waits to take its place, which served before, and why: a folder of artifacts.

NAME.json serves. challenger/NAME.json scores beside it for a month and is shown to nobody. previous/ holds
what served before. decisions.jsonl holds a line for every decision and is only added to.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from models.serving import artifact
from models.training.train import archive

CHALLENGER, PREVIOUS, DECISIONS = "challenger", "previous", "decisions.jsonl"
MONTH = timedelta(days=28)

What = Literal["refused", "waiting", "nominated", "promoted", "dismissed", "rolled_back"]


class RegisterError(ValueError):
    """What is asked for can't be done now; the message says why, and what can."""


@dataclass(frozen=True, slots=True)
class Challenger:
    """A model that waits: its version, what it learned from, and the day since which it does."""

    model: str
    version: str
    since: date
    text: str

    @property
    def ready(self) -> date:
        """The first day on which it may be promoted."""
        return self.since + MONTH


def serving(folder: Path, model: str) -> str:
    """The artifact that serves, as text.

    Raises:
        ArtifactError: it is missing or was changed by hand.
    """
    return _read(folder / f"{model}.json", model)


def challenger(folder: Path, model: str) -> Challenger | None:
    """The model that waits, if one does.

    Raises:
        ArtifactError: it was changed by hand.
        RegisterError: no decision says since when it waits.
    """
    path = folder / CHALLENGER / f"{model}.json"
    if not path.exists():
        return None
    text = _read(path, model)
    mine = version(text)
    days = [
        row["on"] for row in decisions(folder) if row["what"] == "nominated" and row["challenger"] == mine
    ]
    if not days:
        raise RegisterError(f"{folder / DECISIONS} doesn't say since when {path.name} waits: learn again")
    return Challenger(model, mine, date.fromisoformat(days[-1]), text)


def nominate(folder: Path, model: str, text: str) -> None:
    """Let a model wait beside the one that serves."""
    path = folder / CHALLENGER / f"{model}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, text)


def promote(folder: Path, model: str, on: date, because: str, figures: Mapping[str, Any]) -> Challenger:
    """Let the challenger serve from now on; what served until now is kept in `previous/`.

    Raises:
        RegisterError: no model waits, or its month isn't over.
    """
    found = waiting(folder, model)
    if on < found.ready:
        raise RegisterError(
            f"{model} {found.version} has scored beside the other since {found.since}: it may serve from "
            f"{found.ready} on. Nothing was changed"
        )
    old = serving(folder, model)
    archive(old, model, folder)
    _replace(folder / f"{model}.json", found.text)
    (folder / CHALLENGER / f"{model}.json").unlink()
    note(folder, on, model, "promoted", champion=version(old), challenger=found.version, because=because,
         figures=figures)  # fmt: skip
    return found


def dismiss(folder: Path, model: str, on: date, because: str) -> Challenger:
    """Let the challenger wait no longer; the model that serves stays.

    Raises:
        RegisterError: no model waits.
    """
    found = waiting(folder, model)
    (folder / CHALLENGER / f"{model}.json").unlink()
    note(folder, on, model, "dismissed", champion=version(serving(folder, model)), challenger=found.version,
         because=because)  # fmt: skip
    return found


def roll_back(folder: Path, model: str, on: date, to: str = "", because: str = "") -> str:
    """Put the model back that served before, or the one named by its version; returns its version.

    What served until now is kept in `previous/` too, so a step back can be taken back.

    Raises:
        RegisterError: there is no such earlier model.
        ArtifactError: one of the two was changed by hand.
    """
    kept = list((folder / PREVIOUS).glob(f"{model}-{to or _before(folder, model)}*.json"))
    kept.sort(key=lambda path: path.stat().st_mtime_ns)
    if not kept:
        raise RegisterError(f"{folder / PREVIOUS} holds no earlier {model} {to}".rstrip())
    text, old = _read(kept[-1], model), serving(folder, model)
    archive(old, model, folder)
    _replace(folder / f"{model}.json", text)
    note(folder, on, model, "rolled_back", champion=version(text), instead_of=version(old), because=because)
    return version(text)


def note(folder: Path, on: date, model: str, what: What, **figures: Any) -> None:
    """Add a decision to the record."""
    line = {"on": on.isoformat(), "model": model, "what": what, **plain(figures)}
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / DECISIONS).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")


def plain(figures: Any) -> Any:
    """The same values as JSON has them: what is no number becomes null."""
    match figures:
        case Mapping():
            return {str(key): plain(value) for key, value in figures.items()}
        case list() | tuple():
            return [plain(value) for value in figures]
        case float():
            return figures if isfinite(figures) else None
        case _:
            return figures


def decisions(folder: Path) -> Iterator[dict[str, Any]]:
    """Every decision, the oldest first."""
    path = folder / DECISIONS
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def version(text: str) -> str:
    """The version of an artifact, as everybody names it."""
    return str(json.loads(text)["sha256"][:12])


def _before(folder: Path, model: str) -> str:
    """The version that served before the one that serves now; empty where nothing is recorded."""
    mine = [row for row in decisions(folder) if row["model"] == model]
    changed = [row for row in mine if row["what"] in ("promoted", "rolled_back")]
    if not changed:
        return ""
    return str(changed[-1].get("instead_of") or changed[-1]["champion"])


def waiting(folder: Path, model: str) -> Challenger:
    """The model that waits.

    Raises:
        RegisterError: none does.
    """
    found = challenger(folder, model)
    if found is None:
        raise RegisterError(f"no {model} waits in {folder / CHALLENGER}. Nothing was changed")
    return found


def _read(path: Path, model: str) -> str:
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise artifact.ArtifactError(f"{path} can't be read ({error})") from error
    artifact.verify(text, name=model)
    return text


def _replace(path: Path, text: str) -> None:
    fresh = path.with_suffix(".json.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
