"""What waits for somebody: old knowledge, refused letters, advice at which people asked for help."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from bot.check import outdated
from bot.check.findings import CheckResult as Findings
from bot.content.knowledge import Knowledge
from bot.guidance import title
from bot.research.disclosure import LEAST
from bot.research.participants import Office
from bot.storage.engine import check_schema
from bot.storage.tables import dead_letters


@dataclass(frozen=True, slots=True)
class Queue:
    """The work by kind: findings, letters by Telegram's reason, calls for help by piece, people who left.

    Everybody's calls are counted, once a person and piece; nobody's answers are opened.
    """

    knowledge: Findings
    letters: Mapping[str, int]
    stuck: Mapping[str, int]
    blocked: int


async def queue(office: Office, on: date) -> Queue:
    """Look at everything that waits."""
    await check_schema(office.database)
    counted, counts = await office.counted(), await office.counts()
    calls = {piece: number for (what, piece), number in counted.numbers.most_common() if what == "stuck"}
    by_reason = sa.select(dead_letters.c.reason, sa.func.count().label("letters")).group_by(
        dead_letters.c.reason
    )
    found = await office.database.read(lambda connection: connection.execute(by_reason).all())
    letters = {row.reason: row.letters for row in found}
    return Queue(outdated(office.knowledge, on), letters, calls, counts.blocked)


def lines(waiting: Queue, knowledge: Knowledge, on: date) -> Iterator[str]:
    """Render the queue, the knowledge first."""
    yield str(waiting.knowledge)
    yield ""
    yield f"{sum(waiting.letters.values())} dead letters (`python -m bot letters`)"
    yield from (f"{count:>7,}  {reason}" for reason, count in sorted(waiting.letters.items()))
    yield ""
    yield f"pieces of advice with which people asked for help: {len(waiting.stuck)}"
    for piece, count in waiting.stuck.items():
        number = f"{count:,}" if count >= LEAST else f"<{LEAST}"
        yield f"{number:>7}  {piece}" + (
            f"  {title(knowledge, piece, 'zh', on)}" if piece in knowledge.pieces else ""
        )
    yield ""
    yield f"{waiting.blocked:,} people have blocked the bot"
