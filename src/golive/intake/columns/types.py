"""From counts to a column type, each with the sentence that says why."""

from __future__ import annotations

from golive.intake.clinical import codes, identifiers
from golive.intake.columns.measure import FEW_VALUES, SAMPLE, Measured
from golive.model.columns import ColumnType
from golive.wording.numbers import percent

MOST = 0.9
"""Share of values that must fit a type."""
UNIQUE = 0.95
"""Share of different values from which a column names its rows."""
SENTENCE_WORDS = 5
SENTENCE_LETTERS = 50

Judged = tuple[ColumnType, str]


def judge(m: Measured) -> Judged:
    """Return the type of a column and why, from what was counted of it."""
    if m.present == 0:
        return ColumnType.EMPTY, f"holds no value in {m.rows:,} rows"
    if m.storage == "bool":
        return ColumnType.BOOLEAN, "is stored as true or false"
    if m.storage in ("timestamp", "date"):
        return ColumnType.DATETIME, f"is stored as {m.storage}"
    if m.storage == "time":
        return ColumnType.CATEGORY, "is stored as a time of day"
    return _identifier(m) or _date(m) or _code(m) or _number(m) or _words(m)


def _of(m: Measured) -> str:
    return f"{m.rows:,} rows" if m.looked == m.rows else f"the first {min(m.looked, SAMPLE):,} rows"


def _near_unique(m: Measured) -> bool:
    return m.present >= 20 and m.distinct >= UNIQUE * m.present


def _identifier(m: Measured) -> Judged | None:
    for kind in identifiers.BY_VALUE:
        if m.shapes and m.share(kind) >= 0.5:
            return (
                ColumnType.IDENTIFIER,
                f"{percent(m.share(kind))} of values in {_of(m)} look like a kind of identifier: {kind}",
            )
    kind_named = identifiers.kind_by_name(m.name)
    quantity = m.storage != "text" and m.whole < m.numbers
    if kind_named and m.distinct > 2 and not quantity and not _sentences(m):
        return (
            ColumnType.IDENTIFIER,
            f"the name speaks of an identifier ({kind_named}); {m.distinct:,} different values",
        )
    compact = m.share("compact") >= MOST and m.numbers < MOST * m.values
    other = codes.named_as_code(m.name) or any(
        m.share(shape) >= MOST for shape in ("date", *codes.STRICT)
    )
    if compact and _near_unique(m) and not other:
        return (
            ColumnType.IDENTIFIER,
            f"{percent(m.distinct / m.present)} of {m.present:,} values are different and look like keys",
        )
    return None


def _date(m: Measured) -> Judged | None:
    if m.share("date") >= MOST:
        return (
            ColumnType.DATETIME,
            f"{percent(m.share('date'))} of values in {_of(m)} are written as a date",
        )
    named = any(
        w in codes.snake(m.name).split("_")
        for w in ("date", "datetime", "time", "timestamp", "at", "on", "dt")
    )
    if named and m.share("compact date") >= MOST:
        return (
            ColumnType.DATETIME,
            f"{percent(m.share('compact date'))} of values are dates without separators, and the name says so",
        )
    return None


def _code(m: Measured) -> Judged | None:
    shapes = codes.SHAPES if codes.named_as_code(m.name) else codes.STRICT
    best = max(shapes, key=m.share, default="")
    if best and m.share(best) >= MOST and m.distinct > 2:
        return (
            ColumnType.CODE,
            f"{percent(m.share(best))} of values in {_of(m)} have the shape of {best} codes",
        )
    if (
        codes.named_as_code(m.name)
        and m.storage == "text"
        and m.numbers < MOST * m.values
        and m.distinct > 2
        and not _sentences(m)
    ):
        return ColumnType.CODE, f"the name speaks of codes; {m.distinct:,} different values"
    return None


def _number(m: Measured) -> Judged | None:
    if not m.values or m.numbers < MOST * m.values:
        return None
    why = f"parses as a number in {percent(m.numbers / m.present)} of {m.present:,} values"
    if m.storage != "text":
        why = f"is stored as {m.storage}"
    elif m.words_missing:
        why += f" ({m.words_missing:,} are words for missing, such as ? or NA)"
    whole = m.whole == m.numbers
    few = 1 < m.number_distinct <= FEW_VALUES and m.numbers >= 3 * m.number_distinct
    if whole and few:
        if m.number_distinct == 2 and (m.low, m.high) == (0, 1):
            return ColumnType.BOOLEAN, f"{why}; all are 0 or 1"
        return (
            ColumnType.CATEGORY,
            f"{why}; {m.number_distinct} different whole values are read as a code list",
        )
    if whole:
        return ColumnType.INTEGER, f"{why}; all are whole"
    return ColumnType.NUMERIC, why


def _sentences(m: Measured) -> bool:
    return m.words >= SENTENCE_WORDS or m.length >= SENTENCE_LETTERS


def _words(m: Measured) -> Judged:
    few = m.distinct <= max(FEW_VALUES, 0.01 * m.present)
    if _sentences(m) and not few:
        return (
            ColumnType.TEXT,
            f"holds sentences: {m.words:.0f} words and {m.length:.0f} letters on average",
        )
    if m.share("truth") >= MOST and m.distinct - (m.words_missing > 0) <= 4:
        return (
            ColumnType.BOOLEAN,
            f"{percent(m.share('truth'))} of values are yes or no, true or false",
        )
    if m.present >= 20 and m.distinct >= UNIQUE * m.present and m.words > 2:
        return (
            ColumnType.TEXT,
            f"{percent(m.distinct / m.present)} of {m.present:,} values are different, of several words",
        )
    more = "" if m.distinct_exact else " or more"
    return ColumnType.CATEGORY, f"{m.distinct:,}{more} different values in {m.present:,}"
