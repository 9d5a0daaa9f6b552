"""Category counts: one spelling per value where the spelling is only storage, as written where it is evidence; and as few rows
for Evidently (``docs/decisions/evidently-in-the-loop.md``)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np

from golive.model.columns import ColumnType
from golive.model.profile import EMPTY_CATEGORY, CategoryProfile, IntArray
from golive.profile.fields import LONGEST_PATTERN, LONGEST_VALUE, Field

MOST_VALUES = 50_000
MOST_TOKENS = 1_000
MOST_PATTERNS = 200
LONGEST_RUN = 12
"""Longest run of one sign in a pattern; longer runs are cut to this length."""

FEWEST, MOST = 10_000, 1_000_000
"""Rows that a reduced column of categories has at least and at most, when the column itself has more."""

_PLAIN = re.compile(r"[+-]?(0|[1-9][0-9]{0,14})(\.[0-9]*)?$")
_TRUTH = {"1": "true", "1.0": "true", "0": "false", "0.0": "false", "t": "true", "f": "false"}
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
        return _shortest(value)
    text = str(value)
    stripped = text.strip()
    if field.type is ColumnType.BOOLEAN:
        truth = stripped.lower()
        truth = _TRUTH.get(truth, truth) if field.declared.startswith("bool") else truth
        if truth in ("true", "false"):
            return truth
    number = field.type is not ColumnType.CODE and _PLAIN.match(stripped)
    return _shortest(float(stripped)) if number else text[:LONGEST_VALUE]


def _shortest(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)


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
    signs = _LETTER.sub("A", _DIGIT.sub("9", value[:LONGEST_PATTERN]))
    return _RUN.sub(lambda run: run[1] * LONGEST_RUN, signs)


def reduced_categories(category: CategoryProfile, rows: int | None = None) -> CategoryProfile:
    """The column as if it had at most ``rows`` rows, apportioned by largest remainder; itself when it has no more.

    ``None`` takes as many as ``rows_for`` says. The long tail that was not kept (``other``) takes its share of the rows
    under the value ``__other__``. A value may be left with no row.
    """
    values, counts = category.values, category.counts
    if category.other:
        values, counts = (*values, "__other__"), np.append(counts, category.other)
    limit, total = rows_for(counts) if rows is None else rows, int(counts.sum())
    if total > limit:
        share = counts * (limit / total)
        counts = np.floor(share).astype(np.int64)
        short = limit - int(counts.sum())
        counts[np.argsort(-(share - counts), kind="stable")[:short]] += 1
    return CategoryProfile(int(counts.sum()), values, counts)


def rows_for(counts: IntArray) -> int:
    """Rows that carry the shares of ``counts`` (of values, each at least 1) for a distance between shares.

    A share p that is rounded to whole rows of L is off by 0.3 / L on average, and the squared Jensen-Shannon distance from
    the exact shares is about the sum of (0.3 / L)^2 / 8p. ``L = 1000 sqrt(sum of 1 / p)`` holds the distance to 0.0001, half
    a per cent of a score of 0.02, however rare the values are; it obeys the triangle inequality, so the score between two
    sides is off by no more than the two together.
    """
    return int(np.clip(1000 * np.sqrt((counts.sum() / counts).sum()), FEWEST, MOST))
