"""Numbers, dates and foreign text in words: the same functions as in reports (``golive.report.words``), and deeds of the audit."""

from golive.report.words import (
    count,
    day,
    number,
    p_value,
    percent,
    plain,
    plural,
    points,
    score,
    shorten,
    spelled,
)

__all__ = [
    "count",
    "day",
    "deed",
    "number",
    "p_value",
    "percent",
    "plain",
    "plural",
    "points",
    "score",
    "shorten",
    "spelled",
]

_DONE = {
    "save": "saved",
    "rescore": "scored again",
    "delete": "deleted",
    "freeze": "frozen",
    "put": "written",
    "compact": "compacted",
}


def deed(action: str) -> str:
    """An action of the audit as people say it: ``session.save`` becomes ``Session saved``."""
    noun, _, verb = action.replace("_", " ").partition(".")
    return " ".join([noun.capitalize(), *([_DONE.get(verb, verb)] if verb else [])])
