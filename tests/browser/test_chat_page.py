"""The chat page in Chromium, before python-telegram-bot's own Application over HTTP."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import FilePayload, Page, expect
from telegram import Bot

from bot.demo.double.faults import delayed
from tests.browser.demonstration import demonstration, drawing, keys

pytestmark = pytest.mark.browser


async def overflow(page: Page) -> int:
    """Count the pixels by which anything sticks out sideways."""
    found: int = await page.evaluate(
        "() => Math.max(...[document.documentElement, ...document.querySelectorAll('main, .chat, .chat *')]"
        ".filter((node) => !node.matches('select, option, textarea, h2, .reply, svg *'))"
        ".map((node) => node.scrollWidth - node.clientWidth), 0)"
    )
    return found


async def agree(page: Page) -> None:
    await page.get_by_role("button", name="开始", exact=True).click()
    await page.get_by_role("button", name="同意，开始").click()
    await expect(page.get_by_text("您在哪个省份干活")).to_be_visible()


async def test_a_worker_talks_taps_and_gets_picture_and_file(chromium_page: Page, artefacts: Path) -> None:
    page = chromium_page
    async with demonstration() as simulator:
        await page.goto(simulator.page_url)
        await expect(page.get_by_text("这个机器人能做什么？")).to_be_visible()
        await page.screenshot(path=artefacts / "page-about.png")
        await page.get_by_role("button", name="开始", exact=True).click()
        await expect(page.get_by_text("我会问您")).to_be_visible()
        await page.screenshot(path=artefacts / "page-consent.png")
        await page.get_by_role("button", name="同意，开始").click()
        await page.get_by_role("button", name="跳过").click()
        await expect(page.locator(".toast")).to_have_text("已跳过")
        await page.get_by_role("button", name="为什么问").click()
        await expect(page.get_by_role("dialog")).to_contain_text("各地社保缴费标准不一样")
        await page.screenshot(path=artefacts / "page-alert.png")
        await page.get_by_role("button", name="好", exact=True).click()
        await page.get_by_role("button", name="黑龙江").click()
        await expect(page.get_by_text("已选：province:7")).to_be_visible()
        await page.get_by_role("textbox", name="输入消息").fill("结果")
        await page.keyboard.press("Enter")
        await expect(page.locator("img")).to_have_js_property("naturalWidth", 480)
        async with page.expect_download() as download:
            await page.get_by_role("link", name="带去窗口的清单.pdf").click()
        saved = await (await download.value).path()
        assert saved.read_bytes() == "清单".encode()
        await page.screenshot(path=artefacts / "page-result.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nothing_sticks_out_sideways(chromium_page: Page, artefacts: Path, scheme: Any) -> None:
    page = chromium_page
    await page.emulate_media(color_scheme=scheme)
    async with demonstration() as simulator:
        await page.goto(simulator.page_url)
        await agree(page)
        await page.get_by_role("button", name="＋ New chat").click()
        await page.get_by_role("button", name="Start", exact=True).click()
        await expect(page.locator(".chosen").get_by_text("我会问您")).to_be_visible()
        await page.get_by_role("tab").first.click()
        await look(page, artefacts, f"provinces-{scheme}")
        box = await page.get_by_role("button", name="内蒙古").bounding_box()
        assert box is not None
        assert box["height"] >= 44
        chat = page.locator(".chat").first
        await chat.get_by_role("textbox").fill("很" * 300 + "w" * 300)
        await page.keyboard.press("Enter")
        await expect(chat.locator(".theirs").last).to_contain_text("您说：很很很")
        await look(page, artefacts, f"long-{scheme}")


async def look(page: Page, artefacts: Path, name: str) -> None:
    """See that nothing sticks out at any width, and keep a picture of each."""
    for width, height in ((1280, 900), (768, 900), (390, 844), (320, 700)):
        await page.set_viewport_size({"width": width, "height": height})
        await page.screenshot(path=artefacts / f"page-{name}-{width}.png")
        assert await overflow(page) == 0, f"at {width} px: see page-{name}-{width}.png"


async def test_markup_in_a_message_is_shown_and_never_run(chromium_page: Page) -> None:
    page = chromium_page
    async with demonstration() as simulator:
        await page.goto(simulator.page_url)
        await page.get_by_role("button", name="开始", exact=True).click()
        hostile = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
        await page.get_by_role("textbox").fill(hostile)
        await page.keyboard.press("Enter")
        await expect(page.locator(".theirs").last).to_contain_text(f"您说：{hostile}")
        assert await page.locator(".log img, .log script").count() == 0
        assert await page.title() != "taken"


async def test_everything_can_be_done_by_keyboard(chromium_page: Page) -> None:
    page = chromium_page
    async with demonstration() as simulator:
        await page.goto(simulator.page_url)
        start = page.get_by_role("button", name="开始", exact=True)
        await start.focus()
        await page.keyboard.press("Enter")
        consent = page.get_by_role("button", name="同意，开始")
        await expect(consent).to_be_visible()
        await expect(page.get_by_role("textbox")).to_be_focused()
        await consent.focus()
        await page.keyboard.press("Enter")
        question = page.locator(".bubble", has_text="您在哪个省份干活")
        await expect(question).to_be_focused()  # a new question is read before its keys
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="北京")).to_be_focused()
        await page.keyboard.press("Space")
        await expect(page.get_by_text("已选：province:0")).to_be_visible()


async def test_commands_come_from_the_menu_and_from_a_slash_in_the_chats_language(
    chromium_page: Page,
) -> None:
    page = chromium_page
    async with demonstration() as simulator:
        await page.goto(simulator.page_url)
        await page.get_by_role("button", name="开始", exact=True).click()
        await page.get_by_role("button", name="命令菜单").click()
        await expect(page.locator(".commands").get_by_role("option")).to_have_text(
            ["/start开始或继续", "/delete删除我的数据", "/help怎么用"]
        )
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.locator(".theirs").last).to_contain_text("您说：/delete")
        await page.get_by_role("textbox").fill("/he")
        await expect(page.locator(".commands").get_by_role("option")).to_have_text(["/help怎么用"])
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(page.locator(".theirs").last).to_contain_text("您说：/help")
        await page.get_by_role("combobox", name="用户语言").select_option("en")
        await page.get_by_role("button", name="Command menu").click()
        await expect(page.locator(".commands").get_by_role("option")).to_have_text(
            ["/startBegin", "/helpHelp"]
        )


async def test_a_worker_sends_a_picture_and_a_sticker_and_edits_a_text(chromium_page: Page) -> None:
    page = chromium_page
    async with demonstration() as simulator:
        await page.goto(simulator.page_url)
        await page.get_by_role("button", name="开始", exact=True).click()
        await page.get_by_role("button", name="添加").click()
        async with page.expect_file_chooser() as chooser:
            await page.get_by_role("button", name="照片").click()
        picture = FilePayload(name="工资条.png", mimeType="image/png", buffer=drawing(60, 40))
        await (await chooser.value).set_files(picture)
        await expect(page.locator(".mine img")).to_have_js_property("naturalWidth", 60)
        await expect(page.locator(".theirs").last).to_contain_text("我只看得懂文字和按钮")
        await page.get_by_role("button", name="添加").click()
        await page.get_by_role("button", name="贴纸 👍").click()
        await expect(page.locator(".sticker")).to_have_text("👍")
        field = page.get_by_role("textbox")
        await field.fill("五千")
        await field.press("Enter")
        await expect(page.locator(".mine").last).to_contain_text("五千")
        await field.press("ArrowUp")
        await expect(field).to_have_value("五千")
        await field.fill("五千五")
        await field.press("Enter")
        await expect(page.locator(".theirs").last).to_contain_text("改成：五千五")
        await expect(page.locator(".mine").last).to_contain_text("已编辑")


async def test_typing_shows_while_the_bot_works(chromium_page: Page) -> None:
    page = chromium_page
    async with demonstration() as simulator:
        await page.goto(simulator.page_url)
        await page.get_by_role("button", name="开始", exact=True).click()
        simulator.faults.plan("sendPhoto", delayed(0.5))
        await page.get_by_role("textbox").fill("结果")
        await page.keyboard.press("Enter")
        await expect(page.locator(".status")).to_have_text("正在发送文件…")
        await expect(page.locator(".theirs img")).to_be_visible()
        await expect(page.locator(".status")).to_have_text("机器人")


async def test_a_worker_stops_the_bot_and_starts_it_again(chromium_page: Page) -> None:
    page = chromium_page
    async with demonstration() as simulator:
        await page.goto(simulator.page_url)
        await page.get_by_role("button", name="开始", exact=True).click()
        await page.get_by_role("button", name="停用机器人").click()
        await expect(page.locator(".status")).to_have_text("已停用")
        await expect(page.get_by_role("textbox")).to_be_hidden()
        await page.get_by_role("button", name="重新启用机器人").click()
        await expect(page.get_by_role("textbox")).to_be_visible()


async def test_a_link_to_the_page_carries_a_start_word_and_a_reload_keeps_the_chat(
    chromium_page: Page,
) -> None:
    page = chromium_page
    async with demonstration() as simulator:
        await page.goto(f"{simulator.page_url}?start=poster-7")
        await page.get_by_role("button", name="开始", exact=True).click()
        await expect(page.get_by_text("来自 poster-7")).to_be_visible()
        await page.reload()
        await expect(page.get_by_text("来自 poster-7")).to_be_visible()
        assert len(simulator.state.users) == 1


async def test_on_a_phone_chats_are_tabs(chromium_page: Page) -> None:
    page = chromium_page
    async with demonstration() as simulator:
        await page.goto(simulator.page_url)
        await page.get_by_role("button", name="开始", exact=True).click()
        await page.get_by_role("button", name="＋ New chat").click()
        await expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible()
        await expect(page.get_by_text("我会问您")).to_be_hidden()
        await page.get_by_role("tab").nth(1).focus()
        await page.keyboard.press("ArrowLeft")
        await expect(page.get_by_role("tab").first).to_have_attribute("aria-selected", "true")
        await expect(page.get_by_text("我会问您")).to_be_visible()


async def test_long_english_names_in_four_columns_break_only_between_words(chromium_page: Page) -> None:
    page = chromium_page
    await page.set_viewport_size({"width": 320, "height": 700})
    names = ["Inner Mongolia", "Heilongjiang", "Guangdong", "Chongqing"]
    async with demonstration() as simulator, Bot(simulator.token, simulator.base_url) as bot:
        worker = simulator.worker("Li", "en")
        await worker.says("hello")
        await worker.expects("您说：hello")
        markup = keys([(name, name) for name in names])
        await bot.send_message(worker.chat_id, "Where do you work?", reply_markup=markup)
        await page.goto(simulator.page_url)
        await expect(page.get_by_role("button", name="Heilongjiang")).to_be_visible()
        lines = await page.locator(".key").evaluate_all(
            "(keys) => keys.map((key) => {"
            " const range = document.createRange(); range.selectNodeContents(key);"
            " return range.getClientRects().length; })"
        )
        assert lines == [2, 1, 1, 1]


async def test_a_group_shows_who_speaks_and_who_added_the_bot(chromium_page: Page) -> None:
    page = chromium_page
    async with demonstration() as simulator:
        _, li = simulator.group("外卖群", simulator.worker("王"), simulator.worker("李"))
        await li.says("/start")
        await page.goto(simulator.page_url)
        await page.get_by_role("tab", name="外卖群").click()
        await expect(page.get_by_text("王 把机器人加进了群")).to_be_visible()
        await expect(page.locator(".chosen .sender").first).to_have_text("李")
        await expect(page.locator(".chosen .theirs .sender").last).to_have_text("零工保障助手")
