"""A talk for a family member: its own row, consent and deletion, and no way by which answers are mixed."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.inbound_rate import InboundRate
from bot.channels.intake import Intake
from bot.channels.telegram.updates import _words
from bot.content.questionnaire import LANGUAGES
from bot.content.templates import MOST, length
from bot.dialogue.conversation import Conversation, Incoming, Seat, Tap, Typed, Wake
from bot.dialogue.data_rights import TO_DELETION
from bot.dialogue.reading import for_relative, only_asks
from bot.dialogue.reminders import Reminder
from bot.dialogue.replies import AskConsent
from bot.dialogue.seats import FLOOR, MARK, VERBS, OtherSeat, meant
from bot.ops.metrics import Metrics
from bot.render import File, Message
from bot.research.participants import Office
from bot.storage.conversations import seal
from bot.storage.database import Database
from bot.storage.due_reminders import Waking
from bot.storage.outbound_format import dumped, loaded
from bot.storage.tables import conversations, outbox
from bot.storage.unit_of_work import Store
from bot.turns.contract import Address, Inbound, Outbound
from tests.chats import at
from tests.checkout import KNOWLEDGE
from tests.privacy.test_storage import traces
from tests.talks import (
    CONSENT,
    KEYRING,
    NOON,
    QUESTIONNAIRE,
    SHORT_PATH,
    presenter,
    rules,
    settling_today,
    turned,
)
from tests.test_rights import data_of

OWN, FAMILY = at(7), at(7).at("family")
AGREEING = tuple(f"{MARK}{data}" for data in ("+:consent:relative", *CONSENT))
MOTHER = tuple(f"{MARK}{data}" for data in SHORT_PATH)
Held = dict[Address, Conversation]


def incoming(data: str) -> Incoming:
    return _words(data) if data.startswith("/") else Tap(data) if ":" in data else Typed(data)


def put_in(held: Held, *inputs: str, hours: float = 0) -> tuple[Held, list[Outbound]]:
    """Put inputs into a chat; returns its talks afterwards, and what the last turn answered."""
    out: list[Outbound] = []
    for number, data in enumerate(inputs):
        came = meant(incoming(data), KNOWLEDGE.vocabulary)
        tapped = "5" if isinstance(came, Tap) else None
        inbound = Inbound(number, OWN, came, message=tapped)
        settled = turned([inbound], held, NOON + timedelta(hours=hours))
        assert not settled.events.failures, settled.events.failures
        kept = {**held, **settled.conversations}
        held, out = {chat: talk for chat, talk in kept.items() if talk is not None}, settled.outgoing
    return held, out


def chat(*inputs: str) -> Held:
    return put_in({}, *inputs)[0]


BOTH = ("/start", *CONSENT, *SHORT_PATH, "/family", *AGREEING, *MOTHER[:3])


# --- whose a word is -----------------------------------------------------------------------------------


def test_a_talk_for_a_family_member_begins_with_a_consent_of_its_own_each_purpose_by_an_act() -> None:
    held, (asked,) = put_in(chat("/start", *CONSENT), "/family")
    assert held[OWN].consent == ("answers", "abroad")
    assert held[FAMILY].consent is None
    assert asked.message.text.startswith("👪 家里人的这份")
    assert asked.edits is None, "the worker's own screen stays as it is"
    assert [data for data in data_of(asked.message) if "+:consent" in data] == list(AGREEING[:-1])
    for missing in AGREEING[:-1]:
        some, _ = put_in(held, *(data for data in AGREEING if data != missing))
        assert some[FAMILY].consent is None
    agreed, _ = put_in(held, *AGREEING)
    assert agreed[FAMILY].consent == ("relative", "answers", "abroad")
    assert agreed[OWN].consent == ("answers", "abroad")


def test_the_consent_and_what_is_kept_speak_of_the_family_members_answers() -> None:
    held, (asked,) = put_in(chat("/start", *CONSENT), "/family")
    assert "用这些回答算出他（她）的结果和建议" in asked.message.text
    assert "我的回答" not in asked.message.text
    _, (nothing_yet,) = put_in(held, "/mydata")
    assert "替他（她）勾的同意：\n" in nothing_yet.message.text, "no version was agreed to"
    agreed, _ = put_in(held, *AGREEING)
    assert "用这些回答" in put_in(agreed, "/mydata")[1][0].message.text


def test_it_is_agreed_to_by_typing_too_one_purpose_at_a_time() -> None:
    held = chat("/family", "同意", "同意")
    assert held[FAMILY].consent is None
    assert put_in(held, "同意")[0][FAMILY].consent == ("relative", "answers", "abroad")


def test_research_is_never_agreed_to_for_somebody_else() -> None:
    held = chat("/family", f"{MARK}+:consent:research", *AGREEING)
    assert held[FAMILY].consent == ("relative", "answers", "abroad")
    finished, _ = put_in(held, *MOTHER, f"{MARK}go:research")
    assert not finished[FAMILY].research


def test_typed_words_go_to_the_talk_that_was_turned_to_last() -> None:
    held = chat("/start", *CONSENT, "/family", *AGREEING)
    held, _ = put_in(held, "45")
    assert held[FAMILY].answers == {"age": ("from_41_to_50",)}
    assert held[OWN].answers == {}
    held, (asked,) = put_in(held, "/mine")
    assert not asked.message.text.startswith("👪")
    held, _ = put_in(held, "25")
    assert held[OWN].answers == {"age": ("from_21_to_30",)}
    assert held[FAMILY].answers == {"age": ("from_41_to_50",)}


def test_a_tap_on_an_old_screen_reaches_the_talk_of_that_screen() -> None:
    held = chat("/start", *CONSENT, "/family", *AGREEING)
    held, _ = put_in(held, SHORT_PATH[0], MOTHER[0], "/mine", f"{MARK}{SHORT_PATH[1]}")
    assert len(held[OWN].answers) == 1
    assert len(held[FAMILY].answers) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_says_whose_it_is_and_leads_back_with_one_tap(language: str) -> None:
    held = chat("/start", f"lang:{language}", *CONSENT, "/family")
    head = {"zh": "👪 家里人的这份\n", "en": "👪 Your family member’s\n"}[language]
    after = (
        "/tips",
        "/mydata",
        "/calc",
        "/letters",
        "/calendar",
        "/help",
        "/review",
        "/privacy",
        "/restart",
        "/withdraw",
        f"{MARK}tool:loan",
        "500",
    )
    for data in (*AGREEING, *MOTHER, *after):
        held, out = put_in(held, data)
        for each in out:
            assert each.message.text.startswith(head), data
            assert length(each.message.text) <= MOST + len(head)
            crossing = [d for d in data_of(each.message) if not d.startswith(MARK)]
            assert all(d.partition(":")[0] in VERBS for d in crossing)
        last = data_of(out[-1].message)
        assert "mine:start" in last or "mine:mydata" in last, data
    assert held[OWN].answers == {}


def test_danger_comes_first_in_either_talk_and_nothing_stands_before_it() -> None:
    held = chat(*BOTH)
    for before in ("/mine", "/family"):
        there, _ = put_in(held, before)
        after, out = put_in(there, "我不想活了")
        assert after == there
        assert not out[0].message.text.startswith("👪")
        assert "120" in out[0].message.text or "12356" in out[0].message.text


def test_it_begins_in_the_language_and_script_of_the_workers_own() -> None:
    held = chat("/start", "lang:hant", "/family")
    assert (held[FAMILY].language, held[FAMILY].traditional) == ("zh", True)
    assert chat("/start", "lang:en", "/family")[FAMILY].language == "en"


def test_the_result_and_the_menu_lead_to_it() -> None:
    held, (shown,) = put_in(chat("/start", *CONSENT, *SHORT_PATH), "/result")
    assert "family:start" in data_of(shown.message)
    assert "family" in {command.id for command in KNOWLEDGE.commands.listed()}
    held, (asked,) = put_in(held, "family:start")
    assert f"{MARK}go:agree" in data_of(asked.message)
    assert asked.edits is None
    _, (back,) = put_in(held, "mine:start")
    assert back.edits is None
    assert "您自己的结果" in back.message.text


# --- no way of mixing ----------------------------------------------------------------------------------

WORDS = ("45", "上海", "没有", "送外卖", "不知道", "跳过", "/back", "/review")
ACTS = st.one_of(
    st.sampled_from(SHORT_PATH), st.sampled_from(WORDS), st.sampled_from(("go:restart", "go:review"))
)
STEPS = st.lists(st.tuples(st.sampled_from(("own", "family")), ACTS), max_size=40)


def said_alone(seat: Seat, acts: Iterable[str]) -> Conversation:
    """What one talk becomes when nobody speaks in the other."""
    begun = ("/start", *CONSENT) if seat == "own" else ("/family", *AGREEING)
    marked = [f"{MARK}{data}" if seat == "family" and ":" in data else data for data in acts]
    return chat(*begun, *marked)[OWN.at(seat)]


@given(steps=STEPS)
def test_in_any_order_of_taps_and_words_each_talk_is_as_it_would_be_alone(
    steps: list[tuple[Seat, str]],
) -> None:
    held = chat("/start", *CONSENT, "/family", *AGREEING)
    for seat, data in steps:
        if ":" in data:  # a button of that talk, wherever it stands in the chat
            held, _ = put_in(held, f"{MARK}{data}" if seat == "family" else data)
        else:
            turning = "/family" if seat == "family" else "/mine"
            held, _ = put_in(held, turning, data)
    both: tuple[Seat, ...] = ("own", "family")
    for seat in both:
        alone = said_alone(seat, [data for whose, data in steps if whose == seat])
        assert held[OWN.at(seat)].answers == alone.answers
        assert held[OWN.at(seat)].marks == alone.marks


@given(steps=STEPS, cut=st.integers(0, 40))
def test_turns_that_share_a_transaction_belong_to_the_same_talks(
    steps: list[tuple[Seat, str]], cut: int
) -> None:
    """Cut anywhere into two transactions, with the first one delivered again in the second."""
    flat = [
        data
        for seat, data in steps
        for data in (
            (f"{MARK}{data}" if seat == "family" else data,)
            if ":" in data
            else ("/family" if seat == "family" else "/mine", data)
        )
    ]
    came = [Inbound(number, OWN, incoming(data)) for number, data in enumerate(flat)]
    begun = chat("/start", *CONSENT, "/family", *AGREEING)
    first = turned(came[:cut], begun)
    held = {chat: talk for chat, talk in {**begun, **first.conversations}.items() if talk is not None}
    second = turned(came, held, seen=frozenset(first.handled))
    kept = {chat: talk for chat, talk in {**held, **second.conversations}.items() if talk is not None}
    one_by_one, _ = put_in(begun, *flat)
    assert kept == one_by_one


def test_a_talk_can_be_neither_taken_nor_kept_at_the_address_of_the_other() -> None:
    held = chat(*BOTH)
    swapped = {OWN: held[FAMILY], FAMILY: held[OWN]}
    for data in ("/tips", f"{MARK}go:tips"):
        (failure,) = turned([Inbound(1, OWN, incoming(data))], swapped).events.failures
        assert isinstance(failure, OtherSeat)
    person = KEYRING.pseudonym(OWN.name)
    with pytest.raises(OtherSeat):
        seal(OWN, held[FAMILY], person, KEYRING.new_key(person)[1])


def test_a_release_that_knows_no_second_talk_takes_no_word_for_an_answer() -> None:
    """It finds a tool open that it doesn't have, and closes it."""

    own = chat("/start", *CONSENT, "/family")[OWN]
    assert own.tool == FLOOR
    step = rules().step(own, Typed("45"), "zh", NOON)
    assert step.talk == replace(own, tool=None)
    for data in (f"{MARK}{SHORT_PATH[0]}", "family:start", "mine:start"):
        assert (step := rules().step(own, Tap(data), "zh", NOON)).talk is not None
        assert step.talk.answers == own.answers


