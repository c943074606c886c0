"""Typed words -> an option of the open question, never silently misread: what is vague is asked back.

The grammar. Words are folded first (`folding`): NFKC, lower case, no invisible or decorative signs,
Simplified script, dialect (冇 -> 没有). Then

    answer   := label | choice | amount | steering         a label typed as it stands is its option
    choice   := {NAME | filler | pause}                    every character belongs to a known word
    amount   := {NUMBER [unit] | vague | period | filler}  the whole span lies in one band
    steering := 返回 | 跳过 | 不知道 | 为什么 | ...        back, skip, why

A *match* needs all words understood. It is a *guess* at best with one negation (不是骑手), doubt (可能, ?),
unknown word (以前是骑手), hint (深圳), mended slip (骑首), a second option where one is asked, another period
(一天两百 of a month), a pair of digits (六七千), a small sum (5: yuan or thousands?) or nothing but 对 or no,
which may answer our own 对吗？. *Not read*: a question (是什么), foreign money, a denial that leaves several
options. An option that ends the talk is never taken from a typed number. Vague words: 左右 10 % each way ·
多 up to the next round number · 快 up to 15 % less · 不到 up to 40 % less · 以上, 以下 open.
"""

import re

from bot.content.questionnaire import Question
from bot.content.vocabulary import Steering, Vocabulary
from bot.dialogue.reading import lexicon
from bot.dialogue.reading.amounts import measure
from bot.dialogue.reading.choices import choose
from bot.dialogue.reading.folding import fold, join, mend
from bot.dialogue.reading.meanings import Control, Guess, Match, NotRead, Reading
from bot.dialogue.reading.relatives import for_relative, names_talk, of_relative, only_asks

__all__ = [
    "Control",
    "Guess",
    "Match",
    "NotRead",
    "Reading",
    "agrees",
    "asks",
    "denies",
    "for_relative",
    "names_talk",
    "of_relative",
    "only_asks",
    "place",
    "read",
    "refuses",
    "right_in",
    "stops_reminders",
]

MAX_READ = 400  # characters; what is longer is no answer to a short question
_FIRST = {sign: place for place, sign in enumerate("一二三四五六七八九十", 1)} | {
    word: place for place, word in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"), 1)
}
_PARTICLES = " ?.!啊呀呢了吧的嘛叭啦哈嘞噻诶哦噢呗滴"
_ASKS = re.compile(
    r"[?]|[吗么呢]\W*$|[\u4e00-\u9fff](?:不|没有|没)\W*$|(?:^| )(?:can|do|does|is|are|may|should|will) "
)
_SIGN = "([一二三四五六七八九十]|[0-9]{1,2})"
_PLACE = re.compile(
    rf"(?:我?(?:要|就?选|应该选)?第{_SIGN}[个项条]?(?:选项)?|我?(?:就|应该)?选项?(?:{_SIGN}|([a-h]))|"
    r"(?:the )?(first|second|third|fourth|fifth|sixth)(?: one| option)?|"
    r"(?:option|number|no\.?) ?([0-9]{1,2}|[a-h])|([a-h]))"
    r"(?:的?那个|号|挂|吧|嘛|噻|了|啦| pls| please)*"
)


def read(text: str, question: Question, vocabulary: Vocabulary, year: int) -> Reading:
    """Read `text` as an answer to `question`; any string gives a reading, in time linear in its length.

    year: the present one, by which a year of birth is an age.
    """
    words = _once(_bare(text, vocabulary))
    if not words or len(text) > MAX_READ:
        return NotRead()
    labelled = [
        option.id
        for option in question.options
        if words in (fold(option.zh, vocabulary), fold(option.en, vocabulary))
    ]
    known = lexicon.of(question, vocabulary).known.get(words)
    if len(labelled) == 1 and not (known and known.kind == "hint"):
        return Match((labelled[0],))
    verb = _steering(words, vocabulary)
    reading = _answer(words, question, vocabulary, year)
    if isinstance(reading, Match):
        return reading
    if verb and not (known and known.options):
        return Control(verb)
    if isinstance(reading, NotRead) and (counted := _counted(words, question, vocabulary)):
        return counted
    if isinstance(reading, NotRead) and (mended := mend(words, vocabulary)) != words:
        reading = _answer(mended, question, vocabulary, year)
        return Guess(reading.options) if isinstance(reading, Match) else reading
    return reading


