"""Decimal slips and factors that no unit explains: values ten times too large, or all multiplied by the same number."""

from __future__ import annotations

import math

import numpy as np

from golive.compare.base.measured import Measured
from golive.compare.numbers.mixture import Candidate

SLIPS = (10.0, 100.0, 1000.0, 0.1, 0.01, 0.001)
GENERIC = {
    60.0: "minutes instead of hours, or seconds instead of minutes",
    24.0: "hours instead of days",
    7.0: "days instead of weeks",
    12.0: "months instead of years",
    365.25: "days instead of years",
}
"""Factors that mean something whatever is measured."""
EVEN = 0.05
"""Spread of the log ratio of quantiles below which a distribution moved by one factor."""
LEAST_FACTOR = 1.8


def slips(one: Measured) -> list[Candidate]:
    """Decimal slips that a column could show: none for values that are all zero or for columns of a few whole numbers."""
    if one.train.maximum <= 0 or len(one.train.values) < 6:
        return []
    return [
        Candidate(
            f,
            0.0,
            f"{f:,.0f} times too large" if f > 1 else f"{1 / f:,.0f} times too small",
            "slip",
        )
        for f in SLIPS
    ]


def unknown_factor(one: Measured) -> Candidate | None:
    """A factor by which every quantile (5 to 95 %) moved, although no known unit or decimal slip has it.

    The quantiles must be positive and take at least eight values, the factor at least 1.8 either way, and its logarithm the
    same over the quantiles within ``EVEN``.
    """
    at = np.linspace(0.05, 0.95, 19)
    before, now = one.train.quantile(at), one.live.quantile(at)
    if (
        before[0] <= 0
        or now[0] <= 0
        or len(np.unique(before)) < 8
        or min(one.train.n, one.live.n) < 100
    ):
        return None
    if before[-1] / before[0] < 1.2:
        return None
    ratios = np.log(now / before)
    if abs(float(np.median(ratios))) < math.log(LEAST_FACTOR) or float(ratios.std()) > EVEN:
        return None
    factor = float(np.exp(np.median(ratios)))
    for known, meaning in GENERIC.items():
        for value in (known, 1 / known):
            if abs(math.log(factor / value)) < 0.03:
                way = (
                    meaning
                    if value > 1
                    else " instead of ".join(reversed(meaning.split(",")[0].split(" instead of ")))
                )
                return Candidate(value, 0.0, way, "unit")
    return Candidate(
        factor, 0.0, f"multiplied by {factor:.3g}, a factor that no known unit explains", "unknown"
    )
