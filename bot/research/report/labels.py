"""The words of the office in one language: those of its templates, and those of the questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from bot.content.questionnaire import Language, Question, Questionnaire
from bot.loading.places import KNOWLEDGE
from bot.research.columns import UNKNOWN, Group
from bot.research.report.published import CodeShare, OptionShare
from models.training import published
from models.training.published import Codes

TEMPLATES = KNOWLEDGE / "templates/office"


@cache
def environment() -> Environment:
    """The office's templates; everything that the page prints is escaped, the card is Markdown."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(["html.j2"]),
        trim_blocks=True,
        lstrip_blocks=True,
    )


@dataclass(frozen=True)
class Labels:
    """Names of questions, codes and shares."""

    language: Language
    questionnaire: Questionnaire

    @cached_property
    def words(self) -> Mapping[str, Any]:
        module: Any = environment().get_template(f"{self.language}.j2").module
        words: Mapping[str, Any] = module.words
        return words

    def feature(self, name: str) -> str:
        """Name a feature or an outcome of the models."""
        outcomes: Mapping[str, str] = self.words["outcomes"]
        return outcomes[name] if name in outcomes else self._asking[name].name.in_(self.language)

    def question(self, id: str) -> str:
        """Name a question as lists of answers do."""
        return self.questionnaire.by_id[id].name.in_(self.language)

    def option(self, question: str, id: str) -> str:
        """Name an option as its button does."""
        option = self.questionnaire.by_id[question].option(id)
        return option.in_(self.language) if option else id

    def code(self, feature: str, code: int) -> str:
        """Name a code of a feature, as the options do that have it."""
        special = self.words["codes"].get(feature, {})
        if code in special:
            return str(special[code])
        options = [option for option in self._asking[feature].options if option.code == code]
        return str(self.words["joint"]).join(option.in_(self.language) for option in options)

    def grouping(self, by: str) -> str:
        """Name what people are grouped by: a feature or a question."""
        named = by in self.words["outcomes"] or by in self._asking
        return self.feature(by) if named else self.question(by)

    def group(self, by: str, group: Group) -> str:
        """Name one of its groups."""
        if group == UNKNOWN:
            return str(self.words["unknown"])
        return self.code(by, group) if isinstance(group, int) else self.option(by, group)

    def share(self, printed: CodeShare | OptionShare) -> str:
        """Name a share that the report prints."""
        if isinstance(printed, OptionShare):
            name, value = self.question(printed.question), self.option(printed.question, printed.option)
            return f"{name}{self.words['colon']}{value}"
        of = self._codes(printed.of)
        if not printed.given:
            return of
        return str(self.words["shares"]["given"]).format(of=of, given=self._codes(printed.given))

    def _codes(self, codes: Codes) -> str:
        return str(self.words["joint"]).join(self.levels(name, levels) for name, levels in codes.items())

    def levels(self, feature: str, codes: Sequence[int]) -> str:
        """Name neighbouring codes of a feature as one."""
        first, last = (self.code(feature, code) for code in (codes[0], codes[-1]))
        known = published.read().coding.get(feature, (0, 1))
        if len(codes) == 1:
            value = first
        elif codes[-1] == known[-1]:
            spans = self.words["from"].get(feature, {})
            value = str(spans.get(codes[0]) or self.words["or_more"].format(first))
        elif codes[0] == known[0]:
            value = str(self.words["or_less"]).format(last)
        else:
            value = str(self.words["to"]).format(first, last)
        told_alone = len(codes) == 1 and codes[0] in self.words["codes"].get(feature, {})
        return value if told_alone else f"{self.feature(feature)}{self.words['colon']}{value}"

    @cached_property
    def _asking(self) -> Mapping[str, Question]:
        return {question.feature: question for question in self.questionnaire.questions if question.feature}
