"""Turns as a batch: one that meets a bug harms no other, and the worker who waits reads of it in their
language.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.content.questionnaire import LANGUAGES, Language
from bot.dialogue.conversation import Command, Conversation, Group, Hurry, Tap
from bot.dialogue.replies import AskConsent, Say, Saying
from bot.render import Message, Presenter
from bot.turns.contract import Inbound, Outbound
from tests.chats import at
from tests.checkout import KNOWLEDGE
from tests.talks import CONSENT, SHORT_PATH, presenter, turned

BEGUN = Conversation(presenter().knowledge.questionnaire.version)


class Stumbling(Presenter):
    """A presenter with a bug in the first screen."""

    def render(self, reply: Any, *others: Any) -> tuple[Message, ...]:
        if isinstance(reply, AskConsent):
            raise RuntimeError("stumbled")
        return super().render(reply, *others)


def said(what: Say, language: Language, talk: Conversation | None = None) -> Message:
    (message,) = presenter().render(what, talk, language, date(2026, 11, 23))
    return message


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_met_a_bug_is_told_so_in_the_language_of_their_phone(language: Language) -> None:
    came = Inbound(1, at(7), Command("start"), language)
    settled = turned([came], voice=Stumbling(KNOWLEDGE))
    assert settled.outgoing == [Outbound(at(7), said(Say("sorry"), language))]
    assert (settled.conversations, settled.handled) == ({}, [1])
    assert [str(error) for error in settled.events.failures] == ["stumbled"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_met_a_bug_is_told_so_in_the_language_of_their_talk_and_its_look(language: Language) -> None:
    held = replace(BEGUN, language=language, simple=True)
    came = Inbound(1, at(7), Command("start"), "zh" if language == "en" else "en")
    settled = turned([came], {at(7): held}, voice=Stumbling(KNOWLEDGE))
    assert settled.outgoing == [Outbound(at(7), said(Say("sorry"), language, held))]


def test_a_turn_that_meets_a_bug_changes_nothing_and_the_others_go_on() -> None:
    held = replace(BEGUN, consent=None, ticks=("answers",))
    batch = [
        Inbound(1, at(7), Command("start")),
        Inbound(2, at(8), Command("help")),
        Inbound(3, at(7), Command("help")),
    ]
    settled = turned(batch, {at(7): held}, voice=Stumbling(KNOWLEDGE))
    assert [outgoing.chat for outgoing in settled.outgoing] == [at(7), at(8), at(7)]
    assert [outgoing.message for outgoing in settled.outgoing[1:]] == [said(Say("help"), "zh")] * 2
    assert (settled.conversations, settled.handled) == ({}, [1, 2, 3])


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_finds_the_year_full_hears_it_in_the_language_of_their_talk(language: Language) -> None:
    ticked = replace(BEGUN, language=language, ticks=tuple(data.split(":")[-1] for data in CONSENT[:-1]))
    came = Inbound(1, at(7), Tap("go:agree"), "zh" if language == "en" else "en", "3")
    settled = turned([came], {at(7): ticked}, room=0)
    assert settled.outgoing[0].message == said(Say("full"), language)
    assert [outgoing.chat for outgoing in settled.outgoing] == [at(7), at(7)]
    assert (settled.conversations, settled.joined) == ({}, 0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("incoming", "what"), [(Group(), "group"), (Hurry(), "hurry")])
def test_one_line_points_from_a_group_to_the_private_chat_and_one_calms_who_is_too_fast(
    incoming: Group | Hurry, what: Saying, language: Language
) -> None:
    held = replace(BEGUN, language=language, simple=True)
    came = Inbound(1, at(7), incoming, "zh" if language == "en" else "en")
    settled = turned([came], {at(7): held})
    assert settled.outgoing == [Outbound(at(7), said(Say(what), language, held))]
    anew = turned([replace(came, language=language)])
    assert anew.outgoing == [Outbound(at(7), said(Say(what), language))]
    assert settled.conversations == anew.conversations == {}


def test_who_deletes_gets_nothing_that_waited_of_their_own_and_others_get_theirs() -> None:
    batch = [
        Inbound(1, at(8), Command("help")),
        Inbound(2, at(7), Command("help")),
        Inbound(3, at(7), Tap("go:forget")),
    ]
    settled = turned(batch, {at(7): BEGUN})
    assert [(o.chat, o.message) for o in settled.outgoing] == [
        (at(8), said(Say("help"), "zh")),
        (at(7), said(Say("forgotten", replaces=True), "zh")),
    ]
    assert (settled.forgotten, settled.conversations) == ({at(7)}, {at(7): None})


def test_an_update_that_was_handled_has_no_effect_and_those_behind_it_have_theirs() -> None:
    batch = [Inbound(n, at(chat), Command("help")) for n, chat in ((1, 7), (2, 8), (2, 8), (3, 9))]
    settled = turned(batch, seen=frozenset({1}))
    assert [outgoing.chat for outgoing in settled.outgoing] == [at(8), at(9)]
    assert settled.handled == [2, 3]


def test_a_screen_that_goes_on_replaces_the_tapped_one_and_a_new_one_does_not() -> None:
    ticked = replace(BEGUN, ticks=("answers",))
    tapped = Inbound(1, at(7), Tap("+:consent:abroad"), "zh", "33")
    replaced = [o.edits for o in turned([tapped], {at(7): ticked}).outgoing]
    assert replaced == ["33"]
    asked = Inbound(1, at(7), Command("help"), "zh", "33")
    added = [o.edits for o in turned([asked], {at(7): ticked}).outgoing]
    assert added == [None]


def test_a_batch_says_what_was_shown_who_came_and_whose_survey_is_complete() -> None:
    batch = [Inbound(0, at(7), Command("start", "poster")), Inbound(1, at(8), Command("help", "poster"))]
    batch += [Inbound(n, at(7), Tap(data)) for n, data in enumerate((*CONSENT, *SHORT_PATH), 2)]
    settled = turned(batch)
    asked = list(dict.fromkeys(data.split(":")[1] for data in SHORT_PATH))
    assert list(dict.fromkeys(settled.events.shown)) == [*asked, "result"]
    assert settled.events.came == ["poster"]
    assert (settled.finished, settled.joined) == ({at(7)}, 1)
    last = Inbound(99, at(7), Tap("go:restart"))
    again = turned([last], {at(7): settled.conversations[at(7)] or BEGUN})
    assert again.finished == set()
    both = turned([*batch, last])
    assert both.finished == set()


def test_the_reminder_that_was_set_is_listed_in_the_place_of_the_question_when() -> None:
    agreed = replace(
        BEGUN, consent=("answers", "abroad"), consent_version=presenter().knowledge.consent.version
    )
    tapped = Inbound(1, at(7), Tap("remind:survey:tomorrow"), "zh", "33")
    settled = turned([tapped], {at(7): agreed})
    assert [outgoing.edits for outgoing in settled.outgoing] == ["33"]
    talk = settled.conversations[at(7)]
    assert talk is not None
    assert [reminder.what for reminder in talk.reminders] == ["survey"]
