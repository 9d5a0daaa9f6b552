"""Rows for Evidently: few for each column that keep its distribution (``docs/decisions/evidently-in-the-loop.md``)."""

from __future__ import annotations

import numpy as np

from golive.model.profile import CategoryProfile, FloatArray, IntArray, NumericProfile
from golive.profile.numbers import carries

FEWEST, MOST = 10_000, 1_000_000
"""Rows that a reduced column of categories has at least and at most, when the column itself has more."""


def reduced_values(numeric: NumericProfile, limit: int = 10_000) -> FloatArray:
    """Values of a column as an unweighted sample of at most ``limit`` rows, ascending, shape ``(rows,)``.

    All values when there are no more than ``limit``. Else means of ``limit`` equal-mass bins; when their mean or standard
    deviation is off by more than 0.5 % of the column's own standard deviation, all rows (a far outlier, which no bin
    mean can carry).
    """
    if numeric.n <= limit:
        return np.repeat(numeric.values, numeric.counts)
    # A bin of a fractional number of rows takes its part of a value that lies across its edge, so that the mean is exact.
    below = np.concatenate(([0], np.cumsum(numeric.counts)))
    total = np.concatenate(([0.0], np.cumsum((numeric.values - numeric.mean) * numeric.counts)))
    at = np.interp(np.linspace(0, numeric.n, limit + 1), below, total)
    means = np.diff(at) * (limit / numeric.n) + numeric.mean
    means = np.maximum.accumulate(np.clip(means, numeric.values[0], numeric.values[-1]))
    if not carries(means, np.ones(limit, dtype=np.int64), numeric.mean, numeric.std):
        return np.repeat(numeric.values, numeric.counts)
    return means


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
