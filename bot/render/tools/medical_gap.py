"""How long a break in medical insurance leaves somebody without cover, in words."""

from collections.abc import Mapping

from bot.content.parameters import Figures
from bot.dialogue.tools.medical_gap import following
from bot.dialogue.tools.steps import Said
from bot.guidance import calculators
from bot.render.tools.steps import stepwise
from bot.render.view import View

OWN = "medical.flex.waiting_months."  # begins the name of a province's own rule
BRIDGE = "medical.flex.bridge_months."


def _result(sheet: View, said: Said) -> Mapping[str, object]:
    figures = Figures(sheet.knowledge.parameters, sheet.today)
    province = next(iter(sheet.answers.get("province", ())), "")
    own = f"{OWN}{province}" in figures.parameters and figures.known(f"{OWN}{province}")
    resident = said["scheme"] == "resident"
    gap = int(said["years" if resident else "months"])
    return {
        "scheme": said["scheme"],
        "gap": gap,
        "wait": calculators.waiting_months(figures, gap) if resident else None,
        "own": own,
        "bridge": figures.number(f"{BRIDGE}{province}")
        if own
        else figures.number("medical.switch.bridge_months"),
        "longest": figures.number(f"{OWN}{province}")
        if own
        else figures.number("medical.switch.waiting_max"),
    }


SCREEN = stepwise("medical_gap", following, _result)
