"""State, methods and one worker without HTTP, and how a test asks for a refusal."""

import json
from typing import Any

import pytest

from bot.demo.double.calls import Call
from bot.demo.double.dispatch import Dispatch
from bot.demo.double.faults import Faults
from bot.demo.double.files import Upload
from bot.demo.double.intake import Intake
from bot.demo.double.refusals import Refusal
from bot.demo.double.state import State
from bot.demo.double.worker import Worker

BOT = {"id": 1, "is_bot": True, "first_name": "助手", "username": "guide_bot"}


class Double:
    """State, methods and one worker, without HTTP, at a time that the test sets."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.state = State(dict(BOT), lambda: self.now)
        faults = Faults()
        self.dispatch = Dispatch(self.state, faults, Intake(self.state, faults))
        user = self.state.add_user("小王", "zh-hans")
        self.chat = self.state.chats[user.id]
        self.worker = Worker(self.state, user, self.chat)

    async def call(self, method: str, **parameters: Any) -> Any:
        """Call as a form does: every value a string, objects as JSON."""
        files = {name: value for name, value in parameters.items() if isinstance(value, Upload)}
        values = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in parameters.items()
            if not isinstance(value, Upload)
        }
        return await self.dispatch.perform(Call(method, values, files))

    async def send(self, text: str = "您好", **parameters: Any) -> int:
        message = await self.call("sendMessage", chat_id=self.chat.id, text=text, **parameters)
        return int(message["message_id"])


def keyboard(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"inline_keyboard": list(rows)}


YES = keyboard([{"text": "是", "callback_data": "yes"}])


async def refused(double: Double, method: str, **parameters: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        await double.call(method, **parameters)
    return refusal.value.description
