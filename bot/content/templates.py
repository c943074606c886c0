"""Templates that meet facts: Telegram HTML from Jinja2 and the figures in force on a day."""

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cached_property
from html import unescape
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache, DictLoader, Environment, StrictUndefined, Template, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from bot.content.parameters import Figures, Parameters
from bot.content.questionnaire import LANGUAGES, Language

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
CENT = Decimal("0.01")
SHARES: Mapping[Fraction, Mapping[Language, str]] = {
    Fraction(1, 2): {"zh": "一半", "en": "half"},
    Fraction(1, 3): {"zh": "三分之一", "en": "a third"},
    Fraction(2, 3): {"zh": "三分之二", "en": "two thirds"},
}
LARGEST_PART = 3  # of the fractions that have a word
CLOSE = Fraction(1, 10_000)  # what the last digits of a written ratio may be away from its fraction
MANY = 10_000  # worded blocks and titles that are remembered
MANY_COMPILED = 4_000  # templates, of all languages; those of two knowledges, the old and the new one
CHINA = timezone(timedelta(hours=8), "China")  # one zone, no daylight saving
NOON = time(12)  # at which the day is the same almost everywhere
TIMED = timedelta(days=730)  # Telegram refuses some times that are more than about three years ahead
MOST = 700  # characters of a message, so that it is read

# After a sentence, unless the line ends there; a closing bracket, quote or tag belongs to the sentence.
_IDEA = re.compile(
    r"((?:[。！？]|(?<=[a-z\d)])[.!?])(?:</[bi]>|[”’」』）)\"])*)[ \u3000]*(?=[^\s<”’」』）)\"]|<[bi]>)"
)


class TemplateGap(LookupError):
    """A template or block is missing: the message says which, where and what to do."""


@dataclass(frozen=True)
class Wording:
    """All templates by language and name, and the figures that they may name."""

    templates: Mapping[Language, Mapping[str, str]]
    parameters: Parameters

    @cached_property
    def environments(self) -> Mapping[Language, Environment]:
        """One sandbox per language, so that a template's `extends` stays in its language."""
        return {language: environment(self.templates[language]) for language in LANGUAGES}

    def render(self, language: Language, template: str, on: date, **context: object) -> str:
        """Render a whole template: Telegram HTML, stripped, at most one blank line in a row."""
        return self.render_with(Figures(self.parameters, on), language, template, **context)

    def block(self, language: Language, template: str, block: str, on: date, **context: object) -> str:
        """Render one block of a template; what depends on the day and on yes and no is worded once a day."""

        def word() -> str:
            return self.block_with(Figures(self.parameters, on), language, template, block, **context)

        if not all(isinstance(value, bool) for value in context.values()):
            return word()
        return self.once((language, template, block, on, *context.items()), word)

    def once(self, key: tuple[Hashable, ...], word: Callable[[], str]) -> str:
        """Return what was worded under this key, or word it now; for what is the same for many people."""
        if key not in self._worded:
            if len(self._worded) > MANY:
                self._worded.clear()
            self._worded[key] = word()
        return self._worded[key]

    @cached_property
    def _worded(self) -> dict[tuple[Hashable, ...], str]:
        return {}

    def render_with(self, figures: Figures, language: Language, template: str, **context: object) -> str:
        """Render a whole template with these figures, which remember what was looked at."""
        found = self._find(language, template)
        return tidy(found.render(_context(figures, language, context)))

    def block_with(
        self, figures: Figures, language: Language, template: str, block: str, **context: object
    ) -> str:
        """Render one block of a template with these figures; raises TemplateGap if it has no such block."""
        found = self._find(language, template)
        if block not in found.blocks:
            raise TemplateGap(
                f"knowledge/templates/{language}/{template} has no block {block!r}; "
                f"add {{% block {block} %}}…{{% endblock %}}"
            )
        inner = found.new_context(_context(figures, language, context))
        return tidy("".join(found.blocks[block](inner)))

    def blocks(self, language: Language, template: str) -> frozenset[str]:
        """Name the blocks of a template."""
        return frozenset(self._find(language, template).blocks)

    def _find(self, language: Language, template: str) -> Template:
        if template not in self.templates[language]:
            raise TemplateGap(f"knowledge/templates/{language}/{template} is missing; write it")
        return self.environments[language].get_template(template)


class _Compiled(BytecodeCache):
    """Remembers compiled templates by name and source: most are the same when a knowledge is read again."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if len(self._code) >= MANY_COMPILED:
            self._code.clear()
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, which judges an attribute's name once for each type and not each time it is read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Say what the library says: it looks at nothing but the type and the name."""
        key = type(obj), attr
        if key not in self._safe:
            self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return self._safe[key]


