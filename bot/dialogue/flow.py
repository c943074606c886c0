"""One step of the talk: (conversation, what came in, when) -> (conversation, replies), without I/O."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, partial
from typing import assert_never

from bot.content.commands import CommandEntry, Commands
from bot.content.consent import Consent
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import Language, Questionnaire
from bot.content.vocabulary import Vocabulary
from bot.dialogue import (
    advice_taps,
    calendar,
    commands,
    counting,
    data_rights,
    letter_taps,
    reminder_taps,
    seats,
)
from bot.dialogue.asking import Survey, may_research
from bot.dialogue.commands import AFTER_CONSENT, ANYTIME
from bot.dialogue.conversation import (
    Command,
    Conversation,
    Group,
    Hurry,
    Incoming,
    Media,
    OpenTool,
    Seat,
    Tap,
    Typed,
    Wake,
)
from bot.dialogue.counting import Count
from bot.dialogue.pace import paced
from bot.dialogue.reading import for_relative, only_asks, right_in, stops_reminders
from bot.dialogue.reminders import due, split
from bot.dialogue.replies import (
    VARIANTS,
    Alarm,
    Answer,
    Ask,
    AskConsent,
    Calendar,
    Gentle,
    Note,
    Reckon,
    Remind,
    Reply,
    Review,
    Say,
    ShowResult,
    TakeAlong,
    TakenAlong,
    Tips,
    Turn,
    UseTool,
)
from bot.dialogue.screening import private_in
from bot.dialogue.suspicion import Suspicion, suspicion
from bot.dialogue.tools import TOOLS, check
from bot.dialogue.tools.floor import STOP, VERB, Heard, lapsed, left, until
from bot.dialogue.triage import Triage, spoken_in
from bot.dialogue.typed_words import TypedWords

RESULT = "result"  # stands beside the questions' ids in `Step.shown`
TAPPED = f"{VERB}:"  # begins the data of a tool's buttons
NOBODY = (Group, Hurry, Wake)  # comes in without a person who speaks
WORDS = (Typed, Command)


@dataclass(frozen=True, slots=True)
class Step:
    """What one step came to: the talk after it (None where nothing may be kept), and what is answered.

    `stood` is the question that was open before it, `finished` whether none is open any more, `counts` what
    is counted of it, `shown` the questions asked and results shown.
    """

    talk: Conversation | None
    replies: tuple[Reply, ...]
    stood: str | None = None
    finished: bool = False
    counts: tuple[Count, ...] = ()
    shown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    """The rules of the talk; `pieces` are the ids of the advice that can be unfolded, `letters` of letters.

    `deadline` gives the day by which a piece must be done, as known on a day. `yearly` gives the month and
    the day of a yearly date, and `piece_of` the piece of advice to which it leads. `version` is that of the
    knowledge, which is noted with each result shown. `seat` is whom the talks are about.
    """

    questionnaire: Questionnaire
    consent: Consent
    pieces: frozenset[str]
    vocabulary: Vocabulary
    commands: Commands
    deadline: Callable[[str, date], date | None] = lambda piece, on: None
    version: str = ""
    triage: Triage | None = None
    letters: frozenset[str] = frozenset()
    suspicion: Suspicion | None = None
    yearly: Callable[[str, date], tuple[int, int] | None] = lambda date, on: None
    piece_of: Callable[[str, date], str | None] = lambda date, on: None
    seat: Seat = "own"

    @classmethod
    def over(cls, knowledge: Knowledge) -> "Flow":
        """Return the rules of the talk over this knowledge."""
        return cls(
            knowledge.questionnaire,
            knowledge.consent,
            frozenset(knowledge.pieces),
            knowledge.vocabulary,
            knowledge.commands,
            knowledge.deadline,
            knowledge.version,
            Triage.over(knowledge),
            frozenset(knowledge.letters),
            suspicion(knowledge.swindles, knowledge.vocabulary, knowledge.swindle),
            knowledge.yearly,
            knowledge.piece_of,
        )

    @cached_property
    def for_family(self) -> "Flow":
        """The rules of a talk for a family member, which has a consent of its own."""
        return replace(self, consent=self.consent.for_family, seat="family")

    @cached_property
    def survey(self) -> Survey:
        return Survey(self.questionnaire)

    @cached_property
    def typed_words(self) -> TypedWords:
        """The rules of words that are typed while consent or a question is open."""
        return TypedWords(self.survey, self.consent, self.vocabulary)

    def step(
        self,
        talk: Conversation | None,
        incoming: Incoming,
        language: Language,
        now: datetime,
        *,
        traditional: bool = False,
    ) -> Step:
        """Take one step at a time (aware); `language` is the worker's own, used where no talk says otherwise.

        A talk begins in Traditional script where the worker reads that.

        Never raises for anything that a worker or a forged button can send.

        Raises:
            seats.OtherSeat: the talk is about somebody else than these rules.
        """
        if talk is not None and talk.seat != self.seat:
            raise seats.OtherSeat
        before = talk
        talk = lapsed(talk, now)
        if talk is not None and not isinstance(incoming, NOBODY):
            talk = self.survey.carried_over(talk)
        after, replies = self._turn(talk, incoming, language, now)
        if before is None and after is not None and traditional:
            after = replace(after, traditional=True)
        if after is not None and any(isinstance(reply, ShowResult) for reply in replies):
            after = replace(after, shown_by=self.version)
        if after is not None and may_research(after):
            after = paced(before, after, replies, now)
        return Step(
            after,
            replies,
            # While a tool has the floor, nobody thinks about the open question.
            None if talk is None or talk.tool or isinstance(incoming, Wake) else self._open(talk),
            after is not None and self._finished(after),
            tuple(counting.counts(before, incoming, after, replies)),
            tuple(_shown(replies)),
        )

    def _turn(self, talk: Conversation | None, incoming: Incoming, language: Language, now: datetime) -> Turn:
        if isinstance(incoming, Command) and (command := self.commands.named(incoming.name)):
            incoming = replace(incoming, name=command.id)
        talk = left(talk, incoming)
        first = self._emergency(talk, incoming, now) if isinstance(incoming, WORDS) else None
        if first is not None and not isinstance(first, Gentle):
            return talk, (first,)
        after, replies = self._answered(talk, incoming, language, now)
        return after, replies if first is None else (first, *replies)

    def _answered(
        self, talk: Conversation | None, incoming: Incoming, language: Language, now: datetime
    ) -> Turn:
        """Answer what is no emergency."""
        match incoming:
            case Group():
                return talk, (Say("group"),)
            case Hurry():
                return talk, (Say("hurry"),)
            case Wake():
                return self._woken(talk, now)
            case Typed(said, "typed" | "edited") | Command(commands.ASK, said) if for_relative(
                said, self.vocabulary
            ):
                return talk, (Say("for_family"),)
            case Command(commands.ASK, rest):
                return talk, (Say("private") if private_in(rest, self.vocabulary) else Answer(rest),)
            case Command(seats.START, rest) if (piece := _carded(rest)) in self.pieces:
                return self._tap(talk, f"open:{piece}", language, now)
            case Command(commands.LETTERS, rest) if rest:
                if private_in(rest, self.vocabulary):
                    return talk, (Say("private"),)
                return letter_taps.typed(talk, rest, self.letters, self.vocabulary)
            case Command(commands.CALENDAR, rest) if rest:
                what, how = calendar.typed(rest, self.vocabulary)
                return self._tap(talk, f"{calendar.VERB}:{what}:{how}", language, now)
            case Typed(said, "typed" | "edited") if stops_reminders(said, self.vocabulary):
                return reminder_taps.stopped(talk)
            case Typed(said, "typed" | "edited") if (right := right_in(said, self.vocabulary)) is not None:
                return self._command(talk, self.commands.named(right), language)
            case _ if (turn := self._to_tool(talk, incoming, language, now)) is not None:
                return turn
            case Command(name):
                return self._command(talk, self.commands.named(name), language)
            case Tap(data):
                return self._tap(talk, data, language, now)
            case Typed():
                return self._typed(talk, incoming, language, now.year)
            case Media():
                return self._again(talk, language, "media")
            case _:
                assert_never(incoming)

    def _emergency(self, talk: Conversation | None, incoming: Typed | Command, now: datetime) -> Reply | None:
        """Answer an emergency before anything else, whatever the talk is about; nothing of it is kept.

        What may be one is met with a gentle line, after which the talk goes on as usual. A swindler's words
        that somebody wants to have looked at are the tool's, which tells the numbers too: they may tell of an
        accident or a child to frighten. Danger to life comes before that as well.
        """
        said, tool = self._said(talk, incoming)
        if self.triage is None or only_asks(said, self.vocabulary):
            return None
        found = self.triage.found(said)
        if found is None:
            return Say("fine") if self.triage.is_over(said) else None
        scene = found.scene
        if scene is None:
            theirs = found.kind == "swindle" and self._is_swindlers(said)
            warned = tool == check.NAME or private_in(said, self.vocabulary)  # by what is answered anyway
            judged = theirs or (found.kind != "life" and bool(warned))
            return None if judged or self._is_command(said) else Gentle(found.kind, *spoken_in(said))
        if scene.kind != "life" and tool == check.NAME and (scene.kind == "swindle" or self._is_red(said)):
            return None
        if scene.kind == "swindle" and self._is_swindlers(said):
            return UseTool(check.NAME, note=check.RESULT, heard=said)
        return Alarm(scene.id, int(now.timestamp()) % VARIANTS, *spoken_in(said))

    def _is_command(self, said: str) -> bool:
        """Say whether words are a command and nothing else: no reminder any more, delete, for my mother."""
        words = self.vocabulary
        return bool(stops_reminders(said, words) or right_in(said, words) or for_relative(said, words))

    def _is_red(self, said: str) -> bool:
        return self.suspicion is not None and self.suspicion.verdict(said).red

    def _is_swindlers(self, said: str) -> bool:
        return self.suspicion is not None and self.suspicion.is_swindlers(said)

    def _said(self, talk: Conversation | None, incoming: Typed | Command) -> tuple[str, str | None]:
        """Return the words in which an emergency may be, and the tool that they go to."""
        if isinstance(incoming, Typed):
            return incoming.text, talk.tool.name if talk is not None and talk.tool is not None else None
        entry = self.commands.named(incoming.name)
        opens = entry.opens if entry else None
        return incoming.rest if opens or incoming.name == commands.ASK else "", opens

    def _open(self, talk: Conversation) -> str | None:
        """Name the question that is open."""
        question = self.survey.position(talk) if self.agreed(talk) else None
        return question.id if question else None

    def _finished(self, talk: Conversation) -> bool:
        # An answer that is just being changed still counts as given.
        return self.agreed(talk) and self.questionnaire.next(talk.answers) is None

    def _woken(self, talk: Conversation | None, now: datetime) -> Turn:
        if talk is None:
            return None, ()
        over, waiting = split(talk.reminders, now)
        talk, yearly = calendar.woken(
            replace(talk, reminders=waiting),
            now,
            self._coming(now),
            lambda what: self.piece_of(what, now.date()),
        )
        for reminder in over:
            talk = calendar.asked_later(talk, reminder.what, now) if reminder.what in self.pieces else talk
        return talk, (*(Remind(reminder.what) for reminder in over), *yearly)

    def _coming(self, now: datetime) -> calendar.Next:
        def coming(what: str) -> datetime | None:
            day = self.yearly(what, now.date())
            return None if day is None else calendar.following(*day, now)

        return coming

    def _due(self, now: datetime) -> reminder_taps.Due:
        return lambda what, when: due(when, now, self.deadline(what, now.date()))

    def agreed(self, talk: Conversation) -> bool:
        """Say whether every required purpose of the consent in force is agreed to."""
        if talk.consent is None or talk.consent_version not in self.consent.versions:
            return False
        return self.consent.required.issubset(talk.consent)

    def _screen(self, talk: Conversation, note: Note | None = None) -> Reply:
        if not self.agreed(talk):
            return AskConsent(ticks=talk.ticks or (), note=note)
        return self.survey.screen(talk, note)

    def _new(self, language: Language) -> Conversation:
        return Conversation(self.questionnaire.version, language, seat=self.seat)

    def _begin(self, language: Language) -> Turn:
        talk = self._new(language)
        return talk, (self._screen(talk),)

    def _again(self, talk: Conversation | None, language: Language, note: Note) -> Turn:
        """Show where the talk stands, with a note; nothing changes."""
        if talk is None:
            return self._begin(language)
        if not self.agreed(talk):
            return talk, (self._screen(talk, note),)
        return self.survey.again(talk, note)

    # --- tools -----------------------------------------------------------------------------------

    def _to_tool(
        self, talk: Conversation | None, incoming: Incoming, language: Language, now: datetime
    ) -> Turn | None:
        """Hand a tool what is meant for it: its buttons, its command, and what is typed while it is open."""
        name = talk.tool.name if talk is not None and talk.tool is not None else ""
        hears = partial(Heard, self.vocabulary, now.date())
        match incoming:
            case Tap(data) if data.startswith(TAPPED):
                _, name, tapped = (*data.split(":", 2), "")[:3]
                if tapped == STOP:
                    return _without_tool(talk), (Say("tool_closed", replaces=True),)
                if not tapped:  # it begins again
                    talk = _without_tool(talk)
                heard = hears(tapped=tapped)
            case Command(said, rest) if (entry := self.commands.named(said)) and entry.opens:
                name, talk, heard = entry.opens, _without_tool(talk), hears(typed=rest)
            case Command("back" | "skip" as verb) if name:
                heard = hears(typed=verb)
            case Typed(said, how) if name:
                heard = hears(typed=said, how=how)
            case Media() if name:
                heard = hears(picture=True)
            case _:
                return None
        if talk is not None and self.agreed(talk):
            heard = replace(heard, answers=self.questionnaire.relevant(talk.answers))
        return self._use(talk, name, heard, language, now)

    def _use(
        self, talk: Conversation | None, name: str, heard: Heard, language: Language, now: datetime
    ) -> Turn:
        """Take the turn of a tool, which keeps nothing about a worker who hasn't agreed to that."""
        tool = TOOLS.get(name)
        if tool is None:  # of an older or a newer release
            return self._again(_without_tool(talk), language, "stale")
        found = private_in(heard.typed, self.vocabulary)
        if found is not None and found not in tool.hears:
            return talk, (Say("private"),)
        agreed = talk is not None and self.agreed(talk)
        if tool.keeps and not agreed:
            by_taps = (Reckon(tool.instead),) if tool.instead else ()
            return talk, (Say("tool_needs_consent"), *by_taps)
        held = talk.tool if talk is not None and talk.tool is not None and talk.tool.name == name else None
        heeded = tool.turn(held.said if held is not None else (), heard)
        if heeded.said is None:
            return _without_tool(talk), (heeded.reply,)
        talk = talk or self._new(language)
        said = heeded.said if agreed else ()
        return replace(talk, tool=OpenTool(name, said, until(now))), (heeded.reply,)

    # --- commands --------------------------------------------------------------------------------

    def _command(self, talk: Conversation | None, command: CommandEntry | None, language: Language) -> Turn:
        if command is not None and not command.agreed:
            return (talk, (Say(command.says),)) if command.says else ANYTIME[command.id](talk)
        if talk is None:
            return self._begin(language)
        if not self.agreed(talk):
            return talk, (self._screen(talk),)
        if command is None:
            return self.survey.again(talk, "unknown_command")
        return (talk, (Say(command.says),)) if command.says else AFTER_CONSENT[command.id](self.survey, talk)

    # --- taps ------------------------------------------------------------------------------------

    def _tap(self, talk: Conversation | None, data: str, language: Language, now: datetime) -> Turn:
        verb, subject, object_ = (*data.split(":", 2), "", "")[:3]
        kept = talk is not None and self.agreed(talk)
        if (turn := advice_taps.tap(talk, verb, subject, object_, pieces=self.pieces, kept=kept)) is not None:
            return turn
        match verb, subject:
            case "go", "tips":
                return advice_taps.listed(talk, Tips())
            case "go", "privacy":
                return talk, (Say("privacy"),)
            case "go", "calendar":
                return talk, (Calendar(),)
            case "go", "calc":
                return talk, (Reckon(),)
            case "go", "fine":
                return self._fine(talk, language)
            case "calc", sum:
                given = tuple(object_.split(":")) if data.count(":") > 1 else None
                return talk, (Reckon(sum or None, given, replaces=True),)
            case calendar.VERB, what:
                kept = talk is not None and self.agreed(talk)
                return calendar.tap(talk, what, object_, coming=self._coming(now), agreed=kept)
            case calendar.ASKED, piece:
                kept = talk is not None and self.agreed(talk)
                return calendar.answered(talk, piece, object_, now, pieces=self.pieces, agreed=kept)
            case "letter", letter:
                return letter_taps.tap(talk, letter, object_, self.letters)
            case ("lang", "zh" | "en" | "hant") | ("mode", "simple" | "normal"):
                talk = talk or self._new(language)
                talk = _shown_as(talk, subject)
                if talk.tool is not None:  # where it stands, in the other language
                    return self._use(talk, talk.tool.name, Heard(self.vocabulary, now.date()), language, now)
                return talk, (self._screen(talk),)
        if verb == "go" and (turn := data_rights.tap(talk, subject, self.questionnaire)) is not None:
            return turn
        if talk is None:
            return self._ended(verb, subject, object_) or self._begin(language)
        if verb == "go":
            return self._go(talk, subject)
        if not self.agreed(talk):
            return self._tick_consent(talk, verb, subject, object_)
        if (turn := reminder_taps.tap(talk, self.pieces, self._due(now), verb, subject, object_)) is not None:
            return turn
        return self.survey.press(talk, verb, subject, object_)

    def _fine(self, talk: Conversation | None, language: Language) -> Turn:
        """Go back from an alarm to where the talk stood."""
        if talk is not None and self.agreed(talk) and self.survey.position(talk) is None:
            return talk, (Say("fine"),)
        after, replies = self._begin(language) if talk is None else (talk, (self._screen(talk),))
        return after, (Say("fine"), *replies)

    def _ended(self, verb: str, subject: str, object_: str) -> Turn | None:
        """Repeat the last word to a second tap on a button that ended the talk: it begins no new one."""
        if verb == "go" and subject == "forget":
            return None, (Say("forgotten", replaces=True),)
        if verb == "go" and subject == "forget_both_sure":
            return self._both_forgotten()
        if verb == "go" and subject == "decline":
            return None, (Say("declined", replaces=True),)
        question = self.questionnaire.by_id.get(subject) if verb == "a" else None
        option = question.option(object_) if question else None
        return (None, (Say("under_14", replaces=True),)) if option is not None and option.ends else None

    def _both_forgotten(self) -> Turn:
        """End this talk and the other one of its chat: the worker's own says so for both."""
        return None, (Say("both_forgotten", replaces=True),) if self.seat == "own" else ()

    def _go(self, talk: Conversation, where: str) -> Turn:
        match where:
            case "forget":
                return None, (Say("forgotten", replaces=True),)
            case "forget_both_sure":
                return self._both_forgotten()
            case "agree":
                return self._agree(talk)
            case "decline" if not self.agreed(talk):
                return None, (Say("declined", replaces=True), Tips())
            case _ if not self.agreed(talk):
                return self._again(talk, talk.language, "consent_first")
            case "restart":
                talk = replace(
                    talk,
                    answers={},
                    reopened=None,
                    then=None,
                    before=None,
                    ticks=None,
                    research=False,
                    marks={},
                )
            case "review":
                return talk, (Review(),)
            case "pass_on" | "pass_picture":
                if self.survey.position(talk) is None:
                    return talk, advice_taps.passed_on(picture=where == "pass_picture")
                return talk, (self._screen(talk, "not_finished"),)
            case "printout" | "printout_a4":
                return talk, (self._taken_along(talk, where),)
            case "picture" | "printout_result" | "printout_a4_result" if not talk.unscored:
                return talk, (self._taken_along(talk, where),)
            case "research" if "research" in (talk.consent or ()):
                talk = replace(talk, research=True)
            case "continue" | "result":
                talk = replace(talk, reopened=None, then=None, ticks=None)
            case _:
                return self.survey.again(talk, "stale")
        return talk, (self._screen(talk),)

    def _taken_along(self, talk: Conversation, what: TakenAlong) -> Reply:
        finished = self.survey.position(talk) is None
        return TakeAlong(what) if finished else self._screen(talk, "not_finished")

    def _tick_consent(self, talk: Conversation, verb: str, subject: str, purpose: str) -> Turn:
        if subject != "consent" or purpose not in {p.id for p in self.consent.asked}:
            return self._again(talk, talk.language, "consent_first")
        held = set(talk.ticks or ()) - {purpose} | ({purpose} if verb == "+" else set())
        talk = replace(talk, ticks=tuple(p.id for p in self.consent.asked if p.id in held))
        return talk, (self._screen(talk),)

    def _agree(self, talk: Conversation) -> Turn:
        if self.agreed(talk):
            return talk, (self._screen(talk),)
        version = self.consent.version
        agreed = replace(talk, consent=talk.ticks or (), consent_version=version, ticks=None)
        if not self.agreed(agreed):
            return self._again(talk, talk.language, "consent_needed")
        return agreed, (self._screen(agreed),)

    # --- typed words -----------------------------------------------------------------------------

    def _typed(self, talk: Conversation | None, typed: Typed, language: Language, year: int) -> Turn:
        if private_in(typed.text, self.vocabulary):
            return talk, (Say("private"),)
        if talk is None:
            return self._begin(language)
        if not self.agreed(talk):
            return self.typed_words.to_consent(talk, typed)
        question = self.survey.position(talk)
        if question is None:
            return talk, (Answer(typed.text),)
        return self.typed_words.to_question(talk, typed, question, year)


def _carded(rest: str) -> str:
    """Name the piece whose card a link asks for; of any other link nothing."""
    return rest.removeprefix(commands.CARD) if rest.startswith(commands.CARD) else ""


def _without_tool(talk: Conversation | None) -> Conversation | None:
    return None if talk is None else replace(talk, tool=None)


def _shown_as(talk: Conversation, choice: str) -> Conversation:
    """Return the talk in a language, a script or a look."""
    if choice in ("simple", "normal"):
        return replace(talk, simple=choice == "simple")
    return replace(talk, language="en" if choice == "en" else "zh", traditional=choice == "hant")


def _shown(replies: Iterable[Reply]) -> Iterable[str]:
    for reply in replies:
        match reply:
            case Ask(question=id):
                yield id
            case ShowResult():
                yield RESULT