def agrees(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether a text is nothing but a yes: 对, 同意, 可以, yes."""
    return _alone(text, (*vocabulary.kinds.assent, *vocabulary.kinds.agree), vocabulary)


def refuses(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether a text is nothing but a refusal: 不同意, 不要, no."""
    return _alone(text, (*vocabulary.kinds.dissent, *vocabulary.kinds.refuse), vocabulary)


def denies(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether a text is nothing but a no: 没有, 不是, no."""
    kinds = vocabulary.kinds
    return _alone(text, (*kinds.no, *kinds.refuse, *kinds.wrong), vocabulary)


def stops_reminders(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether a text wants no reminder any more, and nothing else: 别再提醒我, stop reminding me."""
    words = vocabulary.choices.get("reminders", {}).get("stop", ())
    return _alone(text, tuple(fold(word, vocabulary) for word in words), vocabulary)


def right_in(text: str, vocabulary: Vocabulary) -> str | None:
    """Return the command whose right a text asks for, and nothing else: 把我的都删了, withdraw consent."""
    for command, words in vocabulary.choices.get("rights", {}).items():
        if _alone(text, tuple(fold(word, vocabulary) for word in words), vocabulary):
            return command
    return None


def asks(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether a text is a question: a word that asks, or a question mark or particle at its end."""
    words = _bare(text, vocabulary)
    return bool(_ASKS.search(fold(text[:MAX_READ], vocabulary))) or any(
        word in words if not word.isascii() else re.search(rf"(?<![a-z]){word}(?![a-z])", words)
        for word in vocabulary.kinds.question
    )


def place(text: str, vocabulary: Vocabulary) -> int | None:
    """Return the place in a list that a text names (第二个, option 3), from 1 on; None for any other text."""
    found = _PLACE.fullmatch(_bare(text, vocabulary))
    if not found:
        return None
    sign = next(part for part in found.groups() if part)
    return _FIRST.get(sign) or (int(sign) if sign.isdecimal() else ord(sign) - ord("a") + 1)


def _alone(text: str, words: tuple[str, ...], vocabulary: Vocabulary) -> bool:
    bare = _once(_bare(text, vocabulary))
    if bare in words:
        return True
    said = [part.strip(_PARTICLES) for part in re.split("[ 、,.!;]+", bare)]  # 中 同意
    return bool(said) and all(part in words for part in said)


def _bare(text: str, vocabulary: Vocabulary) -> str:
    return fold(text[:MAX_READ], vocabulary).strip(" .!、,;'\"")


def _answer(words: str, question: Question, vocabulary: Vocabulary, year: int) -> Reading:
    if any(option.up_to is not None for option in question.options):
        return measure(words, question, vocabulary, year)
    spelt = lexicon.of(question, vocabulary).known.get(words.replace(" ", ""))
    return choose(spelt.text if spelt and spelt.kind == "name" else join(words), question, vocabulary)


def _steering(words: str, vocabulary: Vocabulary) -> Steering | None:
    plain = words.rstrip(_PARTICLES)
    return vocabulary.steering.get(words) or vocabulary.steering.get(plain)


def _once(words: str) -> str:
    """Return once what is said twice in a row: 跳过跳过."""
    half = words[: len(words) // 2].rstrip(" 、,")
    doubled = len(half) > 1 and not any(c.isdecimal() for c in half) and words.replace(" ", "") == half * 2
    return half if doubled else words


def _counted(text: str, question: Question, vocabulary: Vocabulary) -> Guess | None:
    """Guess the option that is named by its place (第二个, 选B, option 3); a bare number may be an amount."""
    at = place(text, vocabulary)
    return Guess((question.options[at - 1].id,)) if at and at <= len(question.options) else None
