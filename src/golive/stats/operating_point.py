"""The operating threshold: who is flagged, what is found and missed, what it costs, and whether acting on it is worth it."""

from __future__ import annotations

import math

import numpy as np

from golive.model.measured.intervals import LiveInterval, rounded
from golive.model.measured.performance import ThresholdStep
from golive.model.profile import SMALL_CELL, FloatArray, is_small
from golive.stats.estimate import UNKNOWN, Estimate, Mask, Units, plain, share, standard_error

TABLE_ROWS = 101


def rates(flagged: Mask, event: Mask, units: Units | None) -> dict[str, Estimate]:
    """Sensitivity, specificity, PPV, NPV and alert rate of a yes-or-no output; Wilson intervals, per patient when rows repeat."""
    everyone = np.ones(len(event), dtype=bool)
    return {
        "sensitivity": share(flagged, event, units),
        "specificity": share(~flagged, ~event, units),
        "ppv": share(event, flagged, units),
        "npv": share(~event, ~flagged, units),
        "alert_rate": share(flagged, everyone, units),
    }


HIDEABLE = ("specificity", "ppv", "npv")
"""Shares that are not shown where they rest on a count of 1 to 10 patients."""


def rests_on_few(name: str, flagged: Mask, event: Mask) -> bool:
    """Whether a share of an operating point gives away a count of 1 to 10 patients: those it counts, or those it does not.

    ``name`` is specificity (of those without the event: left alone, flagged), PPV (of those flagged: with the event, without)
    or NPV (of those left alone: without the event, with). Sensitivity is always shown: missed cases must stay visible.
    """
    whole = {"specificity": ~event, "ppv": flagged, "npv": ~flagged}[name]
    hits = int((whole & (flagged if name == "specificity" else event)).sum())
    return is_small(hits) or is_small(int(whole.sum()) - hits)


def against_floor(live: Estimate, floor: float) -> str:
    """What an interval says of a floor without its numbers: ``kept``, ``likely_kept``, ``likely_missed`` or ``missed``."""
    if live.low >= floor:
        return "kept"
    if live.value >= floor:
        return "likely_kept"
    return "likely_missed" if live.high >= floor else "missed"


def needed_to_evaluate(ppv: Estimate) -> LiveInterval:
    """Alerts to look at for one true one: 1 / PPV, with the bounds turned round."""
    if not ppv.known or ppv.value <= 0:
        return LiveInterval.of(UNKNOWN)
    high = 1 / ppv.low if ppv.low > 0 else math.nan
    return LiveInterval.of(Estimate(1 / ppv.value, math.nan, 1 / ppv.high, high))


def ppv_at(prevalence: float, sensitivity: float, specificity: float) -> float:
    """PPV that this sensitivity and specificity give where ``prevalence`` of patients have the event (Bayes)."""
    true = sensitivity * prevalence
    alerts = true + (1 - specificity) * (1 - prevalence)
    return true / alerts if alerts > 0 else math.nan


def balanced_accuracy(flagged: Mask, event: Mask, units: Units | None) -> Estimate:
    """Mean of sensitivity and specificity: the area under the ROC curve of a yes-or-no output."""
    n1, n = int(event.sum()), len(event)
    if n1 in (0, n):
        return UNKNOWN
    sensitivity, specificity = float(flagged[event].mean()), float((~flagged[~event]).mean())
    of_events, of_others = (
        (flagged - sensitivity) * (n / n1),
        (~flagged - specificity) * (n / (n - n1)),
    )
    influence = np.asarray(np.where(event, of_events, of_others), dtype=np.float64) / 2
    return plain((sensitivity + specificity) / 2, standard_error(influence, units))


def net_benefit(flagged: Mask, event: Mask, threshold: float, units: Units | None) -> Estimate:
    """Net benefit (Vickers and Elkin 2006): true alerts per patient less false ones weighed by the odds of the threshold."""
    if not 0 < threshold < 1 or len(event) == 0:
        return UNKNOWN
    worth = np.where(flagged, np.where(event, 1.0, -threshold / (1 - threshold)), 0.0).astype(
        np.float64
    )
    value = float(worth.mean())
    return plain(value, standard_error(worth - value, units))


def thresholds(score: FloatArray, operating: float | None) -> FloatArray:
    """At most ``TABLE_ROWS`` thresholds, ``SMALL_CELL`` rows or more between neighbours, the operating one among them."""
    steps = max(2, min(TABLE_ROWS - 1, len(score) // SMALL_CELL))
    grid = np.unique(np.quantile(score, np.linspace(0, 1, steps), method="inverted_cdf"))
    return np.unique(np.append(grid, operating)) if operating is not None else grid


def table(score: FloatArray, event: Mask, operating: float | None) -> tuple[ThresholdStep, ...]:
    """Counts at each threshold, so that another one can be tried without the rows. Counts of 1 to 10, and those that
    would give them away, are ``None``.

    A row is flagged when its score is at or above the threshold.
    """
    grid = thresholds(score, operating)
    of_events, of_others = np.sort(score[event]), np.sort(score[~event])
    missed, spared = np.searchsorted(of_events, grid), np.searchsorted(of_others, grid)
    found, false = len(of_events) - missed, len(of_others) - spared

    def cells(first: int, second: int) -> tuple[int | None, int | None]:
        """Two counts that add up to a known total: when one is small, neither is given."""
        return (None, None) if 0 < min(first, second) < SMALL_CELL else (first, second)

    rows = []
    for t, tp, fp, fn, tn in zip(grid, found, false, missed, spared, strict=True):
        (a, c), (b, d) = cells(int(tp), int(fn)), cells(int(fp), int(tn))
        rows.append(ThresholdStep(threshold=rounded(float(t)), tp=a, fp=b, fn=c, tn=d))
    return tuple(rows)
