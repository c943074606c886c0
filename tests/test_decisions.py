"""Decisions are files with numbers that stay, and the index names each once."""

from pathlib import Path

import pytest

from tests.decisions import INDEX, decisions, index, read


def test_the_index_is_that_of_the_files() -> None:
    assert INDEX.read_text(encoding="utf-8") == index(decisions()), "python -m tests.regenerate decisions"


def test_numbers_run_on_without_a_gap_and_a_file_is_called_by_its_own() -> None:
    found = decisions()
    assert [decision.number for decision in found] == list(range(1, len(found) + 1))
    assert all(decision.file.startswith(f"{decision.number:02}-") for decision in found)


def test_a_decision_that_was_superseded_names_a_later_one() -> None:
    superseded = [decision for decision in decisions() if decision.status.startswith("superseded")]
    assert superseded
    for decision in superseded:
        assert any(
            other.file in decision.status and other.number > decision.number for other in decisions()
        ), decision


def test_a_file_of_another_form_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "99-thoughts.md"
    file.write_text("# 99. Thoughts\n\nNo date, no context.\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"99-thoughts\.md"):
        read(file)
