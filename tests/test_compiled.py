"""Templates are compiled once for all starts, and only where compiled modules may lie as well."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.content.templates import COMPILED, Wording
from bot.loading.compiled import HEAD, keep, recall
from tests.checkout import KNOWLEDGE
from tests.talks import TODAY

CARD = "advice/emergency_fund.j2"


@pytest.fixture
def nothing_compiled() -> Iterator[None]:
    """Forget what this process compiled, and give it back."""
    before, new = dict(COMPILED.code), COMPILED.new
    COMPILED.code.clear()
    yield
    COMPILED.code.clear()
    COMPILED.code.update(before)
    COMPILED.new = new


@pytest.fixture
def kept(tmp_path: Path, nothing_compiled: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of what another process compiled."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    file = tmp_path / "templates.bin"
    COMPILED.new = False
    words()
    assert COMPILED.new
    keep(file)
    COMPILED.code.clear()
    return file


def words() -> str:
    """Render a title as after a start, before any template is compiled."""
    return Wording(KNOWLEDGE.wording.templates, KNOWLEDGE.parameters).block("zh", CARD, "title", TODAY)


def test_what_one_process_compiled_the_next_one_does_not(kept: Path) -> None:
    recall(kept)
    assert not COMPILED.new
    assert words()
    assert not COMPILED.new


def test_a_changed_template_is_compiled_anew(kept: Path) -> None:
    recall(kept)
    templates = KNOWLEDGE.wording.templates
    changed = {**templates["zh"], CARD: "{% block title %}留点钱{% endblock %}"}
    wording = Wording({**templates, "zh": changed}, KNOWLEDGE.parameters)
    assert wording.block("zh", CARD, "title", TODAY) == "留点钱"
    assert COMPILED.new


@pytest.mark.parametrize("broken", [b"", b"another version", HEAD, HEAD + b"{"])
def test_a_file_that_cannot_be_used_is_passed_over(kept: Path, broken: bytes) -> None:
    kept.write_bytes(broken)
    recall(kept)
    assert not COMPILED.code
    assert words()


def test_where_nothing_may_be_written_nothing_is_kept_and_nothing_fails(
    tmp_path: Path, nothing_compiled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert words()
    keep(tmp_path / "missing" / "templates.bin")
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    keep(tmp_path / "templates.bin")
    assert not list(tmp_path.iterdir())
