"""Turns as a batch: one that meets a bug harms no other, and whoever waits hears of it in their language."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.adapters.files import load_knowledge
from bot.conversation import Command, Conversation, Tap
from bot.messages import Message, Speaker
from bot.questionnaire import LANGUAGES, Language
from bot.replies import AskConsent, Say
from bot.service import Envelope, Outgoing, settle
from tests.talks import CONSENT, NOON, speaker

BEGUN = Conversation(speaker().knowledge.questionnaire.version)


class Stumbling(Speaker):
    """A speaker with a bug in the first screen."""

    def word(self, reply: Any, *others: Any) -> tuple[Message, ...]:
        if isinstance(reply, AskConsent):
            raise RuntimeError("stumbled")
        return super().word(reply, *others)


def said(what: Say, language: Language, talk: Conversation | None = None) -> Message:
    (message,) = speaker().word(what, talk, language, date(2026, 11, 23))
    return message


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_met_a_bug_is_told_so_in_the_language_of_their_phone(language: Language) -> None:
    came = Envelope(1, 7, Command("start"), language)
    settled = settle(Stumbling(load_knowledge()), [came], {}, frozenset(), NOON)
    assert settled.outgoing == [Outgoing(7, said(Say("sorry"), language))]
    assert (settled.conversations, settled.handled) == ({}, [1])
    assert [str(error) for error in settled.failures] == ["stumbled"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_met_a_bug_is_told_so_in_the_language_of_their_talk_and_its_look(language: Language) -> None:
    held = replace(BEGUN, language=language, simple=True)
    came = Envelope(1, 7, Command("start"), "zh" if language == "en" else "en")
    settled = settle(Stumbling(load_knowledge()), [came], {7: held}, frozenset(), NOON)
    assert settled.outgoing == [Outgoing(7, said(Say("sorry"), language, held))]


def test_a_turn_that_meets_a_bug_changes_nothing_and_the_others_go_on() -> None:
    held = replace(BEGUN, consent=None, ticks=("answers",))
    batch = [
        Envelope(1, 7, Command("start")),
        Envelope(2, 8, Command("help")),
        Envelope(3, 7, Command("help")),
    ]
    settled = settle(Stumbling(load_knowledge()), batch, {7: held}, frozenset(), NOON)
    assert [outgoing.chat for outgoing in settled.outgoing] == [7, 8, 7]
    assert [outgoing.message for outgoing in settled.outgoing[1:]] == [said(Say("help"), "zh")] * 2
    assert (settled.conversations, settled.handled) == ({}, [1, 2, 3])


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_finds_the_year_full_hears_it_in_the_language_of_their_talk(language: Language) -> None:
    ticked = replace(BEGUN, language=language, ticks=tuple(data.split(":")[-1] for data in CONSENT[:-1]))
    came = Envelope(1, 7, Tap("go:agree"), "zh" if language == "en" else "en", 3)
    settled = settle(speaker(), [came], {7: ticked}, frozenset(), NOON, room=0)
    assert settled.outgoing[0].message == said(Say("full"), language)
    assert [outgoing.chat for outgoing in settled.outgoing] == [7, 7]
    assert (settled.conversations, settled.joined) == ({}, 0)
