"""A link or a poster opens one card: before consent, with nothing kept, and in a talk that goes on."""

import pytest

from bot.content.questionnaire import LANGUAGES, Language
from bot.dialogue.commands import CARD
from bot.dialogue.conversation import Command, Conversation
from bot.guidance import title
from bot.turns.contract import Address, Inbound
from tests.talks import TODAY, presenter, rules, turned

SOMEBODY = Address("telegram", "42")
TALK = Conversation(questionnaire=rules().questionnaire.version, answers={"age": ("from_21_to_30",)})


def came(link: str, language: Language = "zh") -> Inbound:
    return Inbound(1, SOMEBODY, Command("start", link), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_link_opens_its_card_before_consent_and_nothing_is_kept(language: Language) -> None:
    batch = turned([came(f"{CARD}unpaid_wages", language)])
    (message,) = (out.message for out in batch.outgoing)
    assert title(presenter().knowledge, "unpaid_wages", language, TODAY) in message.text
    assert not batch.conversations
    assert not batch.finished


def test_a_link_leaves_a_talk_as_it_was() -> None:
    batch = turned([came(f"{CARD}unpaid_wages")], held={SOMEBODY: TALK})
    assert len(batch.outgoing) == 1
    assert not batch.conversations


def test_from_the_card_one_tap_leads_to_the_start() -> None:
    (card,) = turned([came(f"{CARD}unpaid_wages")]).outgoing
    assert "go:continue" in {button.data for row in card.message.buttons for button in row}


def test_another_link_begins_the_talk() -> None:
    for link in ("union", "card_nothing_of_the_kind", "unpaid_wages"):
        assert turned([came(link)]).conversations