@pytest.mark.parametrize(
    "address", [at(7), at(-5), Address("toy", "o6_bm-jr:PT"), Address("toy", "7"), Address("toy", "family+7")]
)
def test_an_address_has_one_name_in_each_seat_and_keeps_the_one_of_1_0_0(address: Address) -> None:
    names = {address.at("own").name, address.at("family").name}
    assert len(names) == 2
    assert {Address.named(name) for name in names} == {address, address.at("family")}
    message = Outbound(address.at("family"), Message("x"))
    assert loaded(dumped(message)).chat == address, "a release that knows no second talk can send it"


# --- rights --------------------------------------------------------------------------------------------


def test_what_is_kept_is_shown_for_each_and_tells_of_the_other() -> None:
    held = chat(*BOTH)
    for turning, other in (("/mine", "family:mydata"), ("/family", "mine:mydata")):
        there, _ = put_in(held, turning)
        _, (shown,) = put_in(there, "/mydata")
        assert other in data_of(shown.message)
        assert "另一份单独存着" in shown.message.text
        _, (crossed,) = put_in(there, other)
        assert crossed.message.text.startswith("👪") == (turning == "/mine")
    for seat, data in (("own", "go:data_file"), ("family", f"{MARK}go:data_file")):
        _, (file,) = put_in(held, data)
        assert isinstance(file.message.attachment, File)
        assert json.loads(file.message.attachment.content)["seat"] == seat
        answers = json.loads(file.message.attachment.content)["answers"]
        assert len(answers) == len(held[FAMILY if seat == "family" else OWN].answers)


