"""Checks of the questions: every one is used, reachable, in both languages and fits a button."""

from collections.abc import Iterable, Iterator, Mapping

from bot.check.findings import Finding
from bot.content.conditions import Condition
from bot.content.knowledge import Knowledge
from bot.content.questionnaire import SKIPPED, Question, Questionnaire
from bot.dialogue.seats import marked
from bot.guidance import DERIVED, questions_of
from bot.turns.contract import Capabilities

ARTIFACTS = frozenset(
    {"financing_constraint", "insurance_gap", "financing_constraint_published", "employment_status"}
)
UNKNOWN = "unknown"  # the option of a worker who isn't sure; nothing follows from it
CONDITIONS = ("ask_if", "not_for", "short_if")
REGION_QUESTIONS = ("province", "region")


def check_questions(knowledge: Knowledge, read: frozenset[str]) -> Iterator[Finding]:
    """Find what is wrong with the questions; `read` are the facts that advice reads."""
    for question in knowledge.questionnaire.questions:
        where = f"questionnaire.yaml {question.id}"
        yield from _consumers(knowledge, question, read, where)
        yield from _translations(question, where)
        yield from _facts(knowledge.questionnaire, question, where)
    yield from _paths(knowledge)
    yield from _renamings(knowledge.questionnaire)
    yield from _recorded(knowledge)


def _recorded(knowledge: Knowledge) -> Iterator[Finding]:
    """Find questions that are asked in other words than are recorded of their version."""
    version, today = knowledge.questionnaire.version, knowledge.questionnaire.words
    recorded = knowledge.recorded.get(version)
    if recorded is None:
        where = f"questionnaire.yaml version {version}"
        yield Finding(where, "its words are not recorded", "run `python -m bot check --record`")
        return
    for id in [*today, *(set(recorded) - set(today))]:
        if today.get(id) != recorded.get(id):
            yield Finding(
                f"questionnaire.yaml {id}",
                f"its words are not those recorded of version {version}",
                "set `version` to today and run `python -m bot check --record`",
            )


def _renamings(questionnaire: Questionnaire) -> Iterator[Finding]:
    """Find renamings that lead nowhere: a new id must be one of today's or be renamed again later."""
    days = [renaming.since for renaming in questionnaire.renamed]
    if days != sorted(set(days)) or any(day > questionnaire.version for day in days):
        yield Finding(
            "questionnaire.yaml renamed",
            "the versions are not in order",
            "one entry a version, the oldest first, none after the version in force",
        )
    questions, options = set(questionnaire.by_id), _options(questionnaire)
    for renaming in reversed(questionnaire.renamed):
        where = f"questionnaire.yaml renamed {renaming.since}"
        named = {(id, new) for id, new_ids in renaming.options.items() for new in new_ids.values()}
        for id in set(renaming.questions.values()) - questions:
            yield Finding(where, f"there is no question {id}", "fix the new id")
        for id, option in named - options:
            yield Finding(where, f"{id} has no option {option}", "fix the new id")
        for old in set(renaming.questions) & questions:
            yield Finding(where, f"{old} is asked still", "an id that was given up is never used again")
        # What an older entry may lead to: today's ids, and those that this entry leads on from.
        questions |= set(renaming.questions)
        options |= {(id, old) for id, new_ids in renaming.options.items() for old in new_ids}
        options |= {
            (old, option) for old, new in renaming.questions.items() for id, option in options if id == new
        }


def _options(questionnaire: Questionnaire) -> set[tuple[str, str]]:
    return {(question.id, option.id) for question in questionnaire.questions for option in question.readable}


def _consumers(
    knowledge: Knowledge, question: Question, read: frozenset[str], where: str
) -> Iterator[Finding]:
    if not question.used_by:
        yield Finding(where, "nothing uses the answer", "name the consumer in used_by or remove the question")
    for consumer in question.used_by:
        if not _used(knowledge, question, consumer, read):
            yield Finding(
                where, f"used_by names {consumer}, which doesn't use it", "use the answer there or remove it"
            )


def _used(knowledge: Knowledge, question: Question, consumer: str, read: frozenset[str]) -> bool:
    kind, _, name = consumer.partition(":")
    match kind:
        case "model" if name in knowledge.models:
            return question.feature in knowledge.models[name].features
        case "model":
            region = question.id in REGION_QUESTIONS
            return name in ARTIFACTS and (region or question.feature is not None)
        case "outcome":
            return name in ARTIFACTS
        case "fact" if name == "region":
            return question.id in REGION_QUESTIONS
        case "fact":
            named = name in DERIVED or name in knowledge.questionnaire.stated
            return named and question.id in questions_of(name, knowledge.questionnaire)
        case "condition":
            target = knowledge.questionnaire.by_id.get(name)
            conditions = target.conditions() if target is not None else ()
            return any(question.id in condition for condition in conditions)
        case "advice":
            return any(question.id in questions_of(fact, knowledge.questionnaire) for fact in read)
        case "research":
            return bool(name)
    return False


