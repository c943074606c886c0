"""What waits for somebody: knowledge to look up again, refused letters, steps at which people are stuck."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from bot.adapters.tables import dead_letters
from bot.guidance import title
from bot.knowledge import Knowledge
from bot.lint import outdated
from bot.lint.findings import Report as Findings
from bot.office.hiding import LEAST
from bot.office.reading import Office


@dataclass(frozen=True, slots=True)
class Queue:
    """The work by kind: findings, letters by Telegram's reason, people stuck by piece (LEAST and more)."""

    knowledge: Findings
    letters: Mapping[str, int]
    stuck: Mapping[str, int]


async def queue(office: Office, on: date) -> Queue:
    """Look at everything that waits."""
    stuck: Counter[str] = Counter()
    async for participant in office.participants():
        stuck.update(participant.talk.stuck)
    by_reason = sa.select(dead_letters.c.reason, sa.func.count().label("letters")).group_by(
        dead_letters.c.reason
    )
    async with office.engine.connect() as connection:
        letters = {row.reason: row.letters for row in await connection.execute(by_reason)}
    often = {piece: count for piece, count in stuck.most_common() if count >= LEAST}
    return Queue(outdated(office.knowledge, on), letters, often)


def lines(waiting: Queue, knowledge: Knowledge, on: date) -> Iterator[str]:
    """Word the queue, the knowledge first."""
    yield str(waiting.knowledge)
    yield ""
    yield f"{sum(waiting.letters.values())} dead letters (`python -m bot letters`)"
    yield from (f"{count:>7,}  {reason}" for reason, count in sorted(waiting.letters.items()))
    yield ""
    yield f"pieces of advice with which {LEAST} people or more are stuck: {len(waiting.stuck)}"
    for piece, count in waiting.stuck.items():
        yield f"{count:>7,}  {piece}  {title(knowledge, piece, 'zh', on)}"