@pytest.mark.parametrize("seat", ["own", "family"])
def test_one_is_deleted_and_the_other_stays_as_it_is(seat: Seat) -> None:
    held = chat(*BOTH, "/mine" if seat == "own" else "/family")
    _, (asked,) = put_in(held, "/delete")
    mark = "" if seat == "own" else MARK
    assert data_of(asked.message)[:2] == [f"{mark}go:forget", f"{mark}go:continue"]
    assert f"{mark}go:forget_both" in data_of(asked.message)
    assert "不动" not in asked.message.text, "two of its buttons reach the other talk"
    after, (said,) = put_in(held, f"{mark}go:forget")
    other: Seat = "family" if seat == "own" else "own"
    assert set(after) == {OWN.at(other)}
    assert replace(after[OWN.at(other)], tool=None) == replace(held[OWN.at(other)], tool=None)
    assert "现在这里是您自己的" in said.message.text, "whose talk typed words go to from now on"
    assert {"own": "您自己的已全部删除", "family": "家里人的已全部删除"}[seat] in said.message.text
    assert ("family:delete" in data_of(said.message)) == (seat == "own")


@pytest.mark.parametrize("screen", ["go:forget_both", f"{MARK}go:forget_both"])
def test_both_are_deleted_after_one_more_question_that_names_both(screen: str) -> None:
    held = chat(*BOTH)
    asking, (asked,) = put_in(held, screen)
    assert {chat: talk.answers for chat, talk in asking.items()} == {
        chat: talk.answers for chat, talk in held.items()
    }
    mark = MARK if screen.startswith(MARK) else ""
    assert data_of(asked.message)[:2] == [f"{mark}go:forget_both_sure", f"{mark}go:continue"]
    after, (said,) = put_in(asking, f"{mark}go:forget_both_sure")
    assert after == {}
    for told in (asked, said):
        assert "您自己的" in told.message.text
        assert "家里人的" in told.message.text
    assert "还在" not in said.message.text
    again, (same,) = put_in(after, f"{mark}go:forget_both_sure")
    assert again == {}
    assert same.message.text == said.message.text


