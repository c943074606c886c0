"""What a check found: each finding says where, what and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right."""

    where: str
    what: str
    todo: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.todo}"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was checked, in numbers, what must be put right, and what will come due (no error yet).

    `then`: what workers would read differently on the day that was asked for, in lines.
    """

    counts: Mapping[str, int]
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...] = ()
    then: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{count:>7,}  {name}" for name, count in self.counts.items()]
        lines += [f"wrong: {finding}" for finding in self.findings]
        lines += [f"note: {notice}" for notice in self.notices]
        lines += [f"then: {change}" for change in self.then]
        lines.append(f"{len(self.findings)} to put right, {len(self.notices)} to note")
        return "\n".join(lines)
