"""Replies worded for imagined answers, and what every message must keep to."""

from bot.content.questionnaire import Answers, Language
from bot.content.templates import MOST
from bot.demo.double.entities import read_html, units
from bot.dialogue.conversation import Conversation
from bot.dialogue.replies import Reply
from bot.render import Message
from tests.talks import TODAY, presenter

QUESTIONNAIRE = presenter().knowledge.questionnaire
PIECES = [piece.id for piece in presenter().knowledge.advice]
STANDING_LINE = {"zh": "不是征信报告、贷款审批、保险建议或法律意见", "en": "no credit report, loan decision"}


def talk(answers: Answers) -> Conversation:
    return Conversation(QUESTIONNAIRE.version, answers=answers, consent=("answers", "abroad", "research"))


def worded(reply: Reply, state: Conversation | None, language: Language) -> Message:
    (message,) = presenter().render(reply, state, language, TODAY)
    return message


def data(message: Message) -> list[str]:
    return [button.data for row in message.buttons for button in row]


def marks(message: Message, piece: str) -> list[str]:
    """The data of a card's buttons that set it aside or take it up again."""
    return [each for each in data(message) if each.startswith(f"mark:{piece}:")]


def fits(message: Message) -> None:
    assert 0 < units(read_html(message.text).text) <= MOST
    for row in message.buttons:
        for button in row:
            assert 0 < len(button.data.encode()) <= 64
            assert button.text.strip()
