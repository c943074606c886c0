"""Keeps the words in which each version of the questionnaire asks: written once, never changed."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import yaml

from bot.content.questionnaire import Questionnaire, Words
from bot.loading.places import DATA
from bot.loading.strict_yaml import File, KnowledgeRefused

FOLDER = "knowledge/wordings"
HEAD = "# How this version asks. Written by `python -m bot check --record`, and never changed.\n"


def recorded(root: Path) -> Mapping[str, Mapping[str, Words]]:
    """Read the words of every recorded version below `root`, by version and question."""
    return {path.stem: _words(root, path) for path in sorted((root / FOLDER).glob("*.yaml"))}


def record(questionnaire: Questionnaire, root: Path = DATA) -> Path:
    """Record the words of a questionnaire under its version, if they aren't yet.

    Raises:
        KnowledgeRefused: other words are recorded of this version.
    """
    path = root / FOLDER / f"{questionnaire.version}.yaml"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        rows = {"questions": [asdict(words) for words in questionnaire.words.values()]}
        told = yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, default_flow_style=None, width=1000)
        path.write_text(HEAD + told, encoding="utf-8")
    elif _words(root, path) != questionnaire.words:
        raise KnowledgeRefused(
            f"{path}: this version asked in other words; set `version` in questionnaire.yaml to today "
            "(or, if nobody was ever asked by this version, remove the file first)"
        )
    return path


def _words(root: Path, path: Path) -> Mapping[str, Words]:
    return {words.id: words for words in File.read(root, path).made(Words, "questions")}
