"""What words a tool: its screens, and what was said to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.dialogue.replies import UseTool
from bot.render.message import Message
from bot.render.view import View


@dataclass(frozen=True, slots=True)
class Screen:
    """How one tool is shown: `show` words a reply, `told` tells all that is kept."""

    show: Callable[[View, UseTool], Message]
    told: Callable[[View, tuple[str, ...]], Sequence[str]] = lambda _sheet, _said: ()
