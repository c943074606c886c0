"""The codebook's own words, as frozen values: what knowledge/codebook.yaml says."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.content.questionnaire import Text


@dataclass(frozen=True, slots=True)
class CodebookWords:
    """What the columns mean that are no question; `model` says it of a column named after a model."""

    columns: Mapping[str, Text]
    model: Text
    not_recorded: Text
    not_asked: Text
    yes: Text
    no: Text
