"""Category counts: one spelling per value where the spelling is only storage, as written where it is evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from golive.model.columns import ColumnType
from golive.model.profile import EMPTY_CATEGORY, CategoryProfile
from golive.profile.fields import LONGEST_PATTERN, LONGEST_VALUE, Field

MOST_VALUES = 50_000
MOST_TOKENS = 1_000
MOST_PATTERNS = 200
LONGEST_RUN = 12
"""Longest run of one sign in a pattern; longer runs are cut to this length."""

_PLAIN = re.compile(r"[+-]?(0|[1-9][0-9]{0,14})(\.[0-9]*)?$")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_RUN = re.compile(rf"(.)\1{{{LONGEST_RUN},}}")


def canonical(value: Any, field: Field) -> str:
    """Return the text under which a value is counted.

    Numbers lose what only storage adds (``1.0`` and ``1`` are one value), except in codes, where ``250.00`` and ``250`` are
    two codes. A boolean is written as training stores it. All else stays as written, with its case and spaces, because a
    spelling is evidence.
    """
    if isinstance(value, bool):
        if field.declared.startswith(("int", "uint", "float", "decimal")):
            return str(int(value))
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    text = str(value)
    if field.type is ColumnType.CODE:
        return text[:LONGEST_VALUE]
    if field.type is ColumnType.BOOLEAN:
        lowered = text.strip().lower()
        if field.declared.startswith("bool"):
            text = {
                "1": "true",
                "1.0": "true",
                "0": "false",
                "0.0": "false",
                "t": "true",
                "f": "false",
            }.get(lowered, text)
        if lowered in ("true", "false"):
            text = lowered
    stripped = text.strip()
    if _PLAIN.match(stripped):
        number = float(stripped)
        return str(int(number)) if number.is_integer() else repr(number)
    return text[:LONGEST_VALUE]


def counted(
    pairs: Iterable[tuple[str, int]], *, most: int, total: int | None = None
) -> CategoryProfile:
    """Category profile of ``(value, rows)`` pairs: equal values added up, most frequent first, ties in value order.

    ``total`` is the number of rows when the pairs do not cover all of them; the rest is ``other``.
    """
    counter: Counter[str] = Counter()
    for value, rows in pairs:
        counter[value] += int(rows)
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    n = max(sum(counter.values()), total or 0)
    if n == 0:
        return EMPTY_CATEGORY
    kept = ordered[:most]
    counts = np.array([rows for _, rows in kept], dtype=np.int64)
    return CategoryProfile(n, tuple(value for value, _ in kept), counts, n - int(counts.sum()))


def patterns_of(category: CategoryProfile) -> CategoryProfile:
    """Shapes of the values of a category, weighted by their rows."""
    pairs = ((shape(v), int(c)) for v, c in zip(category.values, category.counts, strict=True))
    return counted(pairs, most=MOST_PATTERNS, total=category.n)


def shape(value: str) -> str:
    """``A10.25`` -> ``A99.99``: digits as 9, letters as A, runs cut at ``LONGEST_RUN``."""
    return _RUN.sub(
        lambda match: match.group(1) * LONGEST_RUN,
        _LETTER.sub("A", _DIGIT.sub("9", value[:LONGEST_PATTERN])),
    )
