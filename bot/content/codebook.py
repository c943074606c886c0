"""The codebook's own words, as frozen values: what knowledge/codebook.yaml says."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content.questionnaire import Text


@dataclass(frozen=True, slots=True)
class CodebookWords:
    """What the columns mean that are no question; `model` says it of a column named after a model.

    `also` names who else counts as a value, by column and value. `empty` says what an empty cell of an answer
    means; `uncoded` adds the `{options}` that have no code.
    """

    columns: Mapping[str, Text]
    also: Mapping[str, Mapping[str, Text]]
    empty: Text
    uncoded: Text
    model: Text
    not_recorded: Text
    not_asked: Text
    yes: Text
    no: Text
