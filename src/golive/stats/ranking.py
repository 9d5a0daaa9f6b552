"""How well a score ranks events above non-events: AUROC, average precision, and the ROC curve."""

from __future__ import annotations

import math

import numpy as np

from golive.model.profile import SMALL_CELL, FloatArray
from golive.stats.estimate import UNKNOWN, Estimate, Mask, Units, on_logit, plain, standard_error

ROC_POINTS = 100


def placements(score: FloatArray, event: Mask) -> tuple[FloatArray, FloatArray]:
    """Placement values: per event the share of non-events it beats, per non-event the share of events that beat it.

    Ties count half. By sorting both classes and looking each up in the other, so in n log n; linear where rows come sorted.
    """
    of_events, of_others = score[event], score[~event]
    return _beaten(of_events, of_others), 1 - _beaten(of_others, of_events)


def _beaten(values: FloatArray, others: FloatArray) -> FloatArray:
    """Share of ``others`` below each of ``values``, equal ones half."""
    ascending = np.sort(others, kind="stable")
    below, up_to = (np.searchsorted(ascending, values, side=side) for side in ("left", "right"))
    return np.asarray((below + up_to) / (2 * len(others)), dtype=np.float64)


def auroc(score: FloatArray, event: Mask, units: Units | None = None) -> Estimate:
    """Area under the ROC curve with DeLong's variance (DeLong 1988), per patient when rows repeat (Obuchowski 1997).

    ``score`` and ``event`` have length n; unknown when one class is absent. Interval on the logit scale.
    """
    n1, n0 = int(event.sum()), int((~event).sum())
    if n1 == 0 or n0 == 0:
        return UNKNOWN
    of_events, of_others = placements(score, event)
    area = float(of_events.mean())
    if min(n1, n0) < 2:
        return Estimate(area, math.nan, 0.0, 1.0)
    if units is None:
        variance = float(of_events.var(ddof=1)) / n1 + float(of_others.var(ddof=1)) / n0
    else:
        variance = _clustered(of_events - area, of_others - area, event, units)
    return on_logit(area, math.sqrt(max(variance, 0.0)), n=min(n1, n0))


def _clustered(of_events: FloatArray, of_others: FloatArray, event: Mask, units: Units) -> float:
    n1, n0 = len(of_events), len(of_others)
    k = int(units.max()) + 1
    first = np.bincount(units[event], weights=of_events, minlength=k)
    second = np.bincount(units[~event], weights=of_others, minlength=k)
    k1, k0, both = (
        int(np.count_nonzero(np.bincount(u))) for u in (units[event], units[~event], units)
    )
    s10 = float(np.square(first).sum()) * k1 / max(k1 - 1, 1) / n1
    s01 = float(np.square(second).sum()) * k0 / max(k0 - 1, 1) / n0
    s11 = float((first * second).sum()) * both / max(both - 1, 1)
    return s10 / n1 + s01 / n0 + 2 * s11 / (n1 * n0)


def auroc_gain(
    score: FloatArray, other: FloatArray, event: Mask, units: Units | None = None
) -> Estimate:
    """AUROC of ``score`` minus that of ``other`` on the same rows, with the variance of the paired difference (DeLong 1988)."""
    n, n1 = len(event), int(event.sum())
    if n1 < 2 or n - n1 < 2:
        return UNKNOWN
    influence, difference = np.zeros(n), 0.0
    for sign, values in ((1.0, score), (-1.0, other)):
        of_events, of_others = placements(values, event)
        area = float(of_events.mean())
        difference += sign * area
        influence[event] += sign * (of_events - area) * (n / n1)
        influence[~event] += sign * (of_others - area) * (n / (n - n1))
    return plain(difference, standard_error(influence, units))


def average_precision(score: FloatArray, event: Mask, units: Units | None = None) -> Estimate:
    """Average precision (the area under the precision-recall curve by steps, as scikit-learn computes it).

    Its variance is that of its influence function: for a row with score t, precision(t) - AP where it is an event, plus what
    the row does to the precision at every event ranked below it. Interval on the logit scale.
    """
    n, n1 = len(event), int(event.sum())
    if n1 in (0, n):
        return UNKNOWN
    order = np.argsort(-score, kind="stable")
    descending, y = score[order], event[order].astype(float)
    last = np.flatnonzero(np.append(np.diff(descending) != 0, True))
    # The step of each row: rows of one score stand together
    at = np.searchsorted(last, np.arange(n))
    above = (last + 1).astype(float)
    true = np.cumsum(y)[last]
    precision = true / above
    here = np.diff(true, prepend=0.0)
    value = float((here / n1) @ precision)
    # What a row adds to the precision of every step at or below its own score, weighted by the events there.
    weight = np.cumsum((here / above)[::-1])[::-1]
    weighted = np.cumsum((here * precision / above)[::-1])[::-1]
    influence = (y * (precision[at] - value) + y * weight[at] - weighted[at]) * n / n1
    spread = np.empty(n)
    spread[order] = influence
    return on_logit(value, standard_error(spread, units), n=n1)


def roc_points(score: FloatArray, event: Mask) -> tuple[tuple[float, float], ...]:
    """At most ``ROC_POINTS`` points (1 - specificity, sensitivity), each ``SMALL_CELL`` rows or more apart."""
    from sklearn.metrics import roc_curve

    n1, n0 = int(event.sum()), int((~event).sum())
    if min(n1, n0) < SMALL_CELL:
        return ()
    false, true, _ = roc_curve(event, score, drop_intermediate=False)
    steps = max(2, min(ROC_POINTS, len(event) // SMALL_CELL))
    rows = np.rint(false * n0 + true * n1)
    at = np.unique(np.searchsorted(rows, np.linspace(0, rows[-1], steps)))
    return tuple((round(float(false[i]), 4), round(float(true[i]), 4)) for i in at)
