"""The two talks of a chat on the screen: whose a message is, and the buttons from one talk to the other."""

from dataclasses import replace

from bot.dialogue.conversation import Seat
from bot.dialogue.replies import (
    Alarm,
    Gentle,
    MyData,
    PassOn,
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
    crossing = _crossing(sheet, reply)
    if sheet.seat == "own":
        return (*messages[:-1], _with(messages[-1], crossing)) if crossing else messages
    plain = isinstance(reply, AS_IT_IS) or (isinstance(reply, TakeLetter) and reply.part == "text")
    headless = plain or reply == Say("privacy")  # which tells of both
    head = "" if headless else sheet.label("for_family") + "\n"
    told = tuple(
        replace(message, text=head + message.text, buttons=_marked(message.buttons)) for message in messages
    )
    return told if plain else (*told[:-1], _with(told[-1], crossing))


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
    match reply:
        case Say("ask_forget" | "nothing_kept") if sheet.beside:
            both = ((Button(sheet.label("forget_both"), FORGET_BOTH.data),),)
            there = Button(sheet.label(f"delete_{other}"), across(other, "delete"))
            return (*(both if reply.what == "ask_forget" else ()), (there,))
        case MyData(as_file=False) if sheet.beside:
            return ((Button(sheet.label(f"mydata_{other}"), across(other, "mydata")),),)
        case ShowResult() if sheet.seat == "own":
            return ((Button(sheet.label("to_family"), across(other)),),)
    return ((Button(sheet.label("to_own"), across(other)),),) if sheet.seat == "family" else ()
