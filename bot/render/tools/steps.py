"""A tool that asks step by step, in words and buttons; its template has a block for each."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from bot.dialogue.replies import UseTool
from bot.dialogue.tools.floor import STOP, VERB
from bot.dialogue.tools.steps import BACK, UNKNOWN, Next, Said, Step, is_number, parted
from bot.render.message import Button, Keyboard, Message, in_rows
from bot.render.tools.screens import Screen
from bot.render.view import View

COMMON = "tools/steps.j2"
Result = Callable[[View, Said], Mapping[str, object]]


def stepwise(name: str, following: Next, result: Result) -> Screen:
    """Make the screen of a tool: its steps, and its block `result` with what `result` works out."""

    def screen(sheet: View, reply: UseTool) -> Message:
        said = parted(reply.said, following, sheet.answers)
        step = following(said, sheet.answers)
        if step is not None:
            return asked(sheet, reply, step, said)
        lines = told(sheet, name, said)
        text = sheet.block(template(name), "result", lines=lines, said=said, **result(sheet, said))
        again = (
            Button(sheet.label("calc_again"), f"{VERB}:{name}"),
            Button(sheet.label("calc_others"), "calc:"),
        )
        return Message(text, (again, *sheet.rows(("tips",))), replaces=reply.replaces)

    def kept(sheet: View, said: tuple[str, ...]) -> list[str]:
        return [" ".join(line) for line in told(sheet, name, parted(said, following, sheet.answers))]

    return Screen(screen, kept)


def asked(
    sheet: View,
    reply: UseTool,
    step: Step,
    said: Said,
    lines: Sequence[tuple[str, str]] | None = None,
    **more: object,
) -> Message:
    """Render one step: what was said, a note on what was just heard, the question, and how it is answered.

    lines: those of what was said that are shown, if not all.
    """
    name = reply.name
    context = {value: word(sheet, name, id, value) for id, value in said.items()}
    text = sheet.block(
        COMMON,
        "asking",
        name=sheet.block(template(name), "name", **more),
        lines=told(sheet, name, said) if lines is None else lines,
        note=sheet.block(COMMON, f"note_{reply.note}") if reply.note else "",
        asked=sheet.block(template(name), f"ask_{base(step.id)}", said=said, words=context, **more),
        how="choice" if step.named else "number" if step.form is None else "",
    )
    return Message(text, (*_choices(sheet, name, step), *_steering(sheet, name, step, said)), reply.replaces)


def told(sheet: View, name: str, said: Said) -> list[tuple[str, str]]:
    """Render what was said, line by line."""
    return [
        (sheet.block(template(name), f"said_{base(id)}"), word(sheet, name, id, value))
        for id, value in said.items()
        if f"said_{base(id)}" in sheet.knowledge.wording.blocks(sheet.language, template(name))
    ]


def word(sheet: View, name: str, step: str, value: str) -> str:
    """Render one value of a step: as its own block says, or as the block of the step says of any number."""
    blocks = sheet.knowledge.wording.blocks(sheet.language, template(name))
    if value == UNKNOWN:
        return sheet.block(COMMON, "unknown")
    own = f"{base(step)}_{re.sub('[^a-z0-9]', '_', value)}"
    if own in blocks:
        return sheet.block(template(name), own)
    number = Decimal(value) if is_number(value) else value
    return sheet.block(template(name), f"word_{base(step)}", value=number)


def base(step: str) -> str:
    """Return what a step asks, without the number of what it asks it of: left3 asks for left."""
    return step.rstrip("0123456789")


def template(name: str) -> str:
    """Return the template that has a tool's words."""
    return f"tools/{name}.j2"


def _choices(sheet: View, name: str, step: Step) -> Keyboard:
    buttons = [
        Button(word(sheet, name, step.id, value), f"{VERB}:{name}:{step.id}:{value}")
        for value in step.choices
    ]
    return in_rows(buttons, 1 if step.named else 3 if len(buttons) > 2 else 2)


def _steering(sheet: View, name: str, step: Step, said: Said) -> Keyboard:
    back = Button(sheet.block(COMMON, "back"), f"{VERB}:{name}:{step.id}:{BACK}")
    unknown = Button(sheet.block(COMMON, "unknown"), f"{VERB}:{name}:{step.id}:{UNKNOWN}")
    stop = Button(sheet.block(COMMON, "stop"), f"{VERB}:{name}:{STOP}")
    return (tuple([back] * bool(said) + [unknown] * step.skippable + [stop]),)
