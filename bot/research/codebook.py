"""The codebook: what each column and its values mean, as each version of the questionnaire asked it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from bot.content.codebook import CodebookWords
from bot.content.questionnaire import Question, Text, Words
from bot.research.columns import OUTCOMES, UNSURE, Column, Columns

HEAD = (
    *("column", "meaning_zh", "meaning_en", "questionnaire_version", "model_feature"),
    *("value", "value_zh", "value_en", "empty_zh", "empty_en"),
)
TOLD_BY_TOO: Mapping[str, tuple[str, ...]] = {"region": ("province",)}  # questions with no column of theirs

NOTHING = Text("", "")


@dataclass(frozen=True, slots=True)
class Told:
    """What a column means, what the values mean that can stand in it, and what an empty cell does."""

    zh: str
    en: str
    values: tuple[tuple[str, str, str], ...] = ()
    empty: Text = NOTHING


@dataclass(frozen=True)
class Codebook:
    """The lines of one export: `answered` are the versions of the questionnaire that stand in its rows.

    Every recorded version is listed, because a row says by which one somebody spoke last, not by which they
    answered each question. Versions that ask alike share their lines.
    """

    sheet: Columns
    answered: Collection[str] = ()

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        """Return lines for each column, and below each one for every value that can stand in it."""
        for column in self._columns():
            feature = column.name if column.name in (*self.sheet.features, *OUTCOMES) else ""
            for told, versions in self._by_wording(column).items():
                asked = " ".join(versions)
                empty = told.empty.zh, told.empty.en
                yield column.name, told.zh, told.en, asked, feature, "", "", "", *empty
                for value in told.values:
                    yield column.name, "", "", asked, feature, *value, "", ""

    def _columns(self) -> Iterator[Column]:
        for column in self.sheet.columns:
            yield column
            for id in TOLD_BY_TOO.get(column.name, ()):
                yield replace(column, question=self.sheet.knowledge.questionnaire.by_id[id])

    def today(self, column: Column) -> Told:
        """Say what a column means as it is asked today."""
        return self._told(column, self.sheet.knowledge.questionnaire.version)

    def _by_wording(self, column: Column) -> Mapping[Told, Sequence[str]]:
        if column.question is None or column.name in self._words.columns:
            return {self.today(column): ()}
        wordings: dict[Told, list[str]] = {}
        for version in sorted({*self._asked, *self.answered}):
            wordings.setdefault(self._told(column, version), []).append(version)
        return wordings

    def _told(self, column: Column, version: str) -> Told:
        question, own = column.question, self._words
        if column.name in self._words.columns:
            told = _told(own.columns[column.name], self._yes_no if column.name in OUTCOMES else ())
            asked = question and self.sheet.knowledge.questionnaire.words[question.id]
            return replace(told, empty=self._empty(column, asked)) if asked else told
        if question is None:
            return Told(own.model.zh.format(name=column.name), own.model.en.format(name=column.name))
        if version not in self._asked:
            return _told(own.not_recorded)
        words = self._asked[version].get(question.id)
        if words is None:
            return _told(own.not_asked)
        if column.option is None:
            told = _told(words.text, tuple(self._values(column.name, question, words)))
            return replace(told, empty=self._empty(column, words))
        if (option := words.options.get(column.option.id)) is None:
            return _told(own.not_asked)
        text = Text(f"{words.text.zh} {option.zh}", f"{words.text.en} {option.en}")
        return replace(_told(text, self._yes_no), empty=own.empty)

    def _empty(self, column: Column, words: Words) -> Text:
        """Say what an empty cell means: of a code also which answers have none."""
        own, question = self._words, column.question
        uncoded = [] if question is None else self._uncoded(column.name, question, words)
        if not uncoded:
            return own.empty
        both = _joint(uncoded)
        return Text(
            own.uncoded.zh.format(empty=own.empty.zh, options=both.zh),
            own.uncoded.en.format(empty=own.empty.en, options=both.en),
        )

    def _uncoded(self, name: str, question: Question, words: Words) -> list[Text]:
        if name in self.sheet.features:
            # A province stands for its region; a worker under 14 is in no export.
            ids = [o.id for o in question.readable if o.code is None and not (o.region or o.ends)]
        else:
            ids = [UNSURE] if name in OUTCOMES else []
        return [words.options[id] for id in ids if id in words.options]

    def _values(self, name: str, question: Question, words: Words) -> Iterator[tuple[str, str, str]]:
        coded = name in self.sheet.features
        by_value: dict[str, list[Text]] = {}
        for option in question.readable:
            value = _code(option.code) if coded else option.id
            if value and option.id in words.options:
                by_value.setdefault(value, []).append(words.options[option.id])
        for value, text in self._words.also.get(name, {}).items():
            by_value.setdefault(value, []).append(text)
        for value in sorted(by_value) if coded else by_value:
            both = _joint(by_value[value])
            yield value, both.zh, both.en

    @property
    def _words(self) -> CodebookWords:
        return self.sheet.knowledge.codebook

    @cached_property
    def _yes_no(self) -> tuple[tuple[str, str, str], ...]:
        no, yes = self._words.no, self._words.yes
        return ("0", no.zh, no.en), ("1", yes.zh, yes.en)

    @cached_property
    def _asked(self) -> Mapping[str, Mapping[str, Words]]:
        """The words by version and question, under today's ids."""
        knowledge = self.sheet.knowledge
        today = knowledge.questionnaire
        before = {version: self._under_new_ids(version) for version in knowledge.recorded}
        return {**before, today.version: today.words}

    def _under_new_ids(self, version: str) -> Mapping[str, Words]:
        renamed = self.sheet.knowledge.questionnaire.under_new_ids
        texts: dict[str, list[Text]] = {}
        options: dict[str, dict[str, list[Text]]] = {}
        for old in self.sheet.knowledge.recorded[version].values():
            (id,) = renamed({old.id: ()}, version)
            texts.setdefault(id, []).append(old.text)
            for old_option, text in old.options.items():
                ((option,),) = renamed({old.id: (old_option,)}, version).values()
                options.setdefault(id, {}).setdefault(option, []).append(text)
        return {
            id: Words(id, _joint(text), {option: _joint(same) for option, same in options[id].items()})
            for id, text in texts.items()
        }


def _told(text: Text, values: tuple[tuple[str, str, str], ...] = ()) -> Told:
    return Told(text.zh, text.en, values)


def _code(code: int | None) -> str:
    return "" if code is None else str(code)


def _joint(texts: Sequence[Text]) -> Text:
    return Text("；".join(text.zh for text in texts), "; ".join(text.en for text in texts))
