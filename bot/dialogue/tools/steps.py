"""A tool that asks step by step: one thing at a time, by buttons and by typed words, back and forth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.content.questionnaire import Answers
from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading import denies
from bot.dialogue.reading.exact import MONEY, chosen, exact, written
from bot.dialogue.reading.folding import fold
from bot.dialogue.replies import UseTool
from bot.dialogue.tools.floor import Heard, Heeded

BACK, UNKNOWN, NO = "<", "?", "no"
SURE = "sure"  # begins the name of a step that asks back: no takes back what was said before it
SAID = "="  # between a step and what was said to it

Said = Mapping[str, str]
Read = Callable[[str, Vocabulary], str | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is asked: what can be tapped, how typed words are read, and what can't be.

    choices: values that have a button; where they are no numbers, all that there are, unless `form` says
    how others are written. skippable: whether not knowing is an answer, kept as UNKNOWN. possible: whether
    a value can be, after what was said before.
    """

    id: str
    choices: tuple[str, ...] = ()
    read: Read | None = None
    skippable: bool = False
    form: Callable[[str], bool] | None = None
    possible: Callable[[str, Said], bool] = lambda _value, _said: True

    def takes(self, value: str, said: Said) -> bool:
        """Say whether this is a value that can have been said, even in data that others wrote."""
        if value == UNKNOWN:
            return self.skippable
        form = self.form or (is_number if not self.named else lambda _: False)
        return (value in self.choices or form(value)) and self.possible(value, said)

    @property
    def named(self) -> bool:
        """Whether it is answered by a choice and by nothing else."""
        return self.form is None and not all(map(is_number, self.choices))


# Gives the step that is open after what was said, with what the questionnaire knows, or None.
Next = Callable[[Said, Answers], Step | None]


def is_number(value: str) -> bool:
    """Say whether a value is written as all numbers are kept: digits, a point, at most sixteen signs."""
    whole, _, part = value.partition(".")
    return len(value) <= 16 and value.isascii() and whole.isdecimal() and (not part or part.isdecimal())


def parted(said: tuple[str, ...], following: Next, answers: Answers) -> dict[str, str]:
    """Read what was kept, step after step, as far as it still fits."""
    kept = dict(entry.partition(SAID)[::2] for entry in said)
    fitting: dict[str, str] = {}
    while (step := following(fitting, answers)) is not None:
        value = kept.get(step.id)
        if value is None or not step.takes(value, fitting):
            break
        fitting[step.id] = value
    return fitting


def joined(said: Said) -> tuple[str, ...]:
    """Write what was said as it is kept."""
    return tuple(f"{step}{SAID}{value}" for step, value in said.items())


def stepwise(name: str, following: Next) -> Callable[[tuple[str, ...], Heard], Heeded]:
    """Make the turn of a tool that asks step by step and ends with a result."""

    def turn(said: tuple[str, ...], heard: Heard) -> Heeded:
        held = parted(said, following, heard.answers)
        step = following(held, heard.answers)
        after, note = (held, "") if step is None else heeded(step, held, heard)
        more = following(after, heard.answers)
        kept = joined(after)
        shown = UseTool(name, kept, note, replaces=bool(heard.tapped))
        return Heeded(shown, kept if more is not None else None)

    return turn


def heeded(step: Step, said: dict[str, str], heard: Heard) -> tuple[dict[str, str], str]:
    """Take what was heard at a step: what was said afterwards, and what has to be noted beside it."""
    if heard.picture:
        return said, "media"
    if heard.tapped:
        subject, _, value = heard.tapped.partition(":")
        if subject != step.id:
            return said, "stale" if value else ""
    elif heard.typed:
        if heard.how == "forwarded":
            return said, "forwarded"
        value = _typed(step, heard)
    else:
        return said, ""
    if value == BACK or (step.id.startswith(SURE) and value == NO):
        return dict(list(said.items())[:-1]), ""
    if value == UNKNOWN and not step.skippable:
        return said, "needed"
    if not value:
        return said, "not_chosen" if step.named else "not_read"
    if not step.takes(value, said):
        return said, "impossible"
    return {**said, step.id: value}, ""


def _typed(step: Step, heard: Heard) -> str:
    """Read typed words as a value, or as a wish to go back or not to say; nothing where they are neither."""
    if typed_back(heard):
        return BACK
    words = _words(heard)
    unknown = heard.vocabulary.steering.get(words) == "skip" or words in heard.vocabulary.kinds.dont_know
    if unknown and not step.named:
        return UNKNOWN
    value = step.read(heard.typed, heard.vocabulary) if step.read is not None else None
    return value or (UNKNOWN if unknown else "")  # not knowing may be one of the choices


def typed_back(heard: Heard) -> bool:
    """Say whether the words ask for the step before."""
    return heard.vocabulary.steering.get(_words(heard)) == "back"


def _words(heard: Heard) -> str:
    return fold(heard.typed, heard.vocabulary).strip(" .!?")


def yuan(text: str, vocabulary: Vocabulary) -> str | None:
    """Read an amount of money, as it is kept."""
    number = exact(text, MONEY, vocabulary)
    return None if number is None else written(number)


def yuan_or_nothing(text: str, vocabulary: Vocabulary) -> str | None:
    """Read an amount of money, or a no (没有, 不用), which is no money."""
    return "0" if denies(text, vocabulary) else yuan(text, vocabulary)


def whole(unit: str) -> Read:
    """Make a reader of whole numbers that count this unit."""

    def read(text: str, vocabulary: Vocabulary) -> str | None:
        number = exact(text, unit, vocabulary)
        return None if number is None or number != int(number) else str(int(number))

    return read


def months(text: str, vocabulary: Vocabulary) -> str | None:
    """Read so many months or instalments; years are twelve each."""
    number = exact(text, "期", vocabulary)
    if number is None and (years := exact(text, "年", vocabulary)) is not None:
        number = years * 12
    return None if number is None or number != int(number) else str(int(number))


def days(text: str, vocabulary: Vocabulary) -> str | None:
    """Read so many days; a week, half a month and a month are so many too."""
    return chosen(text, "days", vocabulary) or whole("天")(text, vocabulary)


def one_of(choices: str) -> Read:
    """Make a reader of a list of choices in knowledge/reading.yaml."""
    return lambda text, vocabulary: chosen(text, choices, vocabulary)
