"""The drawing and the table of delivery's states are made from the code, by `make regenerate`."""

from importlib import import_module
from pathlib import Path

import pytest

from bot.delivery.states import HELD, TRANSITIONS, State, Transition

PAGE = Path(__file__).parents[1] / "docs/delivery.md"
BEGIN, END = "<!-- made from bot/delivery/states.py: begin -->", "<!-- end -->"


def drawing() -> str:
    """The states as Mermaid draws them; what only the holder can tell apart stands in one box."""
    ends = {State.SENT, State.DEAD, State.DROPPED}
    lines = ["```mermaid", "stateDiagram-v2", '    state "held" as held {']
    inside = [t for t in TRANSITIONS if t.before in HELD and t.after in HELD]
    lines += [f"        {t.before} --> {t.after}: {t.name}" for t in inside]
    lines += ["    }", *dict.fromkeys(_arrow(t) for t in TRANSITIONS if t not in inside)]
    return "\n".join([*lines, *(f"    {state} --> [*]" for state in sorted(ends - {State.DEAD})), "```"])


def _arrow(t: Transition) -> str:
    """An arrow; what may happen to all that is held leads from the box."""
    whole = {u.before for u in TRANSITIONS if (u.name, u.after) == (t.name, t.after)} >= HELD
    before = "held" if whole and t.before in HELD else t.before
    return f"    {'[*]' if before == State.UNWRITTEN else before} --> {t.after}: {t.name}"


def table() -> str:
    lines = ["| what | from | to | by | when | in the code |", "|---|---|---|---|---|---|"]
    merged: dict[tuple[str, ...], list[str]] = {}
    for t in TRANSITIONS:
        merged.setdefault((t.name, t.after, t.by, t.when, t.made_by), []).append(t.before)
    for (name, after, by, when, made_by), befores in merged.items():
        module, function = made_by.removeprefix("bot.").split(".", 2)[:2], made_by.rsplit(".", 1)[1]
        lines.append(
            f"| {name} | {', '.join(befores)} | {after} | {by} | {when} | `{'/'.join(module)}.{function}` |"
        )
    return "\n".join(lines)


def made() -> str:
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    return f"{before}{BEGIN}\n{drawing()}\n\n{table()}\n{END}{rest.split(END)[1]}"


def record() -> None:
    """Write what is made into the page."""
    PAGE.write_text(made(), encoding="utf-8")


def test_the_drawing_and_the_table_are_those_of_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == made(), "run `make regenerate` and commit the page"


@pytest.mark.parametrize("name", sorted({t.made_by for t in TRANSITIONS}))
def test_the_function_that_makes_a_transition_is_there(name: str) -> None:
    module, kind, function = name.rsplit(".", 2)
    assert callable(getattr(getattr(import_module(module), kind), function))


def test_from_every_state_a_letter_can_come_to_an_end() -> None:
    ended = {State.SENT, State.DROPPED}
    while more := {t.before for t in TRANSITIONS if t.after in ended} - ended:
        ended |= more
    assert ended == set(State)


def test_nothing_leads_away_from_what_was_sent_or_dropped() -> None:
    assert not [t for t in TRANSITIONS if t.before in (State.SENT, State.DROPPED)]
