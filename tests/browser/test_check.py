"""The swindle check and passing on in a real browser, at three widths, in both languages."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bot.demo.double.server import Simulator
from tests.browser.test_plays import look, newest, tap
from tests.talks import TOKEN, running_bot

pytestmark = pytest.mark.browser

PASTED = {
    "zh": "您的贷款已获批，卡号填错被冻结，先交4000元解冻金，今天不交就起诉，别告诉家里人",
    "en": "This is Officer Wang. Your card is in a smuggling case. Tell nobody, share your screen.",
}
ASKED = {"zh": "看看是不是骗局", "en": "Is this a swindle?"}
FORWARD = {"zh": "转发", "en": "Forward"}


async def send(page: Page, text: str) -> None:
    """Type a text and send it."""
    await expect(page.locator(".waiting")).to_have_count(0)
    await page.locator(".chosen").get_by_role("textbox").fill(text)
    await page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_worker_checks_a_text_ticks_signs_and_passes_a_card_on(
    chromium_page: Page, artefacts: Path, tmp_path: Path, language: str
) -> None:
    page, name = chromium_page, f"check-{language}"
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        await page.goto(simulator.page_url)
        await expect(page.locator(".chosen")).to_have_count(1)
        if language == "en":
            await page.get_by_role("button", name="New chat").click()
        await page.locator(f".chosen[lang^={language}] .start").click()
        await expect(newest(page, "go:agree")).to_be_visible()
        await send(page, "/check ")
        await expect(page.locator(".theirs").last).to_contain_text(ASKED[language])
        await look(page, artefacts, f"{name}-asked")
        for data in ("tool:check:+4", "tool:check:+45"):
            await tap(page, data)
        await expect(newest(page, "tool:check:=45")).to_be_visible()
        await look(page, artefacts, f"{name}-ticked")
        await tap(page, "tool:check:=45")
        await expect(page.locator(".theirs").last).to_contain_text("🔴")
        await look(page, artefacts, f"{name}-tapped")
        await tap(page, "tool:check")
        await expect(newest(page, "tool:check:+0")).to_be_visible()
        await send(page, PASTED[language])
        await expect(newest(page, "open:fraud_hotline")).to_be_visible()
        await look(page, artefacts, f"{name}-red")
        await tap(page, "tool:check")
        await expect(newest(page, "tool:check:+0")).to_be_visible()
        await send(page, "你好" if language == "zh" else "hello")
        await expect(page.locator(".theirs").last).to_contain_text("🟡")
        await look(page, artefacts, f"{name}-amber")
        await send(page, "/tips")
        await expect(newest(page, "theme:danger")).to_be_visible()
        await tap(page, "theme:danger")
        await expect(newest(page, "open:fraud_hotline")).to_be_visible()
        await tap(page, "open:fraud_hotline")
        await tap(page, "pass:fraud_hotline")
        await expect(page.locator(".theirs").last).to_contain_text(FORWARD[language])
        await look(page, artefacts, f"{name}-passed-on")
