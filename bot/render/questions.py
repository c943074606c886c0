"""Consent and questions in words and buttons."""

import unicodedata

from bot.content.questionnaire import Question
from bot.dialogue.replies import Ask, AskConsent
from bot.render.message import Button, Keyboard, Message, in_rows, tick
from bot.render.view import View

BAR = 10  # squares of the progress bar
HEARD = 16  # characters of typed words that are said back
NUMBERS = "①②③④⑤"  # phones cut long buttons, so a purpose is stated in full above its tick
UNSEEN = ("Cf", "Cc", "Cs", "Co", "Cn")  # categories of signs that nobody sees


def consent(sheet: View, reply: AskConsent) -> Message:
    """Render what is agreed to, each purpose with its tick; a single one in short, for workers who type."""
    purposes = sheet.consent.asked
    label = sheet.label("purpose")
    ticks = tuple(
        (tick("consent", purpose.id, f"{number} {label}", ticked=purpose.id in reply.ticks),)
        for number, purpose in zip(NUMBERS, purposes, strict=False)
    )
    stated = [(n, p.in_(sheet.language)) for n, p in zip(NUMBERS, purposes, strict=False)]
    if reply.one is not None:
        at = [purpose.id for purpose in purposes].index(reply.one)
        words = {"number": NUMBERS[at], "purpose": stated[at][1], "heard": short(reply.heard)}
        text = sheet.render("consent_one.j2", note=reply.note, **words)
        return Message(text, (ticks[at], *sheet.rows(("decline", "privacy"))))
    text = sheet.render("consent.j2", note=reply.note, purposes=stated)
    return Message(text, (*ticks, *sheet.rows(("agree",), ("decline", "privacy"))), replaces=True)


def short(heard: str) -> str:
    """Shorten typed words so that they can be said back in one line; no sign in them turns the line about."""
    shown = "".join(sign for sign in heard if sign.isspace() or unicodedata.category(sign) not in UNSEEN)
    words = " ".join(shown.split())
    return words if len(words) <= HEARD else words[:HEARD] + "…"


def ask(sheet: View, reply: Ask) -> Message:
    """Render one question with its options."""
    question = sheet.knowledge.questionnaire.by_id[reply.question]
    total = reply.done + reply.left
    text = sheet.render(
        "ask.j2",
        bar="▓" * (filled := round(BAR * reply.done / total)) + "░" * (BAR - filled),
        number=reply.done + 1,
        left=reply.left,
        question=question.text.in_(sheet.language),
        why=question.why.in_(sheet.language),
        multiple=question.multiple,
        skippable=question.skippable and not reply.current,
        note=reply.note,
        guess=[o.in_(sheet.language) for o in question.options if o.id in reply.guess],
        ticked=[o.in_(sheet.language) for o in question.options if o.id in reply.ticks],
        heard=short(reply.heard),
        told=sheet.label(f"told_{reply.told}") if reply.told else "",
        name=sheet.name(question.id),
    )
    if reply.then == "tips":
        text = f"{sheet.label('for_tips')}\n\n{text}"
    rows = (
        *_confirm(sheet, question, reply),
        *_options(sheet, question, reply),
        *_steering(sheet, question, reply),
    )
    return Message(text, rows, replaces=True)


def _confirm(sheet: View, question: Question, reply: Ask) -> Keyboard:
    """Return a guess its own button on top, so that one tap confirms it."""
    guess = question.option(reply.guess[0]) if len(reply.guess) == 1 else None
    if guess is None:
        return ()
    verb = "+" if question.multiple else "a"
    text = f"{sheet.label('yes')} {guess.in_(sheet.language)}"
    return ((Button(text, f"{verb}:{question.id}:{guess.id}"),),)


def _options(sheet: View, question: Question, reply: Ask) -> Keyboard:
    buttons = [
        tick(question.id, option.id, option.in_(sheet.language), ticked=option.id in reply.ticks)
        if question.multiple
        else Button(
            ("● " if option.id in reply.current else "") + option.in_(sheet.language),
            f"a:{question.id}:{option.id}",
        )
        for option in question.options
    ]
    columns = question.columns
    return in_rows(buttons, columns)


def _steering(sheet: View, question: Question, reply: Ask) -> Keyboard:
    verbs = [
        verb
        for verb, offered in (
            ("back", reply.can_go_back),
            ("why", reply.note != "why"),
            ("skip", question.skippable and not reply.current),
            ("keep", bool(reply.current)),
        )
        if offered
    ]
    steering = tuple(Button(sheet.label(verb), f"{verb}:{question.id}") for verb in verbs)
    if reply.note == "edited":
        steering = (*sheet.rows(("review",))[0], *steering)
    if reply.then == "tips":
        steering = (Button(sheet.label("to_tips"), f"back:{question.id}"), *steering)
    done = ((Button(sheet.label("done"), f"done:{question.id}"),),) if question.multiple else ()
    return (*done, steering)
