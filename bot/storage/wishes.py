"""What a restored backup must not bring back: a consent that was withdrawn, an objection undone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import sqlalchemy as sa

from bot.dialogue.calendar import PURPOSE, without
from bot.dialogue.conversation import Conversation
from bot.dialogue.data_rights import RESEARCH
from bot.privacy.keyring import Keyring, WrongKey
from bot.privacy.tombstones import NO_CALENDAR, NO_RESEARCH, SCORED, UNSCORED, Wish
from bot.storage.conversations import seal_state, times, unsealed
from bot.storage.tables import conversations

WithoutResearch = Callable[[Conversation], Conversation]


def wishes_in(person: bytes, before: Conversation | None, after: Conversation, at: int) -> list[Wish]:
    """Return what a turn withdrew or objected to."""
    if before is None:
        return []
    found = []
    if RESEARCH in (before.consent or ()) and RESEARCH not in (after.consent or ()):
        found.append(Wish(person, NO_RESEARCH, at))
    if PURPOSE in (before.consent or ()) and PURPOSE not in (after.consent or ()):
        found.append(Wish(person, NO_CALENDAR, at))
    if before.unscored != after.unscored:
        found.append(Wish(person, UNSCORED if after.unscored else SCORED, at))
    return found


def grant_again(
    connection: sa.Connection, keyring: Keyring, wishes: Iterable[Wish], without_research: WithoutResearch
) -> int:
    """Grant wishes to rows that are older, as a restored backup's are; returns how many rows changed."""
    by_person: dict[bytes, list[Wish]] = {}
    for wish in wishes:
        by_person.setdefault(wish.person, []).append(wish)
    count = 0
    c = conversations.c
    for person, theirs in by_person.items():
        row = connection.execute(sa.select(conversations).where(c.person == person)).first()
        later = [wish for wish in theirs if row is not None and row.changed_at < wish.at]
        if row is None or not later:
            continue
        try:
            opened = unsealed(row, keyring)
        except (WrongKey, ValueError):
            continue  # nobody opens that row
        talk = _granted(opened.conversation, later, without_research)
        if talk != opened.conversation:
            due = times(talk, row.changed_at, 0)["wake_at"]
            values: Mapping[str, object] = {**seal_state(talk, person, opened.sealer), "wake_at": due}
            connection.execute(sa.update(conversations).where(c.person == person).values(**values))
            count += 1
    return count


def _granted(talk: Conversation, wishes: Iterable[Wish], without_research: WithoutResearch) -> Conversation:
    for wish in wishes:
        if wish.what == NO_RESEARCH:
            talk = without_research(talk)
        elif wish.what == NO_CALENDAR:
            talk = without(talk)
        else:
            talk = replace(talk, unscored=wish.what == UNSCORED)
    return talk
