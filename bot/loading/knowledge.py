"""Reads the knowledge from its files: YAML, templates and model artifacts, each checked as it comes in."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from bot.content.alarms import ALARM
from bot.content.calendar import YearlyDate
from bot.content.codebook import CodebookWords
from bot.content.commands import Commands
from bot.content.consent import Consent
from bot.content.knowledge import AskedFor, Asks, Knowledge, Piece, Point, Source, Told, ToldOf
from bot.content.letters import Letter
from bot.content.parameters import Parameter, Parameters
from bot.content.questionnaire import LANGUAGES, Language, Question, Questionnaire, Renaming
from bot.content.swindles import SWINDLE
from bot.content.templates import Wording
from bot.content.vocabulary import Vocabulary
from bot.dialogue.hearing import Hearing
from bot.dialogue.retrieval import OTHER, SCOPE, TALK, Asker
from bot.dialogue.suspicion import Suspicion, suspicion
from bot.loading.alarms import alarms, swindles
from bot.loading.places import DATA, TREE
from bot.loading.strict_yaml import File, Raw
from bot.loading.vocabulary import phrases, terms, vocabulary
from bot.loading.wordings import recorded
from models.serving import linear, risk

SERVED = ("financing_constraint", "insurance_gap")
CHALLENGER = "challenger"  # folder of the models that wait, below the models' own
MIN_WAYS: Mapping[Language, int] = {"zh": 4, "en": 2}  # of asking for a piece
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WrittenAsks:
    """The file of ways of asking: spellings by the word they stand for, ways by id and language."""

    fillers: dict[Language, str]
    words: dict[str, str]
    pieces: dict[str, dict[Language, str]]
    hotlines: dict[str, dict[Language, str]]
    talk: dict[str, dict[Language, str]]
    pinyin: dict[str, str]
    sums: dict[str, str]
    persons: dict[str, str]
    told: dict[ToldOf, str]
    besides: str
    other: dict[Language, str]


@dataclass(frozen=True, slots=True)
class WrittenPoint:
    """A point as its file has it: its ways in one line a language."""

    of: str
    kind: AskedFor
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class WrittenPoints:
    """The file of points by id."""

    points: dict[str, WrittenPoint]


@dataclass(frozen=True, slots=True)
class _ByWriter:
    """A file of how one simulated writer would ask for each piece, or of what is not ours."""

    brief: str
    language: Language
    pieces: dict[str, str]
    other: str = ""


def load_knowledge(
    root: Path | None = None, *, models: Path | None = None, shadow: bool = False
) -> Knowledge:
    """Read all knowledge below `root`, a folder that holds knowledge/ and models/; by default our own.

    models: a folder of retrained models that takes the place of those in `root`.
    shadow: whether the models that wait there score too, unseen.

    Raises:
        KnowledgeRefused: a file is missing, is not as it should be, or names a key that nothing reads.
        models.serving.risk.ArtifactError: a model's artifact is missing or was changed by hand.
    """
    artifacts = models or artifacts_of(root)
    root = root or DATA
    data = root / "knowledge"
    parameters = _all_parameters(root)
    templates = {language: _templates(data / "templates" / language) for language in LANGUAGES}
    advice = _all_advice(root)
    heeded = alarms(File.read(root, data / "alarms.yaml"))
    return Knowledge(
        questionnaire=_questionnaire(File.read(root, data / "questionnaire.yaml")),
        consent=_consent(File.read(root, data / "consent.yaml")),
        parameters=parameters,
        sources=_by_id(File.read(root, data / "sources.yaml").made(Source, "sources")),
        advice=advice,
        asks=_all_asks(root, advice, parameters),
        models=_models(artifacts),
        wording=Wording(templates, parameters),
        version=version_of(root, artifacts),
        vocabulary=_vocabulary(root),
        phrases=phrases(File.read(root, data / "phrases.yaml")),
        commands=commands(File.read(root, data / "commands.yaml")),
        codebook=_codebook(File.read(root, data / "codebook.yaml")),
        alarms=heeded,
        alarm=_classifier(ALARM, artifacts),
        swindles=swindles(File.read(root, data / "swindles.yaml"), heeded),
        swindle=_classifier(SWINDLE, artifacts),
        scope=_classifier(SCOPE, artifacts),
        recorded=recorded(root),
        challengers=_challengers(artifacts) if shadow else {},
        calendar=_by_id(File.read(root, data / "calendar.yaml").made(YearlyDate, "dates")),
        letters=_by_id(File.read(root, data / "letters.yaml").made(Letter, "letters")),
    )


def artifacts_of(root: Path | None) -> Path:
    """Return the folder of the models: below `root` if it has one, else those that come with the program."""
    own = root / "models" / "artifacts" if root is not None else None
    return own if own is not None and own.is_dir() else TREE / "models" / "artifacts"


def _classifier(name: str, artifacts: Path) -> linear.LinearModel:
    """Read a classifier of texts; a folder of models that learned from answers has none of its own."""
    own = (artifacts / f"{name}.json").exists()
    return linear.read(artifacts if own else TREE / "models" / "artifacts", name)


def load_hearing(root: Path | None = None) -> Hearing:
    """Read only what an alarm listens to, which its training needs before there is a classifier."""
    data = (root := root or DATA) / "knowledge"
    return Hearing(alarms(File.read(root, data / "alarms.yaml")), _vocabulary(root))


def load_suspicion(root: Path | None = None) -> Suspicion:
    """Read only the signs of swindles, which the training needs before there is a classifier."""
    data = (root := root or DATA) / "knowledge"
    heeded = alarms(File.read(root, data / "alarms.yaml"))
    nothing = linear.LinearModel((), (), 0.0, {})
    return suspicion(swindles(File.read(root, data / "swindles.yaml"), heeded), _vocabulary(root), nothing)


def load_asker(root: Path | None = None) -> tuple[Asks, Asker]:
    """Read how people ask, which the training of the scope needs before there is a classifier.

    The asker has no ways: it only takes questions apart.
    """
    root = root or DATA
    asks = _all_asks(root, _all_advice(root), _all_parameters(root))
    return asks, Asker({}, _vocabulary(root), asks.same, fillers=asks.fillers)


def _all_parameters(root: Path) -> Parameters:
    return Parameters(_by_id(_parameters(File.read(root, root / "knowledge" / "parameters.yaml"))))


def _all_advice(root: Path) -> tuple[Piece, ...]:
    paths = sorted((root / "knowledge" / "advice").glob("*.yaml"))
    return tuple(piece for path in paths for piece in _advice(File.read(root, path)))


def _all_asks(root: Path, advice: Iterable[Piece], parameters: Parameters) -> Asks:
    data, ids = root / "knowledge", {piece.id for piece in advice}
    return _asks(
        File.read(root, data / "asks.yaml"),
        [File.read(root, path) for path in sorted((data / "asked").glob("*.yaml"))],
        ids,
        parameters,
        _points(File.read(root, data / "points.yaml"), ids),
    )


def _vocabulary(root: Path) -> Vocabulary:
    return vocabulary(File.read(root, root / "knowledge" / "reading.yaml"))


def _points(file: File, pieces: set[str]) -> Mapping[str, Point]:
    """Read what questions ask for in particular: each of a piece, with ways in each language."""
    written = file.fit(WrittenPoints, [file.mapping()])[0].points
    if strange := sorted(id for id, point in written.items() if point.of not in pieces):
        raise file.refuse(f"{strange[0]}.of", "no such piece; rename or remove it")
    points = {
        id: Point(id, point.of, point.kind, {"zh": _parted(point.zh), "en": _parted(point.en)})
        for id, point in written.items()
    }
    for id, made in points.items():
        if wanting := [language for language, ways in made.ways.items() if not ways]:
            raise file.refuse(f"{id}.{wanting[0]}", "say how people ask for it")
    return points


def _asks(
    file: File,
    writers: list[File],
    pieces: set[str],
    parameters: Parameters,
    points: Mapping[str, Point],
) -> Asks:
    """Read how people ask: for every piece, in each language, in so many ways at least.

    To these come the ways of the writers' files.
    """
    asked = file.fit(WrittenAsks, [file.mapping()])[0]
    known = pieces | {id for id in parameters.by_id if id.startswith("hotline.")}
    if strange := sorted((asked.pieces.keys() | asked.hotlines.keys()) - known):
        raise file.refuse(", ".join(strange), "no such piece or hotline; rename or remove it")
    for id in sorted(pieces):
        for language, least in MIN_WAYS.items():
            if len(_parted(asked.pieces.get(id, {}).get(language, ""))) < least:
                raise file.refuse(f"{id}.{language}", f"say in {least} ways at least how people ask for it")
    spellings = [(other, one) for one, others in asked.words.items() for other in _spelled(others)]
    same = dict(spellings)
    if unclear := sorted(other for other, one in spellings if other in asked.words or same[other] != one):
        raise file.refuse(f"words: {unclear[0]}", "it stands for two words; keep one")
    talk = {f"{TALK}{id}": by for id, by in asked.talk.items()}
    said = {**asked.pieces, **asked.hotlines, **talk, OTHER: asked.other}
    ways = {id: {tongue: _parted(by.get(tongue, "")) for tongue in LANGUAGES} for id, by in said.items()}
    for written in writers:
        by_writer = written.fit(_ByWriter, [written.mapping()])[0]
        if strange := sorted(by_writer.pieces.keys() - pieces):
            raise written.refuse(", ".join(strange), "no such piece; rename or remove it")
        for id, said_so in by_writer.pieces.items():
            ways[id][by_writer.language] += _parted(said_so)
        ways[OTHER][by_writer.language] += _parted(by_writer.other)
    return Asks(
        same,
        ways,
        frozenset([*asked.fillers["zh"], *terms(asked.fillers["en"])]),
        {sound: word for word, sounds in asked.pinyin.items() for sound in sounds.split(", ")},
        {piece: sum for sum, ids in asked.sums.items() for piece in ids.split()},
        points,
        {sex: tuple(words.replace(",", " ").split()) for sex, words in asked.persons.items()},
        Told(**{of: terms(words) for of, words in asked.told.items()}),
        terms(asked.besides),
    )


def _spelled(others: str) -> list[str]:
    return others.split(", ") if others.isascii() else others.split()


def _parted(phrases: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in phrases.split("|") if phrase.strip())


def _questionnaire(file: File) -> Questionnaire:
    whole = file.mapping()
    questions = file.fit(Question, file.rows("questions", whole))
    renamed = file.fit(Renaming, file.rows("renamed", whole))
    return Questionnaire(str(whole.get("version", "")), questions, renamed)


def _consent(file: File) -> Consent:
    return file.fit(Consent, [file.mapping()])[0]


def _codebook(file: File) -> CodebookWords:
    return file.fit(CodebookWords, [file.mapping()])[0]


def commands(file: File) -> Commands:
    """Read the commands, and the buttons under fixed sayings."""
    return file.fit(Commands, [file.mapping()])[0]


def _parameters(file: File) -> tuple[Parameter, ...]:
    rows = file.rows("parameters")
    for row in rows:
        for value in row.get("values", []):
            if not isinstance(value, dict):
                raise file.refuse(f"{row.get('id')}", "each value is {from, to, value, sources, …}")
            value["from_"] = value.pop("from", None)
            value["value"] = _figure(file, row, value.get("value"))
    return file.fit(Parameter, rows)


def _figure(file: File, row: Raw, raw: object) -> object:
    """Turn a figure's words into what its unit says: a number, a day, words, or a table of numbers."""
    where = f"{row.get('id')}.value"
    try:
        match row.get("unit"), raw:
            case "date", str():
                return date.fromisoformat(raw)
            case "text" | "phone", str() if raw:
                return raw
            case _, str() if row.get("unit") not in ("text", "phone"):
                return Decimal(raw)
            case _, dict():
                return {str(key): Decimal(str(number)) for key, number in raw.items()}
    except (ValueError, InvalidOperation) as error:
        raise file.refuse(where, f"{raw!r} is no figure in {row.get('unit')} ({error}); fix it") from error
    raise file.refuse(where, f"{raw!r} is no figure in {row.get('unit')}; fix the value or the unit")


