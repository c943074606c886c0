"""What a worker may ask beside the questions: their data, how the score comes about, reminders, help."""

import json
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, time

from bot import guidance
from bot.content.parameters import Figures
from bot.content.questionnaire import Answers, Language
from bot.content.templates import MOST, length
from bot.dialogue.conversation import Conversation
from bot.dialogue.reading import asks, of_relative
from bot.dialogue.reminders import CHINA, WHENS, days_ahead, due
from bot.dialogue.replies import Answer, AskDay, AskReminder, MyData, Reminders, Stuck, TakeAlong
from bot.dialogue.retrieval import TALK, Asker, Found, from_pinyin
from bot.dialogue.seats import across
from bot.guidance.levels import REGION
from bot.guidance.outcome import CREDIT, GAP
from bot.guidance.pages import FOOT, SOURCES
from bot.render import calendar, letters, printout, tools
from bot.render.calc import SUMS
from bot.render.message import Button, File, Keyboard, Message, in_rows
from bot.render.own_words import retirement_said, said_of_oneself
from bot.render.tools import check
from bot.render.view import View
from models.serving.risk import Score

PUBLISHED = "model:financing_constraint_published"  # the survey's own model: all that it looked at
WEEK = 7  # days in a row of the calendar
SMALL_TALK = 2.0  # likeness from which words that could be an answer are small talk instead
OUR_TRUST = f"{TALK}swindlers"  # "is this a swindle?" may be asked of us, or of what came from others
RETIREMENT = "retirement_years"  # the piece whose direct answer reckons from a birth
STORY = 26  # characters from which a question may hold several matters


def my_data(sheet: View, reply: MyData) -> Message:
    """Show everything that is kept; as a file it is the stored conversation itself, as JSON."""
    talk = sheet.talk
    if talk is None:
        return Message(sheet.render("say/nothing_kept.j2"))
    if reply.as_file:
        content = json.dumps(asdict(talk), ensure_ascii=False, indent=2)
        return Message(sheet.label("mydata"), attachment=File(_file_name(sheet), content))
    known = sheet.knowledge.questionnaire.by_id
    aside = [id for id in talk.answers if id in known and id not in sheet.answers]
    kept: dict[str, object] = {
        "language_name": _language(talk),
        "consent_version": talk.consent_version,
        "purposes": [
            purpose.in_(sheet.language)
            for purpose in sheet.consent.purposes
            if purpose.id in (talk.consent or ())
        ],
        "lines": [(sheet.name(id), sheet.said(known[id], answer)) for id, answer in sheet.answers.items()],
        "aside": [(sheet.name(id), sheet.said(known[id], talk.answers[id])) for id in aside],
        "marks": [
            f"{sheet.title(id)} ({sheet.label(f'mark_{mark}')})"
            for id, mark in talk.marks.items()
            if id in sheet.knowledge.pieces
        ],
        "reminders": [f"{at} {what}" for at, what in _times(sheet, talk)],
        "calendar": calendar.lines(sheet),
        "stuck": [sheet.title(id) for id in talk.stuck if id in sheet.knowledge.pieces],
        "unscored": talk.unscored,
        "shown_by": talk.shown_by,
        "pace": talk.pace,
        **tools.open_now(sheet, talk.tool),
    }
    text = sheet.render("mydata.j2", **kept, counted=False)
    if len(text) > MOST:  # the file and the other lists have all of it
        text = sheet.render("mydata.j2", **kept, counted=True)
    delete = Button(sheet.label("delete"), "go:delete")
    rows = sheet.rows(("review", "data_file"), ("withdraw", "explain"))
    return Message(text, (*rows, (delete,)))


def _file_name(sheet: View) -> str:
    return "my-data.json" if sheet.seat == "own" else "family-data.json"