def test_both_again_after_one_is_gone_names_the_one_that_is_left() -> None:
    held, _ = put_in(chat(*BOTH), f"{MARK}go:forget")
    same, (asked,) = put_in(held, "go:forget_both")
    assert same[OWN].answers == held[OWN].answers
    assert "家里人" not in asked.message.text
    after, (nothing,) = put_in({}, "go:forget_both")
    assert after == {}
    assert "没有您自己的任何回答" in nothing.message.text


def test_after_the_others_end_a_deletion_of_the_workers_own_says_that_it_is_their_own() -> None:
    held, _ = put_in(chat(*BOTH), f"{MARK}go:forget")
    _, (asked,) = put_in(held, "/delete")
    assert "您自己的" in asked.message.text
    english, _ = put_in(held, "lang:en")
    assert "your own" in put_in(english, "/delete")[1][0].message.text


def test_coming_back_to_the_workers_own_is_said_in_the_first_line_once() -> None:
    held = chat(*BOTH)
    for turning in ("/mine", "mine:start", "mine:mydata", SHORT_PATH[0], "go:tips"):
        there, (first, *_) = put_in(held, turning)
        assert first.message.text.startswith("👤 现在是您自己的\n"), turning
        _, (next_, *_) = put_in(there, "/tips")
        assert "👤" not in next_.message.text
    gone, _ = put_in(held, f"{MARK}go:forget")
    _, (first, *_) = put_in(gone, "mine:start")
    assert first.message.text.startswith("👤"), "an old button of the talk that is gone"
    _, (alarm, *_) = put_in(held, "/mine", "我不想活了")
    assert "👤" not in alarm.message.text
    english, _ = put_in(held, "/mine", "lang:en", "/family")
    assert put_in(english, "/mine")[1][0].message.text.startswith("👤 This is your own talk\n")


