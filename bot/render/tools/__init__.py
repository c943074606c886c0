"""The tools in words and buttons: one file a tool, as in bot/dialogue/tools."""

from collections.abc import Mapping

from bot.dialogue.conversation import OpenTool
from bot.dialogue.replies import UseTool
from bot.render.message import Message
from bot.render.tools import check, debts, loan, medical_gap, rate, retirement, vehicle
from bot.render.tools.screens import Screen
from bot.render.view import View

SCREENS: Mapping[str, Screen] = {
    "check": check.SCREEN,
    "debts": debts.SCREEN,
    "loan": loan.SCREEN,
    "medical_gap": medical_gap.SCREEN,
    "rate": rate.SCREEN,
    "retirement": retirement.SCREEN,
    "vehicle": vehicle.SCREEN,
}


def show(sheet: View, reply: UseTool) -> Message:
    """Render where a tool stands, or what it came to."""
    return SCREENS[reply.name].show(sheet, reply)


def open_now(sheet: View, tool: OpenTool | None) -> Mapping[str, object]:
    """Return the name of the tool that is open, and what was said to it, for a worker who asks."""
    if tool is None or tool.name not in SCREENS:
        return {"tool": "", "told": []}
    name = sheet.block(f"tools/{tool.name}.j2", "name")
    return {"tool": name, "told": SCREENS[tool.name].told(sheet, tool.said)}
