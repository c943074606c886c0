"""The report's codes from answers: what the models read."""

from bot.content.questionnaire import Answers, Questionnaire
from models.serving.risk import Levels

REGION = "region"
REGION_CODES = {"west": 1, "centre": 2, "northeast": 3, "east": 4}


def region_of(answers: Answers, questionnaire: Questionnaire) -> str | None:
    """Name the region of the province that was chosen, else the region that was chosen itself."""
    for id in ("province", REGION):
        question = questionnaire.by_id.get(id)
        option = question.option(answers.get(id, ("",))[0]) if question else None
        if option is not None:
            return option.region or option.id
    return None


def levels_from(answers: Answers, questionnaire: Questionnaire) -> Levels:
    """Return the report's code by model feature; None for what is unknown.

    A worker without commercial cover pays the lowest premium; the region follows from the province.
    """
    levels: dict[str, int | None] = {}
    for question in questionnaire.questions:
        if question.feature is not None:
            option = question.option(answers.get(question.id, ("",))[0])
            levels[question.feature] = option.code if option else None
    if answers.get("commercial_cover") == ("none",):
        levels["premium"] = 1
    region = region_of(answers, questionnaire)
    levels["region"] = REGION_CODES.get(region) if region else None
    return levels
