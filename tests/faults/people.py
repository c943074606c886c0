"""Workers who react to what they see: mostly sensibly, often hastily, sometimes strangely."""

import asyncio
from random import Random
from typing import TYPE_CHECKING

from bot.dialogue.seats import FORGET_BOTH, MARK, marked
from bot.render import Message
from tests.faults.telegram import Chat

if TYPE_CHECKING:
    from tests.faults.world import World

WORDS = ("是", "没有", "3000", "大概两万", "上海", "送外卖", "不知道", "hello", "1", "跳过", "<b>&amp;")
COMMANDS = (
    "start",
    "result",
    "tips",
    "remind",
    "review",
    "lang",
    "help",
    "mydata",
    "explain",
    "back",
    "nonsense",
    "family",
    "mine",
)
FORGETTING = ("go:forget", marked("go:forget"), FORGET_BOTH.data)  # their own, a family member's, both

NEEDED = ("+:consent:relative", "+:consent:answers", "+:consent:abroad")
RESULTS = ("您的结果", "Your result", "您的結果")


class Person:
    """One worker. While `sensible`, they only go on with the questions until they see the result."""

    def __init__(self, world: "World", chat: Chat) -> None:
        self.world, self.chat = world, chat
        self.random = Random(f"{world.seed} {chat.id}")
        self.sensible = False

    async def muddle_along(self) -> None:
        """Do whatever comes to mind, for ever."""
        self.world.telegram.say(self.chat, "/start")
        while True:
            await self._look()
            self.act()

    async def reach_the_result(self) -> None:
        """Answer what is asked until the result stands there."""
        self.world.telegram.say(self.chat, "/start")
        while not any(word in self._newest().text for word in RESULTS):
            if await self._look():
                while await self._look(patience=3.0):
                    """Read to the end before answering: who doesn't may be one screen behind for ever."""
                self.go_on()
            else:
                self.world.telegram.say(self.chat, "/start")

    async def _look(self, patience: float = 0.0) -> bool:
        """Wait for something new, but not for ever; then take a moment. Tells whether there was news."""
        patience = patience or self.random.choice((2.0, 10.0, 60.0))
        try:
            async with asyncio.timeout(patience):
                await self.chat.changed.wait()
                news = True
        except TimeoutError:
            news = False
        await asyncio.sleep(self.random.choice((0.05, 0.5, 3.0)) * self.random.random())
        self.chat.changed.clear()
        return news

    def act(self) -> None:
        """Do one thing."""
        chance = self.random.random()
        if chance < 0.7:
            self.go_on()
        elif chance < 0.76:
            message, data = self.go_on()
            if data:
                self.world.telegram.tap(self.chat, message, data)
        elif chance < 0.82:
            self._tap_any(self.random.choice(list(self.chat.screen) or [0]))
        elif chance < 0.88:
            self._tap_any(self.chat.last)
        elif chance < 0.93:
            self.world.telegram.say(self.chat, self.random.choice(WORDS))
        elif chance < 0.97:
            self.world.telegram.say(self.chat, f"/{self.random.choice(COMMANDS)}")
        elif chance < 0.98:
            self.world.telegram.tap(self.chat, self.chat.last, self.random.choice(FORGETTING))
        elif chance < 0.985:
            self.world.telegram.tap(self.chat, self.chat.last, "go:restart")
        else:
            self.world.telegram.say(self.chat, "/delete")

    def go_on(self) -> tuple[int, str]:
        """Tap what leads on in the newest message; /start if nothing does. Gives what was tapped."""
        data = next_tap([b.data for row in self._newest().buttons for b in row], self.random)
        if data:
            self.world.telegram.tap(self.chat, self.chat.last, data)
        else:
            self.world.telegram.say(self.chat, "/start")
        return self.chat.last, data

    def _tap_any(self, message: int) -> None:
        buttons = [b.data for row in self.chat.screen.get(message, Message("")).buttons for b in row]
        if buttons:
            self.world.telegram.tap(self.chat, message, self.random.choice(buttons))

    def _newest(self) -> Message:
        return self.chat.screen.get(self.chat.last, Message(""))


def next_tap(buttons: list[str], random: Random) -> str:
    """Choose what leads on: the needed ticks and then agreeing, an answer, a score after all, or nothing."""
    of_family = any(data.startswith(MARK) for data in buttons)
    chosen = _next_tap([data.removeprefix(MARK) for data in buttons], random)
    return marked(chosen) if chosen and of_family else chosen


def _next_tap(buttons: list[str], random: Random) -> str:
    if "go:scored" in buttons:
        return "go:scored"
    if "go:agree" in buttons:
        needed = [data for data in NEEDED if data in buttons]
        return needed[0] if needed else "go:agree"
    if answers := [data for data in buttons if data.startswith("a:") and not data.endswith(":under_14")]:
        return random.choice(answers)
    done = [data for data in buttons if data.startswith("done:")]
    ticked = any(data.startswith("-:") for data in buttons)
    if done and (ticked or random.random() < 0.1):
        return done[0]
    ticks = [data for data in buttons if data.startswith("+:")]
    return random.choice(ticks) if ticks else ""