def test_the_end_of_one_gives_typed_words_back_to_the_other() -> None:
    held = chat("/start", *CONSENT, "/family", *AGREEING, f"{MARK}go:forget", "25")
    assert held == {OWN: held[OWN]}
    assert held[OWN].answers == {"age": ("from_21_to_30",)}


def test_nothing_of_either_talk_is_told_where_the_chat_has_one() -> None:
    _, (asked,) = put_in(chat("/start", *CONSENT), "/delete")
    assert data_of(asked.message) == ["go:forget", "go:continue"]
    assert "家里人" not in asked.message.text
    assert "👤" not in asked.message.text
    after, (said,) = put_in(chat("/family"), f"{MARK}go:forget", "go:forget", "/delete")
    assert after == {}
    assert "家里人" not in said.message.text


@pytest.mark.parametrize(
    "data",
    [
        "/delete",
        "go:forget_both",
        f"{MARK}go:forget_both_sure",
        f"{MARK}go:forget",
        "family:delete",
        "mine:delete",
    ],
)
def test_the_way_to_each_deletion_stays_open_in_any_flood(data: str) -> None:
    floods = InboundRate(rate=1, burst=2, monotonic=lambda: 0.0)
    for number in range(9):
        floods.admitted(Inbound(number, OWN, Typed("x")))
    assert floods.admitted(Inbound(10, OWN, incoming(data))) is not None
    assert TO_DELETION


# --- the store -----------------------------------------------------------------------------------------


async def take(store: Store, inputs: Sequence[str], begin: int = 0) -> None:
    for number, data in enumerate(inputs, begin):
        await store.take(Inbound(number, OWN, incoming(data)))


async def rows_of(database: Database) -> dict[bytes, Any]:
    found = await database.read(lambda connection: connection.execute(sa.select(conversations)).all())
    return {row.person: row for row in found}


async def test_each_talk_has_a_row_a_key_and_a_pseudonym_and_the_dead_one_leaves_a_stone(
    database: Database,
) -> None:
    store = Store(database, KEYRING, settling_today(), clock=NOON.timestamp)
    await take(store, BOTH)
    rows = await rows_of(database)
    assert set(rows) == {KEYRING.pseudonym(OWN.name), KEYRING.pseudonym(FAMILY.name)}
    assert len({row.key for row in rows.values()}) == 2
    waiting = await database.read(lambda connection: set(connection.scalars(sa.select(outbox.c.person))))
    assert waiting == set(rows)
    await take(store, [f"{MARK}go:forget"], 100)
    assert set(await rows_of(database)) == {KEYRING.pseudonym(OWN.name)}
    assert await store.conversation(FAMILY) is None
    own = await store.conversation(OWN)
    assert own is not None
    assert own.answers == chat(*BOTH)[OWN].answers
    await take(store, ["/family", "go:forget_both_sure", "go:forget_both_sure"], 101)
    assert await rows_of(database) == {}


