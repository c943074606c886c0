"""Every button pressed in state after state: only what it is for changes, and every press is answered."""

import random
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from statistics import median
from zlib import crc32

import pytest

from bot.content.questionnaire import Answers
from bot.content.templates import MOST
from bot.demo.double.entities import read_html, units
from bot.dialogue.calendar import kept_on
from bot.dialogue.conversation import Conversation, Tap
from bot.render import Message
from tests.answer_sets import answer_set
from tests.lengths import tries
from tests.paths import taps, taps_of
from tests.talks import CONSENT, NOON, RIDER, SHORT_PATH, presenter, rules, up_to
from tests.test_personas import FILES, read
from tests.test_rights import data_of, said

QUESTIONNAIRE = presenter().knowledge.questionnaire
SURVEY = rules().survey
# Of a calendar's days and of the marks on a card's later pages, which are alike, those of these are pressed.
ALIKE = re.compile(r"remind:\w+:\d{4}-|mark:\w+:\w+:\d")
PRESSED = ("remind:emergency_fund:", "remind:survey:", "mark:women_maternity:")
AGREED = ("/start", *CONSENT)
DONE = (*AGREED, *SHORT_PATH)
WITH_RESEARCH = ("/start", *CONSENT[:2], "+:consent:research", CONSENT[2], *SHORT_PATH, "go:research")
COMMANDS = [command.id for command in presenter().knowledge.commands.commands]
# Buttons of these kinds are few and lead everywhere, so that each is pressed in every state each time.
LEADING = ("go", "lang", "mode", "theme", "done", "back", "keep", "skip", "calendar", "a:province")

# --- the states: how the talk stood when the button was pressed --------------------------------------


def taps_for(answers: Answers, consent: tuple[str, ...] = CONSENT) -> tuple[str, ...]:
    """Return the fewest taps that give these answers: start, consent, and every question in its turn."""
    given = (taps_of(QUESTIONNAIRE.by_id[id], answer) for id, answer in answers.items())
    return ("/start", *consent, *(tap for taps in given for tap in taps))


