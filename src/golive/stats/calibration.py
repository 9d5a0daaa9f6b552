"""Whether a probability means what it says: Brier, log loss, intercept, slope, observed to expected, error, curve."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from golive.model.measured.intervals import rounded
from golive.model.measured.performance import CalibrationPoint
from golive.model.profile import SMALL_CELL, FloatArray
from golive.stats.estimate import (
    UNKNOWN,
    Estimate,
    Mask,
    Units,
    on_log,
    patients,
    plain,
    share,
    standard_error,
    totals,
)

EDGE = 1e-6
"""Probabilities are kept this far from 0 and 1 where a logarithm is taken."""

BINS, CURVE_BINS = 10, 20
_STEPS, _ENOUGH = 50, 1e-9


def logit(p: FloatArray) -> FloatArray:
    """Log odds of probabilities, kept ``EDGE`` away from 0 and 1."""
    clipped = np.clip(p, EDGE, 1 - EDGE)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))


def weighted_mean(values: FloatArray, weights: FloatArray | None, units: Units | None) -> Estimate:
    """Mean with weights that are taken as known; variance per patient."""
    w = np.ones(len(values)) if weights is None else weights
    if len(values) == 0 or w.sum() <= 0:
        return UNKNOWN
    value = float(np.average(values, weights=w))
    return plain(value, standard_error(w * (values - value) / w.mean(), units))


def brier(
    p: FloatArray, event: Mask, units: Units | None, weights: FloatArray | None = None
) -> Estimate:
    """Mean squared distance of probability and outcome (Brier 1950; 0 to 1, lower is better)."""
    return weighted_mean((p - event) ** 2, weights, units)


def log_loss(p: FloatArray, event: Mask, units: Units | None) -> Estimate:
    """Mean negative log likelihood (natural logarithm, lower is better)."""
    clipped = np.clip(p, EDGE, 1 - EDGE)
    return weighted_mean(-np.where(event, np.log(clipped), np.log1p(-clipped)), None, units)


def observed_expected(p: FloatArray, event: Mask, units: Units | None) -> Estimate:
    """Events that happened for each that was promised (1 is right; interval on the log scale, promise taken as random)."""
    expected = float(p.mean()) if len(p) else 0.0
    if expected <= 0:
        return UNKNOWN
    ratio = float(event.mean()) / expected
    if ratio == 0:  # no event shows no spread: up to 3.7 are as likely as 2.5 % (Poisson)
        return Estimate(0.0, math.nan, 0.0, -math.log(0.025) / float(p.sum()))
    return on_log(ratio, standard_error((event - ratio * p) / expected, units))


def _fit(x: FloatArray, y: Mask, offset: FloatArray, units: Units | None) -> list[Estimate]:
    """Logistic regression of ``y`` on the columns of ``x`` by Newton's method; variance per patient (Huber-White).

    Own code because the statistics libraries keep several copies of the rows; a test holds it against statsmodels.
    """
    beta = np.zeros(x.shape[1])
    unknown = [UNKNOWN] * len(beta)
    information = np.eye(len(beta))
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(offset + x @ beta, -35, 35)))
        information = (x * (p * (1 - p))[:, None]).T @ x
        try:
            step = np.linalg.solve(information, x.T @ (y - p))
        except np.linalg.LinAlgError:
            return unknown
        beta = beta + np.clip(step, -5, 5)
        if float(np.abs(step).max()) < _ENOUGH:
            break
    else:
        return unknown
    p = 1 / (1 + np.exp(-np.clip(offset + x @ beta, -35, 35)))
    scores = x * (y - p)[:, None]
    summed = np.column_stack([totals(scores[:, j], units) for j in range(scores.shape[1])])
    bread = np.linalg.inv(information)
    k = patients(units, len(y))
    covariance = bread @ (summed.T @ summed) @ bread * k / max(k - 1, 1)
    return [
        plain(float(b), math.sqrt(max(float(v), 0.0)))
        for b, v in zip(beta, np.diag(covariance), strict=True)
    ]


def intercept(p: FloatArray, event: Mask, units: Units | None = None) -> Estimate:
    """Calibration in the large: log odds by which all probabilities are too low (above 0) or too high (Cox 1958, slope 1)."""
    return level(logit(p), event, units)


def level(odds: FloatArray, event: Mask, units: Units | None = None) -> Estimate:
    """Constant to add to log odds so that they promise as many events as happened; unknown when one class is absent."""
    if not event.any() or event.all():
        return UNKNOWN
    return _fit(np.ones((len(odds), 1)), event, odds, units)[0]


def slope(p: FloatArray, event: Mask, units: Units | None = None) -> Estimate:
    """Calibration slope (Cox 1958): below 1 the probabilities are too extreme, above 1 too timid."""
    x = logit(p)
    if not event.any() or event.all() or len(p) < 3 or float(np.ptp(x)) < _ENOUGH:
        return UNKNOWN
    return _fit(np.column_stack([np.ones(len(p)), x]), event, np.zeros(len(p)), units)[1]


@dataclass(frozen=True)
class Bins:
    """Rows cut by score: per bin rows, events, and the mean probability."""

    rows: FloatArray
    events: FloatArray
    expected: FloatArray
    of_row: Units


def equal_mass(p: FloatArray, event: Mask, bins: int) -> Bins:
    """Cut rows into at most ``bins`` bins of about equal size; equal scores stay together."""
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1]))
    bin_of = np.searchsorted(edges, p, side="right")
    present = np.bincount(bin_of, minlength=len(edges) + 1) > 0
    of_row = (np.cumsum(present) - 1)[bin_of]
    rows = np.bincount(of_row).astype(float)
    events = np.asarray(np.bincount(of_row, weights=event.astype(float)), dtype=np.float64)
    return Bins(rows, events, np.bincount(of_row, weights=p) / rows, of_row.astype(np.int64))


def calibration_error(
    p: FloatArray, event: Mask, units: Units | None, *, seed: int, draws: int = 400
) -> Estimate:
    """Expected calibration error over ``BINS`` bins of equal size (mean distance of promise and outcome, 0 to 1).

    The interval is from draws of the bins' differences around what was seen, with their variance per patient; because noise can
    only add distance, the lower bound is taken after removing what perfect calibration would show.
    """
    if len(p) < BINS:
        return UNKNOWN
    weight, gap, se = _gaps(p, event, units)
    noise = np.random.default_rng(seed).normal(size=(draws, len(gap))) * se
    drawn = np.abs(gap + noise) @ weight
    none = np.abs(noise) @ weight
    low = max(0.0, float(np.quantile(drawn, 0.025)) - float(none.mean()))
    return Estimate(
        float(weight @ np.abs(gap)), float(drawn.std()), low, float(np.quantile(drawn, 0.975))
    )


def excess_error(
    p: FloatArray, event: Mask, units: Units | None, *, by: FloatArray | None = None
) -> float:
    """Calibration error beyond what chance shows at this size, so that small and large groups can be compared (0 to 1).

    Rows are cut by ``by`` (default: ``p``): by the score that ``p`` was made of, where ``p`` has steps.
    """
    if len(p) < BINS:
        return math.nan
    weight, gap, se = _gaps(p, event, units, by)
    return max(0.0, float(weight @ np.abs(gap)) - float(weight @ se) * math.sqrt(2 / math.pi))


def _gaps(
    p: FloatArray, event: Mask, units: Units | None, by: FloatArray | None = None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Per bin its share of the rows, observed minus expected, and the standard error of that per patient."""
    cut = equal_mass(p if by is None else by, event, BINS)
    expected = cut.expected if by is None else np.bincount(cut.of_row, weights=p) / cut.rows
    gap = cut.events / cut.rows - expected
    residual = event - p - gap[cut.of_row]
    if units is None:
        second = np.bincount(cut.of_row, weights=residual**2)
    else:
        k = len(gap)
        sums = np.bincount(
            units * k + cut.of_row, weights=residual, minlength=(int(units.max()) + 1) * k
        )
        second = (sums.reshape(-1, k) ** 2).sum(axis=0)
    return cut.rows / cut.rows.sum(), gap, np.asarray(np.sqrt(second) / cut.rows, dtype=np.float64)


