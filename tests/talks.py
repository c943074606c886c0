"""The bot and its double, started for a test; and a worker who answers the whole short path."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime
from functools import cache
from pathlib import Path

from pydantic import SecretStr

from bot.app.process import Bot, settling
from bot.delivery.send_rate import SendRate
from bot.demo.double.server import Simulator
from bot.demo.double.worker import Screen, Worker
from bot.dialogue.conversation import Conversation
from bot.dialogue.flow import Flow
from bot.dialogue.reminders import CHINA
from bot.privacy.keyring import Keyring, Keys
from bot.render import Presenter
from bot.storage.engine import opened
from bot.storage.unit_of_work import Settle
from bot.turns.contract import Address, Inbound
from bot.turns.turn import UNLIMITED, BatchResult, routed, settle
from tests.checkout import KNOWLEDGE
from tests.paths import Named, taps

TOKEN = "1000000000:" + "t" * 35
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, tzinfo=CHINA)
KEYRING = Keyring(Keys(b"i" * 32, (b"w" * 32,)))  # known to the tests, so that a database can be opened again

RIDER: Named = {
    "age": "from_31_to_40",
    "occupation": "food_delivery",
    "province": "shanghai",
    "education": "junior",
    "income": "from_5001",
    "income_stability": "unstable",
    "saving": "below_1000",
    "debt": "below_50000",
    "debt_kinds": "consumer",
    "constrained": "yes",
    "why_constrained": "credit_record",
    "social_insurance": "none",
    "why_no_social_insurance": "unknown_how",
    "commercial_cover": "none",
    "investing": "no",
    "happening": "none",
    "worries": "accident",
}
QUESTIONNAIRE = KNOWLEDGE.questionnaire
SHORT_PATH = taps(QUESTIONNAIRE, RIDER)  # question after question: what the rider taps
CONSENT = ("+:consent:answers", "+:consent:abroad", "go:agree")


def up_to(question: str) -> tuple[str, ...]:
    """What the rider taps until a question is asked."""
    return SHORT_PATH[: _first(question)]


def onwards(question: str) -> tuple[str, ...]:
    """What the rider taps from a question on."""
    return SHORT_PATH[_first(question) :]


def _first(question: str) -> int:
    return next(n for n, data in enumerate(SHORT_PATH) if data.split(":")[1] == question)


@cache
def presenter() -> Presenter:
    return Presenter(KNOWLEDGE)


@cache
def rules() -> Flow:
    return Flow.over(presenter().knowledge)


@asynccontextmanager
async def running_bot(
    simulator: Simulator, database: Path, voice: Presenter | None = None
) -> AsyncIterator[None]:
    """Run the real bot against the double until the block ends, then stop it where it is."""
    voice = voice or presenter()
    url = f"sqlite:///{database}"
    async with opened(url, KEYRING, settling(voice, lambda: NOON)) as store:
        bot = asyncio.create_task(
            Bot(SecretStr(TOKEN), simulator.api_url, store, voice, SendRate(0, 0)).poll()
        )
        try:
            yield
        finally:
            bot.cancel()
            with suppress(asyncio.CancelledError):
                await bot


async def tap(worker: Worker, data: str) -> None:
    """Tap a button as soon as the newest message has it."""
    await worker.expects(lambda screen: bool(screen.from_bot) and screen.last.button(data) is not None)
    await worker.taps(data)


async def answer_all(worker: Worker) -> Screen:
    """Start, agree, answer the whole short path; returns the screen with the result."""
    await worker.starts()
    for data in (*CONSENT, *SHORT_PATH):
        await tap(worker, data)
    return await worker.expects(lambda screen: "您的结果" in screen.last.text)


def settling_today() -> Settle:
    """Turns by the real flow and words, on the tests' day."""
    return settling(presenter(), lambda: NOON)


def turned(
    inbounds: Sequence[Inbound],
    held: Mapping[Address, Conversation] | None = None,
    now: datetime = NOON,
    *,
    seen: frozenset[int] = frozenset(),
    room: int = UNLIMITED,
    voice: Presenter | None = None,
) -> BatchResult:
    """Take turns by the real flow and words."""
    held = held or {}
    return settle(rules(), voice or presenter(), routed(inbounds, held, seen), held, seen, now, room)
