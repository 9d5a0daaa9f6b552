"""Estimates with intervals when one patient may have several rows.

Every metric is a mean of per-row contributions, or close to one (its influence function). Contributions are added up per
patient before the variance is taken (the "ultimate cluster" variance: equal to bootstrapping patients as their number
grows, without drawing). With one row per patient this is the ordinary variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from golive.model.measured.intervals import Metric, number
from golive.model.profile import FloatArray
from golive.stats.proportions import Z95, Z99, wilson

__all__ = [
    "UNKNOWN",
    "Z95",
    "Z99",
    "Estimate",
    "Mask",
    "Units",
    "change",
    "number",
    "on_log",
    "on_logit",
    "pair",
    "patients",
    "plain",
    "share",
    "standard_error",
    "totals",
    "units_of",
    "wilson",
]

Mask = npt.NDArray[np.bool_]
Units = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Estimate:
    """A value, its standard error, and a 95 % interval. NaN where it cannot be computed."""

    value: float
    se: float
    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return math.isfinite(self.value)


UNKNOWN = Estimate(math.nan, math.nan, math.nan, math.nan)


def units_of(codes: Any) -> Units | None:
    """Positions 0..k-1 of the patients of each row, or ``None`` when every row is a patient of its own."""
    if codes is None or len(codes) == 0:
        return None
    distinct, positions = np.unique(codes, return_inverse=True)
    return None if len(distinct) == len(codes) else positions.astype(np.int64)


def patients(units: Units | None, n: int) -> int:
    """Number of patients among ``n`` rows."""
    return n if units is None else int(np.count_nonzero(np.bincount(units)))


def totals(values: FloatArray, units: Units | None) -> FloatArray:
    """Sum of ``values`` per patient; the values themselves when every row is a patient."""
    return (
        values
        if units is None
        else np.asarray(np.bincount(units, weights=values), dtype=np.float64)
    )


def standard_error(influence: FloatArray, units: Units | None) -> float:
    """Standard error of a mean whose per-row contributions, centred at 0, are ``influence`` (length n)."""
    n, k = len(influence), patients(units, len(influence))
    if k < 2:
        return math.nan
    summed = totals(influence, units)
    # Not a dot product: its threads cost more than they save here
    squares = float(np.square(summed).sum())
    return math.sqrt(squares * k / (k - 1)) / n


def plain(value: float, se: float) -> Estimate:
    """Symmetric interval: value +- 1.96 standard errors."""
    return Estimate(value, se, value - Z95 * se, value + Z95 * se)


def on_log(value: float, se: float) -> Estimate:
    """Interval of a positive value on the log scale."""
    if not (math.isfinite(value) and math.isfinite(se)) or value <= 0:
        return plain(value, se)
    half = math.exp(Z95 * se / value)
    return Estimate(value, se, value / half, value * half)


def on_logit(value: float, se: float, *, n: int = 0) -> Estimate:
    """Interval of a value between 0 and 1 on the logit scale (Pepe 2003, section 2.2.2; 5.2.2 for AUROC).

    At exactly 0 or 1 the data show no spread; the bound is then that of ``n`` equal answers, 0.05^(1/n).
    """
    if not (math.isfinite(value) and math.isfinite(se)):
        return Estimate(value, se, math.nan, math.nan)
    if value <= 0 or value >= 1:
        far = 0.05 ** (1 / max(n, 1))
        return Estimate(value, se, *((far, 1.0) if value >= 1 else (0.0, 1 - far)))
    half = Z95 * se / (value * (1 - value))
    centre = math.log(value / (1 - value))
    return Estimate(value, se, _expit(centre - half), _expit(centre + half))


def _expit(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def share(hits: Mask, among: Mask, units: Units | None) -> Estimate:
    """Share of rows ``among`` that are ``hits``, with a Wilson interval.

    With several rows per patient the interval is Wilson's at the effective size: rows divided by the design effect of the
    ratio estimator (Rao and Scott 1992), which is never taken below 1.
    """
    n = int(among.sum())
    if n == 0:
        return UNKNOWN
    count = int((hits & among).sum())
    p = count / n
    size = float(n)
    if units is not None and 0 < count < n:
        residual = np.where(among, hits - p, 0.0)
        se = standard_error(residual, units) * len(residual) / n
        size = n / max(1.0, se**2 / (p * (1 - p) / n))
    low, high = wilson(p * size, size)
    return Estimate(p, math.sqrt(p * (1 - p) / size), float(low), float(high))


def change(train: Estimate, live: Estimate) -> tuple[float, float, float]:
    """Live minus training with a 95 % interval from the two intervals (MOVER, Zou and Donner 2008; Newcombe's for shares)."""
    d = live.value - train.value
    below = math.hypot(live.value - live.low, train.high - train.value)
    above = math.hypot(live.high - live.value, train.value - train.low)
    return d, d - below, d + above


def pair(train: Estimate, live: Estimate) -> Metric:
    """One metric on both sides, and live minus training."""
    d, low, high = change(train, live)
    return Metric(
        train=number(train.value),
        train_low=number(train.low),
        train_high=number(train.high),
        live=number(live.value),
        live_low=number(live.low),
        live_high=number(live.high),
        change=number(d),
        low=number(low),
        high=number(high),
    )
