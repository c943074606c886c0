"""The Bot API's methods on how the bot introduces itself: commands, names, descriptions, menu button."""

import json
import re
from typing import Any

from bot.demo.double.calls import Call
from bot.demo.double.refusals import bad_request
from bot.demo.double.state import Chat, Event, State

JSON = dict[str, Any]

MOST_COMMANDS = 100
MOST_COMMAND_TEXT = 256
MOST = {"name": 64, "description": 512, "short_description": 120}
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat",
           "chat_administrators", "chat_member")  # fmt: skip


def set_my_commands(state: State, call: Call) -> bool:
    """Set the commands of a scope in a language."""
    commands = call.value("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands JSON object")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    checked = [_read_command(command) for command in commands]
    return _keep(state, ("commands", _scope(state, call), _language(call)), checked)


def delete_my_commands(state: State, call: Call) -> bool:
    """Take the commands of a scope in a language away."""
    return _keep(state, ("commands", _scope(state, call), _language(call)), [])


def get_my_commands(state: State, call: Call) -> list[JSON]:
    """Return the commands of exactly this scope and language."""
    found: list[JSON] = state.profile.get(("commands", _scope(state, call), _language(call)), [])
    return found


def commands_for(state: State, chat: Chat, language: str) -> list[JSON]:
    """Return the commands that a client in this language shows in this chat: the narrowest that are set."""
    wide = "all_private_chats" if chat.kind == "private" else "all_group_chats"
    for scope in (_written({"type": "chat", "chat_id": chat.id}), _written({"type": wide}), _DEFAULT):
        for code in (language[:2].lower(), ""):
            found: list[JSON] = state.profile.get(("commands", scope, code), [])
            if found:
                return found
    return []


def words_for(state: State, kind: str, language: str) -> str:
    """Return the name, description or short description that a client in this language shows."""
    for code in (language[:2].lower(), ""):
        found: str = state.profile.get((kind, code), "")
        if found:
            return found
    return str(state.bot["first_name"]) if kind == "name" else ""


def set_words(state: State, call: Call) -> bool:
    """Set name, description or short description: setMyName, setMyDescription, setMyShortDescription."""
    kind = _kind(call)
    words = call.text(kind)
    if len(words) > MOST[kind]:
        raise bad_request(f"{kind.replace('_', ' ')} is too long")
    return _keep(state, (kind, _language(call)), words)


def get_words(state: State, call: Call) -> JSON:
    """Return what `set_words` set for exactly this language, with the name as it is when none is set."""
    kind = _kind(call)
    unset = state.bot["first_name"] if kind == "name" else ""
    return {kind: state.profile.get((kind, _language(call)), unset)}


def set_chat_menu_button(state: State, call: Call) -> bool:
    """Set what the button beside the text field does, in one chat or by default."""
    button = call.value("menu_button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
        raise bad_request("can't parse menu button: wrong type")
    if button["type"] == "web_app" and not button.get("text"):
        raise bad_request("can't parse menu button: text must be non-empty")
    return _keep(state, ("menu", _menu_chat(state, call)), button)


def get_chat_menu_button(state: State, call: Call) -> JSON:
    """Return the menu button of a chat, or the default one."""
    unset: JSON = state.profile.get(("menu", ""), {"type": "commands"})
    found: JSON = state.profile.get(("menu", _menu_chat(state, call)), unset)
    return found


def _menu_chat(state: State, call: Call) -> str:
    chat = call.text("chat_id")
    if chat and call.integer("chat_id") not in state.chats:
        raise bad_request("chat not found")
    return chat


def _keep(state: State, key: tuple[str, ...], value: Any) -> bool:
    state.profile[key] = value
    state.tell(Event("profile", 0, {}))
    return True


def _kind(call: Call) -> str:
    method = call.method.lower()
    if method.endswith("shortdescription"):
        return "short_description"
    return "description" if method.endswith("description") else "name"


def _read_command(command: Any) -> JSON:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: object expected")
    name = str(command.get("command") or "").removeprefix("/")
    text = str(command.get("description") or "").strip()
    if not _NAME.fullmatch(name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(text) <= MOST_COMMAND_TEXT:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": text}


def _language(call: Call) -> str:
    code = call.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _scope(state: State, call: Call) -> str:
    scope = call.value("scope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    if scope["type"].startswith("chat"):
        try:
            scope["chat_id"] = int(scope.get("chat_id", 0))
        except ValueError:
            scope["chat_id"] = 0
        if scope["chat_id"] not in state.chats:
            raise bad_request("chat not found")
    return _written(scope)


def _written(scope: JSON) -> str:
    return json.dumps(scope, sort_keys=True)


_DEFAULT = _written({"type": "default"})
