"""What training wrote into a classifier's artifact about itself."""

from models.serving import artifact, linear
from models.training.scope import ROOT


def measured(name: str) -> dict[str, list[int]]:
    """Return what was counted of writers left out, by list, kind or writer."""
    found: dict[str, list[int]] = _document(name)["measured"]  # type: ignore[assignment]
    return found


def made_from(name: str) -> dict[str, object]:
    """Return the digest and the count of what the classifier learned from."""
    found: dict[str, object] = _document(name)["made_from"]  # type: ignore[assignment]
    return found


def _document(name: str) -> dict[str, object]:
    text = (ROOT / "models" / "artifacts" / f"{name}.json").read_text(encoding="utf-8")
    return artifact.verify(text, name=name, schemas={linear.SCHEMA: linear.KEYS})
