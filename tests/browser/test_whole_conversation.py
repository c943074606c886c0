"""A whole conversation with the real bot in a real browser, as a worker holds it on a phone."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.demo.double.server import Simulator
from tests.browser.conftest import ARTEFACTS
from tests.talks import CONSENT, SHORT_PATH, TOKEN, presenter, running_bot

pytestmark = pytest.mark.browser


def words(data: str) -> str:
    """The words on a button, for the worker sees no callback data."""
    verb, subject, *rest = data.split(":")
    knowledge = presenter().knowledge
    if verb == "go":
        return "同意，开始"
    if verb == "done":
        return "选好了"
    if subject == "consent":
        ids = [purpose.id for purpose in knowledge.consent.purposes]
        return f"{'①②③'[ids.index(rest[0])]} 我同意"
    option = knowledge.questionnaire.by_id[subject].option(rest[0])
    assert option is not None
    return option.zh


def leads_on(data: str) -> bool:
    """Say whether a tick is one that excludes all others, so that the talk goes on by itself."""
    _, question, id = data.split(":")
    option = presenter().knowledge.questionnaire.by_id[question].option(id)
    return option is not None and option.exclusive


async def test_a_rider_taps_through_to_the_result_and_unfolds_advice(
    chromium_page: Page, tmp_path: Path
) -> None:
    page = chromium_page
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        await page.goto(simulator.page_url)
        await page.get_by_role("button", name="开始", exact=True).click()
        known = presenter().knowledge.questionnaire.by_id
        for data in (*CONSENT, *SHORT_PATH):
            subject = data.split(":")[1]
            bubble = page.locator(".theirs").last
            if subject in known:
                await expect(bubble).to_contain_text(known[subject].text.zh)
            exact = data.startswith("a:")
            await bubble.get_by_role("button", name=words(data), exact=exact).click()
            exclusive = data.startswith("+") and subject in known and leads_on(data)
            if data.startswith("+") and not exclusive:  # as a person does: see the tick before the next tap
                await expect(bubble.get_by_role("button", name=f"☑ {words(data)}")).to_be_visible()
        result = page.locator(".theirs").last
        await expect(result).to_contain_text("您的结果")
        ARTEFACTS.mkdir(exist_ok=True)
        await page.screenshot(path=ARTEFACTS / "result.png")
        await result.get_by_role("button", name="1.").click()
        await expect(page.locator(".theirs").last).to_contain_text("怎么做")
        await page.screenshot(path=ARTEFACTS / "card.png")
