"""The tools: each has the floor for what is typed until its end; docs/extend.md tells how to add one."""

from collections.abc import Mapping

from bot.dialogue.tools import check, debts, loan, rate, vehicle
from bot.dialogue.tools.floor import Tool

__all__ = ["TOOLS", "Tool"]

TOOLS: Mapping[str, Tool] = {
    tool.name: tool for tool in (check.TOOL, debts.TOOL, loan.TOOL, rate.TOOL, vehicle.TOOL)
}
