"""What seldom happens, in a talk and at the edge: each once."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from bot.channels.telegram.updates import inbound_of, read_update
from bot.content import templates
from bot.content.parameters import Parameters
from bot.content.templates import Wording
from bot.dialogue.conversation import Command, Conversation, Wake
from bot.dialogue.reading import Match
from bot.dialogue.reading.numerals import english
from bot.dialogue.reading.scale import of
from bot.dialogue.reminders import Reminder
from bot.dialogue.replies import Answer, MyData, Say
from bot.dialogue.retrieval import Asker
from bot.ops.metrics import Metrics
from bot.render import Message, Presenter, script
from bot.storage import outbox
from bot.storage.database import Database
from bot.storage.group_commit import GroupCommit
from bot.storage.outbox import Queued
from bot.storage.unit_of_work import Store
from bot.turns.contract import Inbound
from tests.chats import at
from tests.checkout import KNOWLEDGE
from tests.databases import Beside, sync
from tests.questionnaires import option
from tests.questionnaires import question as question_of
from tests.steps import AGREED, asked, talk
from tests.talks import KEYRING, NOON, presenter, settling_today, turned
from tests.test_webhook import tapped
from tests.typed import VOCABULARY, read

ON = date(2026, 11, 23)


def test_a_reopened_question_that_applies_no_more_gives_way_to_the_next() -> None:
    assert asked(talk(Command("start"), start=replace(AGREED, reopened="gone"))[1]) == "age"


def test_the_converter_to_traditional_script_is_made_when_it_is_first_wanted() -> None:
    script._converter.cache_clear()
    assert script.traditional(Message("体检")).text == "體檢"


@pytest.mark.parametrize(("command", "question"), [("skip", "work"), ("back", "age")])
def test_back_and_skip_work_as_commands_too(command: str, question: str) -> None:
    state, _ = talk("a:age:adult", start=AGREED)
    _, replies = talk(Command(command), start=state)
    assert asked(replies) == question


def test_why_works_as_a_command_and_changes_nothing() -> None:
    state, replies = talk(Command("why"), start=AGREED)
    assert state == AGREED
    assert replies != talk(Command("nonsense"), start=AGREED)[1]


@pytest.mark.parametrize("data", ["go:continue", "go:result", "go:agree"])
def test_a_button_of_another_screen_leads_back_to_the_open_question(data: str) -> None:
    state, replies = talk(data, start=AGREED)
    assert state == AGREED
    assert asked(replies) == "age"


def test_the_privacy_text_is_a_button_too() -> None:
    assert talk("go:privacy", start=AGREED) == (AGREED, (Say("privacy"),))


@pytest.mark.parametrize("data", ["done:kinds", "skip:debt", "keep:work"])
def test_a_double_tap_on_the_last_step_hears_that_it_is_done(data: str) -> None:
    finished, _ = talk("a:age:adult", "a:debt:none", "a:work:driver", start=AGREED)
    state, replies = talk(data, start=finished)
    assert state == finished
    assert replies == (Say("done", replaces=True),)


def test_who_is_woken_with_nothing_kept_hears_nothing() -> None:
    settled = turned([Inbound(None, at(7), Wake())])
    assert (settled.outgoing, settled.conversations, settled.handled) == ([], {}, [])


class Mute(Presenter):
    """A presenter with a bug in every reply."""

    def render(self, *_: Any) -> Any:
        raise RuntimeError("mute")


def test_a_reminder_that_meets_a_bug_disturbs_nobody() -> None:
    due = Reminder("survey", int(NOON.timestamp()) - 60)
    held = Conversation("1", consent=("answers",), consent_version="1", reminders=(due,))
    settled = turned([Inbound(None, at(7), Wake())], {at(7): held}, voice=Mute(KNOWLEDGE))
    assert [type(error) for error in settled.events.failures] == [RuntimeError]
    assert (settled.outgoing, settled.conversations) == ([], {})


def test_what_was_ticked_can_be_unticked() -> None:
    state, _ = talk("a:age:adult", "a:debt:some", "+:kinds:car", "+:kinds:home", start=AGREED)
    state, _ = talk("-:kinds:car", start=state)
    assert state is not None
    assert state.ticks == ("home",)


def test_of_whom_nothing_is_kept_there_are_no_data_to_show() -> None:
    (told,) = presenter().render(MyData(), None, "zh", ON)
    assert "没有您自己的任何回答" in told.text
    assert told.attachment is None


def test_an_empty_question_is_asked_back_with_the_way_to_all_advice() -> None:
    (told,) = presenter().render(Answer("  "), None, "zh", ON)
    assert [button.data for row in told.buttons for button in row] == ["go:tips"]


def test_a_question_that_only_a_hotline_answers_gets_its_number() -> None:
    (told,) = presenter().render(Answer("胸口疼喘不上气"), None, "zh", ON)
    assert "120" in told.text


def test_without_synonyms_a_question_finds_the_words_that_it_has() -> None:
    asker = Asker({"join": ("how do I join",), "debt": ("what do I owe",)}, VOCABULARY)
    assert next(id for id, _ in asker.ranked("may I join?")) == "join"


def test_a_deadline_is_known_on_the_days_that_its_figure_covers() -> None:
    knowledge = presenter().knowledge
    dated = [piece.id for piece in knowledge.advice if piece.deadline]
    assert dated
    assert any(knowledge.deadline(id, ON) for id in dated)
    assert all(knowledge.deadline(id, date(2020, 1, 1)) is None for id in dated)


def test_figures_are_known_by_their_ids() -> None:
    parameters = presenter().knowledge.parameters
    assert {parameter.id for parameter in parameters} == set(parameters.by_id)
    assert "hotline.medical" in parameters
    assert "hotline.nobody" not in parameters


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("one hundred and five", "105"),
        ("a thousand", "a 1000"),
        ("5thousand", "5000"),
        ("2.5 thousand", "2500"),
        ("half a million", "500000"),
        ("twenty-five", "25"),
        ("half", "0.5"),
        ("two thousand three hundred", "2300"),
    ],
)
def test_english_numerals_become_digits(words: str, digits: str) -> None:
    assert english(words) == digits


def test_an_option_without_an_amount_stands_outside_the_scale_and_beyond_it_there_is_nothing() -> None:
    asked_for = question_of(
        "years", option("few", zh="3年以下", up_to=3), option("more", zh="10年以下", up_to=10),
        option("unsure", zh="说不清", exclusive=True),
    )  # fmt: skip
    scale = of(asked_for)
    assert [band.id for band in scale.bands] == ["few", "more"]
    assert scale.between(11) is False
    assert not isinstance(read("11年", asked_for), Match)


def test_worded_blocks_are_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "MANY", 1)
    text = "{% block a %}1{% endblock %}{% block b %}2{% endblock %}{% block c %}3{% endblock %}"
    worded = Wording({"zh": {"a.j2": text}, "en": {"a.j2": text}}, Parameters({}))
    for _ in range(2):
        assert [worded.block("zh", "a.j2", name, ON) for name in "abc"] == ["1", "2", "3"]
    assert len(worded._worded) <= 2


def test_a_tap_in_a_group_is_nobody_s_turn() -> None:
    raw: dict[str, Any] = tapped(1, "go:forget")
    raw["callback_query"]["message"]["chat"] = {"id": -5, "type": "group"}
    assert inbound_of(read_update(raw)) is None


async def test_the_outbox_is_looked_at_once_however_often_the_counts_are_asked() -> None:
    looked = 0

    async def backlog() -> tuple[int, float]:
        nonlocal looked
        looked += 1
        return 3, 4.0

    async def overdue() -> float:
        return 5.0

    metrics = Metrics()
    pages = [await metrics.page(backlog, overdue) for _ in range(3)]
    assert looked == 1
    assert all(
        b"gigguide_outbox_messages 3.0" in page and b"gigguide_reminders_oldest_seconds 5.0" in page
        for page in pages
    )


async def test_a_turn_cut_off_at_its_commit_comes_again_and_its_letters_wait_for_the_next_look(
    database: Database,
) -> None:
    """It may have been written: so nothing is sent before the outbox was looked at."""
    store, cut = Store(database, KEYRING, settling_today()), [True]

    def cut_off(connection: sa.Connection) -> None:
        if cut and cut.pop():
            raise OperationalError("", {}, OSError("gone"))

    await store.outbox.lease.renew()
    sa.event.listen(sync(database), "commit", cut_off)
    with pytest.raises(OperationalError):
        await store.take(Inbound(1, at(7), Command("start")))
    assert await store.take(Inbound(1, at(7), Command("start")))
    assert [letter.holder for letter in await store.outbox.waiting()] == [b""]
    found: list[Queued] = []
    store.on_commit.append(lambda effect: found.extend(effect.messages))
    await store.claim(inherited=False)
    assert [letter.holder for letter in found] == [store.outbox.lease.name]
    await store.claim()
    assert len(found) == 1


async def test_what_a_cut_off_commit_left_is_found_behind_the_letters_of_many_others(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "AT_ONCE", 2)
    other, store = Store(database, KEYRING, settling_today()), Store(database, KEYRING, settling_today())
    for chat in range(1, 6):
        await other.take(Inbound(chat, at(chat), Command("start")))  # held by nobody

    class CutOff(Beside):
        async def within(self, *args: Any, **kwargs: Any) -> Any:
            await super().within(*args, **kwargs)
            raise OperationalError("", {}, OSError("gone"))

    await store.outbox.lease.renew()
    store.database = CutOff(database)
    with pytest.raises(OperationalError):
        await store.take(Inbound(7, at(7), Command("start")))
    store.database = database
    found: set[int] = set()
    store.on_commit.append(
        lambda effect: found.update(int(letter.outgoing.chat.id) for letter in effect.messages)
    )
    for _ in range(6):
        await store.claim(inherited=False)
        for letter in await store.outbox.waiting():
            if int(letter.outgoing.chat.id) in found:
                await store.sent(letter)
    assert found == {1, 2, 3, 4, 5, 7}


async def test_who_holds_nothing_claims_nothing_and_gives_nothing_back(database: Database) -> None:
    store = Store(database, KEYRING, settling_today())
    await store.take(Inbound(1, at(7), Command("start")))
    await store.outbox.lease.release()
    await store.claim()
    assert [letter.holder for letter in await store.outbox.waiting()] == [b""]


async def test_when_the_work_is_called_off_so_is_the_waiting() -> None:
    begun = asyncio.Event()

    async def work(jobs: Sequence[int]) -> list[int | Exception]:
        begun.set()
        await asyncio.Event().wait()
        return []

    gathering: GroupCommit[int, int] = GroupCommit(work, 2)
    waiting = [asyncio.create_task(gathering.put(n)) for n in range(2)]
    await begun.wait()
    assert gathering._task is not None
    gathering._task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.gather(*waiting)
    assert all(task.cancelled() for task in waiting)


async def test_who_waits_no_longer_holds_up_nobody() -> None:
    going = asyncio.Event()

    async def work(jobs: Sequence[int]) -> list[int | Exception]:
        await going.wait()
        return [job * 10 for job in jobs]

    gathering: GroupCommit[int, int] = GroupCommit(work, 2)
    left, stays = (asyncio.create_task(gathering.put(n)) for n in (1, 2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    left.cancel()
    going.set()
    assert await stays == 20
