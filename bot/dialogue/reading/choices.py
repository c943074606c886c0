"""Words -> options of a question: sure only if every word is known and none denies, doubts or contradicts."""

import re
from difflib import get_close_matches

from bot.content.questionnaire import Question
from bot.content.vocabulary import Kinds, Vocabulary
from bot.dialogue.reading import lexicon
from bot.dialogue.reading.lexicon import DENIAL, Token
from bot.dialogue.reading.meanings import Guess, Match, NotRead, Reading

_OPEN = re.compile(r"([\u4e00-\u9fff])[没不]\1")  # 交没交: neither yes nor no
MAX_GUESSES = 4
MAX_FUZZY = 20  # characters; a longer text is no misspelt name


def choose(words: str, question: Question, vocabulary: Vocabulary) -> Reading:
    """Read folded words as names of options."""
    tokens = _deny(lexicon.of(question, vocabulary).cut(words), vocabulary.kinds)
    if any(token.kind == "question" for token in tokens):
        return NotRead()
    named, hinted, denied = _sort_out(tokens)
    agreed = bool(named) and all(options & named for options in hinted)
    wanted = (named if agreed else named.union(*hinted)) - denied
    if not wanted and hinted:  # 没跟银行借过，跟邻居借过: both said and denied
        wanted = frozenset[str]().union(*hinted)
    plain = not denied and all(token.kind in ("name", "hint", "filler", "turn", "pause") for token in tokens)
    chosen = tuple(option.id for option in question.options if option.id in wanted)
    if plain and agreed and not _OPEN.search(words) and question.accepts(chosen):
        return Match(chosen)
    if not wanted:
        left = tuple(option.id for option in question.options if option.id not in denied)
        return Guess(left) if denied and len(left) == 1 else _near(words, question, tokens, vocabulary)
    return Guess(chosen[:MAX_GUESSES])


def _deny(tokens: list[Token], kinds: Kinds) -> list[Token]:
    """Read a plain no beside the name of an option as a denial of it: 没有意外险, 没有不稳定."""
    named = [token for token in tokens if token.options and token.options != {"unknown"}]
    several = len({token.options for token in named}) > 1
    clauses: list[list[Token]] = [[]]
    for token in tokens:
        clauses[-1].append(token)
        if token.kind == "pause":
            clauses.append([])
    denying: list[Token] = []
    for clause in clauses:
        beside = any(token.options - {"unknown"} and token.text not in kinds.no for token in clause)
        for token in clause:
            plain = beside and token.options and token.text in kinds.no
            other = (
                several
                and token.kind == "name"
                and token.options <= set(DENIAL)
                and token.text[0] in "没不无否n"
            )
            denying.append(Token("negation", token.text) if plain or other else token)
    return denying


def _sort_out(tokens: list[Token]) -> tuple[frozenset[str], list[frozenset[str]], frozenset[str]]:
    """Collect the options named, those hinted at, and those denied within the reach of a negation."""
    named: set[str] = set()
    hinted: list[frozenset[str]] = []
    denied: set[str] = set()
    clause: list[Token] = []
    for token in (*tokens, Token("pause", "")):
        if token.kind not in ("pause", "turn"):
            clause.append(token)
            continue
        said = [t for t in clause if t.kind != "filler"]
        reach = next((i for i, t in enumerate(said) if t.kind == "negation"), len(said))
        if said and said[-1].kind == "negation":
            reach = 0  # 骑手不是
            denied |= named if len(said) == 1 else set()  # 买过意外险，断了
        for i, t in enumerate(said):
            if i >= reach:
                denied |= t.options
            elif t.kind == "name":
                named |= t.options
            elif t.kind == "hint":
                hinted.append(t.options)
        clause = []
    return frozenset(named), hinted, frozenset(denied)


def _near(words: str, question: Question, tokens: list[Token], vocabulary: Vocabulary) -> Reading:
    """Offer the options whose names the words nearly spell; a denial is no misspelling."""
    kinds = {token.kind for token in tokens}
    known = lexicon.of(question, vocabulary).known
    if (
        any(token.kind == "unknown" and token.text in known for token in tokens)  # 没断过 is no 没买过
        or not 1 < len(words) <= MAX_FUZZY
        or "negation" in kinds
        or kinds <= {"filler", "turn", "pause", "doubt"}
    ):
        return NotRead()
    known = lexicon.of(question, vocabulary).names()
    plain = (*vocabulary.kinds.yes, *vocabulary.kinds.no)
    spelt = [name for name in known if len(name) > 1 and name not in plain]
    close = get_close_matches(words, spelt, n=2, cutoff=0.6)
    ids = {id for name in close for id in known[name].options}
    guesses = tuple(option.id for option in question.options if option.id in ids)
    return Guess(guesses[:MAX_GUESSES]) if guesses else NotRead()
