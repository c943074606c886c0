"""A talk over the small questionnaire, step by step: what is tapped or said, and what comes of it."""

from bot.dialogue.conversation import Conversation, Incoming, Tap
from bot.dialogue.flow import Flow
from bot.dialogue.replies import Ask, Reply
from tests.questionnaires import flow

FLOW = flow()
AGREED = Conversation("1", consent=("answers", "abroad"), consent_version="1")


def talk(
    *incoming: Incoming | str, start: Conversation | None = AGREED, rules: Flow = FLOW
) -> tuple[Conversation | None, tuple[Reply, ...]]:
    """Hold a talk; a string is a tap."""
    state = start
    replies: tuple[Reply, ...] = ()
    for item in incoming:
        state, replies = rules.step(state, Tap(item) if isinstance(item, str) else item)
    return state, replies


def asked(replies: tuple[Reply, ...]) -> str:
    (reply,) = replies
    assert isinstance(reply, Ask)
    return reply.question


def answers(state: Conversation | None) -> dict[str, tuple[str, ...]]:
    assert state is not None
    return dict(state.answers)
