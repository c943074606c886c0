"""How the bot introduces itself: by scope, chat and language, within Telegram's limits."""

from typing import Any

import pytest

from bot.demo.double.profile import commands_for, words_for
from tests.simulator.double import Double, refused

START = {"command": "start", "description": "开始"}


async def test_commands_are_kept_by_scope_and_language() -> None:
    double = Double()
    private = {"type": "all_private_chats"}
    await double.call("setMyCommands", commands=[START], language_code="zh", scope=private)
    assert await double.call("getMyCommands", language_code="zh", scope=private) == [START]
    assert await double.call("getMyCommands", language_code="zh") == []
    await double.call("deleteMyCommands", language_code="zh", scope=private)
    assert await double.call("getMyCommands", language_code="zh", scope=private) == []


async def test_a_client_shows_the_narrowest_commands_in_its_language() -> None:
    double = Double()

    async def put(name: str, **parameters: Any) -> None:
        await double.call("setMyCommands", commands=[{"command": name, "description": "x"}], **parameters)

    def shown(language: str) -> list[str]:
        return [command["command"] for command in commands_for(double.state, double.chat, language)]

    assert shown("zh-hans") == []
    await put("any")
    assert shown("zh-hans") == ["any"]
    await put("private", scope={"type": "all_private_chats"})
    await put("chinese", scope={"type": "all_private_chats"}, language_code="zh")
    assert (shown("zh-hans"), shown("en")) == (["chinese"], ["private"])
    await put("here", scope={"type": "chat", "chat_id": double.chat.id})
    assert shown("zh-hans") == ["here"]


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"commands": [START] * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": [START | {"command": "Start"}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [START | {"command": "s" * 33}]}, "BOT_COMMAND_INVALID"),
        ({"commands": [START | {"description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [START | {"description": "x" * 257}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": "x"}, "can't parse commands JSON object"),
        ({"commands": [START], "language_code": "zh-hans"}, "invalid language code specified"),
        ({"commands": [START], "scope": {"type": "moon"}}, "unsupported type specified"),
        ({"commands": [START], "scope": {"type": "chat", "chat_id": 7}}, "chat not found"),
    ],
)
async def test_commands_beyond_the_limits_are_refused(parameters: dict[str, Any], reason: str) -> None:
    assert reason in await refused(Double(), "setMyCommands", **parameters)


@pytest.mark.parametrize(
    ("method", "kind", "most"),
    [
        ("Name", "name", 64),
        ("Description", "description", 512),
        ("ShortDescription", "short_description", 120),
    ],
)
async def test_names_and_descriptions_are_kept_by_language(method: str, kind: str, most: int) -> None:
    double = Double()
    await double.call(f"setMy{method}", **{kind: "x" * most})
    await double.call(f"setMy{method}", **{kind: "中"}, language_code="zh")
    assert await double.call(f"getMy{method}", language_code="zh") == {kind: "中"}
    assert await double.call(f"getMy{method}") == {kind: "x" * most}
    assert (words_for(double.state, kind, "zh-hans"), words_for(double.state, kind, "de")) == (
        "中",
        "x" * most,
    )
    assert "is too long" in await refused(double, f"setMy{method}", **{kind: "x" * (most + 1)})


async def test_the_menu_button_is_set_for_all_chats_or_one() -> None:
    double = Double()
    assert await double.call("getChatMenuButton") == {"type": "commands"}
    app = {"type": "web_app", "text": "x", "web_app": {"url": "https://e.org"}}
    await double.call("setChatMenuButton", chat_id=double.chat.id, menu_button=app)
    assert await double.call("getChatMenuButton", chat_id=double.chat.id) == app
    assert await double.call("getChatMenuButton") == {"type": "commands"}
    assert "wrong type" in await refused(double, "setChatMenuButton", menu_button={"type": "moon"})
    assert "chat not found" in await refused(double, "setChatMenuButton", chat_id=7)
