"""The store: the turns that arrive together in one transaction, with the outbox they write."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from bot.dialogue import counting
from bot.dialogue.conversation import Conversation, Group, Wake
from bot.dialogue.data_rights import leads_to_deletion
from bot.privacy.keyring import Keyring, Sealer, UnknownKey
from bot.privacy.tombstones import Tombstones, Wish
from bot.storage.conversations import Row, load, seal, times
from bot.storage.database import Database, Unanswered
from bot.storage.deletion import Deletion, Retention
from bot.storage.group_commit import GroupCommit
from bot.storage.jobs import Claim, Committed, Job, Sent
from bot.storage.locks import lock
from bot.storage.outbox import Outbox, Queued
from bot.storage.processed_updates import note
from bot.storage.rotation import in_use
from bot.storage.sql import among, padded
from bot.storage.tables import conversations, dead_letters, outbox, updates
from bot.storage.wishes import wishes_in
from bot.storage.yearly_limit import LIMIT, YearlyLimit
from bot.turns.contract import Address, Inbound
from bot.turns.turn import BatchResult, routed

MOST = 64  # jobs in one transaction
_DROP = sa.delete(outbox).where(among(outbox.c.id, "sent"))

# Takes turns: inbounds, conversations by chat, updates seen before, how many people may still join.
Settle = Callable[[Sequence[Inbound], Mapping[Address, Conversation], frozenset[int], int], BatchResult]


class NotReadHere(OSError):
    """A person's key was wrapped with a master key that this process doesn't have: restart it."""


class Store:
    """Conversations, handled updates and the outbox in one database.

    Jobs that arrive while a transaction runs share the next one (one fsync for all); each is
    acknowledged only after its commit.
    """

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        settle: Settle,
        *,
        tombstones: Tombstones | None = None,
        retention: Retention | None = None,
        limit: int = LIMIT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.database, self.keyring, self.clock = database, keyring, clock
        self.outbox = Outbox(database, keyring, clock)
        self.on_commit: list[Callable[[Committed], None]] = []  # called after each commit
        self._settle = settle
        self._retention = retention or Retention()
        self.deletion = Deletion(database, keyring, tombstones or Tombstones(), self._retention, clock)
        self._jobs: GroupCommit[Job, bool] = GroupCommit(self._work, MOST)
        insert = postgresql.insert if database.postgres else sqlite.insert
        self._saving = _upsert(insert(conversations), keep=("person", "key"))
        self._limit = YearlyLimit(limit, clock, postgres=database.postgres)
        self.people_a_year = limit

    async def take(self, inbound: Inbound) -> bool:
        """Take one turn with its effect exactly once; False when the update was handled before.

        Raises SQLAlchemyError or OSError: then nothing has happened, and it has to be delivered again.
        """
        return await self._jobs.put(inbound)

    async def sent(self, message: Queued) -> None:
        """Take a message out of the outbox: Telegram took it. Raises as `take` does."""
        await self._jobs.put(Sent(message.id, message.person, message.farewell))

    async def claim(self, *, inherited: bool = True) -> None:
        """Take over unleased messages, for the subscribers of the commit; raises as `take` does."""
        await self._jobs.put(Claim(inherited))

    async def _work(self, jobs: Sequence[Job]) -> list[bool | Exception]:
        done = False

        def work(connection: sa.Connection) -> tuple[Committed, list[bool | Exception]]:
            nonlocal done
            done = False
            result = self._transact(connection, jobs)
            done = True
            return result

        try:
            effect, news = await self.database.run(work)
        except (DataError, IntegrityError) as error:
            # Trouble with one value must not be everybody's.
            return [error] if len(jobs) == 1 else [r for job in jobs for r in await self._work([job])]
        except (SQLAlchemyError, OSError) as error:
            # Cut off at the commit: it may have happened, and nobody would send its messages.
            if done or isinstance(error, Unanswered):
                self.outbox.doubt()
            raise
        if effect.claimed:
            self.outbox.claimed(effect.claimed)
        for subscriber in self.on_commit:
            subscriber(effect)
        if effect.forgotten or any(isinstance(job, Sent) and job.farewell for job in jobs):
            await self.database.scrub()
        return news

    def _transact(
        self, connection: sa.Connection, jobs: Sequence[Job]
    ) -> tuple[Committed, list[bool | Exception]]:
        """Do everything that the jobs ask for; returns for each job whether it was new."""
        inbounds = [job for job in jobs if isinstance(job, Inbound)]
        chats = {chat for inbound in inbounds for chat in _talks(inbound)}
        people = {chat: self.keyring.pseudonym(chat.name) for chat in chats}
        sent = [job for job in jobs if isinstance(job, Sent)]
        if people or len(sent) > 1:  # who takes out one message alone waits for nothing else meanwhile
            lock(connection, {*people.values(), *(job.person for job in sent)})
        if sent:
            connection.execute(_DROP, {"sent": padded([job.message for job in sent])})
        effect, handled = Committed(), set[int]()
        blind: dict[Address, UnknownKey] = {}
        if inbounds:
            rows, unreadable = load(connection, self.keyring, people)
            blind = {chat: error for chat, error in unreadable.items() if isinstance(error, UnknownKey)}
            blind = {chat: error for chat, error in blind.items() if in_use(connection, error.name)}
            # Another process may have their key: their updates are not handled here, and come again.
            if blind:
                inbounds = [
                    i for i in inbounds if blind.keys().isdisjoint(_talks(i)) or leads_to_deletion(i.incoming)
                ]
            effect, handled = self._take_turns(connection, inbounds, people, rows, unreadable)
        if claims := [job for job in jobs if isinstance(job, Claim)]:
            effect.claimed = self.outbox.claim(connection, inherited=any(job.inherited for job in claims))
            effect.messages += effect.claimed.messages if effect.claimed else ()
        news: list[bool | Exception] = []
        for job in jobs:
            if isinstance(job, Inbound) and blind and job not in inbounds:
                news.append(NotReadHere(str(next(blind[chat] for chat in _talks(job) if chat in blind))))
                continue
            update = job.update if isinstance(job, Inbound) else None
            news.append(update is None or update in handled)
            if update is not None:
                handled.discard(update)  # the same update a second time in one batch is old news
        return effect, news

    def _take_turns(
        self,
        connection: sa.Connection,
        inbounds: Sequence[Inbound],
        people: Mapping[Address, bytes],
        rows: Mapping[Address, Row],
        unreadable: Mapping[Address, Exception],
    ) -> tuple[Committed, set[int]]:
        now, ids = int(self.clock()), {e.update for e in inbounds if e.update is not None}
        seen = note(connection, ids, now)
        # What stands for a talk under a key that no longer opens it.
        held = {chat: Conversation("", seat=chat.seat) for chat in unreadable}
        held |= {chat: row.conversation for chat, row in rows.items()}
        inbounds = routed(inbounds, held, seen)
        # A person whose row no key opens can have it deleted, and nothing else.
        heard = [e for e in inbounds if e.chat not in unreadable or leads_to_deletion(e.incoming)]
        settled = self._settle(heard, held, seen, self._limit.room(connection))
        _unblock(settled, rows, heard)
        lost = {
            e.update: unreadable[e.chat]
            for e in inbounds
            if e.chat in unreadable and e not in heard and e.update is not None and e.update not in seen
        }
        wrote = {e.chat for e in heard if not isinstance(e.incoming, Wake)}
        woken = people.keys() - wrote
        sealers = self._save(connection, settled, rows, unreadable, people, now, woken)
        messages = self.outbox.write(connection, settled.outgoing, people, sealers, now)
        # Last, for its row is everybody's and locked from here on.
        # A person who left this year has a place already.
        back = self._returned(settled, rows, people) if settled.joined else 0
        self._limit.note(connection, settled.joined - back)
        last = {chat: row.changed_at for chat, row in rows.items()}
        settled.events.failures += lost.values()
        settled.events.counts.update(counting.times(settled.stood, last, now))
        effect = Committed(
            events=settled.events,
            messages=messages,
            behind=len(settled.outgoing) - len(messages),
            # People who came and left in this batch had nothing here: an earlier farewell waits for them.
            forgotten=frozenset(
                people[chat] for chat in settled.forgotten if chat in rows or chat in unreadable
            ),
        )
        return effect, ids - seen

    def _returned(
        self, settled: BatchResult, rows: Mapping[Address, Row], people: Mapping[Address, bytes]
    ) -> int:
        """Return how many of those who joined in this batch had left in the same year."""
        before = {chat for chat, row in rows.items() if row.conversation.consent}
        joined = {
            chat
            for chat, talk in settled.conversations.items()
            if talk is not None and talk.consent and chat not in before
        }
        return sum(self.deletion.left_since(people[chat], self._limit.begins()) for chat in joined)

    def _save(
        self,
        connection: sa.Connection,
        settled: BatchResult,
        rows: Mapping[Address, Row],
        unreadable: Collection[Address],
        people: Mapping[Address, bytes],
        now: int,
        woken: Collection[Address],
    ) -> dict[Address, Sealer]:
        """Write the conversations that changed; returns the sealers of all who have a row now.

        woken: the chats that only our own reminder woke; nobody wrote there.
        """
        gone = {people[chat]: rows[chat].key for chat in settled.forgotten if chat in rows}
        gone |= {people[chat]: b"" for chat in settled.forgotten if chat in unreadable}
        if gone:
            self.deletion.forget(connection, gone, now)
        kept = {chat: row for chat, row in rows.items() if chat not in settled.forgotten}
        sealers = {chat: row.sealer for chat, row in kept.items()}
        changed: list[dict[str, Any]] = []
        wishes: list[Wish] = []
        for chat, talk in settled.conversations.items():
            if talk is None or chat in unreadable:
                continue
            person, row = people[chat], kept.get(chat)
            wishes += wishes_in(person, row.conversation if row else None, talk, now)
            key, sealers[chat] = (row.key, row.sealer) if row else self.keyring.new_key(person)
            days = self._retention.result if chat in settled.finished else self._retention.draft
            sealed = seal(chat, talk, person, sealers[chat])
            dated = times(talk, now, days)
            if row is not None and chat in woken:
                # Their days run from their own last word, not from ours.
                dated["expires_at"] = max(row.expires_at, times(talk, now, 0)["expires_at"] or 0)
            changed.append({"person": person, "key": key, "blocked": False, **sealed, **dated})
        self.deletion.remember(wishes)
        if changed:
            connection.execute(self._saving, changed)
        return sealers

    async def last_handled(self) -> int | None:
        """Return when the last update was handled, in seconds since 1970; None when there was none."""
        last = sa.select(sa.func.max(updates.c.handled_at))
        return await self.database.read(lambda connection: connection.scalar(last))

    async def standing(self) -> tuple[int, int]:
        """Return how many messages are dead, and how many people agreed this year."""
        count = sa.select(sa.func.count()).select_from(dead_letters)
        return await self.database.read(
            lambda connection: (connection.scalar(count) or 0, self._limit.people(connection))
        )

    async def conversation(self, chat: Address) -> Conversation | None:
        """Return what is kept of a chat, for the tests and the office."""
        people = {chat: self.keyring.pseudonym(chat.name)}
        rows, unreadable = await self.database.read(load, self.keyring, people)
        if unreadable:
            raise unreadable[chat]
        return rows[chat].conversation if chat in rows else None


def _upsert(insert: sqlite.Insert | postgresql.Insert, keep: Collection[str]) -> sa.Insert:
    """Let a row that is there already take every new value but those to keep."""
    new = {name: value for name, value in insert.excluded.items() if name not in keep}
    return insert.on_conflict_do_update(index_elements=insert.table.primary_key, set_=new)


def _talks(inbound: Inbound) -> tuple[Address, ...]:
    """Return the addresses of the talks that something may concern: in a private chat both."""
    if isinstance(inbound.incoming, Wake | Group):
        return (inbound.chat,)
    return inbound.chat.at("own"), inbound.chat.at("family")


def _unblock(settled: BatchResult, rows: Mapping[Address, Row], inbounds: Sequence[Inbound]) -> None:
    """Save the rows of blocked people who write, though nothing else changed: writing unblocks both talks."""
    if not any(row.blocked for row in rows.values()):
        return
    wrote = (inbound for inbound in inbounds if not isinstance(inbound.incoming, Wake))
    for chat in (chat for inbound in wrote for chat in _talks(inbound)):
        row = rows.get(chat)
        if row and row.blocked:
            settled.conversations.setdefault(chat, row.conversation)