def _translations(question: Question, where: str) -> Iterator[Finding]:
    words = {
        "name": (question.name.zh, question.name.en),
        "text": (question.text.zh, question.text.en),
        "why": (question.why.zh, question.why.en),
        **{f"option {option.id}": (option.zh, option.en) for option in question.readable},
    }
    for name, (zh, en) in words.items():
        if not zh.strip() or not en.strip():
            yield Finding(where, f"{name} lacks a language", "write it in zh and en")


def _facts(questionnaire: Questionnaire, question: Question, where: str) -> Iterator[Finding]:
    """Find options that don't say what the other options of their question do, and facts of two meanings."""
    stated = {fact for option in question.options for fact in option.facts}
    for option in question.options:
        silent = option.ends or option.id == UNKNOWN
        for fact in sorted(stated - option.facts.keys() - ({*stated} if silent else set())):
            yield Finding(f"{where}.{option.id}", f"it doesn't say {fact}, as others do", "add it to `facts`")
    for fact in sorted(stated):
        if (
            fact in DERIVED
            or fact in questionnaire.by_id
            or questionnaire.stated[fact].question != question.id
        ):
            yield Finding(where, f"{fact} means something else already", "give the fact another name")
        if question.multiple:
            yield Finding(
                where, f"{fact} can't follow from several choices", "derive it in guidance/facts.py"
            )


def check_buttons(knowledge: Knowledge, channels: Iterable[Capabilities]) -> Iterator[Finding]:
    """Find what a button of some channel can't carry."""
    room = min((channel.button_data for channel in channels), default=None)
    for question in knowledge.questionnaire.questions if room else ():
        yield from _buttons(question, room or 0)


def _buttons(question: Question, room: int) -> Iterator[Finding]:
    where = f"questionnaire.yaml {question.id}"
    said = [f"edit:{question.id}", *(f"a:{question.id}:{option.id}" for option in question.options)]
    for data in map(marked, said):
        if len(data.encode()) > room:
            yield Finding(where, f"{data} has over {room} bytes", "shorten the ids")


def _paths(knowledge: Knowledge) -> Iterator[Finding]:
    earlier: dict[str, Question] = {}
    reachable: set[str] = set()
    for question in knowledge.questionnaire.questions:
        opened = True
        for condition in question.conditions():
            yield from _strangers(question, condition, earlier)
        for id, options in (question.ask_if or {}).items():
            known = {o.id for o in earlier[id].options if not o.ends} if id in earlier else set()
            skipped = {SKIPPED} if id in earlier and earlier[id].skippable else set()
            opened = opened and id in reachable and not (known | skipped).isdisjoint(options)
        if opened:
            reachable.add(question.id)
        else:
            where = f"questionnaire.yaml {question.id}.ask_if"
            yield Finding(where, "no answers lead here", "loosen ask_if or remove the question")
        yield from _retired(question)
        earlier[question.id] = question


def _strangers(
    question: Question, condition: Condition, earlier: Mapping[str, Question]
) -> Iterator[Finding]:
    """Find what a condition names and no earlier question offers, or ever did."""
    kind = next(kind for kind in CONDITIONS if getattr(question, kind) is condition)
    where = f"questionnaire.yaml {question.id}.{kind}"
    for id, options in condition.items():
        if id not in earlier:
            yield Finding(where, f"{id} is no earlier question", "fix the id or the order")
            continue
        known = {o.id for o in earlier[id].readable} | ({SKIPPED} if earlier[id].skippable else set())
        for option in sorted(set(options) - known):
            yield Finding(where, f"{id} has no option {option}", "fix the id")


def _retired(question: Question) -> Iterator[Finding]:
    """Find ids that stand twice, and meanings that no option has."""
    ids = [option.id for option in question.readable]
    where = f"questionnaire.yaml {question.id}"
    for id in sorted({id for id in ids if ids.count(id) > 1}):
        yield Finding(where, f"{id} is there twice", "an id that was given up is never used again")
    for option in question.readable:
        if option.same_as is not None and option.same_as not in {o.id for o in question.options}:
            yield Finding(
                where, f"{option.id} is the same as {option.same_as}, which is not offered", "fix same_as"
            )
