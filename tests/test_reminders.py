"""Reminders come when the worker said, and never at night."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.reminders import CHINA, MOST, WHENS, Reminder, added, awake, days_ahead, due, split

NOON = datetime(2026, 11, 23, 12, 30, tzinfo=CHINA)
MOMENTS = st.integers(1_600_000_000, 2_200_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("hour", "2026-11-23T13:30"),
        ("evening", "2026-11-23T20:00"),
        ("tomorrow", "2026-11-24T09:00"),
        ("week", "2026-11-30T09:00"),
        ("month", "2026-12-23T09:00"),
        ("quarter", "2027-02-21T09:00"),
    ],
)
def test_each_choice_has_its_time(when: str, expected: str) -> None:
    assert due(when, NOON) == datetime.fromisoformat(expected).replace(tzinfo=CHINA)  # type: ignore[arg-type]


def test_a_day_can_be_picked_from_tomorrow_to_ninety_days_ahead() -> None:
    days = days_ahead(NOON.date())
    assert (days[0], days[-1], len(days)) == (date(2026, 11, 24), date(2027, 2, 21), 90)


@pytest.mark.parametrize(
    ("at", "moved"),
    [("2026-11-23T21:59:59", "2026-11-23T21:59:59"), ("2026-11-23T22:00:00", "2026-11-24T08:00:00"),
     ("2026-11-24T07:59:59.5", "2026-11-24T08:00:00"), ("2026-11-24T08:00:01", "2026-11-24T08:00:01")],
)  # fmt: skip
def test_the_night_begins_at_ten_and_ends_at_eight_to_the_second(at: str, moved: str) -> None:
    assert awake(datetime.fromisoformat(at + "+08:00")) == datetime.fromisoformat(moved + "+08:00")


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        ("2026-12-31", "2026-12-24T09:00"),
        ("2026-12-01", "2026-11-24T09:00"),
        ("2026-11-26", "2026-11-24T09:00"),
        ("2026-11-25", "2026-11-24T09:00"),
    ],
)
def test_a_deadline_is_told_a_week_before_or_tomorrow(deadline: str, expected: str) -> None:
    at = due("deadline", NOON, date.fromisoformat(deadline))
    assert at == datetime.fromisoformat(expected).replace(tzinfo=CHINA)


@pytest.mark.parametrize("deadline", [None, date(2026, 11, 24), date(2026, 11, 23), date(2025, 1, 1)])
def test_where_no_deadline_is_left_nothing_is_due(deadline: date | None) -> None:
    assert due("deadline", NOON, deadline) is None


def test_an_hour_after_half_past_nine_at_night_is_the_morning() -> None:
    late = datetime(2026, 11, 23, 21, 30, tzinfo=CHINA)
    assert due("hour", late) == datetime(2026, 11, 24, 8, tzinfo=CHINA)
    assert due("evening", late) == datetime(2026, 11, 24, 20, tzinfo=CHINA)


@given(st.dates(date(2026, 1, 1), date(2028, 1, 1)), MOMENTS)
def test_a_chosen_day_is_kept_if_it_lies_within_the_days_of_a_result(day: date, now: datetime) -> None:
    at = due(day, now)
    ahead = (day - now.astimezone(CHINA).date()).days
    assert (at is not None) == (0 < ahead <= 90)
    assert at is None or (at.date() == day and awake(at) == at)


@given(st.sampled_from(WHENS), MOMENTS)
def test_no_reminder_is_due_at_night_or_in_the_past(when: str, now: datetime) -> None:
    at = due(when, now, (now + timedelta(days=9)).date())  # type: ignore[arg-type]
    assert at is not None
    assert now < at
    assert 8 <= at.hour < 22
    assert awake(at) == at


@given(st.lists(st.builds(Reminder, st.sampled_from("abcdefghijklmnopqrstuvwxyz"), st.integers(0, 10**9))))
def test_one_reminder_of_a_thing_in_order_of_time_and_not_too_many(reminders: list[Reminder]) -> None:
    held: tuple[Reminder, ...] = ()
    for reminder in reminders:
        held = added(held, reminder)
        assert reminder in held or len(held) == MOST
    assert len({r.what for r in held}) == len(held) <= MOST
    assert list(held) == sorted(held, key=lambda r: (r.due, r.what))


@given(MOMENTS, st.integers(-(10**6), 10**6))
def test_what_is_due_waits_for_the_morning(now: datetime, offset: int) -> None:
    reminder = Reminder("a", int(now.timestamp()) + offset)
    ready, waiting = split((reminder,), now)
    assert {*ready, *waiting} == {reminder}
    if ready:
        assert 8 <= now.astimezone(CHINA).hour < 22
        assert reminder.due <= now.timestamp()
    at_noon = (now + timedelta(days=40)).astimezone(CHINA).replace(hour=12)
    assert split((reminder,), at_noon)[0] == (reminder,)
