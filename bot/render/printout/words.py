"""Words the picture and the printout for one worker on one day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot import guidance
from bot.content.knowledge import Knowledge
from bot.content.parameters import number_of
from bot.content.questionnaire import Answers, Language
from bot.content.templates import per_hundred, place, plain
from bot.guidance import Outcome
from bot.render.printout.content import Action, Gauge, Handout, Labels, People, ResultPicture, Standing
from bot.render.printout.texts import checklist, lines
from models.serving.risk import Abstained, Score

WORDS = "handout.j2"
SURVEY = "survey_report"
RISKS = (
    ("credit", "financing_constraint", "survey.constrained"),
    ("gap", "insurance_gap", "survey.no_commercial_cover"),
)
HOTLINES = ("hotline.social_insurance", "hotline.medical", "hotline.tax", "hotline.finance", "hotline.fraud")
SITES = ("hrss_platform", "medical_platform", "credit_center")


def card(knowledge: Knowledge, outcome: Outcome, language: Language, on: date) -> ResultPicture:
    """Say what goes onto the picture, in the words and figures of the result's text."""
    sheet = _Words(knowledge, outcome, language, on)
    gauges = tuple(sheet.gauges())
    return ResultPicture(
        language=language,
        title=sheet("card_title"),
        note=sheet("card_note"),
        gauges=gauges,
        legend=sheet("legend"),
        middle=sheet("middle"),
        survey=sheet("survey", survey=knowledge.sources[SURVEY]),
        foot=sheet("standing"),
        alt="\n".join((sheet("card_title"), *(line for gauge in gauges for line in gauge.sentences()))),
    )


def handout(
    knowledge: Knowledge,
    answers: Answers,
    outcome: Outcome,
    language: Language,
    on: date,
    *,
    with_result: bool = False,
) -> Handout:
    """Say what goes onto the printout: the first pieces of the outcome's advice.

    Without `with_result` it tells neither result nor answers: its pieces are worded as for anybody.
    """
    sheet = _Words(knowledge, outcome, language, on)
    told = answers if with_result else {}
    return Handout(
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

    def gauges(self) -> Iterator[Gauge]:
        for risk, model, share in RISKS:
            score = self.outcome.scores[model]
            heading = self(f"{risk}_heading", score=score, facts=self.outcome.facts)
            if isinstance(score, Abstained):
                yield Gauge(heading, None, self("silence", score=score))
            else:
                yield Gauge(heading, self._standing(risk, score, share))

    def _standing(self, risk: str, score: Score, share: str) -> Standing:
        share_of_all = float(number_of(share, self.knowledge.parameters.at(share, self.on).value))
        everybody = round(per_hundred(share_of_all) / 10)
        line, here = self(f"{risk}_line"), self("here", score=score)
        return Standing(
            place=place(score.percentile),
            line=line,
            here=here,
            sentence=self("line_and_here", line=line, here=here),
            first=self(f"{risk}_first"),
            last=self(f"{risk}_last"),
            group=self(f"{risk}_group", score=score),
            frequency=self(f"{risk}_frequency", score=score),
            people=(
                # Rounded outwards, so that the figures never claim more than the interval.
                People(self("alike"), per_hundred(score.low) // 10, -(-per_hundred(score.high) // 10)),
                People(self("peers"), everybody, everybody),
            ),
            reasons=tuple(line for line in (self("higher", score=score), self("lower", score=score)) if line),
        )

    def result(self) -> Iterator[str]:
        for gauge in self.gauges():
            yield from gauge.sentences()
            yield from gauge.standing.reasons if gauge.standing else ()

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
