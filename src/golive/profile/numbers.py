"""Weighted supports: a column of numbers as ascending points and the rows each carries."""

from __future__ import annotations

import numpy as np

from golive.model.profile import FloatArray, IntArray, NumericProfile

SUPPORT = 10_000
"""Most support points kept of a column, unless they would not carry its mean and standard deviation."""

TOLERANCE = 0.005
"""Largest relative error of the reduced mean (in standard deviations) and standard deviation."""

MOST_DECIMALS = 6


def equal_mass(values: FloatArray, counts: IntArray, bins: int) -> tuple[FloatArray, IntArray]:
    """Means and counts of ``bins`` equal-mass bins of an ascending weighted support.

    A support point that carries more than a bin is split over bins, so the mean is kept exactly and every bin holds
    ``n / bins`` rows, give or take one. Equal neighbouring means are merged.

    Shapes: ``values`` and ``counts`` ``(k,)``; returns two arrays of at most ``bins`` elements; counts sum to ``n``.
    """
    n = int(counts.sum())
    cuts = np.linspace(0, n, min(bins, n) + 1).astype(np.int64)
    below = np.concatenate(([0], np.cumsum(counts)))
    total = np.concatenate(([0.0], np.cumsum((values - values.mean()) * counts)))
    at = np.interp(cuts, below, total)
    rows = np.diff(cuts)
    means = np.diff(at) / rows + values.mean()
    means = np.maximum.accumulate(np.clip(means, values[0], values[-1]))
    first = np.concatenate(([True], means[1:] != means[:-1]))
    return means[first], np.add.reduceat(rows, np.flatnonzero(first))


def carries(values: FloatArray, counts: IntArray, mean: float, std: float) -> bool:
    """Whether a support has the mean and standard deviation of its column within ``TOLERANCE``."""
    if std == 0:
        return True
    n = counts.sum()
    own_mean = float(np.dot(values, counts) / n)
    own_std = float(np.sqrt(np.dot((values - own_mean) ** 2, counts) / n))
    return abs(own_mean - mean) <= TOLERANCE * std and abs(own_std / std - 1) <= TOLERANCE


def weigh(ascending: FloatArray) -> tuple[FloatArray, IntArray]:
    """Distinct values of an ascending array and how often each occurs."""
    starts = np.flatnonzero(np.concatenate(([True], ascending[1:] != ascending[:-1])))
    return ascending[starts], np.diff(np.append(starts, len(ascending)))


def numeric_profile(
    values: FloatArray,
    counts: IntArray,
    *,
    exact: bool = True,
    infinities: int = 0,
    moments: tuple[float, float, float, float] | None = None,
    integers: int | None = None,
    single: bool = False,
) -> NumericProfile:
    """Profile of a column from its ascending weighted support of finite values.

    ``moments`` are mean, standard deviation (ddof 0), minimum and maximum when the engine has computed them; otherwise they
    are computed here, centred first so that a large mean costs no digits. ``exact`` says that the support holds every
    distinct value. ``single`` marks a column stored in single precision: its points are given their shortest decimal form
    (36.6 instead of 36.599998), so that the same number from a CSV file is the same point.
    """
    n = int(counts.sum()) if len(counts) else 0
    if n == 0:
        empty = np.zeros(0)
        return NumericProfile(0, np.nan, np.nan, np.nan, np.nan, empty, empty.astype(np.int64), True, 0, infinities)
    mean, std, low, high = moments or _moments(values, counts)
    if integers is None:
        integers = int(counts[values == np.floor(values)].sum())
    points, rows = values, counts
    if len(values) > SUPPORT:
        means, sizes = equal_mass(values, counts, SUPPORT)
        if carries(means, sizes, mean, std):
            points, rows, exact = means, sizes, False
    elif single:
        points = np.array([float(str(v)) for v in values.astype(np.float32)])
    step = max(1, len(values) // SUPPORT)
    written = decimals(values[::step], np.add.reduceat(counts, np.arange(0, len(values), step)), single=single)
    return NumericProfile(
        n=n,
        mean=mean,
        std=std,
        minimum=low,
        maximum=high,
        values=points,
        counts=rows.astype(np.int64),
        exact=exact,
        integers=integers,
        infinities=infinities,
        decimals=written,
    )


def decimals(values: FloatArray, counts: IntArray, *, single: bool = False) -> tuple[tuple[int, int], ...]:
    """Rows by number of written decimals, 0 to 6 (6 stands for 6 or more).

    Read from the support: of a column with more than ``SUPPORT`` distinct values, every k-th distinct value stands for the
    k it was taken from, so the counts sum to ``n`` but are a sample's.
    """
    left = np.ones(len(values), dtype=bool)
    found = []
    precision = 1.2e-7 if single else 1e-12
    for digits in range(MOST_DECIMALS):
        near = left & (np.abs(np.round(values, digits) - values) <= precision * np.maximum(1, np.abs(values)))
        if near.any():
            found.append((digits, int(counts[near].sum())))
        left &= ~near
    if left.any():
        found.append((MOST_DECIMALS, int(counts[left].sum())))
    return tuple(found)


def _moments(values: FloatArray, counts: IntArray) -> tuple[float, float, float, float]:
    n = counts.sum()
    centre = values[len(values) // 2]
    shift = float(np.dot(values - centre, counts) / n)
    mean = float(centre + shift)
    std = float(np.sqrt(np.dot((values - mean) ** 2, counts) / n))
    return mean, std, float(values[0]), float(values[-1])
