"""Weighted supports: a column of numbers as ascending points and the rows each carries, and as few rows for Evidently
(``docs/decisions/evidently-in-the-loop.md``)."""

from __future__ import annotations

from functools import cache

import numpy as np

from golive.model.profile import FloatArray, IntArray, NumericProfile

SUPPORT = 10_000
"""Most support points kept of a column, unless they would not carry its mean and standard deviation."""

TOLERANCE = 0.005
"""Largest relative error of the reduced mean (in standard deviations) and standard deviation."""

MOST_DECIMALS = 6


@cache
def sum_in_one_thread() -> None:
    """Let BLAS sum in one thread, in this process for good, so that sums are the same to the last digit.

    How a long sum is split over threads shows in its last digits, and how many threads there are differs between machines
    and may be changed by another thread meanwhile.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    threadpool_limits(limits=1, user_api="blas")


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
    return _merged(np.diff(at) / rows + values.mean(), rows, values)


def equal_mass_sorted(ascending: FloatArray, bins: int) -> tuple[FloatArray, IntArray]:
    """``equal_mass`` of values that are not counted yet, one by one in ascending order; ten times faster."""
    cuts = np.linspace(0, len(ascending), min(bins, len(ascending)) + 1).astype(np.int64)
    rows = np.diff(cuts)
    centre = ascending[len(ascending) // 2]
    return _merged(np.add.reduceat(ascending - centre, cuts[:-1]) / rows + centre, rows, ascending)


def _merged(
    means: FloatArray, rows: IntArray, ascending: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Ascending bin means within the range of the values (rounding may leave it), equal ones merged."""
    means = np.maximum.accumulate(np.clip(means, ascending[0], ascending[-1]))
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
    written: tuple[tuple[int, int], ...] | None = None,
) -> NumericProfile:
    """Profile of a column from its ascending weighted support of finite values.

    ``moments`` are mean, standard deviation (ddof 0), minimum and maximum when the engine has computed them; otherwise they
    are computed here, centred first so that a large mean costs no digits. ``exact`` says that the support holds every
    distinct value. ``single`` marks a column stored in single precision: its points are given their shortest decimal form
    (36.6 instead of 36.599998), so that the same number from a CSV file is the same point. ``written`` are its ``decimals`` where
    they are known.
    """
    sum_in_one_thread()
    n = int(counts.sum()) if len(counts) else 0
    if n == 0:
        none = np.zeros(0)
        nan = np.nan
        return NumericProfile(
            0, nan, nan, nan, nan, none, none.astype(np.int64), exact=True, infinities=infinities
        )
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
    if written is None:
        step = max(1, len(values) // SUPPORT)
        of_step = np.add.reduceat(counts, np.arange(0, len(values), step))
        written = decimals(values[::step], of_step, single=single)
    rows = rows.astype(np.int64)
    return NumericProfile(
        n, mean, std, low, high, points, rows, exact, integers, infinities, written
    )


def sorted_profile(
    ascending: FloatArray, *, infinities: int = 0, single: bool = False
) -> tuple[NumericProfile, int]:
    """Profile of finite values in ascending order, and how many of them are distinct.

    Equals ``numeric_profile`` of the counted values; columns with many distinct values are never counted, which is where
    the time would go.
    """
    n = len(ascending)
    distinct = int(np.count_nonzero(ascending[1:] != ascending[:-1])) + 1 if n else 0
    if distinct > SUPPORT:
        mean, std = float(np.mean(ascending)), float(np.std(ascending))
        means, rows = equal_mass_sorted(ascending, SUPPORT)
        if carries(means, rows, mean, std):
            step = n // SUPPORT
            sample = ascending[::step]
            share = np.minimum(step, n - step * np.arange(len(sample)))
            whole = int(np.count_nonzero(ascending == np.floor(ascending)))
            moments = (mean, std, float(ascending[0]), float(ascending[-1]))
            written = decimals(sample, share, single=single)
            made = numeric_profile(
                means,
                rows,
                exact=False,
                infinities=infinities,
                moments=moments,
                integers=whole,
                written=written,
            )
            return made, distinct
    points, counts = weigh(ascending) if n else (ascending, np.zeros(0, dtype=np.int64))
    return numeric_profile(points, counts, infinities=infinities, single=single), distinct


def decimals(
    values: FloatArray, counts: IntArray, *, single: bool = False
) -> tuple[tuple[int, int], ...]:
    """Rows by number of written decimals, 0 to 6 (6 stands for 6 or more).

    Of a column with more than ``SUPPORT`` distinct values only every k-th is read and stands for the k it was taken from, so
    the counts sum to ``n`` but are a sample's.
    """
    left = np.ones(len(values), dtype=bool)
    found = []
    precision = 1.2e-7 if single else 1e-12
    for digits in range(MOST_DECIMALS):
        apart = np.abs(np.round(values, digits) - values)
        near = left & (apart <= precision * np.maximum(1, np.abs(values)))
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
