"""Makes the README's pictures of the real bot in a real Chromium: `make regenerate`.

Wants fonts for Chinese and for emoji (fonts-noto-cjk, fonts-noto-color-emoji).
"""

import asyncio
import shutil
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Page, async_playwright

from bot.__main__ import main as command
from bot.content.questionnaire import LANGUAGES, Language
from bot.demo.double.server import Simulator
from bot.demo.double.worker import Worker
from tests.browser.conftest import ARGUMENTS, PHONE
from tests.talks import CONSENT, SHORT_PATH, TOKEN, running_bot, tap

PICTURES = Path(__file__).parents[2] / "docs/pictures"
LOCALES: dict[Language, str] = {"zh": "zh-CN", "en": "en-GB"}
RESULT: dict[Language, str] = {"zh": "您的结果", "en": "Your result"}
COLOURS = 48
AROUND = 170  # pixels for the page's head and foot
SETTLED = 0.6  # seconds until the page has scrolled


async def show_talk(page: Page, language: Language, folder: Path) -> None:
    """Talk on the chat page; keep the first screen, and the whole result and a whole card."""
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, folder / f"{language}.sqlite"):
        await page.goto(simulator.page_url)
        await page.get_by_role("button", name={"zh": "开始", "en": "Start"}[language], exact=True).click()
        user = next(reversed(simulator.state.users.values()))
        worker = Worker(simulator.state, user, simulator.state.chats[user.id])
        await worker.expects(lambda screen: bool(screen.from_bot))
        await keep(page, f"consent.{language}")
        for data in (*CONSENT, *SHORT_PATH):
            await tap(worker, data)
        shown = await worker.expects(lambda screen: RESULT[language] in screen.last.text)
        await show_whole_message(page)
        await keep(page, f"result.{language}")
        await tap(
            worker, next(b.data for row in shown.last.buttons for b in row if b.data.startswith("open:"))
        )
        await worker.expects(lambda screen: len(screen.from_bot) > len(shown.from_bot))
        await asyncio.sleep(SETTLED)
        await show_whole_message(page)
        await keep(page, f"card.{language}")


async def show_whole_message(page: Page) -> None:
    """Make the window as high as the last message with its buttons needs, and scroll to its beginning."""
    width, height = PHONE
    await page.set_viewport_size({"width": width, "height": 3 * height})
    await asyncio.sleep(SETTLED)
    needed = await page.locator(".theirs").last.evaluate("message => message.getBoundingClientRect().height")
    await page.set_viewport_size({"width": width, "height": max(height, int(needed) + AROUND)})
    await asyncio.sleep(SETTLED)
    await page.locator(".theirs").last.evaluate("message => message.scrollIntoView({block: 'start'})")


async def keep(page: Page, name: str) -> None:
    """Wait until the page stands still, and keep it in few colours: the README is read on phones too."""
    await asyncio.sleep(SETTLED)
    picture = Image.open(BytesIO(await page.screenshot()))
    picture.quantize(COLOURS).save(PICTURES / f"{name}.png", optimize=True)


async def make(folder: Path, reports: Path) -> None:
    """Make all pictures."""
    width, height = PHONE
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        for language in LANGUAGES:
            context = await browser.new_context(
                viewport={"width": width, "height": height},
                locale=LOCALES[language],
                reduced_motion="reduce",
            )
            page = await context.new_page()
            await show_talk(page, language, folder)
            await page.set_viewport_size({"width": 2 * width, "height": 2 * height})
            await page.goto((reports / f"report.{language}.html").as_uri())
            await keep(page, f"report.{language}")
            await context.close()
        await browser.close()


def main() -> None:
    """Make a town and its report first, as the operator does."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        town, reports = str(folder / "town.sqlite"), folder / "report"
        command(["simulate", "--people", "200", "--database", town])
        command(["report", "--out", str(reports), "--database", town])
        asyncio.run(make(folder, reports))
