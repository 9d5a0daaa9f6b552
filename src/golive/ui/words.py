"""Numbers, dates and foreign text in words: the same functions as in reports (``golive.report.words``)."""

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
