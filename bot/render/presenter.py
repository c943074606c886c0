"""Every reply in words and buttons, in the worker's language, with the figures in force on a day."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import assert_never

from bot import guidance
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import plain
from bot.dialogue.conversation import Conversation, Seat
from bot.dialogue.replies import (
    Alarm,
    Answer,
    Ask,
    AskCalendar,
    AskConsent,
    AskDay,
    AskReminder,
    Calendar,
    Card,
    Explain,
    FollowUp,
    Gentle,
    HowToPassOn,
    Letters,
    MyData,
    PassOn,
    Reckon,
    Remind,
    Reminders,
    RemindYearly,
    Reply,
    Review,
    Say,
    ShowResult,
    Stuck,
    TakeAlong,
    TakeLetter,
    Tips,
    UseTool,
)
from bot.dialogue.retrieval import Asker
from bot.render import alarms, asides, calc, calendar, letters, lists, passing, questions, results, tools
from bot.render.message import Button, Keyboard, Message
from bot.render.script import traditional
from bot.render.seats import seated
from bot.render.simple import simple
from bot.render.view import ALONE, Beside, Operator, View

DAYS_AT_ONCE = 4  # askers that are kept: of two days in two languages
MANY = 2_000  # worded questions that are remembered


@dataclass(frozen=True)
class Presenter:
    """Words every reply, in the worker's language, with the figures in force on a day.

    seat: whom the talks are about. askers: those of the day that is asked about, and of the next where it was
    prepared.
    """

    knowledge: Knowledge
    operator: Operator = field(default_factory=Operator)
    seat: Seat = "own"
    _askers: dict[tuple[Language, date], Asker] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def for_family(self) -> "Presenter":
        """What words a talk for a family member; the answers to free questions are the same."""
        return replace(self, seat="family")

    def asker(self, language: Language, on: date) -> Asker:
        """The answers to free questions in a language: the pieces in force by how people ask for them."""
        asker = self._askers.get((language, on))
        if asker is None:
            asker = self._askers[language, on] = self._asker(language, on)
            for known in list(self._askers)[:-DAYS_AT_ONCE]:
                self._askers.pop(known, None)
        return asker

    def prepare(self, on: date) -> None:
        """Make what typed words of that day need, which takes a second or two; for a thread of its own."""
        for classifier in (self.knowledge.alarm, self.knowledge.swindle):
            classifier.prepare()
        for language in LANGUAGES:
            if (language, on) not in self._askers:
                asker = self._asker(language, on)
                asker.prepare()
                self._askers[language, on] = asker

    def _asker(self, language: Language, on: date) -> Asker:
        pieces = self.knowledge.pieces
        known = {
            id: asked[language]
            for id, asked in self.knowledge.asks.ways.items()
            if id not in pieces or pieces[id].in_force(on)
        }
        ways = {id: (*asked, *self._titles(id, language, on)) for id, asked in known.items()}
        cards = {
            id: plain(guidance.card(self.knowledge, id, {}, language, on)) for id in known if id in pieces
        }
        fillers = self.knowledge.asks.fillers
        hotlines = {id: piece.check_with for id, piece in pieces.items()}
        asks = self.knowledge.asks
        points = {id: point for id, point in asks.points.items() if point.of in known}
        for point in points.values():
            ways[point.of] += point.ways[language]
        return Asker(
            ways,
            self.knowledge.vocabulary,
            asks.same,
            hotlines,
            cards,
            fillers,
            asks.pinyin,
            {id: point.ways[language] for id, point in points.items()},
            {id: point.of for id, point in points.items()},
            asks.besides,
            self.knowledge.scope,
        )

    def _titles(self, id: str, language: Language, on: date) -> tuple[str, ...]:
        known = id in self.knowledge.pieces
        return (guidance.title(self.knowledge, id, language, on),) if known else ()

    def side_by_side(self, talk: Conversation) -> tuple[str, ...]:
        """Say in which bands a result lies by the model that serves and by the one that waits; of nobody.

        A worker who objected to being scored is not scored by either.
        """
        if talk.unscored:
            return ()
        answers = self.knowledge.questionnaire.relevant(talk.answers)
        return tuple(guidance.side_by_side(self.knowledge, answers))

    def render(
        self,
        reply: Reply,
        talk: Conversation | None,
        language: Language,
        today: date,
        beside: Beside = ALONE,
    ) -> tuple[Message, ...]:
        """Render one reply; every text fits one Telegram message.

        Typed words that are no answer may be a question: it is answered first, and then the open question
        comes again. `beside` holds what the chat's other talk may add to a screen.
        """
        if isinstance(reply, Alarm | Gentle):
            language = reply.language or language
        sheet = View(self.knowledge, talk, language, today, self.operator, self.seat, beside)
        messages: tuple[Message, ...]
        match reply:
            case Ask(heard=heard) | AskConsent(heard=heard) if heard:
                # Worded here and now: what somebody typed is not remembered.
                aside = asides.aside(sheet, heard, lambda language: self.asker(language, today))
                asked = replace(reply, note="answered", heard="") if aside else reply
                messages = (*((aside,) if aside else ()), _worded(sheet, asked, self.asker))
            case Ask() | AskConsent():
                messages = (self._asked(reply, language, today),)
            case _:
                messages = (_worded(sheet, reply, self.asker),)
        messages = tuple(
            replace(each, refused=sheet.label("attachment_refused")) if each.attachment else each
            for each in messages
        )
        messages = seated(sheet, reply, messages)
        if isinstance(reply, TakeLetter) and reply.part == "text":
            return messages  # to be handed in as it is, in the mainland's script
        if talk is not None and talk.simple:
            messages = tuple(map(simple, messages))
        return tuple(map(traditional, messages)) if _reads_traditional(reply, talk) else messages

    @cached_property
    def _asked(self) -> Callable[[Ask | AskConsent, Language, date], Message]:
        """Render questions once a day: they are the same for everybody who gives the same answers."""

        @lru_cache(MANY)
        def asked(reply: Ask | AskConsent, language: Language, today: date) -> Message:
            sheet = View(self.knowledge, None, language, today, self.operator, self.seat)
            return _worded(sheet, reply, self.asker)

        return asked


def _worded(sheet: View, reply: Reply, asker: Callable[[Language, date], Asker]) -> Message:
    match reply:
        case AskConsent():
            return questions.consent(sheet, reply)
        case Ask():
            return questions.ask(sheet, reply)
        case Review():
            return results.review(sheet)
        case ShowResult():
            return results.report(sheet, reply)
        case Card():
            return results.card(sheet, reply)
        case PassOn():
            return passing.pass_on(sheet, reply)
        case HowToPassOn():
            return passing.how(sheet, reply)
        case Tips():
            return lists.tips(sheet, reply)
        case Remind():
            return results.remind(sheet, reply)
        case AskReminder():
            return asides.ask_reminder(sheet, reply)
        case AskDay():
            return asides.ask_day(sheet, reply)
        case Reminders():
            return asides.reminders(sheet, reply)
        case Stuck():
            return asides.stuck(sheet, reply)
        case MyData():
            return asides.my_data(sheet, reply)
        case TakeAlong():
            return asides.take_along(sheet, reply)
        case Explain(figures=True):
            return asides.figures(sheet)
        case Explain():
            return asides.explain(sheet)
        case Answer():
            return asides.answer(sheet, reply, lambda language: asker(language, sheet.today))
        case Reckon():
            return calc.reckon(sheet, reply)
        case UseTool():
            return tools.show(sheet, reply)
        case Calendar():
            return calendar.calendar(sheet, reply)
        case AskCalendar():
            return calendar.ask(sheet, reply)
        case RemindYearly():
            return calendar.remind(sheet, reply)
        case FollowUp():
            return calendar.follow_up(sheet, reply)
        case Letters():
            return letters.letters(sheet, reply)
        case TakeLetter():
            return letters.take(sheet, reply)
        case Alarm():
            return alarms.alarm(sheet, reply)
        case Gentle():
            return alarms.gentle(sheet, reply)
        case Say():
            return _said(sheet, reply)
        case _:
            assert_never(reply)


def _reads_traditional(reply: Reply, talk: Conversation | None) -> bool:
    if isinstance(reply, Alarm | Gentle) and reply.language is not None:
        return bool(reply.traditional or (reply.language == "zh" and talk is not None and talk.traditional))
    return talk is not None and talk.traditional


def _said(sheet: View, reply: Say) -> Message:
    what = reply.what
    commands = sheet.knowledge.commands
    listed = commands.sayings[what]
    if sheet.seat == "family":  # nobody agrees to research there
        listed = tuple(row for row in listed if row != ("withdraw_research",))
    rows = _ways(sheet) if what == "choose_language" else sheet.rows(*listed)
    told = {"commands": commands.listed(), **asdict(sheet.operator)}
    return Message(sheet.render(f"say/{what}.j2", **told), rows, replaces=reply.replaces)


def _ways(sheet: View) -> Keyboard:
    """The scripts to choose from, and the look that isn't on."""
    scripts = (("简体中文", "zh"), ("繁體中文", "hant"), ("English", "en"))
    mode = "normal" if sheet.talk is not None and sheet.talk.simple else "simple"
    choices = tuple(Button(name, f"lang:{script}") for name, script in scripts)
    return choices, (Button(sheet.label(f"mode_{mode}"), f"mode:{mode}"),)