def answer(sheet: View, reply: Answer, asker: Callable[[Language], Asker]) -> Message:
    """Answer a free question with the card that fits best and its figures, ask back, or own up.

    The province, the sex and the age that the question names stand for this answer.
    """
    if not reply.question.strip():
        return Message(sheet.render("answer.j2", asking=True), sheet.rows(("tips",)))
    how = sheet.knowledge.asks
    asked = from_pinyin(reply.question, how.pinyin) or reply.question
    found = asker(spoken(asked)).answer(asked)
    kept = sheet.talk is not None and sheet.talk.answers
    leaving = sheet.rows(("tips", "result") if kept else ("tips",))
    if sheet.seat == "own" and of_relative(reply.question, sheet.knowledge.vocabulary):
        leaving += ((Button(sheet.label("to_family"), across("family")),),)
    if found.best and found.best.startswith(TALK):
        text = sheet.knowledge.wording.block(
            sheet.language, "talk.j2", found.best.removeprefix(TALK), on=sheet.today
        )
        return Message(text, (*(check.button(sheet) if found.best == OUR_TRUST else ()), *leaving))
    best = found.best if found.best in sheet.knowledge.pieces else None
    text = sheet.render(
        "answer.j2",
        asking=False,
        perhaps=bool(found.perhaps),
        hotline=_number(sheet, found.best) if found.best and not best else None,
    )
    if best:
        text = _told(sheet, found, asked)
    offered = (best, *_of_their_age(sheet, found.near)) if best else _of_their_age(sheet, found.perhaps)
    opening = tuple((Button(sheet.title(id), f"open:{id}"),) for id in offered)
    sum = how.sums.get(best or "")
    verb = "calc" if sum in SUMS else "tool"
    sums = ((Button(sheet.label(f"calc_{sum}"), f"{verb}:{sum}"),),) if sum else ()
    ready = letters.offered(sheet, best) if best else ()
    checking = check.button(sheet) if best and check.of_a_swindle(sheet, best) else ()
    return Message(text, (*sums, *opening, *ready, *checking, *leaving))


