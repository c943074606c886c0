"""The outbox is emptied in order, through every kind of trouble that Telegram or storage makes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.adapters import courier
from bot.adapters.courier import Courier
from bot.adapters.database import Database, opened
from bot.conversation import Tap
from bot.messages import Message
from bot.service import Envelope, Loaded, Outgoing


class Post:
    """Telegram's side: takes letters, or raises the troubles that were laid out for it."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.taken: list[tuple[int, str]] = []

    async def deliver(self, outgoing: Outgoing) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.taken.append((outgoing.chat, outgoing.message.text))


class Forgetful(Database):
    """A database that fails to record the first letters as sent."""

    failures = 1

    async def sent(self, id: int) -> None:
        if self.failures:
            self.failures -= 1
            raise OperationalError("", {}, OSError("disk"))
        await super().sent(id)


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "PAUSE", 0.01)
    monkeypatch.setattr(courier, "LOOK_AGAIN", 0.05)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(f"sqlite+aiosqlite:///{tmp_path / 'bot.sqlite'}") as database:
        yield database


async def write(store: Database, update: int, chat: int, *texts: str) -> None:
    letters = tuple(Outgoing(chat, Message(text)) for text in texts)
    await store.save(Envelope(update, chat, Tap("x")), Loaded(None, 0, False), None, letters)


@asynccontextmanager
async def working(store: Database, post: Post) -> AsyncIterator[None]:
    task = asyncio.create_task(Courier(store, post.deliver).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(wish: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not wish():  # noqa: ASYNC110 - the courier tells nobody
            await asyncio.sleep(0.01)


async def until_empty(store: Database) -> None:
    async with asyncio.timeout(10):
        while await store.waiting():  # noqa: ASYNC110 - the courier tells nobody
            await asyncio.sleep(0.01)


async def test_letters_of_a_chat_arrive_in_the_order_of_writing(store: Database) -> None:
    post = Post()
    await write(store, 1, 7, "a", "b")
    async with working(store, post):
        await write(store, 2, 7, "c")
        await until_empty(store)
    assert post.taken == [(7, "a"), (7, "b"), (7, "c")]


@pytest.mark.parametrize(
    "trouble",
    [NetworkError("gone"), RetryAfter(timedelta(seconds=0)), TelegramError("?")],
    ids=lambda trouble: type(trouble).__name__,
)
async def test_a_passing_trouble_delays_a_letter_and_keeps_the_order(
    store: Database, trouble: Exception
) -> None:
    post = Post(trouble)
    await write(store, 1, 7, "a", "b")
    async with working(store, post):
        await until_empty(store)
    assert post.taken == [(7, "a"), (7, "b")]


@pytest.mark.parametrize("trouble", [Forbidden("blocked"), BadRequest("Chat not found")])
async def test_a_letter_that_can_never_arrive_holds_up_no_other(store: Database, trouble: Exception) -> None:
    post = Post(trouble)
    await write(store, 1, 7, "a", "b")
    async with working(store, post):
        await until_empty(store)
    assert post.taken == [(7, "b")]


async def test_a_letter_that_was_not_recorded_as_sent_is_sent_again_rather_than_lost(store: Database) -> None:
    forgetful, post = Forgetful(store.engine), Post()
    await write(store, 1, 7, "a", "b")
    async with working(forgetful, post):
        await until_empty(store)
    assert post.taken == [(7, "a"), (7, "a"), (7, "b")]


async def test_what_was_left_in_the_outbox_goes_out_after_a_restart(store: Database) -> None:
    await write(store, 1, 7, "a")
    await write(store, 2, 8, "b")
    post = Post()
    async with working(store, post):
        await until(lambda: len(post.taken) == 2)
    assert sorted(post.taken) == [(7, "a"), (8, "b")]