def environment(templates: Mapping[str, str]) -> Environment:
    """Build the sandbox of one language: strict, escaping for Telegram's HTML, with our filters."""
    made = _Sandbox(
        loader=DictLoader(templates),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        auto_reload=False,
        bytecode_cache=_COMPILED,
    )
    made.filters |= {
        "yuan": yuan, "percent": percent, "percent_exactly": percent_exactly, "number": number, "day": day,
        "deadline": deadline, "month": month, "per_hundred": per_hundred, "of_ten": of_ten, "place": place,
        "share": share,
    }  # fmt: skip
    return made


def _context(figures: Figures, language: Language, context: Mapping[str, object]) -> dict[str, object]:
    return {"figure": figures, "known": figures.known, "language": language, "today": figures.on, **context}


def tidy(text: str) -> str:
    """Strip a text and its lines, keeping ideographic spaces that indent and one blank line at most."""
    lines = "\n".join(line.rstrip().lstrip(" \t") for line in str(text).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n ")


@pass_context
def yuan(context: Context, amount: Decimal | int) -> str:
    """Format an amount: 1509.20元, 30万元, 1,509.20 yuan. Cents only where there are some."""
    amount = Decimal(amount)
    if context["language"] == "zh":
        if amount and amount % 10000 == 0:
            return f"{_plain(amount / 10000)}万元"
        return f"{_money(amount).replace(',', '')}元"
    return f"{_money(amount)} yuan"


@pass_context
def number(context: Context, amount: Decimal | int) -> str:
    """Format a number without needless zeros; thousands are parted in English only."""
    plain = _plain(Decimal(amount))
    if context["language"] == "zh" or "." in plain:
        return plain
    return f"{int(plain):,}"


def percent(ratio: Decimal | float) -> str:
    """Format a ratio such as 0.2 as 20%, with at most two decimals."""
    return f"{_plain((Decimal(str(ratio)) * 100).quantize(CENT, ROUND_HALF_UP))}%"


def percent_exactly(ratio: Decimal | str) -> str:
    """Format a ratio such as 0.0005 as 0.05%, with all its decimals."""
    return f"{_plain((Decimal(ratio) * 100).normalize())}%"


@pass_context
def share(context: Context, ratio: Decimal | float) -> str:
    """Format a ratio as people say it: 三分之二, 一半, two thirds, half. Others in per cent."""
    exact = Fraction(str(ratio)).limit_denominator(LARGEST_PART)
    words = SHARES.get(exact)
    if words is None or abs(exact - Fraction(str(ratio))) > CLOSE:
        return percent(ratio)
    return words[context["language"]]


@pass_context
def day(context: Context, on: date) -> str:
    """Format a day: 2026年3月31日, 31 March 2026."""
    if context["language"] == "zh":
        return f"{on.year}年{on.month}月{on.day}日"
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


@pass_context
def deadline(context: Context, on: date) -> str:
    """Format a day by which something is to be done, as a time that Telegram shows in the phone's own way.

    A tap on it there sets a reminder. A day that is over, or so far ahead that Telegram may refuse it, is
    formatted as plain words.
    """
    words = day(context, on)
    if not context["today"] <= on <= context["today"] + TIMED:
        return words
    unix = int(datetime.combine(on, NOON, CHINA).timestamp())
    return Markup(f'<tg-time unix="{unix}" format="D">{escape(words)}</tg-time>')  # noqa: S704  # escaped


@pass_context
def month(context: Context, on: date) -> str:
    """Format the month of a day: 2026年3月, March 2026."""
    return f"{on.year}年{on.month}月" if context["language"] == "zh" else f"{MONTHS[on.month - 1]} {on.year}"


def per_hundred(probability: float) -> int:
    """Format a probability as so many of a hundred people, never none and never all."""
    return min(99, max(1, round(100 * probability)))


def of_ten(probability: float) -> int:
    """Format a probability as so many of ten people, never none and never all."""
    return min(9, max(1, round(10 * probability)))


def place(percentile: float) -> int:
    """Format a percentile as a place in a line of a hundred people."""
    return min(100, max(1, round(percentile)))


def untimed(html: str) -> str:
    """Take out the times that the phone would show in its own way; their plain words stay."""
    return re.sub(r"</?tg-time[^>]*>", "", html)


def plain(html: str) -> str:
    """Take the markup out of Telegram's HTML: what is read."""
    return unescape(re.sub(r"<[^>]+>", "", html))


def one_idea_a_line(html: str) -> str:
    """End the line after each sentence, as simple mode shows it."""
    return _IDEA.sub(_break, html)


def _break(end: re.Match[str]) -> str:
    """End the line here; in English only where a space and a capital letter follow."""
    chinese = end[1][0] in "。！？"
    spaced = end[0] != end[1] and end.string[end.end()].isupper()
    return f"{end[1]}\n" if chinese or spaced else end[0]


def length(html: str) -> int:
    """Count the characters that are read, in simple mode too, which has more line ends."""
    return len(plain(one_idea_a_line(html)))


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _money(amount: Decimal) -> str:
    cents = amount.quantize(CENT, ROUND_HALF_UP)
    return f"{cents:,.0f}" if cents == cents.to_integral_value() else f"{cents:,.2f}"