def _of_their_age(sheet: View, pieces: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out what is for minors where the answers are an adult's, and the other way round."""
    ages = {id: sheet.knowledge.pieces[id].when.get("minor") for id in pieces if id in sheet.knowledge.pieces}
    if not any(ages.values()):
        return pieces
    facts = guidance.facts_from(sheet.answers, sheet.knowledge.questionnaire, {}, sheet.today)
    known = facts.get("minor", frozenset())
    return tuple(id for id in pieces if not known or not (age := ages.get(id)) or known.intersection(age))


def _told(sheet: View, found: Found, asked: str) -> str:
    """Render the figure that is asked for and the card's first page; of a story, its other matters too.

    What doesn't fit is left to the card.
    """
    piece = str(found.best)
    answers = {**sheet.answers, **said_of_oneself(sheet, asked)}
    card = guidance.card(sheet.knowledge, piece, answers, sheet.language, sheet.today)
    page = guidance.pages(card)[0].partition(SOURCES)[0]
    told = "".join(f"<b>{each}</b>\n\n" for each in _asked_for(sheet, found, asked, answers) if each)
    head = f"{told}{page}" if told else f"{sheet.label('you_may_mean')}\n{page}"
    body, foot, dated = head.partition(FOOT)
    lines = body.split("\n")
    while length("\n".join(lines) + foot + dated) > MOST and len(lines) > 1:
        lines.pop()
    text = "\n".join(lines).rstrip() + foot + dated
    near = _of_their_age(sheet, found.near) if len(asked) >= STORY else ()
    benefits = guidance.benefits(sheet.knowledge, near, answers, sheet.language, sheet.today)
    for id, benefit in zip(near, benefits, strict=True):
        other = f"{text}\n\n<b>{sheet.title(id)}</b>\n{benefit}"
        text = other if length(other) <= MOST else text
    return text


def _asked_for(sheet: View, found: Found, asked: str, answers: Answers) -> tuple[str, ...]:
    """Render what is asked for in particular: a retirement reckoned from a birth, points, a card's figure.

    The card's figure comes where no point gives one.
    """
    known, language, today = sheet.knowledge, sheet.language, sheet.today
    points = tuple(guidance.point(known, id, answers, language, today) for id in found.points)
    of_pensions = any(known.asks.sums.get(id) == "pension" for id in (str(found.best), *found.near))
    said = retirement_said(sheet, asked, next(iter(answers.get("sex", ())), "")) if of_pensions else {}
    if any(said.values()):
        own = [id for id in found.points if known.asks.points[id].of == found.best]
        reckoned = guidance.direct(known, RETIREMENT, answers, language, today, said)
        return (reckoned, *(guidance.point(known, id, answers, language, today) for id in own))
    if any(character.isdecimal() for point in points for character in point):
        return points
    return (*points, guidance.direct(known, str(found.best), answers, language, today))


def aside(sheet: View, heard: str, asker: Callable[[Language], Asker]) -> Message | None:
    """Answer typed words that turn out to be a question or small talk that we know; None for all others."""
    asked = from_pinyin(heard, sheet.knowledge.asks.pinyin) or heard
    answers = asker(spoken(asked))
    found = answers.answer(asked)
    talk = found.best is not None and found.best.startswith(TALK)
    small = talk and answers.ranked(asked)[0][1] >= SMALL_TALK
    sure = (talk or found.best in sheet.knowledge.pieces) and asks(heard, sheet.knowledge.vocabulary)
    return answer(sheet, Answer(heard), asker) if small or sure else None


def spoken(question: str) -> Language:
    """Return the language in which a question is asked, whatever the talk is held in."""
    return "zh" if any("\u3400" <= character <= "\u9fff" for character in question) else "en"


def _number(sheet: View, hotline: str) -> str:
    return str(Figures(sheet.knowledge.parameters, sheet.today)(hotline))


def take_along(sheet: View, reply: TakeAlong) -> Message:
    """Hand over the picture of the result, or the printout; the result is on it only if it was asked for."""
    if reply.what == "picture":
        card = printout.card(sheet.knowledge, sheet.outcome, sheet.language, sheet.today)
        return Message(card.alt, sheet.rows(("result", "printout")), attachment=card)
    with_result, a4 = reply.what.endswith("_result"), "_a4" in reply.what
    paper = printout.handout(
        sheet.knowledge,
        sheet.answers,
        sheet.outcome,
        sheet.language,
        sheet.today,
        with_result=with_result,
        pages="a4" if a4 else "phone",
    )
    end = "_result" if with_result else ""
    other = ("printout" if a4 else "printout_a4") + end
    scored = sheet.talk is not None and not sheet.talk.unscored
    adding = (f"{reply.what}_result",) if scored and not with_result else ()
    rows = sheet.rows((other,), adding, ("result", "tips"))
    return Message(sheet.label("printout_caption"), tuple(filter(None, rows)), attachment=paper)


def explain(sheet: View) -> Message:
    """Explain the score, with the buttons to its figures and to refuse it or take it back."""
    unscored = sheet.talk is not None and sheet.talk.unscored
    used = set(sheet.knowledge.models[CREDIT].features)
    asked = [
        question
        for question in sheet.knowledge.questionnaire.questions
        if question.id != REGION and (PUBLISHED in question.used_by or question.feature in used)
    ]
    text = sheet.render(
        "explain.j2",
        unscored=unscored,
        used=[sheet.name(question.id) for question in asked if question.feature in used],
        unused=[sheet.name(question.id) for question in asked if question.feature not in used],
    )
    if sheet.talk is None or not sheet.talk.consent:
        return Message(text, sheet.rows(("start", "tips")))
    if unscored:
        return Message(text, sheet.rows(("scored",), ("result", "privacy")))
    return Message(text, sheet.rows(("figures",), ("unscored",), ("result", "privacy")))


def figures(sheet: View) -> Message:
    """Return the trained scores with their ranges, for workers who want them."""
    scores = {} if sheet.talk is None or sheet.talk.unscored else sheet.outcome.scores
    told = {name: score for name, score in scores.items() if isinstance(score, Score)}
    text = sheet.render("figures.j2", credit=told.get(CREDIT), gap=told.get(GAP), facts=sheet.outcome.facts)
    return Message(text, sheet.rows(("explain",), ("result",)))


def ask_reminder(sheet: View, reply: AskReminder) -> Message:
    """Ask when to come back to something."""
    text = sheet.render("reminders.j2", asking=True, picking=False, title=_what(sheet, reply.what))
    deadline = sheet.knowledge.deadline(reply.what, sheet.today)
    now = datetime.combine(sheet.today, time.max, CHINA)
    buttons = [
        Button(sheet.label(f"when_{when}", deadline=deadline), f"remind:{reply.what}:{when}")
        for when in WHENS
        if due(when, now, deadline) is not None
    ]
    pick = Button(sheet.label("when_day"), f"remind:{reply.what}:day")
    return Message(text, in_rows([*buttons, pick]))


def ask_day(sheet: View, reply: AskDay) -> Message:
    """Ask for the month, then for the day in it: a calendar without past days."""
    days = [day for day in days_ahead(sheet.today) if reply.month in (None, day.replace(day=1))]
    text = sheet.render("reminders.j2", asking=False, picking=True, title=_what(sheet, reply.what))
    if reply.month is not None and days:
        chosen = [Button(str(day.day), f"remind:{reply.what}:{day}") for day in days]
        return Message(text, (*in_rows(chosen, WEEK), *_other_time(sheet, reply.what)), replaces=True)
    months = sorted({day.replace(day=1) for day in days_ahead(sheet.today)})
    chosen = [Button(sheet.label("month", month=m), f"remind:{reply.what}:{m:%Y-%m}") for m in months]
    return Message(text, (*in_rows(chosen), *_other_time(sheet, reply.what)), replaces=True)


def _other_time(sheet: View, what: str) -> Keyboard:
    return ((Button(sheet.label("other_time"), f"remind:{what}"),),)


def reminders(sheet: View, reply: Reminders) -> Message:
    """List the reminders, each with a button that stops it."""
    talk = sheet.talk
    held = talk.reminders if talk else ()
    lines = _times(sheet, talk) if talk else []
    others = sheet.beside.reminders
    text = sheet.render("reminders.j2", asking=False, picking=False, lines=lines, others=others)
    stopping: Keyboard = tuple(
        (Button(sheet.label("stop", what=_what(sheet, r.what)), f"remind:{r.what}:stop"),) for r in held[:6]
    )
    another = () if held else ((Button(sheet.label("the_talk"), "remind:survey"),),)
    return Message(
        text, (*stopping, *another, *sheet.rows(("calendar",), ("tips",))), replaces=reply.replaces
    )


def stuck(sheet: View, reply: Stuck) -> Message:
    """Say whom to ask, and that it is no shame."""
    piece = sheet.knowledge.piece(reply.piece)
    hotline = Figures(sheet.knowledge.parameters, sheet.today)(piece.check_with)
    text = sheet.render("stuck.j2", title=sheet.title(piece.id), hotline=hotline)
    again = (Button(sheet.label("remind"), f"remind:{piece.id}"),)
    return Message(text, (again, *sheet.rows(("tips",))))


def _what(sheet: View, what: str) -> str:
    return sheet.title(what) if what in sheet.knowledge.pieces else sheet.label("the_talk")


def _times(sheet: View, talk: Conversation) -> list[tuple[str, str]]:
    lines = []
    for reminder in talk.reminders:
        at = datetime.fromtimestamp(reminder.due, CHINA)
        when = sheet.label("at", at=at.date(), clock=f"{at:%H:%M}")
        lines.append((when, _what(sheet, reminder.what)))
    return lines


def _language(talk: Conversation) -> str:
    return "English" if talk.language == "en" else "繁體中文" if talk.traditional else "中文"
