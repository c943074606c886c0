"""The two talks of a chat on the screen: whose a message is, and the buttons from one talk to the other."""

from dataclasses import replace

from bot.dialogue.conversation import Seat
from bot.dialogue.replies import (
    Alarm,
    Gentle,
    MyData,
    PassOn,
    Reminders,
    Reply,
    Say,
    ShowResult,
    TakeLetter,
)
from bot.dialogue.seats import FORGET_BOTH, across, marked
from bot.render.message import Button, Keyboard, Message
from bot.render.view import View

# Made to be handed on or read in danger: nothing stands before it, and it leads nowhere else.
AS_IT_IS = (Alarm, Gentle, PassOn)


def seated(sheet: View, reply: Reply, messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """Return messages that say whose they are, and whose buttons lead back to the talk that they are of."""
    plain = isinstance(reply, AS_IT_IS) or (isinstance(reply, TakeLetter) and reply.part == "text")
    if sheet.seat == "family":
        messages = tuple(replace(message, buttons=_marked(message.buttons)) for message in messages)
    if plain:
        return messages
    if sheet.seat == "family":
        messages = tuple(_headed(message, sheet.label("for_family")) for message in messages)
    elif sheet.beside.returned and sheet.talk is not None:
        messages = (_headed(messages[0], sheet.label("own_again")), *messages[1:])
    return (*messages[:-1], _with(messages[-1], _crossing(sheet, reply)))


def _headed(message: Message, head: str) -> Message:
    return replace(message, text=f"{head}\n{message.text}")


def _with(message: Message, rows: Keyboard) -> Message:
    return replace(message, buttons=(*message.buttons, *rows))


def _marked(rows: Keyboard) -> Keyboard:
    return tuple(
        tuple(button if button.copies else replace(button, data=marked(button.data)) for button in row)
        for row in rows
    )


def _crossing(sheet: View, reply: Reply) -> Keyboard:
    """Return the buttons that lead to the chat's other talk."""
    other: Seat = "own" if sheet.seat == "family" else "family"
    back = ((Button(sheet.label("to_own"), across(other)),),) if sheet.seat == "family" else ()
    match reply:
        case Say("done"):  # the result follows at once
            return ()
        case Say("ask_forget" | "nothing_kept") if sheet.beside.kept:
            mark = marked if sheet.seat == "family" else str
            both = ((Button(sheet.label("forget_both"), mark(FORGET_BOTH.data)),),)
            there = Button(sheet.label(f"delete_{other}"), across(other, "delete"))
            return (*(both if reply.what == "ask_forget" else ()), (there,))
        case Say("forgotten") if sheet.seat == "own" and sheet.beside.kept:
            return ((Button(sheet.label("delete_family"), across(other, "delete")),),)
        case MyData(as_file=False) if sheet.beside.kept:
            return ((Button(sheet.label(f"mydata_{other}"), across(other, "mydata")),),)
        case ShowResult() | Say("for_family") if sheet.seat == "own":
            return ((Button(sheet.label("to_family"), across(other)),),)
        case Reminders() if sheet.beside.reminders:
            there = Button(sheet.label(f"remind_{other}"), across(other, "remind"))
            return ((there,), *back)
    return back