async def test_both_deletions_share_a_transaction_and_an_update_that_comes_again_deletes_nothing_new(
    database: Database,
) -> None:
    store = Store(database, KEYRING, settling_today(), clock=NOON.timestamp)
    await take(store, [*BOTH, "go:forget_both_sure"])
    await take(store, ["/family", *AGREEING], 200)
    await store.take(Inbound(len(BOTH), OWN, Tap("go:forget_both_sure")))  # the same update as before
    kept = await store.conversation(FAMILY)
    assert kept is not None
    assert kept.consent == ("relative", "answers", "abroad")


async def test_a_reminder_wakes_the_talk_that_it_was_set_in_and_says_whose_it_is(database: Database) -> None:
    store = Store(database, KEYRING, settling_today(), clock=NOON.timestamp)
    await take(store, [*BOTH, f"{MARK}remind:survey:hour", "/mine"])
    own = await store.conversation(OWN)
    assert own is not None
    assert own.reminders == ()
    for letter in await store.outbox.waiting():
        await store.sent(letter)
    later = Store(database, KEYRING, settling_today(), clock=lambda: NOON.timestamp() + 3601)
    family = await store.conversation(FAMILY)
    assert family is not None
    assert family.reminders == (Reminder("survey", int(NOON.timestamp()) + 3600),)
    settled = turned([Inbound(None, FAMILY, Wake())], {OWN: own, FAMILY: family}, NOON + timedelta(hours=2))
    (told,) = settled.outgoing
    assert told.message.text.startswith("👪 家里人的这份")
    assert all(data.startswith((MARK, "mine:")) for data in data_of(told.message))
    assert OWN not in settled.conversations, "what comes by itself changes nothing of where typed words go"
    assert await Waking(later).wake() in (0, 1)


async def test_what_is_known_of_a_family_member_is_in_no_export_and_counted_nowhere(
    database: Database,
) -> None:
    store = Store(database, KEYRING, settling_today(), clock=NOON.timestamp)
    await take(store, ["/start", *CONSENT[:2], "+:consent:research", CONSENT[2], *SHORT_PATH[:3]])
    await take(store, ["/family", *AGREEING, *MOTHER], 100)
    office = Office(database, KEYRING, KNOWLEDGE, clock=NOON.timestamp)
    people = [person async for person in office.participants()]
    assert [one.person for one in people] == [KEYRING.pseudonym(OWN.name)]
    settled = turned([Inbound(1, OWN, Tap(MOTHER[0]))], chat("/start", *CONSENT, "/family", *AGREEING))
    assert not settled.events.counts
    assert not settled.events.shown


async def test_the_days_of_the_workers_own_answers_run_from_their_own_last_word(database: Database) -> None:
    now = NOON.timestamp()
    store = Store(database, KEYRING, settling_today(), clock=lambda: now)
    await take(store, ["/start", *CONSENT, *SHORT_PATH])
    (own,) = (await rows_of(database)).values()
    now += 3600
    await take(store, ["/family", *AGREEING], 100)
    after = (await rows_of(database))[own.person]
    assert after.expires_at == own.expires_at


async def test_who_blocked_us_and_writes_again_is_reminded_in_both_talks_and_keeps_their_days(
    database: Database,
) -> None:
    store = Store(database, KEYRING, settling_today(), clock=NOON.timestamp)
    await take(store, ["/start", *CONSENT, *SHORT_PATH, "/family", *AGREEING])
    before = await rows_of(database)
    await database.run(lambda connection: connection.execute(sa.update(conversations).values(blocked=True)))
    await take(store, ["/mine", "/help"], 100)
    after = await rows_of(database)
    assert not any(row.blocked for row in after.values())
    assert {id: row.expires_at for id, row in after.items()} == {
        id: row.expires_at for id, row in before.items()
    }


