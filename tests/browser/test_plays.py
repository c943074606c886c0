"""Whole conversations in a real browser: five workers, two languages, three widths, and demos."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from bot.demo.double import phone
from bot.demo.double.page import STATIC
from bot.demo.double.server import Simulator
from tests.browser.test_chat_page import overflow
from tests.lengths import tries
from tests.talks import TOKEN, running_bot
from tests.test_every_button import QUESTIONNAIRE, taps_for
from tests.test_personas import FILES, read

PLAYS: list[dict[str, Any]] = json.loads((STATIC / "plays.json").read_text(encoding="utf-8"))
LANGUAGES = ("zh-hans", "en")
AFTER_RESULT = 3  # taps: the picture, back to the result, the first piece of advice
# Each play once, the languages in turn; then each in the other language.
IN_TURN = [(play, LANGUAGES[number % 2]) for number, play in enumerate(PLAYS)]
LEFT = [(play, LANGUAGES[1 - number % 2]) for number, play in enumerate(PLAYS)]
CONVERSATIONS = [*IN_TURN, *LEFT]
WIDTHS = ((320, 700), (390, 844), (768, 900))


@pytest.mark.parametrize("script", PLAYS, ids=lambda script: str(script["id"]))
def test_a_script_taps_what_its_persona_answers(script: dict[str, Any]) -> None:
    persona = read(next(path for path in FILES if path.stem == script["id"]))
    answers = {q.id: persona.said[q.id] for q in QUESTIONNAIRE.path(persona.said)}
    first = f"open:{persona.expect.first[0]}"
    assert tuple(script["taps"]) == (*taps_for(answers)[1:], "go:picture", "go:result", first)


async def tap(page: Page, data: str) -> None:
    """Tap a button of the newest keyboard, once everything tapped before is answered."""
    await expect(page.locator(".waiting")).to_have_count(0)
    await newest(page, data).click()


def newest(page: Page, data: str) -> Locator:
    return page.locator(".keyed").last.locator(f'.key[data-data="{data}"]')


async def look(page: Page, artefacts: Path, name: str) -> None:
    """See at every width that nothing sticks out or is cut off, and keep a picture of each."""
    for width, height in WIDTHS:
        await page.set_viewport_size({"width": width, "height": height})
        await page.locator(".message").last.scroll_into_view_if_needed()
        await page.screenshot(path=artefacts / f"{name}-{width}.png")
        assert await overflow(page) == 0, f"{name} at {width} px"
    await page.set_viewport_size({"width": 390, "height": 844})


def told_apart(part: dict[str, Any] | str) -> str:
    return part if isinstance(part, str) else str(part["id"])


@pytest.mark.browser
@pytest.mark.parametrize(("script", "language"), CONVERSATIONS[: tries("conversations")], ids=told_apart)
async def test_a_worker_taps_from_start_to_result_picture_and_advice(
    chromium_page: Page, artefacts: Path, tmp_path: Path, script: dict[str, Any], language: str
) -> None:
    page, name = chromium_page, f"{script['id']}-{language}"
    taps: list[str] = script["taps"]
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        await page.goto(simulator.page_url)
        await expect(page.locator(".chosen")).to_have_count(1)  # opens by itself, in Chinese
        if language == "en":
            await page.get_by_role("button", name="New chat").click()
        await page.locator(f".chosen[lang^={language[:2]}] .start").click()
        await expect(newest(page, taps[0])).to_be_visible()
        if script is PLAYS[0]:  # the first screens are the same for everybody
            await look(page, artefacts, f"{name}-consent")
        for data in taps[:-AFTER_RESULT]:
            if script is PLAYS[0] and data.startswith("a:province"):
                await expect(newest(page, data)).to_be_visible()
                await look(page, artefacts, f"{name}-provinces")
            await tap(page, data)
        picture, back, card = taps[-AFTER_RESULT:]
        await expect(newest(page, picture)).to_be_visible()
        await look(page, artefacts, f"{name}-result")
        await tap(page, picture)
        await expect(page.locator(".theirs img")).to_have_js_property("complete", True)
        await look(page, artefacts, f"{name}-picture")
        await tap(page, back)
        await tap(page, card)
        await expect(page.locator(".keyed").last.locator('.key[data-data^="remind:"]')).to_be_visible()
        await look(page, artefacts, f"{name}-card")


@pytest.mark.browser
async def test_a_demo_plays_itself_to_the_end(chromium_page: Page, artefacts: Path, tmp_path: Path) -> None:
    page, script = chromium_page, PLAYS[0]
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        await page.goto(f"{simulator.page_url}?play={script['id']}&pause=20")
        await expect(page.locator(".toast")).to_have_text("演示完了，您可以接着点", timeout=20_000)
        await expect(newest(page, "go:tips")).to_be_visible()
        assert await page.locator("[data-playing]").count() == 0
        await page.screenshot(path=artefacts / "demo.png")


@pytest.mark.browser
async def test_a_demo_is_chosen_in_the_bar_and_stopped_by_escape(chromium_page: Page, tmp_path: Path) -> None:
    page = chromium_page
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        await page.goto(f"{simulator.page_url}?pause=300")
        await expect(page.locator(".chat")).to_have_count(1)
        await page.get_by_role("combobox", name="看演示").select_option(f"{PLAYS[1]['id']} en")
        await expect(page.locator(".chat.chosen")).to_contain_text("minutes")
        await page.keyboard.press("Escape")
        await expect(page.locator(".chosen .toast")).to_have_text("The demo was stopped")
        assert await page.locator("[data-playing]").count() == 0


@pytest.mark.browser
async def test_the_theme_is_chosen_with_a_button_and_kept(chromium_page: Page, artefacts: Path) -> None:
    page = chromium_page
    await page.emulate_media(color_scheme="light")

    async def bar() -> str:
        return str(await page.locator(".bar").evaluate("(bar) => getComputedStyle(bar).backgroundColor"))

    async with Simulator(token=TOKEN) as simulator:
        await page.goto(simulator.page_url)
        light = await bar()
        await page.get_by_role("button", name="深色").click()
        dark = await bar()
        assert dark != light
        await page.screenshot(path=artefacts / "dark.png")
        await page.reload()
        assert await bar() == dark
        await page.get_by_role("button", name="深色").focus()
        await page.keyboard.press("Space")
        assert await bar() == light


@pytest.mark.browser
async def test_a_press_that_began_before_the_keys_changed_is_not_lost_and_means_what_was_pressed(
    chromium_page: Page, tmp_path: Path
) -> None:
    page = chromium_page
    async with Simulator(token=TOKEN) as simulator, running_bot(simulator, tmp_path / "bot.sqlite"):
        await page.goto(simulator.page_url)
        await page.locator(".chosen .start").click()
        for data in ("+:consent:answers", "+:consent:abroad", "go:agree"):
            await tap(page, data)
        old = newest(page, "a:age:from_31_to_40")
        await expect(old).to_be_visible()
        box = await old.bounding_box()
        assert box is not None
        await page.mouse.move(box["x"] + 5, box["y"] + 5)
        await page.mouse.down()
        (chat,) = simulator.state.chats.values()
        (message,) = [id for id, one in chat.messages.items() if one.get("reply_markup")]
        phone.tap(simulator.state, chat, next(iter(chat.members.values())), message, "a:age:from_21_to_30")
        await expect(newest(page, "a:occupation:food_delivery")).to_be_visible()
        async with page.expect_request("**/tap") as request:
            await page.mouse.up()
        assert '"a:age:from_31_to_40"' in ((await request.value).post_data or "")
        await expect(page.locator(".theirs").last).to_contain_text("那个按钮是之前的")
