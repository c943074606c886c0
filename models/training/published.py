"""What the report publishes: its coding, tables, shares and anomalies, read from evidence/ and checked."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

EVIDENCE = Path(__file__).parents[1] / "evidence"
Codes = Mapping[str, tuple[int, ...]]


class EvidenceError(ValueError):
    """The evidence contradicts its own coding; the message names file, place and remedy."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One printed row of Table 4 or 6, with the reading chosen where print contradicts itself (log-odds)."""

    name: str
    coef: float
    printed_se: float
    printed_interval: tuple[float, float]
    se: float
    interval: tuple[float, float]
    reading: str | None

    @property
    def significant(self) -> bool:
        """Whether the slope differs from zero at 5 %, two-sided."""
        return abs(self.coef) > 1.959963984540054 * self.se


@dataclass(frozen=True, slots=True)
class Share:
    """P(of | given) = value. `where` is its place in the report, None when assumed within `spread`."""

    of: Codes
    given: Codes
    value: float
    where: str | None
    spread: tuple[float, float] | None
    reading: str | None

    @property
    def features(self) -> frozenset[str]:
        """All features that the share speaks of."""
        return frozenset(self.of) | frozenset(self.given)

    @property
    def label(self) -> str:
        """A short name, for tables and errors: `education 3 | commercial 0`."""
        return _spell(self.of) + (f" | {_spell(self.given)}" if self.given else "")


@dataclass(frozen=True, slots=True)
class Mode:
    """The most frequent level of a feature, where the text names it."""

    population: str
    feature: str
    level: int
    where: str


@dataclass(frozen=True, slots=True)
class Anomaly:
    """Something in print that can't be taken as it stands, and how it was read."""

    id: str
    text: Mapping[str, str]
    reading: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Survey:
    """The whole of the evidence; `sha256` is taken over the bytes of all evidence files."""

    sample: Mapping[str, int]
    coding: Codes
    table_4: Mapping[str, Coefficient]
    table_6: Mapping[str, Coefficient]
    constrained: float
    populations: Mapping[str, tuple[str | None, tuple[Share, ...]]]
    impossible: tuple[Codes, ...]
    modes: tuple[Mode, ...]
    anomalies: tuple[Anomaly, ...]
    sha256: str


@cache
def read() -> Survey:
    """Read and check the evidence that this package carries.

    Raises:
        EvidenceError: a share or a table names a feature or a code that the coding doesn't know.
    """
    tables, shares, anomalies = (_load(name) for name in ("tables.yaml", "shares.yaml", "anomalies.yaml"))
    coding = {name: tuple(codes) for name, codes in tables["coding"].items()}
    survey = Survey(
        sample=tables["sample"],
        coding=coding,
        table_4=_table(tables["table_4"]),
        table_6=_table(tables["table_6"]),
        constrained=shares["outcomes"]["constrained"]["share"],
        populations={
            name: (entry["base"], tuple(_share(row, name, coding) for row in entry["shares"]))
            for name, entry in shares["populations"].items()
        },
        impossible=tuple(_codes(cell, "impossible", coding) for cell in shares["impossible"]),
        modes=tuple(Mode(**row) for row in shares["modes"]),
        anomalies=tuple(Anomaly(**row) for row in anomalies["anomalies"]),
        sha256=_sha256(),
    )
    _check_readings(survey)
    return survey


def _sha256() -> str:
    files = sorted(EVIDENCE.glob("*.yaml"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((EVIDENCE / name).read_text(encoding="utf-8"))
    return document


def _table(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Coefficient]:
    return {
        name: Coefficient(
            name=name,
            coef=row["coef"],
            printed_se=row["se"],
            printed_interval=(row["ci95"][0], row["ci95"][1]),
            se=row.get("se_read", row["se"]),
            interval=tuple(row.get("ci95_read", row["ci95"])),
            reading=row.get("reading"),
        )
        for name, row in rows.items()
    }


def _share(row: Mapping[str, Any], population: str, coding: Codes) -> Share:
    where, spread = row.get("where"), row.get("range")
    if (where is None) == (spread is None):
        raise EvidenceError(
            f"evidence/shares.yaml, {population}, {row['of']}: a share is either printed (`where`) or "
            "assumed (`range`); give exactly one of the two"
        )
    return Share(
        of=_codes(row["of"], population, coding),
        given=_codes(row.get("given", {}), population, coding),
        value=row["share"],
        where=where,
        spread=None if spread is None else (spread[0], spread[1]),
        reading=row.get("reading"),
    )


def _codes(cell: Mapping[str, list[int]], place: str, coding: Codes) -> Codes:
    for feature, codes in cell.items():
        unknown = set(codes) - set(coding.get(feature, ()))
        if unknown:
            raise EvidenceError(
                f"evidence/shares.yaml, {place}: {feature} has no code {sorted(unknown)}; "
                "use the codes of evidence/tables.yaml"
            )
    return {feature: tuple(codes) for feature, codes in cell.items()}


def _check_readings(survey: Survey) -> None:
    known = {anomaly.id for anomaly in survey.anomalies}
    used = {row.reading for table in (survey.table_4, survey.table_6) for row in table.values()}
    used |= {share.reading for _, shares in survey.populations.values() for share in shares}
    if unknown := used - known - {None}:
        raise EvidenceError(f"evidence: readings {unknown} are used, but not in anomalies.yaml; add them")


def _spell(codes: Codes) -> str:
    return ", ".join(f"{feature} {_range(levels)}" for feature, levels in codes.items())


def _range(levels: tuple[int, ...]) -> str:
    return str(levels[0]) if len(levels) == 1 else f"{levels[0]}-{levels[-1]}"
