"""Yearly dates: opted into one by one, kept until they are stopped, and asked after a week later.

All of it stands on a purpose of its own in the consent, and outlives the answers: what is kept of it is an
address, a piece and a day.
"""

from collections.abc import Callable, Container
from dataclasses import replace
from datetime import date, datetime, timedelta

from bot.content.vocabulary import Vocabulary
from bot.dialogue.conversation import Appointment, Conversation
from bot.dialogue.reading.exact import chosen
from bot.dialogue.reminders import CHINA, MORNING, awake
from bot.dialogue.replies import AskCalendar, Calendar, FollowUp, RemindYearly, Reply, Say, Stuck, Turn

PURPOSE = "calendar"  # of the consent
LASTING = ("abroad", PURPOSE)  # the purposes for which something is kept when the answers are gone
WEEK = timedelta(days=7)
VERB, ASKED = "calendar", "asked"  # of buttons
CHOICES, CHOICES_OF_HOW = "calendar", "calendar_how"  # in knowledge/reading.yaml

# Returns the next morning of a yearly date, or None where there is no such date or its day is not known.
Next = Callable[[str], datetime | None]


def following(month: int, day: int, now: datetime) -> datetime:
    """Return the next morning of this day of the year, in China, from tomorrow on."""
    today = now.astimezone(CHINA).date()
    on = date(today.year, month, day)
    return datetime.combine(on if on > today else on.replace(year=today.year + 1), MORNING, CHINA)


def kept_on(talk: Conversation) -> Conversation | None:
    """Return what of a talk outlives its answers: the yearly dates and the language, or None."""
    if PURPOSE not in (talk.consent or ()) or not talk.calendar:
        return None
    return Conversation(
        questionnaire=talk.questionnaire,
        language=talk.language,
        traditional=talk.traditional,
        simple=talk.simple,
        consent=tuple(purpose for purpose in talk.consent or () if purpose in LASTING),
        consent_version=talk.consent_version,
        calendar=talk.calendar,
    )


def without(talk: Conversation) -> Conversation:
    """Take back the purpose, with all that is kept for it."""
    if PURPOSE not in (talk.consent or ()):
        return talk
    purposes = tuple(purpose for purpose in talk.consent or () if purpose != PURPOSE)
    return replace(talk, consent=purposes, calendar=())


def tap(talk: Conversation | None, what: str, how: str, *, coming: Next, agreed: bool) -> Turn:
    """Take a tap on `calendar:[<date>[:agree|stop|keep]]`; one that isn't there shows the list.

    agreed: whether the required purposes are agreed to, without which no date is set.
    """
    at = coming(what) if what else None
    if talk is None or at is None:
        return talk, (Calendar(replaces=True),)
    if how == "stop":
        left = tuple(entry for entry in talk.calendar if (entry.kind, entry.what) != ("yearly", what))
        stopped = what if left != talk.calendar else ""  # a second tap stops nothing
        return replace(talk, calendar=left), (Calendar(replaces=True, stopped=stopped),)
    if how == "keep":
        return talk, (Calendar(replaces=True),)
    if not agreed:
        return talk, (Say("calendar_needs_consent"),)
    given = talk.consent or ()
    if PURPOSE not in given and how != "agree":
        return talk, (AskCalendar(what),)
    purposes = given if PURPOSE in given else (*given, PURPOSE)
    entry = Appointment(what, int(at.timestamp()), "yearly")
    return replace(talk, consent=purposes, calendar=_added(talk.calendar, entry)), (Calendar(replaces=True),)


def typed(words: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """Read the words behind /calendar as a date and what to do with it; nothing where they name none."""
    what = chosen(words, CHOICES, vocabulary) or ""
    return what, chosen(words, CHOICES_OF_HOW, vocabulary) or "" if what else ""


def answered(
    talk: Conversation | None, piece: str, how: str, now: datetime, *, pieces: Container[str], agreed: bool
) -> Turn:
    """Take a tap on `asked:<piece>:<done|stuck|later>`, which answers how it went.

    agreed: whether the required purposes are agreed to, without which only the day of the next question is
    kept.
    """
    if piece not in pieces:
        return talk, (Say("unknown_advice"),)
    kept = talk is not None and agreed
    match how:
        case "done":
            if talk is not None and kept:
                talk = replace(talk, marks={**talk.marks, piece: "done"})
            return talk, (Say("well_done", replaces=True),)
        case "stuck":
            if talk is not None and kept:
                talk = replace(talk, stuck=tuple(sorted({*talk.stuck, piece})))
            return talk, (Stuck(piece),)
        case _:
            if talk is not None:
                talk = asked_later(talk, piece, now)
            return talk, (Say("asked_later", replaces=True),)


def asked_later(talk: Conversation, piece: str, now: datetime) -> Conversation:
    """Ask a worker who agreed to it, in a week, how it went."""
    if PURPOSE not in (talk.consent or ()):
        return talk
    entry = Appointment(piece, int(awake(now + WEEK).timestamp()), "asked")
    return replace(talk, calendar=_added(talk.calendar, entry))


def woken(
    talk: Conversation, now: datetime, coming: Next, piece_of: Callable[[str], str | None]
) -> tuple[Conversation, tuple[Reply, ...]]:
    """Take what is due: a yearly date comes again in a year, and a week later it is asked how it went.

    piece_of: gives the piece of advice to which a date leads.
    """
    if awake(now) != now.astimezone(CHINA):
        return talk, ()
    seconds = now.timestamp()
    over = tuple(entry for entry in talk.calendar if entry.due <= seconds)
    talk = replace(talk, calendar=tuple(entry for entry in talk.calendar if entry.due > seconds))
    replies: list[Reply] = []
    for entry in over:
        if entry.kind == "asked":
            replies += [FollowUp(entry.what)] if entry.what not in talk.marks else []
        elif (at := coming(entry.what)) is not None:
            again = Appointment(entry.what, int(at.timestamp()), "yearly")
            talk = replace(talk, calendar=_added(talk.calendar, again))
            piece = piece_of(entry.what)
            talk = asked_later(talk, piece, now) if piece is not None else talk
            replies.append(RemindYearly(entry.what))
    return talk, tuple(replies)


def _added(calendar: tuple[Appointment, ...], new: Appointment) -> tuple[Appointment, ...]:
    """Add an entry, in order of time, in place of one of the same thing."""
    others = [entry for entry in calendar if (entry.kind, entry.what) != (new.kind, new.what)]
    return tuple(sorted([*others, new], key=lambda entry: (entry.due, entry.kind, entry.what)))