def histories() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return how each state comes about: its name, and what was tapped or said until then."""
    yield "nothing kept", ()
    yield "asked for consent", ("/start",)
    yield "consent ticked", ("/start", *CONSENT[:2])
    owner = read(next(path for path in FILES if path.stem == "truck_owner_in_debt"))
    for number, data in enumerate(taps_for(owner.said)[4:], 4):
        yield f"before {data}", taps_for(owner.said)[:number]
    yield "asked back", (*AGREED, *up_to("province"), "深圳")
    yield "missed twice", (*AGREED, *up_to("province"), "阿巴阿巴", "巴拉巴拉")
    yield "paused", (*AGREED, *up_to("income_stability"), "/cancel")
    yield "gone back", (*AGREED, *up_to("income_stability"), "back:income_stability")
    yield "result", DONE
    yield "all skipped", (*AGREED, SHORT_PATH[0], *(f"skip:{q.id}" for q in QUESTIONNAIRE.path({})[1:]))
    yield "a minor's result", (*AGREED, *taps(QUESTIONNAIRE, {**RIDER, "age": "from_16_to_17"}))
    yield "answer reopened", (*DONE, "edit:income")
    yield "ticks reopened", (*DONE, "edit:worries", "+:worries:illness")
    owing_nothing = taps(QUESTIONNAIRE, {**RIDER, "debt": "none"})
    yield "edit that asks more", (*AGREED, *owing_nothing, "edit:debt", "a:debt:from_100001")
    yield "asked from the advice", (*DONE, "edit:sex:tips")
    yield "marked", (*DONE, "mark:emergency_fund:done", "mark:credit_dispute:not_for_me")
    yield "reminded and stuck", (*DONE, "remind:emergency_fund:week", "stuck:credit_dispute")
    yield "a tool open", (*DONE, "tool:loan", "10000")
    yield "yearly dates", (*DONE, "calendar:tax:agree", "calendar:bases")
    yield "no score", (*DONE, "go:unscored")
    yield "asked for research", WITH_RESEARCH
    skipped = (*WITH_RESEARCH[:5], SHORT_PATH[0], *(f"skip:{q.id}" for q in QUESTIONNAIRE.path({})[1:]))
    research = [f"skip:{q.id}" for q in QUESTIONNAIRE.questions if q.part == "research"]
    for number, data in enumerate(research):
        yield f"before research {data}", (*skipped, "go:research", *research[:number])
    yield "research withdrawn", (*WITH_RESEARCH, "a:sex:male", "go:withdraw_research")
    yield "Traditional", (*AGREED, *up_to("education"), "lang:hant")
    yield "Traditional and simple", (*DONE, "lang:hant", "mode:simple")
    yield "English and simple", (*DONE, "lang:en", "mode:simple")


@cache
def states() -> dict[str, Conversation | None]:
    held = {name: said(None, *inputs)[0] for name, inputs in histories()}
    result = held["result"]
    assert result is not None
    held["consent outdated"] = replace(result, consent_version="2020-01-01")
    held["only yearly dates"] = kept_on(held["yearly dates"] or result)
    held["questions outdated"] = replace(result, questionnaire="2020-01-01")
    return held


# --- the law: what a button is for ----------------------------------------------------------------------

EDITING = frozenset({"reopened", "then", "ticks", "misses", "guess"})  # where the talk stands
FOR = {  # the fields of the conversation that a button may change from wherever it is pressed
    "go:continue": EDITING,
    "go:result": EDITING,
    "go:tips": EDITING,
    "go:restart": EDITING | {"answers", "before", "research", "marks"},
    "go:research": {"research"},
    "go:withdraw_research": EDITING | {"consent", "answers", "before", "research"},
    "go:unscored": {"unscored"},
    "go:scored": {"unscored"},
    "lang": {"language", "traditional"},
    "mode": {"simple"},
    "theme": EDITING,
    "edit": EDITING,
    "mark": {"marks"},
    "remind": {"reminders"},
    "stuck": {"stuck"},
    "go:withdraw_calendar": {"consent", "calendar"},
    "calendar": {"consent", "calendar"},
    "asked": {"marks", "stuck", "calendar"},
    "tool": {"tool"},
}
OF_A_QUESTION = {"a", "+", "-", "done", "skip", "keep", "back", "why"}


def may_change(talk: Conversation, data: str) -> frozenset[str]:
    """Say which fields this button may change here; everything else has to stay as it is."""
    verb, subject, *_ = (*data.split(":"), "")
    if not rules().agreed(
        talk
    ):  # nothing is kept of a worker who hasn't agreed, but their ticks and language
        asked = {
            "go:agree": {"consent", "consent_version", "ticks"},
            "+:consent": {"ticks"},
            "-:consent": {"ticks"},
        }
        granted = asked.get(f"{verb}:{subject}", set()) | (FOR[verb] if verb in ("lang", "mode") else set())
        if f"{verb}:{subject}" == "tool:check":  # it has the floor, and keeps nothing
            granted |= FOR["tool"]
        objected = {"unscored"} if talk.consent and data in ("go:unscored", "go:scored") else set()
        left = FOR["go:withdraw_research"] if data == "go:withdraw_research" else set()
        yearly = {"calendar"} if verb in ("calendar", "asked") else set()
        if data == "go:withdraw_calendar":
            left = FOR[data]
        return frozenset(granted | objected | left | yearly)
    if verb in OF_A_QUESTION:
        open_one = SURVEY.position(talk)
        if open_one is None or open_one.id != subject:
            return frozenset()
        return EDITING if verb == "why" else EDITING | {"answers", "before"}
    return frozenset(FOR.get(f"{verb}:{subject}", FOR.get(verb, ())))


def ends(talk: Conversation | None, data: str) -> bool:
    """Say whether this button is there to end the talk and forget it."""
    if talk is None or data == "go:forget":
        return True
    if not rules().agreed(talk):
        return data == "go:decline"
    open_one = SURVEY.position(talk)
    return data == "a:age:under_14" and open_one is not None and open_one.id == "age"


def unintended(before: Conversation | None, after: Conversation | None, data: str) -> list[str]:
    """List what a press changed that it is not there to change."""
    if before is None:
        before = Conversation(QUESTIONNAIRE.version) if after is not None else None
    if before is None or after is None:
        return [] if after is before or ends(before, data) else ["everything"]
    before = SURVEY.carried_over(before)
    changed = {
        field.name for field in fields(before) if getattr(before, field.name) != getattr(after, field.name)
    }
    found = changed - may_change(before, data)
    if after.shown_by == presenter().knowledge.version:  # it stands under the result, wherever that is shown
        found -= {"shown_by"}
    found -= {"tool"} if not data.startswith("tool:") else set()  # who turns to something else closes it
    found -= {"pace"}  # what is answered is timed, whatever button answers it
    if "answers" in changed and data.split(":")[0] in OF_A_QUESTION:
        keys = {*before.answers, *after.answers}
        found |= {id for id in keys if before.answers.get(id) != after.answers.get(id)} - {data.split(":")[1]}
    return sorted(found)


@pytest.mark.slow
@pytest.mark.timeout(1200)  # every button in every state, and the machine may be busy
def test_a_button_changes_nothing_but_what_it_is_for_and_every_press_is_answered() -> None:
    waiting = {
        data for talk in states().values() for name in COMMANDS for data in shown(said(talk, f"/{name}"))
    }
    waiting |= {f"open:{piece}" for piece in presenter().knowledge.pieces}
    pressed: set[str] = set()
    read: set[tuple[str, str]] = set()
    wrong: list[tuple[str, str, str]] = []
    while waiting:
        data = waiting.pop()
        pressed.add(data)
        for name, before in states_to_press_in(data):
            step = rules().step(before, Tap(data), "zh", NOON)
            after, replies = step.talk, step.replies
            wrong += [(name, data, field) for field in unintended(before, after, data)]
            if len(replies) not in (1, 2):
                wrong.append((name, data, f"{len(replies)} replies"))
            # The same replies in the same state need no second reading, nor what is alike everywhere.
            alike = data.startswith("pass:") or (
                data.count(":") > 1 and data.startswith(("calc:", "tool:check:"))
            )
            place = ("" if alike else name, repr(replies))
            if (after == before or data.startswith("tool:check:")) and place in read:
                continue
            read.add(place)
            settled, messages = said(before, data)
            wrong += [(name, data, field) for field in unintended(before, settled, data)]
            if len(messages) not in (1, 2) or not all(message.text for message in messages):
                wrong.append((name, data, f"{len(messages)} messages"))
            waiting |= shown((settled, messages)) - pressed
            wrong += [(name, data, "too long") for message in messages if length(message) > MOST]
    assert wrong == []
    asked = {data.split(":")[1] for data in pressed if data.startswith(("a:", "+:"))}
    assert asked == {*QUESTIONNAIRE.by_id, "consent"}, "not every screen was seen"


def states_to_press_in(data: str) -> list[tuple[str, Conversation | None]]:
    """Return the states to press a button in, the same in each run: all, or some if it has many alike."""
    everywhere, some = list(states().items()), tries("states")
    if data.startswith(LEADING) or some >= len(everywhere):
        return everywhere
    start = crc32(data.encode())
    return [everywhere[(start + n * len(everywhere) // some) % len(everywhere)] for n in range(some)]


def length(message: Message) -> int:
    """Count the characters that are read, as Telegram counts them."""
    return units(read_html(message.text).text)


def shown(turn: tuple[Conversation | None, tuple[Message, ...]]) -> set[str]:
    """Return what the buttons send; what is alike for each piece is left out for all but one."""
    seen = {data for message in turn[1] for data in data_of(message)}
    return {data for data in seen if data.startswith(PRESSED) or not ALIKE.match(data)}


# --- how long it takes ------------------------------------------------------------------------------------


def imagined_workers(most: int) -> list[Answers]:
    """Draw workers at random, who tick so many choices at most where several may be ticked."""
    dice = random.Random(22)
    drawn = [answer_set(QUESTIONNAIRE, dice) for _ in range(200)]
    return [{q.id: one[q.id][:most] for q in QUESTIONNAIRE.path(one)} for one in drawn]


@pytest.mark.parametrize("workers", ["personas", "imagined"])
def test_the_result_is_24_taps_away_from_the_start(workers: str) -> None:
    counts = []
    for answers in [read(path).said for path in FILES] if workers == "personas" else imagined_workers(2):
        taps = taps_for({q.id: answers[q.id] for q in QUESTIONNAIRE.path(answers)})
        _, messages = said(None, *taps)
        assert any(data == "go:explain" for data in data_of(messages[-1])), "this is not the result"
        assert length(messages[-1]) <= MOST
        counts.append(len(taps))
    assert median(counts) <= 24


@pytest.mark.parametrize("back", ["/start", "go:continue", "why:province", "你好"])
def test_who_comes_back_has_answered_the_next_question_in_three_taps(back: str) -> None:
    asked = {name.removeprefix("before "): talk for name, talk in states().items() if "before a:" in name}
    assert len(asked) > 8
    for answer, talk in asked.items():
        assert talk is not None
        there, messages = said(talk, back)  # the first tap: start, go on, an old button, or any word
        assert there is not None
        assert there.answers == talk.answers
        assert answer in data_of(messages[-1]), "the open question is not on the screen"
        after, _ = said(there, answer)  # the second
        assert after is not None
        assert after.answers == {**talk.answers, answer.split(":")[1]: (answer.split(":")[2],)}
