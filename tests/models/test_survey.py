"""The evidence is what the report prints, and every departure from print is named."""

from pathlib import Path

import pytest

from models.training import published
from models.training.published import Coefficient


def rows() -> list[Coefficient]:
    evidence = published.read()
    return [*evidence.table_4.values(), *evidence.table_6.values()]


def test_a_printed_interval_is_never_wider_than_its_standard_error_as_read() -> None:
    for row in rows():
        half = (row.interval[1] - row.interval[0]) / 2
        assert half <= 1.96 * row.se + 0.002, row.name
        assert sum(row.interval) / 2 == pytest.approx(row.coef, abs=0.002), row.name


def test_only_the_named_rows_are_read_otherwise_than_printed() -> None:
    changed = {row.name for row in rows() if (row.se, row.interval) != (row.printed_se, row.printed_interval)}
    assert changed == {"premium", "investing"}
    assert all(row.reading for row in rows() if row.name in changed and row.coef in (-0.096, -0.715))


def test_significance_is_recomputed_since_the_stars_were_lost() -> None:
    evidence = published.read()
    found = {name for name, row in evidence.table_6.items() if row.significant} - {"constant"}
    assert found == {"gender", "social_insurance", "premium", "income", "debt", "investing"}
    found = {name for name, row in evidence.table_4.items() if row.significant} - {"constant"}
    assert found == {"region", "education", "premium", "career_plan", "income", "debt", "saving"}


def test_every_assumed_share_carries_a_range_around_it_and_every_printed_one_its_place() -> None:
    for _, shares in published.read().populations.values():
        for share in shares:
            if share.where is None:
                assert share.spread is not None
                assert share.spread[0] < share.value < share.spread[1], share.label
            else:
                assert share.spread is None


def test_every_anomaly_and_its_reading_is_told_in_both_languages() -> None:
    anomalies = published.read().anomalies
    assert len(anomalies) >= 11
    for anomaly in anomalies:
        for text in (anomaly.text, anomaly.reading):
            assert set(text) == {"en", "zh"}
            assert all(text.values())


def test_a_share_of_an_unknown_code_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in published.EVIDENCE.glob("*.yaml"):
        text = path.read_text(encoding="utf-8").replace(
            "of: {gender: [0]}, share: 0.48", "of: {gender: [7]}, share: 0.48"
        )
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(published, "EVIDENCE", tmp_path)
    with pytest.raises(published.EvidenceError, match=r"shares\.yaml, flexible: gender has no code \[7\]"):
        published.read.__wrapped__()