def curve(p: FloatArray, event: Mask, units: Units | None) -> tuple[CalibrationPoint, ...]:
    """Calibration curve: per bin the mean probability and the observed share with its interval.

    Bins begin as ``CURVE_BINS`` of equal size and are joined until each holds at least ``SMALL_CELL`` events and as many
    non-events, so that no small count can be read off; empty when the data have fewer.
    """
    n1 = int(event.sum())
    if min(n1, len(event) - n1) < SMALL_CELL:
        return ()
    fine = equal_mass(p, event, CURVE_BINS)
    joined, in_bin = np.zeros(len(fine.rows), dtype=np.int64), [0.0, 0.0]
    at = 0
    for i in range(len(fine.rows)):
        if min(in_bin) >= SMALL_CELL:
            at, in_bin = at + 1, [0.0, 0.0]
        joined[i] = at
        in_bin[0] += fine.events[i]
        in_bin[1] += fine.rows[i] - fine.events[i]
    if min(in_bin) < SMALL_CELL and at > 0:
        joined[joined == at] = at - 1
    of_row = joined[fine.of_row]
    points = []
    for b in range(int(of_row.max()) + 1):
        among = of_row == b
        seen = share(event, among, units)
        points.append(
            CalibrationPoint(
                expected=rounded(float(p[among].mean())),
                observed=rounded(seen.value),
                low=rounded(seen.low),
                high=rounded(seen.high),
                n=int(among.sum()),
                n_events=int(event[among].sum()),
            )
        )
    return tuple(points)
