"""Rows for Evidently: at most 10,000 per column that keep its distribution (design section 3)."""

from __future__ import annotations

import numpy as np

from golive.model.profile import CategoryProfile, FloatArray, NumericProfile
from golive.profile.numbers import carries, equal_mass


def reduced_values(numeric: NumericProfile, limit: int = 10_000) -> FloatArray:
    """Values of a column as an unweighted sample of at most ``limit`` rows, ascending, shape ``(rows,)``.

    All values when there are no more than ``limit``. Else means of ``limit`` equal-mass bins; when their mean or standard
    deviation is off by more than 0.5 % of the column's own standard deviation, all rows (a far outlier, which no bin
    mean can carry).
    """
    if numeric.n <= limit:
        return np.repeat(numeric.values, numeric.counts)
    means, counts = equal_mass(numeric.values, numeric.counts, limit)
    if not carries(means, counts, numeric.mean, numeric.std):
        return np.repeat(numeric.values, numeric.counts)
    slots = np.searchsorted(
        np.cumsum(counts), (np.arange(limit) + 0.5) * (numeric.n / limit), side="left"
    )
    return means[np.minimum(slots, len(means) - 1)]


def reduced_categories(category: CategoryProfile, limit: int = 10_000) -> list[str]:
    """Values of a category column as at most ``limit`` rows, apportioned by largest remainder; all rows when fewer.

    The long tail that was not kept (``other``) takes its share of the rows under the value ``__other__``.
    """
    values, counts = list(category.values), category.counts
    if category.other:
        values, counts = [*values, "__other__"], np.append(counts, category.other)
    total = int(counts.sum())
    if total > limit:
        share = counts * (limit / total)
        rows = np.floor(share).astype(np.int64)
        short = limit - int(rows.sum())
        rows[np.argsort(-(share - rows), kind="stable")[:short]] += 1
        counts = rows
    return [value for value, n in zip(values, counts, strict=True) for _ in range(int(n))]
