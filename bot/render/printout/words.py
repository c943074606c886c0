"""Words the picture and the printout for one worker on one day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot import guidance
from bot.content.knowledge import Knowledge
from bot.content.parameters import number_of
from bot.content.questionnaire import Answers, Language
from bot.content.templates import per_hundred, plain
from bot.guidance import Outcome
from bot.guidance.outcome import CREDIT
from bot.render.printout.content import (
    Action,
    Checklist,
    Handout,
    Hundred,
    Labels,
    Pages,
    ResultCard,
    RiskLine,
    Thing,
)
from bot.render.printout.texts import checklist, lines
from bot.render.told import Told
from models.serving.risk import Score

WORDS, BORROWING, COVER = "handout.j2", "borrowing.j2", "cover.j2"
EVERYBODY = "survey.constrained"
HOTLINES = ("hotline.social_insurance", "hotline.medical", "hotline.tax", "hotline.finance", "hotline.fraud")
SITES = ("hrss_platform", "medical_platform", "credit_center")
NOTES = ("date", "window", "staff", "outcome")


def card(knowledge: Knowledge, outcome: Outcome, language: Language, on: date) -> ResultCard:
    """Say what goes onto the picture, in the words of the result's text."""
    sheet = _Words(knowledge, outcome, language, on)
    things, credit, risks = tuple(sheet.things()), tuple(sheet.credit()), tuple(sheet.risks())
    headings = sheet.heading(BORROWING), sheet.heading(COVER)
    said = (
        *(sheet("card_thing", number=number, thing=thing) for number, thing in enumerate(things, 1)),
        *(headings[0], *credit),
        *(headings[1], *(risk.text for risk in risks)),
    )
    return ResultCard(
        language=language,
        title=sheet("card_title"),
        note=sheet("card_note"),
        things_heading=sheet("card_things"),
        things=things,
        credit_heading=headings[0],
        credit=credit,
        hundreds=tuple(sheet.hundreds()),
        legend=sheet("card_legend"),
        cover_heading=headings[1],
        risks=risks,
        survey=sheet("card_survey"),
        foot=sheet("card_standing"),
        alt="\n".join((sheet("card_title"), *said)),
    )


def handout(
    knowledge: Knowledge,
    answers: Answers,
    outcome: Outcome,
    language: Language,
    on: date,
    *,
    with_result: bool = False,
    pages: Pages = "phone",
) -> Checklist:
    """Say what goes onto the printout: the first pieces of the outcome's advice.

    Without `with_result` it tells neither result nor answers: its pieces are worded as for anybody.
    """
    sheet = _Words(knowledge, outcome, language, on)
    told = answers if with_result else {}
    paper = Handout(
        language=language,
        title=sheet("paper_title"),
        note=sheet("paper_note"),
        made=sheet("paper_made"),
        made_on=on,
        labels=Labels(**{name: sheet(f"paper_{name}") for name in Labels.__slots__}),
        actions=tuple(sheet.action(advised.id, told) for advised in outcome.guidance.first),
        channels=tuple(sheet.channels()),
        foot=sheet("paper_standing"),
        result=tuple(sheet.result()) if with_result else (),
    )
    return Checklist(
        handout=paper,
        name=sheet(f"paper_name_{pages}"),
        pages=pages,
        notes_heading=sheet("paper_notes"),
        notes=tuple(sheet(f"paper_notes_{name}") for name in NOTES),
    )


@dataclass(frozen=True)
class _Words:
    """The words for one worker on one day."""

    knowledge: Knowledge
    outcome: Outcome
    language: Language
    on: date

    def __call__(self, block: str, **context: object) -> str:
        worded = self.knowledge.wording.block(self.language, WORDS, block, self.on, **context)
        return plain(worded).replace("\n", " ")

    def heading(self, template: str) -> str:
        block = "credit_heading" if template == BORROWING else "cover_heading"
        return self._told(template, block)

    def _told(self, template: str, block: str) -> str:
        told = Told(self.knowledge, self.outcome, self.language, self.on)
        return plain(told.block(template, block, **told.context())).replace("\n", " ").strip()

    def credit(self) -> Iterator[str]:
        borrowing = self.outcome.borrowing
        if borrowing.silence == "not_for_minors":
            yield self._told(BORROWING, "credit_minor")
            return
        yield self._told(BORROWING, "credit_said")
        if borrowing.tenths is None:
            yield self._told(BORROWING, "credit_too_little")
            return
        yield self._told(BORROWING, "credit_alike")
        yield self._told(BORROWING, "credit_next")

    def hundreds(self) -> Iterator[Hundred]:
        score = self.outcome.scores[CREDIT]
        if isinstance(score, Score):
            low, high = per_hundred(score.low), per_hundred(score.high)
            yield Hundred(self("alike"), low, high, self("range", low=low, high=high))
            value = self.knowledge.parameters.at(EVERYBODY, self.on).value
            everybody = per_hundred(float(number_of(EVERYBODY, value)))
            yield Hundred(self("peers"), everybody, everybody, str(everybody))

    def risks(self) -> Iterator[RiskLine]:
        told = Told(self.knowledge, self.outcome, self.language, self.on)
        for line in told.lines():
            yield RiskLine(line.state, self("risk", risk=line.risk, why=plain(line.why) or self("covered")))

    def things(self) -> Iterator[Thing]:
        for advised in self.outcome.guidance.first:
            title = plain(guidance.title(self.knowledge, advised.id, self.language, self.on))
            yield Thing(title, self("ring", number=self._number(self.knowledge.piece(advised.id).check_with)))

    def result(self) -> Iterator[str]:
        yield self.heading(BORROWING)
        yield from self.credit()
        yield self.heading(COVER)
        yield from (risk.text for risk in self.risks())

    def action(self, piece: str, told: Answers) -> Action:
        parts, ground = guidance.parts(self.knowledge, piece, told, self.language, self.on)
        text = {name: plain(part) for name, part in parts.items()}
        line = {name: part.replace("\n", " ") for name, part in text.items()}
        documents, remarks = checklist(line["documents"], self.language, self("paper_none_needed"))
        return Action(
            title=line["title"],
            benefit=line["benefit"],
            documents=documents,
            remarks=remarks,
            steps=lines(text["steps"]),
            where=line["where"],
            cost=line["cost"],
            time=line["time"],
            deadline=line["deadline"],
            beware=lines(text["beware"]),
            ground=self("paper_ground", ground=ground),
            doubt=self("paper_doubt", ground=ground),
        )

    def channels(self) -> Iterator[tuple[str, str]]:
        for id in HOTLINES:
            parameter = self.knowledge.parameters.parameter(id)
            yield parameter.zh if self.language == "zh" else parameter.en, self._number(id)
        for id in SITES:
            source = self.knowledge.sources[id]
            yield source.in_(self.language), source.url.removeprefix("https://")

    def _number(self, id: str) -> str:
        return str(self.knowledge.parameters.at(id, self.on).value)
