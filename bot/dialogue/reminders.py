"""When a reminder is due: the worker's choice in China's time, never at night."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal, get_args

CHINA = timezone(timedelta(hours=8))
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(8)
MORNING, EVENING = time(9), time(20)

When = Literal["hour", "evening", "tomorrow", "week", "month", "quarter", "deadline"]
WHENS: tuple[When, ...] = get_args(When)
MOST = 20  # reminders of one worker

BEFORE_DEADLINE = timedelta(days=7)
LONGEST = timedelta(days=90)  # as long as a result is kept

_DAYS: dict[When, int] = {"tomorrow": 1, "week": 7, "month": 30, "quarter": 90}


@dataclass(frozen=True, slots=True)
class Reminder:
    """A piece of advice (or `survey`, the talk itself) to come back to, at `due` (seconds since 1970)."""

    what: str
    due: int


def due(when: When | date, now: datetime, deadline: date | None = None) -> datetime | None:
    """Return the time of a choice made `now` (aware), in China's time and outside the night.

    `evening` is today's, or tomorrow's when it has begun; `deadline` is a week before it, or tomorrow when
    that is over, and None where there is no deadline after tomorrow. A day is that day's morning, and
    None where it is not among the days to choose from.
    """
    now = now.astimezone(CHINA)
    match when:
        case date():
            return datetime.combine(when, MORNING, CHINA) if when in days_ahead(now.date()) else None
        case "deadline":
            tomorrow = now.date() + timedelta(days=1)
            if deadline is None or deadline <= tomorrow:
                return None
            return datetime.combine(max(deadline - BEFORE_DEADLINE, tomorrow), MORNING, CHINA)
        case "hour":
            return awake(now + timedelta(hours=1))
        case "evening":
            tonight = now.replace(hour=EVENING.hour, minute=0, second=0, microsecond=0)
            return tonight if tonight > now else tonight + timedelta(days=1)
        case _:
            day = now + timedelta(days=_DAYS[when])
            return day.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)


def days_ahead(today: date) -> tuple[date, ...]:
    """List the days for which a reminder may be set, from tomorrow on."""
    return tuple(today + timedelta(days=n) for n in range(1, LONGEST.days + 1))


def awake(at: datetime) -> datetime:
    """Move a time in the night (22 to 8) to the morning after it."""
    at = at.astimezone(CHINA)
    if at.time() >= NIGHT_BEGINS:
        at += timedelta(days=1)
    elif at.time() >= NIGHT_ENDS:
        return at
    return at.replace(hour=NIGHT_ENDS.hour, minute=0, second=0, microsecond=0)


def added(reminders: Iterable[Reminder], new: Reminder) -> tuple[Reminder, ...]:
    """Add a reminder, sorted by time, in place of one of the same thing; beyond MOST the last fall off."""
    others = [reminder for reminder in reminders if reminder.what != new.what]
    return tuple(sorted([*others, new], key=lambda reminder: (reminder.due, reminder.what))[:MOST])


def split(reminders: Iterable[Reminder], now: datetime) -> tuple[tuple[Reminder, ...], tuple[Reminder, ...]]:
    """Part what is due from what is not; nothing is due at night."""
    if awake(now) != now.astimezone(CHINA):
        return (), tuple(reminders)
    held = tuple(reminders)
    seconds = now.timestamp()
    return tuple(r for r in held if r.due <= seconds), tuple(r for r in held if r.due > seconds)
