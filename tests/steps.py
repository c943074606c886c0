"""A talk over the small questionnaire, step by step: what is tapped or said, and what comes of it."""

from bot.content.questionnaire import Language
from bot.dialogue.conversation import Conversation, Incoming, Tap
from bot.dialogue.flow import Flow
from bot.dialogue.replies import Ask, Reply
from tests.questionnaires import flow
from tests.talks import NOON

FLOW = flow()
AGREED = Conversation("1", consent=("answers", "abroad"), consent_version="1")


def talk(
    *incoming: Incoming | str, start: Conversation | None = AGREED, rules: Flow = FLOW
) -> tuple[Conversation | None, tuple[Reply, ...]]:
    """Go through a talk; a string is a tap."""
    state = start
    replies: tuple[Reply, ...] = ()
    for item in incoming:
        state, replies = step(state, Tap(item) if isinstance(item, str) else item, rules=rules)
    return state, replies


def step(
    talk: Conversation | None, incoming: Incoming, language: Language = "zh", rules: Flow = FLOW
) -> tuple[Conversation | None, tuple[Reply, ...]]:
    """Take one step at noon; returns the talk after it and the replies."""
    taken = rules.step(talk, incoming, language, NOON)
    return taken.talk, taken.replies


def asked(replies: tuple[Reply, ...]) -> str:
    (reply,) = replies
    assert isinstance(reply, Ask)
    return reply.question


def answers(state: Conversation | None) -> dict[str, tuple[str, ...]]:
    assert state is not None
    return dict(state.answers)
