"""Shares of rows: intervals, effect size, tests, and the correction for looking at many columns.

All functions take counts (integers, scalars or arrays of one shape) and return arrays of that shape. Shares are 0 to 1.
Closed forms because whole tables are judged at once; tests hold them against statsmodels and scipy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from golive.model.profile import FloatArray

Z95, Z99 = 1.959963984540054, 2.5758293035489004
"""Two-sided normal quantiles at 95 % and 99 %."""


def share(count: Any, n: Any) -> FloatArray:
    """``count / n``; 0 where ``n`` is 0."""
    count, n = np.asarray(count, dtype=float), np.asarray(n, dtype=float)
    return np.asarray(np.divide(count, n, out=np.zeros(np.broadcast(count, n).shape), where=n > 0))


def wilson(count: Any, n: Any, z: float = Z95) -> tuple[FloatArray, FloatArray]:
    """Wilson interval of a share (Wilson 1927), arrays of one shape; (0, 1) where ``n`` is 0. ``n`` may be an effective size."""
    n = np.asarray(n, dtype=float)
    m = np.maximum(n, 1e-12)
    p = np.asarray(count, dtype=float) / m
    centre = (p + z**2 / (2 * m)) / (1 + z**2 / m)
    half = z / (1 + z**2 / m) * np.sqrt(np.maximum(p * (1 - p), 0) / m + z**2 / (4 * m**2))
    empty = n <= 0
    return np.where(empty, 0.0, np.clip(centre - half, 0, 1)), np.where(
        empty, 1.0, np.clip(centre + half, 0, 1)
    )


def newcombe(
    count_train: Any,
    n_train: Any,
    count_live: Any,
    n_live: Any,
    weights: tuple[Any, Any] = (1.0, 1.0),
) -> tuple[FloatArray, FloatArray]:
    """Newcombe's 95 % interval for live share minus training share (Newcombe 1998, method 10; -1 to 1).

    ``weights`` are what a row of training and of live weighs (``golive.profile.repeats``): the shares stay, the interval is
    that of as many independent rows.
    """
    p1, p2 = share(count_train, n_train), share(count_live, n_live)
    low1, high1 = wilson(np.multiply(count_train, weights[0]), np.multiply(n_train, weights[0]))
    low2, high2 = wilson(np.multiply(count_live, weights[1]), np.multiply(n_live, weights[1]))
    difference = p2 - p1
    below = np.sqrt((p2 - low2) ** 2 + (high1 - p1) ** 2)
    above = np.sqrt((high2 - p2) ** 2 + (p1 - low1) ** 2)
    return difference - below, difference + above


def cohen_h(share_train: Any, share_live: Any) -> FloatArray:
    """Cohen's h, live against training: 2 asin sqrt(p2) - 2 asin sqrt(p1) (-pi to pi; 0.2 is "small", Cohen 1988).

    One scale for 2 % -> 5 % (0.17) and 50 % -> 60 % (0.20), which points or ratios alone are not.
    """
    transform = [
        2 * np.arcsin(np.sqrt(np.clip(np.asarray(p, dtype=float), 0, 1)))
        for p in (share_train, share_live)
    ]
    return np.asarray(transform[1] - transform[0], dtype=float)


def two_share_p(
    count_train: Any,
    n_train: Any,
    count_live: Any,
    n_live: Any,
    weights: tuple[Any, Any] = (1.0, 1.0),
) -> FloatArray:
    """Two-sided p that two shares are equal; 1 where a side has no rows.

    Score test (chi-square without Yates); where fewer than 5 of the rarer outcome are expected on a side, the conditional
    binomial test of two rates, the smaller tail doubled (Przyborowski and Wilenski 1940): exact for rare events, a
    little too large otherwise, and, unlike Fisher's test, fast for thousands of codes. ``weights`` are what a row of each
    side weighs (``golive.profile.repeats``); the test is that of as many independent rows.
    """
    from scipy.stats import binom, norm

    x1, n1, x2, n2 = (
        np.asarray(v, dtype=float)
        for v in np.broadcast_arrays(count_train, n_train, count_live, n_live)
    )
    (x1, n1), (x2, n2) = (
        _effective(x, n, w) for x, n, w in ((x1, n1, weights[0]), (x2, n2, weights[1]))
    )
    pooled = share(x1 + x2, n1 + n2)
    spread = np.sqrt(pooled * (1 - pooled) * (share(1.0, n1) + share(1.0, n2)))
    z = np.divide(
        share(x2, n2) - share(x1, n1), spread, out=np.zeros_like(spread), where=spread > 0
    )
    p = 2 * norm.sf(np.abs(z))
    few = np.minimum(pooled, 1 - pooled) * np.minimum(n1, n2) < 5
    common = pooled > 0.5
    events = np.where(common, n1 + n2 - x1 - x2, x1 + x2)
    own = np.where(common, n2 - x2, x2)
    part = share(n2, n1 + n2)
    tail = np.minimum(binom.cdf(own, events, part), binom.sf(own - 1, events, part))
    p = np.where(few, np.minimum(1.0, 2 * tail), p)
    return np.where((n1 == 0) | (n2 == 0), 1.0, p)


def _effective(count: FloatArray, n: FloatArray, weight: Any) -> tuple[FloatArray, FloatArray]:
    """Count and size in independent rows, as whole numbers; at least one row stays of any."""
    if np.all(np.asarray(weight) == 1):
        return count, n
    rows = np.maximum(np.round(n * weight), np.minimum(n, 1))
    return np.round(share(count, n) * rows), rows


def benjamini_hochberg(p: Any) -> FloatArray:
    """Benjamini-Hochberg adjusted p-values, same order; NaN stays NaN and is not counted as a test."""
    from scipy.stats import false_discovery_control

    p = np.asarray(p, dtype=float)
    adjusted, known = np.full(p.shape, np.nan), ~np.isnan(p)
    if known.any():
        adjusted[known] = false_discovery_control(p[known])
    return adjusted
