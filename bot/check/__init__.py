"""Checks the knowledge and says what is wrong, where, and what to do; pure, over one Knowledge and one day.

questions   every question is used and reachable   texts         no bare number, no red line, languages alike
references  ids, sources, dates                    contexts      every context a card can be read in
forbidden   the words that must not be said        vocabulary    the words by which typed answers are read
lengths     nothing too long to be read            commands      each is handled, and has its words
pieces      emergencies, minors, kin, options      figures       none impossible, no unmeant jump
calendar    every date has its day, its card and its words, and a purpose that is asked for on use
letters     cited, dated, a page each              compare_days  what would be said on another day
places      cities asked by code, where it matters   bounds        no limit given as the amount itself
points      short answers, no surer than cards     hedges        what holds back, in both languages
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import date

from bot.check.alarms import check_alarms, check_swindles
from bot.check.bounds import check_bounds
from bot.check.calendar import check_calendar
from bot.check.commands import check_commands
from bot.check.compare_days import Change, told_otherwise
from bot.check.figures import check_figures
from bot.check.findings import CheckResult, Finding
from bot.check.forbidden import offences
from bot.check.lengths import check_lengths
from bot.check.letters import check_letter_dates, check_letters
from bot.check.pieces import check_pieces
from bot.check.places import check_places
from bot.check.points import check_points
from bot.check.questions import check_buttons, check_questions
from bot.check.references import check_dates, check_ending, check_ground, check_stand_ins, values_of
from bot.check.texts import check_piece, check_sources, check_worded, run_on_lines
from bot.check.vocabulary import check_vocabulary
from bot.content.knowledge import THEMES, Knowledge
from bot.content.questionnaire import LANGUAGES
from bot.turns.contract import Capabilities

Check = Callable[[Knowledge, date], Iterable[Finding]]

__all__ = ["Change", "CheckResult", "Finding", "lint", "offences", "outdated", "told_otherwise"]


def lint(
    knowledge: Knowledge, on: date, *channels: Capabilities, without: Container[str] = ()
) -> CheckResult:
    """Check everything as on a day: questions, figures, sources, advice, and every card in every context.

    channels: what the channels can do in which it is said.
    without: names in CHECKS of what is left out; only tests leave anything out.
    """
    findings = [
        finding for name, check in CHECKS.items() if name not in without for finding in check(knowledge, on)
    ]
    read = {fact for piece in knowledge.advice for fact in _conditions(knowledge, piece.id)}
    values, rendered = values_of(knowledge), 0
    for piece in knowledge.advice:
        # A piece whose time is over or hasn't come is checked on its last or first day.
        day = min(max(on, piece.valid_from or on), piece.valid_until or on) if not piece.in_force(on) else on
        cards, found = check_piece(knowledge, piece, day, values)
        findings += found if piece.in_force(on) else []
        read |= {fact for card in cards for fact in card.read}
        rendered += len(cards)
    findings += check_questions(knowledge, frozenset(read))
    findings += check_buttons(knowledge, channels)
    # The cards do without a figure that is too old, and say so: a note, since no text is wrong.
    return CheckResult(_counts(knowledge, rendered), tuple(findings), tuple(check_stand_ins(knowledge, on)))


def outdated(knowledge: Knowledge, on: date, fail_within: int | None = None) -> CheckResult:
    """List what has expired, soon expires or wants a check.

    An error is a card that can't be worded, a figure that is too old to stand in, and, if asked for, whatever
    ends within so many days with nothing to follow.
    """
    values, findings = values_of(knowledge), list(check_stand_ins(knowledge, on))
    for piece in knowledge.advice:
        if piece.in_force(on):
            findings += check_worded(knowledge, piece, on, values)
    if fail_within is not None:
        findings += check_ending(knowledge, on, fail_within)
    in_force = sum(piece.in_force(on) for piece in knowledge.advice)
    counts = {f"figures looked at, as on {on}": len(knowledge.parameters.by_id), "pieces in force": in_force}
    return CheckResult(
        counts, tuple(findings), (*check_dates(knowledge, on), *check_letter_dates(knowledge, on))
    )


def _templates(knowledge: Knowledge) -> Iterator[Finding]:
    """Read the sources of templates: all for lost breaks, those outside advice for what may not be said."""
    for language in LANGUAGES:
        for name, source in sorted(knowledge.wording.templates[language].items()):
            for line in run_on_lines(source):
                yield Finding(f"templates/{language}/{name}", line, "put it right")
            if not name.startswith("advice/"):
                for offence in offences(source, language, knowledge.phrases):
                    yield Finding(f"templates/{language}/{name}", offence, "say it otherwise")


def _conditions(knowledge: Knowledge, id: str) -> Iterator[str]:
    piece = knowledge.piece(id)
    for condition in (piece.when, piece.eligible, piece.already, *(more.when for more in piece.more)):
        yield from condition


def _counts(knowledge: Knowledge, rendered: int) -> dict[str, int]:
    themes = Counter(piece.theme for piece in knowledge.advice)
    return {
        "questions": len(knowledge.questionnaire.questions),
        "figures": len(knowledge.parameters.by_id),
        "dated values": sum(len(parameter.values) for parameter in knowledge.parameters),
        "sources": len(knowledge.sources),
        "pieces of advice": len(knowledge.advice),
        **{f"  {theme}": themes[theme] for theme in THEMES},
        "letters": len(knowledge.letters),
        "templates, both languages": sum(len(t) for t in knowledge.wording.templates.values()),
        "cards rendered (language x context)": rendered,
        "models": len(knowledge.models),
    }


def _on_no_day(check: Callable[[Knowledge], Iterable[Finding]]) -> Check:
    return lambda knowledge, on: check(knowledge)


# What is checked once, whatever pieces there are.
CHECKS: Mapping[str, Check] = {
    "ground": check_ground,
    "figures": lambda knowledge, on: check_figures(knowledge.parameters, on),
    "sources": _on_no_day(check_sources),
    "templates": _on_no_day(_templates),
    "lengths": check_lengths,
    "alarms": _on_no_day(check_alarms),
    "swindles": _on_no_day(check_swindles),
    "vocabulary": _on_no_day(check_vocabulary),
    "commands": _on_no_day(check_commands),
    "pieces": check_pieces,
    "points": check_points,
    "letters": check_letters,
    "calendar": _on_no_day(check_calendar),
    "places": _on_no_day(check_places),
    "bounds": _on_no_day(check_bounds),
}
