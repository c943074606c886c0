"""Yearly dates: opted into one by one, kept until stopped, while answers are dropped on their day."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.app.process import settling
from bot.check.calendar import check_calendar
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import MOST, length, plain
from bot.dialogue.calendar import LASTING, PURPOSE, following, kept_on, without
from bot.dialogue.conversation import Appointment, Conversation, Incoming, Tap, Typed, Wake
from bot.dialogue.reminders import CHINA, awake
from bot.privacy.tombstones import Tombstones
from bot.storage.database import Database
from bot.storage.due_reminders import Waking
from bot.storage.tables import conversations
from bot.storage.unit_of_work import Store
from bot.storage.wishes import grant_again
from bot.turns.contract import Inbound
from tests.chats import at
from tests.checkout import KNOWLEDGE
from tests.databases import begin, connect
from tests.talks import CONSENT, KEYRING, NOON, SHORT_PATH, presenter, rules, turned
from tests.test_rights import data_of, said

DATES = tuple(KNOWLEDGE.calendar)
AGREED = ("/start", *CONSENT)
TAX = ("calendar:tax:agree",)
MOMENTS = st.integers(1_700_000_000, 2_200_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def a_talk(*inputs: str) -> Conversation:
    talk, _ = said(None, *AGREED, *inputs)
    assert talk is not None
    return talk


def woken(talk: Conversation, now: datetime) -> tuple[Conversation, list[str], list[list[str]]]:
    """Wake a talk: the talk after it, what was said, and the buttons."""
    settled = turned([Inbound(None, at(7), Wake())], {at(7): talk}, now)
    assert not settled.events.failures, settled.events.failures
    after = settled.conversations.get(at(7), talk)
    assert after is not None
    messages = [one.message for one in settled.outgoing]
    return after, [plain(one.text) for one in messages], [data_of(one) for one in messages]


# --- opting in -------------------------------------------------------------------------------------


@pytest.mark.parametrize("date_", DATES)
def test_a_date_is_set_only_after_its_own_consent_which_names_what_is_kept(date_: str) -> None:
    talk = a_talk()
    after, (asked,) = said(talk, f"calendar:{date_}")
    assert after == talk
    assert "地址" in asked.text
    assert "到我停为止" in asked.text
    assert data_of(asked) == [f"calendar:{date_}:agree", "calendar:"]
    after, (listed,) = said(talk, f"calendar:{date_}:agree")
    assert after is not None
    assert after.consent == (*(talk.consent or ()), PURPOSE)
    assert [(entry.what, entry.kind) for entry in after.calendar] == [(date_, "yearly")]
    assert f"calendar:{date_}:stop" in data_of(listed)


def test_the_second_date_needs_no_second_consent_and_each_is_stopped_alone() -> None:
    talk, _ = said(a_talk(*TAX), "calendar:bases")
    assert talk is not None
    assert {entry.what for entry in talk.calendar} == {"tax", "bases"}
    again, _ = said(talk, "calendar:bases")
    assert again == talk, "a double tap changes nothing"
    talk, (told,) = said(talk, "calendar:tax:stop")
    assert told.text.startswith("已停：个税汇算")
    _, (second,) = said(talk, "calendar:tax:stop")
    assert "已停" not in second.text  # a second tap stops nothing
    assert talk is not None
    assert [entry.what for entry in talk.calendar] == ["bases"]


def test_nothing_is_set_for_who_has_not_agreed_to_anything() -> None:
    for before in ((), ("/start",)):
        talk, _ = said(None, *before)
        for button in ("calendar:tax", "calendar:tax:agree", "calendar:tax:keep", "calendar:tax:stop"):
            after, (message,) = said(talk, button)
            assert after == talk
            assert message.buttons


def test_the_purpose_is_not_asked_for_before_it_is_used() -> None:
    talk, (asked,) = said(None, "/start")
    assert f"+:consent:{PURPOSE}" not in data_of(asked)
    forged, _ = said(talk, f"+:consent:{PURPOSE}", *CONSENT)
    assert forged is not None
    assert PURPOSE not in (forged.consent or ())


@pytest.mark.parametrize("version", KNOWLEDGE.consent.still)
def test_pipl_14_who_agreed_to_the_version_before_is_asked_for_the_new_purpose_only(version: str) -> None:
    talk = replace(a_talk(*SHORT_PATH), consent_version=version)
    after, (shown,) = said(talk, "/result")
    assert after == talk
    assert "+:consent:answers" not in data_of(shown)
    _, (asked,) = said(talk, "calendar:tax")
    assert data_of(asked)[0] == "calendar:tax:agree"


@pytest.mark.parametrize(
    ("typed", "dates"),
    [
        (("/calendar 税 同意",), ["tax"]),
        (("/calendar 医保", "/calendar 医保 同意"), ["resident_medical"]),
        (("/calendar 征信 同意", "/calendar 第二次征信", "/calendar 征信 停"), ["credit_second"]),
        (("/calendar city medical, yes",), ["city_medical"]),
        (("/calendar 阿巴阿巴",), []),
    ],
)
def test_dates_are_set_and_stopped_by_typing_alone(typed: tuple[str, ...], dates: list[str]) -> None:
    assert [entry.what for entry in a_talk(*typed).calendar] == dates


# --- when it comes ---------------------------------------------------------------------------------


@given(MOMENTS, st.integers(1, 12), st.integers(1, 28))
def test_a_yearly_date_comes_next_within_a_year_in_the_morning_in_china(
    now: datetime, month: int, day: int
) -> None:
    at_ = following(month, day, now)
    assert (at_.month, at_.day, at_.hour) == (month, day, 9)
    assert at_.utcoffset() == timedelta(hours=8)
    assert timedelta(0) < at_.date() - now.astimezone(CHINA).date() <= timedelta(days=366)
    assert awake(at_) == at_


def test_it_comes_every_year_until_it_is_stopped_though_nobody_answers() -> None:
    talk, years = a_talk(*TAX), []
    for _ in range(5):
        (entry,) = [one for one in talk.calendar if one.kind == "yearly"]
        due = datetime.fromtimestamp(entry.due, CHINA)
        years.append(due.year)
        talk, texts, (buttons,) = woken(talk, due)
        assert "个税汇算" in texts[0]
        assert "明年这时候还提醒您吗" in texts[0]
        assert {"calendar:tax:keep", "calendar:tax:stop", "open:tax_refund"} <= set(buttons)
        talk, _, _ = woken(talk, due + timedelta(days=8))  # how it went
    assert years == [2027, 2028, 2029, 2030, 2031]
    stopped, _ = said(talk, "calendar:tax:stop")
    assert stopped is not None
    assert stopped.calendar == ()


def test_a_week_later_it_is_asked_how_it_went_and_stuck_leads_on() -> None:
    due = datetime(2027, 3, 10, 9, tzinfo=CHINA)
    talk, _, _ = woken(a_talk(*TAX), due)
    talk, texts, (buttons,) = woken(talk, due + timedelta(days=7))
    assert "办了吗" in texts[0]
    assert buttons[:3] == [f"asked:tax_refund:{how}" for how in ("done", "stuck", "later")]
    done, _ = said(talk, "asked:tax_refund:done")
    assert done is not None
    assert done.marks == {"tax_refund": "done"}
    stuck, (led,) = said(talk, "asked:tax_refund:stuck")
    assert stuck is not None
    assert stuck.stuck == ("tax_refund",)
    assert "12366" in led.text
    later, _ = said(talk, "asked:tax_refund:later")
    assert later is not None
    assert [entry.what for entry in later.calendar if entry.kind == "asked"] == ["tax_refund"]


def test_what_was_marked_meanwhile_is_not_asked_after() -> None:
    due = datetime(2027, 3, 10, 9, tzinfo=CHINA)
    talk, _, _ = woken(a_talk(*TAX), due)
    talk, texts, _ = woken(replace(talk, marks={"tax_refund": "done"}), due + timedelta(days=7))
    assert texts == []
    assert [entry.kind for entry in talk.calendar] == ["yearly"]


@pytest.mark.parametrize("purposes", [(), TAX])
def test_a_reminder_of_a_piece_is_asked_after_only_by_consent(purposes: tuple[str, ...]) -> None:
    talk = a_talk(*purposes, "remind:emergency_fund:week")
    after, texts, _ = woken(talk, NOON + timedelta(days=7))
    assert "先攒一笔应急钱" in texts[0]
    asked = [entry.what for entry in after.calendar if entry.kind == "asked"]
    assert asked == (["emergency_fund"] if purposes else [])


def test_at_night_nothing_comes() -> None:
    talk = a_talk(*TAX)
    after, texts, _ = woken(talk, datetime(2027, 3, 10, 23, tzinfo=CHINA))
    assert (after, texts) == (talk, [])


@pytest.mark.parametrize(
    "forged", ["calendar:gone", "calendar:gone:agree", "calendar::stop", "asked:gone:done"]
)
def test_a_forged_button_changes_nothing(forged: str) -> None:
    talk = a_talk(*TAX)
    after, (message,) = said(talk, forged)
    assert after == talk
    assert message.buttons


def test_what_waits_may_be_of_a_release_that_knew_other_dates() -> None:
    strange = (Appointment("gone", 1, "yearly"), Appointment("gone_too", 1, "asked"))
    talk = replace(a_talk(), consent=("answers", "abroad", PURPOSE), calendar=strange)
    _, (listed,) = said(talk, "/mydata")
    assert "gone" in listed.text
    after, texts, _ = woken(replace(talk, calendar=strange[:1]), NOON)
    assert (after.calendar, texts) == ((), [])


# --- what is kept, and until when ------------------------------------------------------------------


def test_what_outlives_the_answers_is_an_address_a_matter_and_a_day() -> None:
    full = a_talk(*SHORT_PATH, *TAX, "mark:emergency_fund:done", "stuck:credit_dispute", "remind:survey:week")
    rest = kept_on(full)
    assert rest is not None
    empty = asdict(Conversation(full.questionnaire))
    kept = {name for name, value in asdict(rest).items() if value != empty[name]}
    assert kept == {"consent", "consent_version", "calendar"}
    assert set(rest.consent or ()) == set(LASTING)
    assert kept_on(a_talk(*SHORT_PATH)) is None
    assert kept_on(without(full)) is None


class Years:
    """A store whose clock the test moves on."""

    def __init__(self, database: Database, graves: Tombstones) -> None:
        self.now = NOON
        settle = settling(presenter(), lambda: self.now)
        self.store = Store(database, KEYRING, settle, tombstones=graves, clock=lambda: self.now.timestamp())
        self.updates = 0

    async def hears(self, *inputs: str) -> None:
        for data in inputs:
            self.updates += 1
            incoming: Incoming = Tap(data) if ":" in data else Typed(data)
            await self.store.take(Inbound(self.updates, at(7), incoming))

    async def pass_to(self, now: datetime) -> None:
        self.now = now
        await self.store.deletion.tidy()
        await Waking(self.store).wake()

    async def talk(self) -> Conversation | None:
        return await self.store.conversation(at(7))

    async def sent(self) -> list[str]:
        """Take all messages that wait, as their sender does."""
        waiting = await self.store.outbox.waiting()
        for letter in waiting:
            await self.store.sent(letter)
        return [plain(letter.outgoing.message.text) for letter in waiting]


@pytest.fixture
async def years(database: Database, tmp_path: Path) -> Years:
    made = Years(database, Tombstones(tmp_path / "tombstones"))
    await made.store.outbox.lease.renew()
    await made.hears("go:continue", *CONSENT, *SHORT_PATH, *TAX)
    await made.sent()
    return made


async def test_pipl_19_answers_go_on_their_day_and_the_date_comes_year_after_year(years: Years) -> None:
    await years.pass_to(NOON + timedelta(days=90))
    talk = await years.talk()
    assert talk is not None
    assert talk.answers
    await years.pass_to(NOON + timedelta(days=90, seconds=1))
    rest = await years.talk()
    assert rest is not None
    assert (rest.answers, rest.marks, rest.shown_by) == ({}, {}, "")
    assert not rules().agreed(rest)
    for year in (2027, 2028, 2029):
        await years.pass_to(datetime(year, 3, 10, 9, tzinfo=CHINA))
        assert [text[:6] for text in await years.sent()] == ["🗓 个税汇算"]
        await years.pass_to(datetime(year, 3, 17, 9, tzinfo=CHINA))
        assert ["办了吗" in text for text in await years.sent()] == [True]
        for month in (4, 5, 6, 9, 12):
            await years.pass_to(datetime(year, month, 20, 9, tzinfo=CHINA))
        assert await years.talk() is not None
    await years.hears("calendar:tax:stop")
    await years.pass_to(datetime(2030, 3, 10, 9, tzinfo=CHINA))
    assert await years.talk() is None
    async with connect(years.store.database) as connection:
        assert (await connection.execute(sa.select(conversations))).all() == []


async def test_no_backup_brings_back_the_answers_that_were_dropped(years: Years) -> None:
    async with connect(years.store.database) as connection:
        backup = (await connection.execute(sa.select(conversations))).all()
    await years.pass_to(NOON + timedelta(days=91))
    assert await years.store.deletion.forget_again() == 0
    rest = await years.talk()
    assert rest is not None
    assert rest.calendar
    async with begin(years.store.database) as connection:
        await connection.execute(sa.delete(conversations))
        await connection.execute(sa.insert(conversations), [dict(row._mapping) for row in backup])
    assert await years.store.deletion.forget_again() == 1
    assert await years.talk() is None


async def test_pipl_47_deleting_forgets_the_dates_too_at_any_time(years: Years) -> None:
    await years.pass_to(NOON + timedelta(days=91))
    await years.hears("go:forget")
    assert await years.talk() is None
    await years.sent()
    await years.pass_to(datetime(2027, 3, 10, 9, tzinfo=CHINA))
    assert await years.sent() == []


async def test_who_blocked_the_bot_has_nothing_kept_a_month_after_the_date(years: Years) -> None:
    await years.pass_to(NOON + timedelta(days=91))
    await years.pass_to(datetime(2027, 3, 10, 9, tzinfo=CHINA))
    (reminder,) = await years.store.outbox.waiting()
    assert await years.store.outbox.block(reminder, [reminder])
    await years.pass_to(datetime(2027, 3, 20, 9, tzinfo=CHINA))
    assert await years.sent() == []
    assert await years.talk() is not None
    await years.pass_to(datetime(2027, 4, 12, 9, tzinfo=CHINA))
    assert await years.talk() is None


async def test_a_message_that_waits_can_be_read_still_and_the_key_goes_after_it(years: Years) -> None:
    await years.hears("calendar:")
    before = await _key(years)
    await years.pass_to(NOON + timedelta(days=91))
    rest = await years.talk()
    assert rest is not None
    assert rest.answers == {}
    assert await _key(years) == before
    assert len(await years.sent()) == 1
    await years.pass_to(NOON + timedelta(days=91, hours=2))
    assert await _key(years) != before
    assert await years.talk() == rest


async def _key(years: Years) -> bytes:
    async with connect(years.store.database) as connection:
        key: bytes = (await connection.execute(sa.select(conversations.c.key))).scalar_one()
        return key


async def test_a_row_that_no_key_opens_is_forgotten_on_its_day(years: Years) -> None:
    async with begin(years.store.database) as connection:
        await connection.execute(sa.update(conversations).values(state=b"broken"))
    await years.pass_to(NOON + timedelta(days=91))
    assert await years.talk() is None


async def test_pipl_15_the_purpose_is_withdrawn_alone_and_a_backup_does_not_bring_it_back(
    years: Years,
) -> None:
    async with connect(years.store.database) as connection:
        backup = (await connection.execute(sa.select(conversations))).all()
    years.now += timedelta(minutes=5)
    await years.hears("go:withdraw_calendar")
    talk = await years.talk()
    assert talk is not None
    assert (talk.calendar, PURPOSE in (talk.consent or ())) == ((), False)
    assert talk.answers
    async with begin(years.store.database) as connection:
        await connection.execute(sa.delete(conversations))
        await connection.execute(sa.insert(conversations), [dict(row._mapping) for row in backup])
    wishes = years.store.deletion.wishes()
    assert await years.store.database.run(grant_again, KEYRING, wishes, without) == 1
    restored = await years.talk()
    assert restored is not None
    assert restored.calendar == ()
    await years.pass_to(datetime(2027, 3, 10, 9, tzinfo=CHINA))


def test_pipl_45_the_dates_are_shown_in_words_and_handed_over_as_a_file() -> None:
    talk = a_talk(*TAX)
    _, (shown,) = said(talk, "/mydata")
    assert "个税汇算" in shown.text
    assert "2027年3月10日" in shown.text
    _, (handed,) = said(talk, "go:data_file")
    held = json.loads(handed.attachment.content)  # type: ignore[union-attr]  # a file
    assert [entry["what"] for entry in held["calendar"]] == ["tax"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_privacy_page_tells_of_the_dates(language: Language) -> None:
    _, (message,) = said(None, "/privacy") if language == "zh" else said(a_talk("lang:en"), "/privacy")
    assert ("每年的提醒" if language == "zh" else "Yearly dates") in message.text


# --- the check -------------------------------------------------------------------------------------


def found(knowledge: Knowledge) -> str:
    return "\n".join(map(str, check_calendar(knowledge)))


def changed(**changes: object) -> Knowledge:
    one = replace(KNOWLEDGE.calendar["tax"], **changes)  # type: ignore[arg-type]  # the test names them
    return replace(KNOWLEDGE, calendar={**KNOWLEDGE.calendar, one.id: one})


def test_the_check_says_what_is_wrong_with_a_date() -> None:
    assert found(KNOWLEDGE) == ""
    assert "no figure calendar.gone" in found(changed(day="calendar.gone"))
    assert "no day of every year" in found(changed(day="credit.dispute_days"))
    assert "no card gone" in found(changed(cards=("gone",)))
    assert "no block tell_gone" in found(changed(id="gone"))
    assert "no words for it" in found(changed(id="gone"))


def test_the_check_says_what_is_wrong_with_a_purpose() -> None:
    consent = KNOWLEDGE.consent
    asked = tuple(replace(purpose, on_use=False) for purpose in consent.purposes)
    assert "is on_use" in found(replace(KNOWLEDGE, consent=replace(consent, purposes=asked)))
    both = tuple(replace(purpose, required=True) for purpose in consent.purposes)
    assert "required and on_use" in found(replace(KNOWLEDGE, consent=replace(consent, purposes=both)))
    later = replace(KNOWLEDGE, consent=replace(consent, still=("2999-01-01",)))
    assert "no earlier version" in found(later)


def test_no_message_of_the_dates_is_too_long() -> None:
    talk, _ = said(None, *AGREED, *(f"calendar:{date_}:agree" for date_ in DATES))
    assert talk is not None
    _, (listed,) = said(talk, "/calendar")
    assert length(listed.text) <= MOST
    _, texts, _ = woken(talk, datetime(2028, 1, 10, 9, tzinfo=CHINA))
    assert len(texts) == len(DATES)
    assert all(len(text) <= MOST for text in texts)
