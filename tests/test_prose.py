"""The prose of papers, docstrings and comments, the tests' too, keeps to its rules."""

import pytest

from tests.prose import RULES, Find, Text, finds, sentences


@pytest.fixture(scope="module")
def found() -> list[Find]:
    return finds()


@pytest.mark.parametrize("rule", RULES)
def test_no_sentence_breaks_a_rule(rule: str, found: list[Find]) -> None:
    assert [f"{find.file}:{find.line}: {find.sentence}" for find in found if find.rule == rule] == []


def breaks(sentence: str, kind: str = "paper", name: str = "") -> set[str]:
    text = Text("page.md", 1, kind, sentence, name)
    return {rule for rule, broken in RULES.items() if any(broken(s, text) for s in sentences(sentence))}


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("Whoever uses the bot would notice the change.", "headless_who"),
        ("Guard it well: who has it reads everything that workers write.", "headless_who"),
        ("Who runs it finds a report.", "headless_who"),
        ("A key for who has no row.", "headless_who"),
        ("Count people; who left counts again.", "headless_who"),
        ("What is not clear is asked back.", "headless_what"),
        ("One thing: another thing; a third thing.", "two_colons"),
        ("A chat that floods is told once.", "calque"),
        ("The model is fitted anew.", "calque"),
        ("Measured on 2026-11-26 on two cores.", "measured"),
    ],
)
def test_a_sentence_that_breaks_a_rule_is_found(sentence: str, rule: str) -> None:
    assert rule in breaks(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "People who use the bot would notice the change.",
        "Who may import whom?",
        "A line says who runs the bot.",
        "See `a: b; c: d` at 12:30; it has one.",
        "It tells the operator what to do.",
        "Returns nothing when there is none.",
        "The places.\n\nRaises:\n    Refusal: 400 when there is one.",
        "Read it.\n\nfirst: what came in. second: what went out. third: whether it counts.",
        "The parts.\n\nfacts   what is known: the answers       cards   a piece: in words",
    ],
)
def test_a_plain_sentence_breaks_none(sentence: str) -> None:
    assert breaks(sentence) == set()


def test_a_docstring_says_more_than_its_name_and_begins_with_a_verb_of_the_field() -> None:
    assert breaks("Unblock.", "docstring", "_unblock") == {"repeats_its_name"}
    assert breaks("Give the day by which figures are looked up.", "docstring", "today") == {"plain_verb"}
    assert breaks("Give the day by which figures are looked up.", "docstring", "_today") == {"plain_verb"}
    assert breaks("Return the day by which figures are looked up.", "docstring", "today") == set()