async def test_canaries_of_both_talks_are_in_no_file_after_the_deletion(
    database: Database, tmp_path: Any, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(database, KEYRING, settling_today(), clock=NOON.timestamp)
    typed = ("canary7391 own", "/family", *AGREEING, "canary7392 family", "/mine", "canary7393")
    await take(store, ["/start", *CONSENT, *typed, "go:forget_both_sure"])
    for letter in await store.outbox.waiting():
        await store.sent(letter)
    await store.deletion.tidy()
    names = [KEYRING.pseudonym(chat.name) for chat in (OWN, FAMILY)]
    assert traces(tmp_path, [b"canary739", *names]) == []
    assert "canary739" not in caplog.text


# --- words ---------------------------------------------------------------------------------------------

WAYS = (
    "帮我妈问",
    "我是替我妈问的",
    "我想帮我妈也算一下",
    "换成我妈的",
    "给我爸填",
    "給我媽填",
    "I want to ask for my mother",
    "Can I do it for my parents too?",
)
CONTENT = (
    "帮我妈还钱",
    "给我妈交社保",
    "帮我妈算养老金",
    "我妈怎么办",
    "what can I do for my mother",
    "help my mother",
)
STATES = {
    "nothing": (),
    "consent": ("/start",),
    "question": ("/start", *CONSENT, *SHORT_PATH[:2]),
    "tool": ("/start", *CONSENT, *SHORT_PATH, "tool:loan"),
    "result": ("/start", *CONSENT, *SHORT_PATH),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("said", [*WAYS, "/ask 帮我妈问"])
def test_who_types_that_they_ask_for_a_relative_is_shown_the_way(state: str, said: str) -> None:
    held = chat(*STATES[state])
    after, (told,) = put_in(held, said)
    assert after == held or said.startswith("/"), "a command closes a tool"
    assert "/family" in told.message.text
    assert "family:start" in data_of(told.message)


@pytest.mark.parametrize("said", CONTENT)
def test_a_question_about_a_relative_is_no_wish_to_answer_for_them(said: str) -> None:
    assert not for_relative(said, KNOWLEDGE.vocabulary)


def test_in_the_relatives_own_talk_the_wish_needs_no_way() -> None:
    held, (told,) = put_in(chat(*BOTH), "帮我妈问")
    assert "现在就是家里人的这份" in told.message.text
    assert "mine:start" in data_of(told.message)
    assert held[FAMILY].answers == chat(*BOTH)[FAMILY].answers


@pytest.mark.parametrize(
    "said", ["回到我自己的", "‹ 回到我自己的", "我自己的", "看我自己的", "回到我自己的。", "Back to my own"]
)
def test_the_words_of_the_button_turn_back_as_the_button_does(said: str) -> None:
    held, (back, *_) = put_in(chat(*BOTH), said)
    assert back.message.text.startswith("👤")
    assert held[OWN].tool is None
    _, (there, *_) = put_in(held, "👪 家里人的这份")
    assert there.message.text.startswith("👪")


async def test_the_words_of_the_button_turn_back_by_every_channel(database: Database) -> None:
    store = Store(database, KEYRING, settling_today(), clock=NOON.timestamp)
    await take(store, BOTH)
    intake = Intake(store, Metrics(), meant=lambda came: meant(came, KNOWLEDGE.vocabulary))
    await intake.take(Inbound(200, OWN, Typed("回到我自己的")))
    own = await store.conversation(OWN)
    assert own is not None
    assert own.tool is None


def test_a_question_about_a_relative_keeps_its_answer_and_has_the_way_beside_it() -> None:
    asked = "我妈54岁做保洁只交了新农合，她该怎么办"
    _, (told,) = put_in(chat(*STATES["result"]), asked)
    assert any(data.startswith("open:") for data in data_of(told.message))
    assert "family:start" in data_of(told.message)
    _, (of_oneself,) = put_in(chat(*STATES["result"]), "医保断了怎么办")
    assert "family:start" not in data_of(of_oneself.message)
    _, (there,) = put_in(chat(*BOTH[:-3], *MOTHER), asked)
    assert "family:start" not in data_of(there.message)


def test_an_emergency_of_a_relative_comes_before_the_way() -> None:
    for said in ("我妈喝农药了", "my mother took pills", "帮我妈问，她喝农药了"):
        _, (alarm, *_) = put_in(chat(*STATES["question"]), said)
        assert "120" in alarm.message.text
        assert "family:start" not in data_of(alarm.message)
    assert not only_asks("I want to do it for my family", KNOWLEDGE.vocabulary), "whatever that may be"


@pytest.mark.parametrize("language", ["zh", "hant", "en"])
def test_the_first_page_says_that_it_can_be_done_for_a_relative(language: str) -> None:
    _, (first,) = put_in({}, "/start", f"lang:{language}")
    assert "/family" in first.message.text
    assert length(first.message.text) <= MOST


@pytest.mark.parametrize("look", ["normal", "simple"])
@pytest.mark.parametrize("script", ["zh", "hant"])
def test_in_the_relatives_talk_nothing_of_two_people_is_called_yours(look: str, script: str) -> None:
    held = chat(
        "/start", f"lang:{script}", f"mode:{look}", *CONSENT, *SHORT_PATH, "/family", *AGREEING, *MOTHER
    )
    wrong = {
        "/mydata": ("您的同意", "您的回答", "您的回答"),
        "/result": ("您的结果", "您的結果", "别人看不到"),
        "/restart": ("清空回答",),
        "/withdraw": ("只撤回“研究”", "只撤回「研究」"),
        f"{MARK}remind:survey": ("提醒您",),
        f"{MARK}go:withdraw_research": ("不再用于研究", "不再用於研究"),
    }
    for data, words in wrong.items():
        _, (told, *_) = put_in(held, data)
        assert told.message.text.startswith("👪"), data
        assert not any(word in told.message.text for word in words), told.message.text
    _, (withdrawing,) = put_in(held, "/withdraw")
    assert f"{MARK}go:withdraw_research" not in data_of(withdrawing.message)


def test_no_button_leads_away_between_the_last_answer_and_the_result() -> None:
    _, (done, result) = put_in(chat("/start", *CONSENT, "/family", *AGREEING, *MOTHER[:-1]), MOTHER[-1])
    assert "答完了" in done.message.text
    assert data_of(done.message) == []
    assert "mine:start" in data_of(result.message)


@pytest.mark.parametrize("seat", ["own", "family"])
def test_the_reminders_of_one_talk_tell_of_those_of_the_other(seat: Seat) -> None:
    held = chat("/start", *CONSENT, *SHORT_PATH, "/family", *AGREEING, *MOTHER)
    mark, turning = ("", "/family") if seat == "own" else (MARK, "/mine")
    held, _ = put_in(held, f"{mark}remind:survey:hour", turning)
    _, (told,) = put_in(held, "/remind")
    assert f"{seat}:remind".replace("own", "mine") in data_of(told.message)
    assert "还有1个提醒" in told.message.text
    _, (listed,) = put_in(held, f"{seat}:remind".replace("own", "mine"))
    assert f"{mark}remind:survey:stop" in data_of(listed.message)
    assert "还有" not in listed.message.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_consent_says_whom_it_is_about_and_that_they_have_to_want_it(language: str) -> None:
    talk = Conversation(QUESTIONNAIRE.version, language, seat="family")  # type: ignore[arg-type]

    (asked,) = presenter().for_family.render(AskConsent(), talk, talk.language, NOON.date())
    for purpose in KNOWLEDGE.consent.family:
        assert purpose.in_(talk.language) in asked.text
    assert length(asked.text) <= MOST
