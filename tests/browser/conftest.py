"""A real Chromium for the tests that look at pages."""

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
ARTEFACTS = Path(__file__).parents[2] / "test-artefacts"
PHONE = (390, 844)


@pytest.fixture
def chromium() -> str:
    """Where Chromium is; without it the test is skipped, or fails where it is required."""
    path = shutil.which("chromium")
    if path is not None:
        return path
    reason = "no `chromium` on PATH: install it (apt-get install chromium fonts-noto-cjk)"
    if os.environ.get("REQUIRE_CHROMIUM") == "1":
        pytest.fail(f"{reason}; REQUIRE_CHROMIUM=1 forbids to skip")
    pytest.skip(reason)


@pytest.fixture
async def chromium_page(chromium: str) -> AsyncIterator[Page]:
    """A page of a phone's size; an error in its console or a request beyond this machine fails the test."""
    width, height = PHONE
    troubles: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        context = await browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", reduced_motion="reduce"
        )
        page = await context.new_page()
        page.on("pageerror", lambda error: troubles.append(f"error: {error}"))
        page.on("console", lambda line: troubles.append(line.text) if line.type == "error" else None)
        page.on("request", lambda request: _note_outside(request.url, troubles))
        yield page
        await context.close()
        await browser.close()
    assert not troubles, troubles


def _note_outside(url: str, troubles: list[str]) -> None:
    if not url.startswith(("http://127.0.0.1:", "data:", "blob:")):
        troubles.append(f"request beyond this machine: {url}")


@pytest.fixture
def artefacts() -> Path:
    """Where screenshots are kept."""
    ARTEFACTS.mkdir(exist_ok=True)
    return ARTEFACTS
