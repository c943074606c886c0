"""How quickly somebody who agreed to research answers: careless taps must teach the models nothing."""

from dataclasses import replace
from datetime import datetime

from bot.dialogue.conversation import Conversation, Pace
from bot.dialogue.counting import PAUSE
from bot.dialogue.replies import Ask, Reply

HASTE = 2  # seconds: nobody reads a question and its buttons in less


def paced(
    before: Conversation | None, after: Conversation, replies: tuple[Reply, ...], now: datetime
) -> Conversation:
    """Return the talk with the time of this step's answers, and of the question that is asked now.

    A step that changes nothing, such as a double tap, is not timed, nor is an answer after a pause.
    """
    if before is None or before == after:
        return after
    pace, second = before.pace, int(now.timestamp())
    given = sum(before.answers.get(id) != answer for id, answer in after.answers.items())
    if given and pace.asked and second - pace.asked <= PAUSE:
        hasty = given if second - pace.asked < HASTE else 0
        pace = Pace(pace.asked, pace.timed + given, pace.hasty + hasty)
    if any(isinstance(reply, Ask) for reply in replies):
        pace = replace(pace, asked=second)
    return after if pace == after.pace else replace(after, pace=pace)
