"""From scores to probabilities that hold in training: by a straight line on the log odds, or by steps where these fit better.

Which of the two, and how well it holds, is measured on rows that it was not fitted on.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from golive.model.profile import FloatArray
from golive.stats import calibration as cal
from golive.stats.estimate import Mask, Units

FOLDS, MOST_TRIED = 5, 100_000
"""Parts of the training rows, and most rows, on which the mappings are tried."""

Mapping = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Recalibration:
    """``apply`` maps scores (0 to 1) to probabilities, never changing their order. ``error`` is the calibration error beyond
    chance (0 to 1) on rows that were left out of the fit, cut by score.
    """

    apply: Mapping
    method: str
    error: float


def line(score: FloatArray, event: Mask) -> Mapping:
    """Intercept and slope on the log odds (Platt 1999)."""
    steep = cal.slope(score, event).value
    steep = steep if math.isfinite(steep) else 1.0
    level = cal.level(steep * cal.logit(score), event).value
    level = level if math.isfinite(level) else 0.0

    def apply(p: FloatArray) -> FloatArray:
        return np.asarray(1 / (1 + np.exp(-(level + steep * cal.logit(p)))), dtype=np.float64)

    return apply


def steps(score: FloatArray, event: Mask) -> Mapping:
    """The non-decreasing steps closest to the outcomes (isotonic regression, Zadrozny and Elkan 2002)."""
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(
        score, event.astype(np.float64)
    )

    def apply(p: FloatArray) -> FloatArray:
        return np.asarray(fitted.predict(p), dtype=np.float64)

    return apply


WAYS: dict[str, Callable[[FloatArray, Mask], Mapping]] = {
    "intercept and slope": line,
    "steps": steps,
}


def recalibration(
    score: FloatArray, event: Mask, units: Units | None, *, seed: int
) -> Recalibration:
    """Choose the way with the lower Brier score on rows left out, patients kept together; the line where both are equal.

    ``score`` and ``event`` have length n and hold both classes.
    """
    chosen = np.arange(len(score))
    rng = np.random.default_rng(seed)
    if len(score) > MOST_TRIED:
        chosen = np.sort(rng.choice(len(score), MOST_TRIED, replace=False))
    s, y = score[chosen], event[chosen]
    who = chosen if units is None else units[chosen]
    fold = rng.integers(0, FOLDS, int(who.max()) + 1)[who]
    tried = {name: _left_out(way, s, y, fold) for name, way in WAYS.items()}
    best = min(tried, key=lambda name: float(((tried[name] - y) ** 2).mean()))
    error = cal.excess_error(tried[best], y, None if units is None else units[chosen], by=s)
    return Recalibration(WAYS[best](score, event), best, error)


def _left_out(
    way: Callable[[FloatArray, Mask], Mapping], s: FloatArray, y: Mask, fold: Units
) -> FloatArray:
    """Probability of each row from a mapping fitted on the other folds."""
    p = np.empty(len(s))
    for k in range(FOLDS):
        here = fold == k
        if here.any():
            p[here] = way(s[~here], y[~here])(s[here])
    return p
