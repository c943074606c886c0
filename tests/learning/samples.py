"""A crowd's answers as the office exports them, and as the gate reads them."""

from collections.abc import Mapping, Sequence

from bot.dialogue.conversation import Pace
from bot.research.columns import Columns
from bot.research.participants import Participant
from models.training.sheet import Sheet, sheet
from tests.learning.crowds import Respondent
from tests.office.rooms import AGREED, KNOWLEDGE, talk

Row = Mapping[str, str]
COLUMNS = Columns(KNOWLEDGE)
HASTE = 2  # seconds


def as_participant(one: Respondent) -> Participant:
    """The person as the office finds them."""
    pace = Pace(timed=len(one.seconds), hasty=sum(seconds < HASTE for seconds in one.seconds.values()))
    held = talk(one.answers, AGREED, research=True, pace=pace)
    return Participant(b"", held, one.day, held.questionnaire)


def as_rows(people: Sequence[Respondent]) -> list[Row]:
    """The crowd's rows, through the same columns as an export."""
    return [COLUMNS.row(as_participant(one), "") for one in people]


def sheet_of(rows: Sequence[Row]) -> Sheet:
    """These rows as the gate reads them."""
    return sheet(COLUMNS.names, rows)


def as_sheet(people: Sequence[Respondent]) -> Sheet:
    """The crowd as the gate reads it."""
    return sheet_of(as_rows(people))
