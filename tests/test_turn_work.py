"""The work of a turn, in calls of our own functions: a clock would measure the machine as well."""

import sys
from collections import Counter
from types import FrameType

from bot.dialogue.conversation import Command, Conversation, Incoming, Tap
from bot.loading.places import TREE
from bot.turns.contract import Address, Inbound
from bot.turns.turn import settle
from tests.talks import CONSENT, NOON, SHORT_PATH, presenter, rules

CHAT = Address("telegram", "7")
TAP = 76  # calls at most of an answer's turn, on the average of the short path
OURS = f"{TREE}/bot/"


def walked() -> tuple[int, Counter[str]]:
    """Take the short path; return the number of its answers, and of the calls of each function for them."""
    calls: Counter[str] = Counter()
    talk: Conversation | None = None

    def called(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(OURS):
            calls[f"{frame.f_code.co_filename.removeprefix(OURS)} {frame.f_code.co_name}"] += 1

    way: list[Incoming] = [Command("start"), *map(Tap, (*CONSENT, *SHORT_PATH[:-1]))]
    for number, incoming in enumerate(way):
        counted = number > len(CONSENT)
        sys.setprofile(called if counted else None)
        try:
            held = {} if talk is None else {CHAT: talk}
            batch = settle(rules(), presenter(), [Inbound(number, CHAT, incoming)], held, frozenset(), NOON)
        finally:
            sys.setprofile(None)
        talk = batch.conversations[CHAT]
    return len(SHORT_PATH) - 1, calls


def test_an_answer_takes_few_calls_once_its_question_was_worded() -> None:
    walked()  # words the questions of the day, which is done once for everybody
    answers, calls = walked()
    most = ", ".join(f"{name} {count / answers:.1f}" for name, count in calls.most_common(8))
    assert calls.total() / answers <= TAP, f"{calls.total() / answers:.1f} calls an answer: {most}"


def test_an_answer_makes_nothing_ready_for_a_tool_that_is_not_open() -> None:
    _, calls = walked()
    assert not calls["content/questionnaire.py relevant"]
    assert not [name for name in calls if name.startswith("dialogue/tools/") and "floor.py" not in name]
