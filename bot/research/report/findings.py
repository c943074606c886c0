"""What the report tells, counted and judged once, before it is worded."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.check import outdated
from bot.check.findings import CheckResult as Findings
from bot.content.knowledge import Knowledge
from bot.research.columns import Columns
from bot.research.participants import Counted, Counts, Office, Participant
from bot.research.report.drift import Drift, drift
from bot.research.report.learning import Learning, Rows, judge
from bot.research.report.published import Compared, compare
from bot.research.report.quality import Band, Calibration, bands, calibrations
from bot.research.tally import Tally, tally

NOTHING_LEARNED = Learning()


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the report tells, on one day."""

    day: date
    tally: Tally
    counts: Counts
    counted: Counted
    compared: tuple[Compared, ...]
    drifts: tuple[Drift, ...]
    calibrations: tuple[Calibration, ...]
    bands: Mapping[str, tuple[Band, ...]]
    knowledge: Findings
    learning: Learning = NOTHING_LEARNED


async def gather(office: Office, on: date) -> Facts:
    """Read everybody once and count."""
    columns = Columns(office.knowledge)
    rows = Rows(columns)
    everyone = await tally(_kept(office.participants(), rows), columns)
    counts, counted = await office.counts(), await office.counted()
    learning = judge(rows.sheet(), office.models)
    return facts(everyone, counts, counted, office.knowledge, outdated(office.knowledge, on), on, learning)


async def _kept(people: AsyncIterator[Participant], rows: Rows) -> AsyncIterator[Participant]:
    """Return the people on, and keep their rows."""
    async for participant in people:
        rows.add(participant)
        yield participant


def facts(
    everyone: Tally,
    counts: Counts,
    counted: Counted,
    knowledge: Knowledge,
    findings: Findings,
    on: date,
    learning: Learning = NOTHING_LEARNED,
) -> Facts:
    """Judge what participants said. `findings` are the findings of the knowledge's checker."""
    models = knowledge.models
    return Facts(
        day=on,
        tally=everyone,
        counts=counts,
        counted=counted,
        compared=tuple(compare(everyone)),
        drifts=tuple(drift(everyone)),
        calibrations=tuple(calibrations(everyone, models)),
        bands={name: tuple(bands(everyone, model)) for name, model in models.items()},
        knowledge=findings,
        learning=learning,
    )
