"""Workers as people imagine them: tests/personas/*.yaml, which someone who doesn't program can add to."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
import yaml
from pydantic import ConfigDict, TypeAdapter

from bot.content.questionnaire import LANGUAGES, Answers
from bot.guidance import Guidance, Scores, advise, benefits, card, facts_from, score
from models.serving.risk import Score
from tests.checkout import KNOWLEDGE
from tests.paths import whole
from tests.plain_yaml import Plain

FILES = sorted(Path(__file__).parent.joinpath("personas").glob("*.yaml"))
Names = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of the talk."""

    bands: dict[str, Names]
    first: Names
    not_eligible: Names = ()
    ask: dict[str, str] = field(default_factory=dict)
    never: Names = ()
    lines: dict[str, Names] = field(default_factory=dict)
    never_say: Names = ()


@dataclass(frozen=True, slots=True)
class Persona:
    """One imagined worker."""

    note: str
    on: date
    answers: dict[str, str | Names]
    expect: Expected

    @property
    def said(self) -> Answers:
        """The answers in the order of the questions; what isn't named of the short part was skipped."""
        asked = KNOWLEDGE.questionnaire
        short, all = (whole(asked, self.answers, research=research) for research in (False, True))
        return {id: answer for id, answer in all.items() if id in short or id in self.answers}

    @property
    def scores(self) -> Scores:
        return score(KNOWLEDGE, self.said)

    @property
    def guidance(self) -> Guidance:
        facts = facts_from(self.said, KNOWLEDGE.questionnaire, self.scores, self.on)
        return advise(KNOWLEDGE, facts, self.on)


def read(path: Path) -> Persona:
    raw = yaml.load(path.read_text(encoding="utf-8"), Loader=Plain)
    adapter = TypeAdapter(tuple[Persona], config=ConfigDict(extra="forbid"))
    return adapter.validate_python([raw])[0]


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def persona(request: pytest.FixtureRequest) -> Persona:
    return read(request.param)


def test_there_are_personas() -> None:
    assert len(FILES) >= 24


def test_the_persona_gives_answers_that_the_bot_would_accept(persona: Persona) -> None:
    assert persona.answers.keys() <= persona.said.keys(), "an answer to a question that is not asked"
    for question, answer in persona.said.items():
        assert KNOWLEDGE.questionnaire.by_id[question].accepts(answer), f"{question} has no option {answer}"


def test_the_persona_gets_the_bands_that_were_expected(persona: Persona) -> None:
    for model, found in persona.scores.items():
        state = found.band if isinstance(found, Score) else found.reason
        assert state in persona.expect.bands[model], f"{model} is {state}"


def test_the_persona_is_told_first_what_matters_most(persona: Persona) -> None:
    assert tuple(advised.id for advised in persona.guidance.first) == persona.expect.first


def test_the_persona_is_never_told_what_makes_no_sense(persona: Persona) -> None:
    told = {advised.id for advised in persona.guidance.advised}
    assert not told & set(persona.expect.never)
    assert set(persona.expect.never) <= set(KNOWLEDGE.pieces), "a piece that doesn't exist can't be advised"


def test_the_persona_learns_why_not_and_what_would_settle_it(persona: Persona) -> None:
    guidance = persona.guidance
    assert set(persona.expect.not_eligible) <= {piece.id for piece in guidance.not_eligible}
    asked = {piece.id: piece.question for piece in guidance.undecided}
    assert persona.expect.ask.items() <= asked.items()


def test_the_persona_reads_the_lines_that_were_expected(persona: Persona) -> None:
    told = {advised.id for advised in persona.guidance.advised}
    for piece, lines in persona.expect.lines.items():
        assert piece in told, f"{piece} is not advised"
        text = card(KNOWLEDGE, piece, persona.said, "zh", persona.on)
        for line in lines:
            assert line in text


def test_the_persona_reads_nothing_that_must_not_be_said(persona: Persona) -> None:
    for advised in persona.guidance.advised:
        for language in LANGUAGES:
            text = card(KNOWLEDGE, advised.id, persona.said, language, persona.on)
            text += "".join(benefits(KNOWLEDGE, [advised.id], persona.said, language, persona.on))
            for phrase in (*persona.expect.never_say, "信用分", "credit score"):
                assert phrase not in text
