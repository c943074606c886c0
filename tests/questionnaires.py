"""Small questionnaires, one per feature, so that a test shows all that it depends on."""

from bot.content.conditions import Condition
from bot.content.consent import Consent, Purpose
from bot.content.questionnaire import Option, Question, Questionnaire, Renaming, Text
from bot.dialogue.flow import Flow
from tests.typed import COMMANDS, VOCABULARY


def option(id: str, *, zh: str = "", up_to: float | None = None, exclusive: bool = False,
           ends: bool = False, aliases: tuple[str, ...] = ()) -> Option:  # fmt: skip
    return Option(id, zh or id, id, up_to=up_to, exclusive=exclusive, ends=ends, aliases=aliases)


def question(id: str, *options: str | Option, multiple: bool = False, skippable: bool = True,
             ask_if: Condition | None = None, research: bool = False) -> Question:  # fmt: skip
    return Question(
        id=id,
        part="research" if research else "short",
        name=Text(id, id),
        text=Text(f"{id}？", f"{id}?"),
        why=Text(f"为了{id}", f"for {id}"),
        used_by=("advice",),
        options=tuple(o if isinstance(o, Option) else option(o) for o in options),
        skippable=skippable,
        multiple=multiple,
        ask_if=ask_if,
    )


AGE = question("age", option("child", ends=True), "adult", skippable=False)
DEBT = question("debt", "none", "some")
KINDS = question(
    "kinds", "car", "home", option("nothing", exclusive=True), multiple=True, ask_if={"debt": ("some",)}
)
WORK = question("work", "rider", "driver")
SEX = question("sex", "woman", "man", research=True)

CONSENT = Consent(
    "1",
    (
        Purpose("answers", True, "用我的回答", "use my answers"),
        Purpose("abroad", True, "经过境外", "pass abroad"),
        Purpose("research", False, "研究", "research"),
    ),
)


def flow(
    *questions: Question,
    version: str = "1",
    consent: Consent = CONSENT,
    renamed: tuple[Renaming, ...] = (),
) -> Flow:
    asked = Questionnaire(version, questions or (AGE, DEBT, KINDS, WORK, SEX), renamed)
    return Flow(asked, consent, frozenset({"tip"}), VOCABULARY, COMMANDS)
