"""What a worker may ask of us at any moment, in any state: see, correct, take along, withdraw, object."""

from dataclasses import replace

from bot.content.questionnaire import Questionnaire
from bot.dialogue import calendar
from bot.dialogue.commands import ANYTIME
from bot.dialogue.conversation import Command, Conversation, Incoming, Pace, Tap
from bot.dialogue.replies import Explain, MyData, Say, ShowResult, Turn
from bot.dialogue.seats import FORGET, FORGET_BOTH, FORGET_BOTH_SURE, turned_to

RESEARCH = "research"  # the purpose that can be withdrawn alone
# Open whatever happens.
TO_DELETION = (Command("delete"), Tap("go:delete"), FORGET, FORGET_BOTH, FORGET_BOTH_SURE)
NEED_TALK = ("data_file", "withdraw_research", "withdraw_calendar", "unscored", "scored", "forget_both")


def leads_to_deletion(incoming: Incoming) -> bool:
    """Return whether this is on the way to a deletion, in whichever talk of the chat."""
    return turned_to(incoming, None)[1] in TO_DELETION


def tap(talk: Conversation | None, where: str, questionnaire: Questionnaire) -> Turn | None:
    """Take a tap on the button `go:<where>` that exercises a right, or return None."""
    match where:
        case "mydata" | "explain" | "withdraw" | "delete":
            return ANYTIME[where](talk)
        case "forget_both" if talk is not None:
            return talk, (Say("ask_forget_both"),)
        case "figures":
            return talk, (Explain(figures=True),)
        case _ if talk is None and where in NEED_TALK:
            return None, (Say("nothing_kept"),)
        case "data_file" if talk:
            return talk, (MyData(as_file=True),)
        case "withdraw_research" if talk:
            return without_research(talk, questionnaire), (Say("research_withdrawn"),)
        case "withdraw_calendar" if talk:
            return calendar.without(talk), (Say("calendar_withdrawn"),)
        case "unscored" | "scored" if talk and talk.consent:
            return replace(talk, unscored=where == "unscored"), (ShowResult(),)
    return None


def without_research(talk: Conversation, questionnaire: Questionnaire) -> Conversation:
    """Take back the consent to research, with the answers that were given for research only."""
    short = {question.id for question in questionnaire.path(talk.answers)}
    asked = {question.id for question in questionnaire.questions if question.part == RESEARCH} - short
    return replace(
        talk,
        consent=tuple(purpose for purpose in talk.consent or () if purpose != RESEARCH),
        answers={id: answer for id, answer in talk.answers.items() if id not in asked},
        research=False,
        reopened=None,
        before=None,
        ticks=None if talk.consent else talk.ticks,
        pace=Pace(),
    )
