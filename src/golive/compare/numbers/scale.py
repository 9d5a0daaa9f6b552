"""Decimal slips and factors that no unit explains: values ten times too large, or all multiplied by the same number."""

from __future__ import annotations

import math

import numpy as np

from golive.compare.base.measured import NumberPair
from golive.compare.numbers.mixture import WHOLE
from golive.wording.findings.units import Candidate

SLIPS = (10.0, 100.0, 1000.0, 0.1, 0.01, 0.001)
GENERIC = {
    60.0: (("minutes", "hours"), ("seconds", "minutes")),
    24.0: (("hours", "days"),),
    7.0: (("days", "weeks"),),
    12.0: (("months", "years"),),
    365.25: (("days", "years"),),
}
"""Factors that mean something whatever is measured."""
EVEN = 0.05
"""Spread of the log ratio of quantiles below which a distribution moved by one factor."""
LEAST_FACTOR = 1.8


def slips(one: NumberPair) -> list[Candidate]:
    """Decimal slips that a column could show: none for values that are all zero or for columns of a few whole numbers."""
    if one.train.maximum <= 0 or len(one.train.values) < 6:
        return []
    return [Candidate(factor, slip=True) for factor in SLIPS]


def unknown_factor(one: NumberPair) -> Candidate | None:
    """A factor by which every quantile (5 to 95 %) moved, although no known unit or decimal slip has it.

    The quantiles must be positive and take at least eight values, the factor at least 1.8 either way, and its logarithm the
    same over the quantiles within ``EVEN``.
    """
    before, now = one.train.quantile(WHOLE), one.live.quantile(WHOLE)
    few = len(np.unique(before)) < 8 or min(one.sizes) < 100
    if few or min(before[0], now[0]) <= 0 or before[-1] / before[0] < 1.2:
        return None
    ratios = np.log(now / before)
    if abs(float(np.median(ratios))) < math.log(LEAST_FACTOR) or float(ratios.std()) > EVEN:
        return None
    factor = float(np.exp(np.median(ratios)))
    for known, units in GENERIC.items():
        if abs(math.log(factor / known)) < 0.03:
            return Candidate(known, units=units)
        if abs(math.log(factor * known)) < 0.03:
            now_unit, usual = units[0]
            return Candidate(1 / known, units=((usual, now_unit),))
    return Candidate(factor)
