"""The tools. Each has the floor for what is typed until its end; docs/extend.md tells how to add one."""

from collections.abc import Mapping

from bot.dialogue.tools import check, debts, loan, medical_gap, rate, retirement, vehicle
from bot.dialogue.tools.floor import Tool

__all__ = ["TOOLS", "Tool"]

_MODULES = (check, debts, loan, medical_gap, rate, retirement, vehicle)
TOOLS: Mapping[str, Tool] = {module.TOOL.name: module.TOOL for module in _MODULES}
