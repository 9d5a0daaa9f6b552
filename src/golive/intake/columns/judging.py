"""From names and counts to the type of a column and its role, each with the sentence that says why. A guess may be changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from golive.intake.clinical import codes, identifiers
from golive.intake.columns.measure import FEW_VALUES, SAMPLE, ColumnCounts
from golive.model.columns import ColumnSpec, ColumnType, Role
from golive.wording.numbers import percent

MOST = 0.9
"""Share of values that must fit a type."""
UNIQUE = 0.95
"""Share of different values from which a column names its rows."""
SENTENCE_WORDS = 5
SENTENCE_LETTERS = 50

Judged = tuple[ColumnType, str]
SITES = 500
"""A column with more different values than this does not name sites."""
MOST_CLASSES = 20
"""Different values up to which an outcome or a decision is one of several classes."""
FEW_ROWS, MOST_NAMES = 20, 50
"""Rows from which on a role that does not fit is refused, and different values that even a short table may have."""


_NAMING = (ColumnType.CATEGORY, ColumnType.IDENTIFIER, ColumnType.INTEGER, ColumnType.CODE)
"""Types of columns that may name a site or a version."""
_NEEDS = {
    Role.LABEL: "an outcome needs few values, or numbers",
    Role.PREDICTION: "a decision needs few values, or numbers",
    Role.SITE: "a site needs a name that many rows share",
    Role.MODEL_VERSION: "a version needs a name that many rows share",
    Role.GROUP: "a group needs values that many rows share",
}


def type_of(m: ColumnCounts) -> Judged:
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


def _of(m: ColumnCounts) -> str:
    return f"{m.rows:,} rows" if m.looked == m.rows else f"the first {min(m.looked, SAMPLE):,} rows"


def _near_unique(m: ColumnCounts) -> bool:
    return m.present >= 20 and m.distinct >= UNIQUE * m.present


def _different(m: ColumnCounts) -> str:
    return f"{percent(m.distinct / m.present)} of {m.present:,} values are different"


def _identifier(m: ColumnCounts) -> Judged | None:
    why = ""
    shaped = next(
        (kind for kind in identifiers.BY_VALUE if m.shapes and m.share(kind) >= 0.5), None
    )
    named = identifiers.kind_by_name(m.name)
    quantity = m.storage != "text" and m.whole < m.numbers
    compact = m.share("compact") >= MOST and m.numbers < MOST * m.values
    other = codes.named_as_code(m.name) or any(
        m.share(shape) >= MOST for shape in ("date", *codes.shapes(loose=False))
    )
    if shaped:
        why = f"{percent(m.share(shaped))} of values in {_of(m)} look like a kind of identifier: {shaped}"
    elif named and m.distinct > 2 and not quantity and not _sentences(m):
        why = f"the name speaks of an identifier ({named}); {m.distinct:,} different values"
    elif compact and _near_unique(m) and not other:
        why = f"{_different(m)} and look like keys"
    return (ColumnType.IDENTIFIER, why) if why else None


def _date(m: ColumnCounts) -> Judged | None:
    if m.share("date") >= MOST:
        return (
            ColumnType.DATETIME,
            f"{percent(m.share('date'))} of values in {_of(m)} are written as a date",
        )
    named = {"date", "datetime", "time", "timestamp", "at", "on", "dt"} & set(
        codes.snake(m.name).split("_")
    )
    if named and m.share("compact date") >= MOST:
        share = percent(m.share("compact date"))
        return (
            ColumnType.DATETIME,
            f"{share} of values are dates without separators, and the name says so",
        )
    return None


def _code(m: ColumnCounts) -> Judged | None:
    named = codes.named_as_code(m.name)
    best = max(codes.shapes(loose=named), key=m.share)
    if m.share(best) >= MOST and m.distinct > 2:
        return (
            ColumnType.CODE,
            f"{percent(m.share(best))} of values in {_of(m)} have the shape of {best} codes",
        )
    words = m.storage == "text" and m.numbers < MOST * m.values and not _sentences(m)
    if named and words and m.distinct > 2:
        return ColumnType.CODE, f"the name speaks of codes; {m.distinct:,} different values"
    return None


def _number(m: ColumnCounts) -> Judged | None:
    if not m.values or m.numbers < MOST * m.values:
        return None
    why = f"parses as a number in {percent(m.numbers / m.present)} of {m.present:,} values"
    if m.storage != "text":
        why = f"is stored as {m.storage}"
    elif m.words_missing:
        why += f" ({m.words_missing:,} are words for missing, such as ? or NA)"
    if m.whole != m.numbers:
        return ColumnType.NUMERIC, why
    few = 1 < m.number_distinct <= FEW_VALUES and m.numbers >= 3 * m.number_distinct
    if not few:
        return ColumnType.INTEGER, f"{why}; all are whole"
    if m.number_distinct == 2 and (m.low, m.high) == (0, 1):
        return ColumnType.BOOLEAN, f"{why}; all are 0 or 1"
    return (
        ColumnType.CATEGORY,
        f"{why}; {m.number_distinct} different whole values are read as a code list",
    )


def _sentences(m: ColumnCounts) -> bool:
    return m.words >= SENTENCE_WORDS or m.length >= SENTENCE_LETTERS


def _words(m: ColumnCounts) -> Judged:
    if _sentences(m) and m.distinct > max(FEW_VALUES, 0.01 * m.present):
        return (
            ColumnType.TEXT,
            f"holds sentences: {m.words:.0f} words and {m.length:.0f} letters on average",
        )
    if m.share("truth") >= MOST and m.distinct - (m.words_missing > 0) <= 4:
        return (
            ColumnType.BOOLEAN,
            f"{percent(m.share('truth'))} of values are yes or no, true or false",
        )
    if _near_unique(m) and m.words > 2:
        return ColumnType.TEXT, f"{_different(m)}, of several words"
    more = "" if m.distinct_exact else " or more"
    return ColumnType.CATEGORY, f"{m.distinct:,}{more} different values in {m.present:,}"


def _fits(role: Role, spec: ColumnSpec, m: ColumnCounts) -> str | None:
    """Say why the values of a column fit a role, or ``None`` when they do not."""
    kind, fits, why = spec.type, False, ""
    if role in (Role.LABEL, Role.PREDICTION):
        fits, why = (kind.is_category or kind.is_number) and _distinct(m) == 2, "two values"
    elif role is Role.SCORE:
        fits, why = (
            kind is ColumnType.NUMERIC and m.low >= 0 and m.high <= 1,
            "numbers between 0 and 1",
        )
    elif role is Role.TIME:
        fits, why = kind is ColumnType.DATETIME, "dates"
    elif role is Role.ID:
        fits, why = kind is ColumnType.IDENTIFIER, "an identifier"
    elif role in (Role.SITE, Role.MODEL_VERSION):
        low = m.distinct <= SITES and (m.distinct < 0.5 * m.present or m.present < 20)
        numeric_version = role is Role.MODEL_VERSION and kind is ColumnType.NUMERIC
        fits, why = low and (kind in _NAMING or numeric_version), f"{m.distinct:,} different values"
    elif role is Role.GROUP:
        fits, why = kind.is_category and m.distinct <= 50, "few values"
    return why if fits else None


def unfit(role: Role, kind: ColumnType, m: ColumnCounts) -> str | None:
    """Say what is wrong with a column a person named for a role that needs values many rows share; ``None`` where it fits.

    A column of sentences or of one value per row can be no outcome and no group, and its values may not stand in results.
    """
    words = m.values >= FEW_ROWS and m.numbers < 0.5 * m.values and kind is not ColumnType.BOOLEAN
    many = m.distinct > max(SITES, 0.5 * m.present) or 0.5 * m.present < m.distinct > MOST_NAMES
    if role not in _NEEDS or not words or not (many or kind is ColumnType.TEXT):
        return None
    return f"holds {m.distinct:,} different texts in {m.present:,} rows; {_NEEDS[role]}"


def no_class(of: Mapping[Role, ColumnCounts], class_scores: bool) -> list[tuple[Role, str, str]]:
    """Columns named as outcome or decision that hold quantities where classes are meant: role, what is wrong, what to do.

    ``of`` holds the columns of the roles label and prediction, as far as there are any. A quantity is a column of numbers
    with decimals of which more than ``MOST_CLASSES`` are different. Both may be quantities (a predicted length of stay); one
    alone would be counted as so many classes, each seen once.
    """
    label, decision = of.get(Role.LABEL), of.get(Role.PREDICTION)
    found = []
    if decision and label and _quantity(decision) and _few(label):
        wrong = f"{_numbers(decision)}; a decision on an outcome of {_distinct(label)} values needs few values"
        hint = "If it is a probability or a score, give it the role score."
        found.append((Role.PREDICTION, wrong, hint))
    if label and _quantity(label) and (class_scores or (decision and _few(decision))):
        beside = "scores of classes are" if class_scores else "a decision of few values is"
        wrong = f"{_numbers(label)}, while {beside} held against it; an outcome of classes needs few values"
        hint = "Cut it into classes, or name a prediction of the same quantity."
        found.append((Role.LABEL, wrong, hint))
    return found


def _distinct(m: ColumnCounts) -> int:
    return m.number_distinct if m.numbers else m.distinct


def _few(m: ColumnCounts) -> bool:
    return 0 < _distinct(m) <= MOST_CLASSES


def _quantity(m: ColumnCounts) -> bool:
    mostly = m.numbers >= 0.5 * max(m.values, 1)
    return mostly and m.whole < 0.95 * m.numbers and m.number_distinct > MOST_CLASSES


def _numbers(m: ColumnCounts) -> str:
    return f"holds {m.number_distinct:,} different numbers, most of them with decimals"


def guess(
    specs: Sequence[ColumnSpec], measured: dict[str, ColumnCounts], taken: set[str]
) -> dict[str, tuple[Role, str]]:
    """Return a role and its reason for the columns that seem to have one.

    ``taken`` are columns whose role was given. A single role goes to one column: the best-named, and among equals the
    first. Groups may be several.
    """
    found: dict[str, tuple[Role, str]] = {}
    names = {s.name: codes.snake(s.name) for s in specs if s.name not in taken}
    for role, pattern in (
        (Role(role), p) for role, patterns in codes.table("roles").items() for p in patterns
    ):
        if role is not Role.GROUP and any(role is given for given, _ in found.values()):
            continue
        for spec in specs:
            named = (
                spec.name in names
                and spec.name not in found
                and re.fullmatch(pattern, names[spec.name])
            )
            if named and (why := _fits(role, spec, measured[spec.name])):
                found[spec.name] = (role, f"{role.value.replace('_', ' ')} by its name and {why}")
                if role is not Role.GROUP:
                    break
    return found
