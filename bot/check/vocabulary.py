"""Checks of lists of words: they belong to options that exist, can be met, and are there once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import fields
from functools import lru_cache

from bot.check.findings import Finding
from bot.content.knowledge import Knowledge
from bot.content.phrases import Phrases
from bot.content.vocabulary import Vocabulary
from bot.dialogue.reading.folding import fold

FILE = "reading.yaml"

# Thousands of words of our own, most of them in several lists; nobody's typed words are kept.
folded_once = lru_cache(maxsize=50_000)(fold)


def check_vocabulary(knowledge: Knowledge) -> Iterator[Finding]:
    """Find words for questions and options that don't exist, doublets, and words that no text can match."""
    vocabulary = knowledge.vocabulary
    options = {id: {o.id for o in q.options} for id, q in knowledge.questionnaire.by_id.items()}
    for words in (vocabulary.names, vocabulary.hints):
        for id, by_option in words.items():
            for option in by_option.keys() - options.get(id, set()):
                yield Finding(f"{FILE} options.{id}.{option}", "no such option is asked", "fix or remove it")
    for section, by_question in (("topics", vocabulary.topics), ("unlike", vocabulary.unlike)):
        for id in by_question.keys() - options.keys():
            yield Finding(f"{FILE} {section}.{id}", "no such question is asked", "fix or remove it")
    # The lexicon folds the words of options itself.
    lists = [(f"{FILE} {where}", terms, where.startswith("options")) for where, terms in _lists(vocabulary)]
    lists += [(where, terms, False) for where, terms in _lists_elsewhere(knowledge)]
    for where, terms, folds in lists:
        for term, count in Counter(terms).items():
            if count > 1:
                yield Finding(where, f"{term!r} is there twice", "keep one")
            elif (folded := folded_once(term, vocabulary)) != term and not folds:
                yield Finding(where, f"{term!r} is read as {folded!r}", "write it so")
    yield from _phrases(knowledge.phrases)


def _phrases(phrases: Phrases) -> Iterator[Finding]:
    """Find phrases that are never met, for texts are compared in lower case."""
    for each in fields(phrases):
        for language, listed in getattr(phrases, each.name).items():
            for phrase in listed:
                if phrase != phrase.lower():
                    where = f"phrases.yaml {each.name}.{language}"
                    yield Finding(where, f"{phrase!r} is never met", "write it in lower case")


def _lists_elsewhere(knowledge: Knowledge) -> Iterator[tuple[str, Iterable[str]]]:
    asks = knowledge.asks
    yield from ((f"asks.yaml told.{each.name}", getattr(asks.told, each.name)) for each in fields(asks.told))
    yield "asks.yaml besides", asks.besides
    yield "alarms.yaml small", knowledge.alarms.small
    yield "swindles.yaml contacts", knowledge.swindles.contacts


def _lists(vocabulary: Vocabulary) -> Iterator[tuple[str, Iterable[str]]]:
    kinds, amounts = vocabulary.kinds, vocabulary.amounts
    yield from ((f"kinds.{each.name}", getattr(kinds, each.name)) for each in fields(kinds))
    yield "steering", tuple(vocabulary.steering)
    yield from ((f"topics.{id}", terms) for id, terms in vocabulary.topics.items())
    yield from ((f"unlike.{id}", terms) for id, terms in vocabulary.unlike.items())
    for what, words in (("names", vocabulary.names), ("hints", vocabulary.hints)):
        for id, by_option in words.items():
            yield from ((f"options.{id}.{option}.{what}", terms) for option, terms in by_option.items())
    yield from ((f"amounts.units.{unit}", terms) for unit, terms in amounts.units.items())
    yield from ((f"amounts.bends.{bend}", terms) for bend, terms in amounts.bends.items())
    yield from ((f"amounts.quantities.{name}", terms) for name, terms in amounts.quantities.items())
    for name in ("fillers", "totals", "joins", "ranges", "parts"):
        yield f"amounts.{name}", getattr(amounts, name)
