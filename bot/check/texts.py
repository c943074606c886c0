"""Checks of the words: no bare number, nothing across a red line, short sentences, both languages alike."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache

from jinja2 import TemplateError

from bot.check.contexts import Rendered, renderings, word_each_block
from bot.check.findings import Finding
from bot.check.forbidden import offences, stiffness
from bot.check.lengths import unread
from bot.content.knowledge import Knowledge, Piece
from bot.content.phrases import Phrases
from bot.content.questionnaire import LANGUAGES, Language
from bot.content.templates import MONTHS, environment, plain
from bot.guidance import title

TITLE_LIMIT: Mapping[Language, int] = {"zh": 20, "en": 40}
BENEFIT_LIMIT: Mapping[Language, int] = {"zh": 60, "en": 160}
TAGS = re.compile(r"""<(/?)([a-z-]+)(?: expandable| unix="\d+" format="D")?>""")
KNOWN_TAGS = {"b", "i", "u", "s", "code", "blockquote", "tg-time"}

# Numbers in words, as a measure: 两年, 三个月, 五千元, two years, twenty days. 一 and "one" are plain words.
IN_WORDS: Mapping[Language, re.Pattern[str]] = {
    "zh": re.compile(r"[两二三四五六七八九十百千万]+(?:年|个月|天|日|元|块|倍|岁|个工作日|小时|成|分之)"),
    "en": re.compile(
        r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|fifty|hundred"
        r"|thousand)[ -](?:years?|months?|weeks?|days?|hours?|yuan|times|percent|per cent)\b",
        re.IGNORECASE,
    ),
}
NAME = re.compile(r"""["'][a-z0-9_./]*[a-z][a-z0-9_./]*["']""")  # of a figure, a fact or a template
DAY = re.compile(rf"(\d+) ({'|'.join(MONTHS)}) (\d+)")
HAN = re.compile(r"[\u3400-\u9fff]+")
HAN_MARKS = re.compile("[，。；：！？、]")
RUN_TOGETHER = re.compile(
    r"[a-z0-9)”][.?!][A-Z][a-z]+ "
)  # two sentences without a blank, as a tag leaves them
LONGEST_NAME = 14  # Chinese characters of a name that an English reader looks for on the screen
ROUGH: Mapping[Language, str] = {
    "zh": "大约|粗算|估|左右",
    "en": r"\b(about|roughly|around|estimated?)\b",
}  # an amount that we worked out ourselves is marked as such
AT_LEAST: Mapping[Language, str] = {"zh": "至少等", "en": "at least "}  # a missed year more adds to the wait
RESIDENTS: Mapping[Language, str] = {"zh": "居民医保", "en": "residents’"}
UNWORDED = (LookupError, TemplateError, ValueError, TypeError)  # what rendering raises
LEXER = environment({})
MANY_TEMPLATES = 4_000  # of all languages; those of two knowledges, the old and the new one
MOST_CONTEXTS = 3_000  # of a card in one language; a fact more multiplies them
CASES = 3  # of one template that are listed; the others are mostly the same
REQUIRED = ("title", "benefit", "cost", "time", "documents", "where", "deadline", "steps", "beware")
RUN_ON = re.compile(r"^(?!\{%).*\S\{% end(?:if|for) %\}\n(?=[^\s{]|\{\{)", re.MULTILINE)
BREAK_LOST = re.compile(r"[^\n]{0,7}[^\n ][①-⑨•] .{1,8}")  # a step whose line break a tag took


def check_sources(knowledge: Knowledge) -> Iterator[Finding]:
    """Find bare numbers in the templates of advice, before anything is rendered."""
    for language in LANGUAGES:
        yield from bare_numbers(knowledge, language, "advice/")


def run_on_lines(source: str) -> Iterator[str]:
    """Find lines of a template that end in a tag and run on into the next, for Jinja drops the break."""
    for found in RUN_ON.finditer(source):
        yield f"a line runs on into the next: …{found[0].strip()[-40:]} (leave an empty line behind it)"


def bare_numbers(knowledge: Knowledge, language: Language, folder: str) -> Iterator[Finding]:
    """Find bare numbers in the templates of one folder and language."""
    for name, source in sorted(knowledge.wording.templates[language].items()):
        if name.startswith(folder):
            for line, number in _bare_by_line(source, language):
                where = f"templates/{language}/{name}:{line}"
                yield Finding(where, f"a bare number: {number}", "make it a figure in parameters.yaml")


@lru_cache(MANY_TEMPLATES)  # after one template has changed all are checked again
def _bare_by_line(source: str, language: Language) -> tuple[tuple[int, str], ...]:
    """Return the bare numbers of a template, each with its line."""
    return tuple(
        # A text begins where the last tag ended.
        (line + text[: text.index(number)].count("\n"), number)
        for line, kind, text in LEXER.lex(source)
        for number in _bare(kind, text, language)
    )


def _bare(kind: str, text: str, language: Language) -> Iterator[str]:
    match kind:
        case "data":
            yield from re.findall(r"\d+", text)
            yield from IN_WORDS[language].findall(text)
        case "integer" | "float":
            yield text
        case "string" if re.search(r"\d", text) and not NAME.fullmatch(text):
            yield text


def check_piece(
    knowledge: Knowledge, piece: Piece, on: date, values: Mapping[str, tuple[str, ...]]
) -> tuple[list[Rendered], list[Finding]]:
    """Render a piece in every reachable context and language, and find what is wrong with it."""
    rendered: list[Rendered] = []
    findings: list[Finding] = []
    for language in LANGUAGES:
        where = f"templates/{language}/{piece.template}"
        try:
            own = list(renderings(knowledge, piece, language, on, values))
            findings += _blocks(knowledge, piece, language, on, where)
        except UNWORDED as error:
            findings.append(_unworded(where, on, error))
            continue
        findings += [Finding(where, floor, "put it right") for floor in _floors(knowledge, piece, language)]
        if len(own) > MOST_CONTEXTS:
            told = f"{len(own)} contexts (at most {MOST_CONTEXTS}): nobody can read them all"
            findings.append(Finding(where, told, "let it hang on fewer facts at once"))
        rendered += own
        distinct = {(card.text, card.worked_out): card for card in own}  # most contexts read like another
        seen = {
            problem: card.context
            for card in distinct.values()
            for problem in _problems(card, knowledge.phrases)
        }
        cases = [Finding(where, problem, _case(context)) for problem, context in seen.items()]
        findings += cases[:CASES]
    findings += _unlike(rendered)
    return rendered, findings


def check_worded(
    knowledge: Knowledge, piece: Piece, on: date, values: Mapping[str, tuple[str, ...]]
) -> Iterator[Finding]:
    """Find a piece that can't be worded on a day in some reachable context; look at nothing else."""
    for language in LANGUAGES:
        try:
            word_each_block(knowledge, piece, language, on, values)
        except UNWORDED as error:
            yield _unworded(f"templates/{language}/{piece.template}", on, error)


def _unworded(where: str, on: date, error: Exception) -> Finding:
    return Finding(where, f"can't be worded on {on} ({error})", "fix what it says")


def _floors(knowledge: Knowledge, piece: Piece, language: Language) -> Iterator[str]:
    """Find a wait after a missed enrolment that isn't worded as residents' insurance and as "at least"."""
    for line in knowledge.wording.templates[language][piece.template].splitlines():
        before, met, _ = line.partition("{{ calc.waiting.missed")
        if met and not (before.endswith(AT_LEAST[language]) and RESIDENTS[language] in before.lower()):
            yield f"a wait that holds for residents’ insurance only, and is the least one: {line[:60]}"


def _case(context: Mapping[str, frozenset[str]]) -> str:
    facts = ", ".join(f"{fact} {'/'.join(sorted(value))}" for fact, value in context.items())
    return f"put it right (seen with {facts})" if facts else "put it right"


def body(card: str) -> str:
    """Return a card's words without its foot, which quotes official titles."""
    return plain(card.rsplit("\n\n<i>", 1)[0])


def _problems(card: Rendered, phrases: Phrases) -> Iterator[str]:
    yield from unread(card.text, card.language)
    yield from _markup(card.text)
    words = body(card.text)
    yield from offences(words, card.language, phrases)
    yield from stiffness(words, card.language, phrases)
    if card.language == "en":
        yield from _chinese(words)
        if run_together := RUN_TOGETHER.search(words):
            yield f"no blank between two sentences: {run_together[0]}"
    for lost in BREAK_LOST.findall(card.text):
        # Jinja drops the break after a tag at a line's end: an empty line behind it keeps the break.
        yield f"a step that doesn't begin its line: …{lost}"
    if card.worked_out and not re.search(ROUGH[card.language], words):
        yield f"told as a standard, though we worked it out: {', '.join(sorted(card.worked_out))}"
    if "<blockquote expandable>" not in card.text:
        yield "no sources at its foot: it must extend advice/card.j2"


def _chinese(words: str) -> Iterator[str]:
    """Find Chinese in an English card that is more than a name to look for."""
    for line in words.split("\n"):
        names = HAN.findall(line)
        if HAN_MARKS.search(line) or any(len(name) > LONGEST_NAME for name in names):
            yield f"Chinese in an English card: {line[:60]}"
        elif len("".join(names)) > len(re.findall("[A-Za-z0-9]", line)):
            yield f"more Chinese than English in a line: {line[:60]}"


def _markup(text: str) -> Iterator[str]:
    open_: list[str] = []
    for closing, tag in TAGS.findall(text):
        if tag not in KNOWN_TAGS:
            yield f"<{tag}> is no markup that every channel can show"
        elif not closing:
            open_.append(tag)
        elif not open_ or open_.pop() != tag:
            yield f"</{tag}> closes nothing"
    if open_:
        yield f"<{open_[-1]}> is not closed"
    if "<" in TAGS.sub("", text):
        yield "a stray <"


def _blocks(
    knowledge: Knowledge, piece: Piece, language: Language, on: date, where: str
) -> Iterator[Finding]:
    source = knowledge.wording.templates[language][piece.template]
    for block in REQUIRED:
        if not re.search(rf"block {block}\s*%}}\s*(?!\s|{{%-?\s*endblock)", source):
            yield Finding(where, f"block {block} says nothing", "write it; “none needed” is something")
    own = title(knowledge, piece.id, language, on)
    if len(own) > TITLE_LIMIT[language] or "&" in own or "<" in own:
        yield Finding(
            where, f"the title “{own}” fits no button", f"at most {TITLE_LIMIT[language]}, no & or <"
        )


def _unlike(rendered: list[Rendered]) -> Iterator[Finding]:
    """Compare the two languages in the same context: same figures looked up, same numbers told."""
    told = {text: numbers(body(text)) for text in {card.text for card in rendered}}
    by_context: dict[frozenset[tuple[str, frozenset[str]]], list[Rendered]] = defaultdict(list)
    for card in rendered:
        by_context[frozenset(card.context.items())].append(card)
    for cards in by_context.values():
        if len(cards) != len(LANGUAGES):
            where = f"advice {cards[0].piece.id}"
            yield Finding(where, "zh and en read different facts", "ask for the same facts in both")
            return
        zh, en = sorted(cards, key=lambda card: card.language, reverse=True)
        looked_up, counted = zh.figures ^ en.figures, told[zh.text] ^ told[en.text]
        if looked_up or counted:
            where = f"advice {zh.piece.id}"
            unlike = ", ".join([*sorted(looked_up), *sorted(counted)])
            yield Finding(where, f"only one language tells {unlike}", "tell the same in zh and en")
            return


def numbers(text: str) -> frozenset[str]:
    """The numbers that a text tells, in one notation for both languages."""
    text = re.sub(r"(?<=\d),(?=\d)", "", text)
    text = re.sub(r"(?<=\d):00\b", "", text)  # 22:00, 22点
    text = DAY.sub(lambda day: f"{day[1]} {MONTHS.index(day[2]) + 1} {day[3]}", text)
    text = re.sub(r"(\d+(?:\.\d+)?)万", lambda found: f"{float(found[1]) * 10000:.0f}", text)
    return frozenset(f"{float(number):g}" for number in re.findall(r"\d+(?:\.\d+)?", text))