def _advice(file: File) -> tuple[Piece, ...]:
    rows = file.rows("advice")
    for row in rows:
        for more in row.get("more", []):
            if isinstance(more, dict) and "when" not in more:
                more["when"] = {fact: more.pop(fact) for fact in list(more) if fact != "by"}
    return file.fit(Piece, rows)


def _challengers(folder: Path) -> Mapping[str, risk.Model]:
    waiting = folder / CHALLENGER
    return {
        name: risk.artifact(name, folder=waiting) for name in SERVED if (waiting / f"{name}.json").exists()
    }


def _models(folder: Path) -> Mapping[str, risk.Model]:
    return {name: risk.artifact(name, folder=folder) for name in SERVED}


def _templates(folder: Path) -> Mapping[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.j2"))
    }


def version_of(root: Path, models: Path) -> str:
    """Hash everything that is read, names and bytes, so that a result says what it was made from."""
    digest = hashlib.sha256()
    files = [p for p in (root / "knowledge").rglob("*") if p.suffix in (".yaml", ".j2")]
    named = [(path.relative_to(root).as_posix(), path) for path in files]
    named += [(f"models/artifacts/{path.name}", path) for path in models.glob("*.json")]
    for name, path in sorted(named):
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _by_id(rows: tuple[T, ...]) -> Mapping[str, T]:
    return {row.id: row for row in rows}  # type: ignore[attr-defined]  # every kind of row has an id
