"""Pushes updates to the webhook: in order within a chat, chats side by side, again until it answers 2xx."""

import asyncio
import json
from collections import deque
from typing import Any

from bot.demo.double.calls import Call
from bot.demo.double.dispatch import Dispatch, Dropped
from bot.demo.double.faults import Faults
from bot.demo.double.intake import Intake, Webhook
from bot.demo.double.refusals import Refusal
from bot.demo.double.state import State
from bot.demo.double.wire import Answer, Unanswered, Wire

JSON = dict[str, Any]

ANSWER_WITHIN = 60.0  # seconds
LONGEST_PAUSE = 64.0  # seconds between tries, reached by doubling


class Delivery:
    """One bot's pushes. `pause` is how many seconds lie before the second try."""

    def __init__(
        self, state: State, intake: Intake, dispatch: Dispatch, faults: Faults, pause: float = 1.0
    ) -> None:
        self._state = state
        self._intake = intake
        self._dispatch = dispatch
        self._faults = faults
        self._pause = pause

    async def run(self) -> None:
        """Push until cancelled, to whichever webhook is set."""
        while True:
            webhook = self._intake.webhook
            if webhook.url:
                secret = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
                wire = Wire(webhook.url, secret)
                try:
                    await self._serve(webhook, wire)
                finally:
                    wire.close()
            else:
                await webhook.changed.wait()
                webhook.changed.clear()

    async def _serve(self, webhook: Webhook, wire: Wire) -> None:
        """Push to this webhook until it is replaced."""
        lanes: dict[int, deque[JSON]] = {}
        seen: set[int] = set()
        connections = asyncio.Semaphore(webhook.max_connections)
        async with asyncio.TaskGroup() as tasks:
            while self._intake.webhook is webhook:
                webhook.changed.clear()
                waiting = self._state.updates.waiting()
                seen &= {update["update_id"] for update in waiting}
                for update in self._faults.arrange([u for u in waiting if u["update_id"] not in seen]):
                    seen.add(update["update_id"])
                    chat = _chat(update)
                    if chat in lanes:
                        lanes[chat].append(update)
                    else:
                        lanes[chat] = deque([update])
                        tasks.create_task(self._drain(webhook, wire, connections, lanes, chat))
                await webhook.changed.wait()

    async def _drain(
        self,
        webhook: Webhook,
        wire: Wire,
        connections: asyncio.Semaphore,
        lanes: dict[int, deque[JSON]],
        chat: int,
    ) -> None:
        pause = self._pause
        while lanes[chat] and self._intake.webhook is webhook:
            update = lanes[chat][0]
            async with connections:
                taken = await self._push(webhook, wire, update)
            if taken:
                self._state.updates.confirm(update["update_id"])
                lanes[chat].popleft()
                pause = self._pause
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        del lanes[chat]

    async def _push(self, webhook: Webhook, wire: Wire, update: JSON) -> bool:
        """Push one update, as often as its faults say; tell whether it was taken."""
        taken = False
        for _ in range(self._faults.copies(update["update_id"])):
            taken = await self._post(webhook, wire, update) or taken
        return taken

    async def _post(self, webhook: Webhook, wire: Wire, update: JSON) -> bool:
        body = json.dumps(update, ensure_ascii=False).encode()
        try:
            answer = await wire.post(body, ANSWER_WITHIN)
        except Unanswered as error:
            return self._note(webhook, str(error))
        if not 200 <= answer.status < 300:
            return self._note(webhook, f"Wrong response from the webhook: {answer.status} {answer.reason}")
        if answer.body:
            await self._reply(answer)
        return True

    def _note(self, webhook: Webhook, error: str) -> bool:
        webhook.last_error = error
        webhook.last_error_date = int(self._state.clock())
        return False

    async def _reply(self, answer: Answer) -> None:
        """Perform the call that may ride on the webhook's answer; nobody receives its result."""
        try:
            parameters = json.loads(answer.body)
        except ValueError:
            return
        if isinstance(parameters, dict) and isinstance(parameters.get("method"), str):
            try:
                await self._dispatch.perform(Call(parameters["method"], parameters))
            except (Refusal, Dropped):
                return


def _chat(update: JSON) -> int:
    """Name the lane of an update: its chat, or the person who tapped."""
    content = next(value for name, value in update.items() if name != "update_id")
    message = content if "chat" in content else content.get("message", content)
    chat: int = message["chat"]["id"]
    return chat
