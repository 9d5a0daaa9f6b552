"""Two reviewers: how far they agree beyond chance. And how many outputs to review next."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from golive.model.measured.generated_text import ReviewPlan
from golive.model.profile import FloatArray
from golive.stats.estimate import Estimate, Mask, Units, patients, plain, wilson

LEAST_OUTPUTS = 200
"""Rated outputs that criterion OBS-04 asks for."""

FIRST_OUTPUTS = 30
"""Rated outputs below which a high rate says nothing yet."""

LEAST_RATERS = 2
"""Reviewers that criterion OBS-04 asks for."""

LEAST_PAIRS = 20
"""Outputs rated by both reviewers below which agreement is not judged."""

LIMIT = 0.05
"""Share of unsupported output that production must stay under (OBS-04, level 3)."""

MOST_REVIEWS = 20_000

DRAWS = 2_000
"""Bootstrap samples of patients behind the interval of kappa."""

_DRAWN_AT_ONCE = 2_000_000


@dataclass(frozen=True)
class Agreement:
    """Cohen's kappa of two reviewers over ``n`` outputs both rated; ``observed`` is the share on which they agree."""

    kappa: Estimate
    observed: float
    n: int
    first_rate: float
    second_rate: float


def agreement(first: Mask, second: Mask, units: Units | None = None) -> Agreement | None:
    """Cohen's kappa of two binary ratings (length n) with the large-sample interval of Fleiss, Cohen and Everitt (1969).

    Where outputs come several to a patient (``units``, length n), the interval is that of a bootstrap of patients, and never
    narrower than the one of single outputs. ``None`` without outputs. Where both reviewers only ever say one thing, kappa is
    not defined (NaN); with outputs of one patient only, its bounds are not.
    """
    n = len(first)
    if n == 0:
        return None
    a, b = float(first.mean()), float(second.mean())
    cells = {
        (i, j): float(((first == bool(i)) & (second == bool(j))).mean())
        for i in (0, 1)
        for j in (0, 1)
    }
    row, column = {1: a, 0: 1 - a}, {1: b, 0: 1 - b}
    observed = cells[0, 0] + cells[1, 1]
    chance = a * b + (1 - a) * (1 - b)
    if chance >= 1:
        return Agreement(Estimate(math.nan, math.nan, math.nan, math.nan), observed, n, a, b)
    kappa = (observed - chance) / (1 - chance)
    on = sum(
        cells[i, i] * ((1 - chance) - (row[i] + column[i]) * (1 - observed)) ** 2 for i in (0, 1)
    )
    off = (1 - observed) ** 2 * sum(
        cells[i, j] * (column[i] + row[j]) ** 2 for i, j in ((0, 1), (1, 0))
    )
    rest = (observed * chance - 2 * chance + observed) ** 2
    variance = (on + off - rest) / (n * (1 - chance) ** 4)
    value = plain(kappa, math.sqrt(max(variance, 0.0)))
    if units is not None:
        value = _by_patient(first, second, units, value)
    low, high = (float(np.clip(v, -1.0, 1.0)) for v in (value.low, value.high))
    return Agreement(Estimate(kappa, value.se, low, high), observed, n, a, b)


def _by_patient(first: Mask, second: Mask, units: Units, by_output: Estimate) -> Estimate:
    """``by_output`` with bounds at the 2.5th and 97.5th percentile of kappa over bootstrap samples of patients (fixed seed)."""
    k = int(units.max()) + 1
    if patients(units, len(units)) < 2:
        return Estimate(by_output.value, math.nan, math.nan, math.nan)
    cells = np.stack(
        [
            np.bincount(units[(first == i) & (second == j)], minlength=k)
            for i in (0, 1)
            for j in (0, 1)
        ],
        axis=1,
    )
    cells = cells[cells.sum(axis=1) > 0].astype(np.float64)
    rng, k, drawn = np.random.default_rng(0), len(cells), []
    step = max(1, _DRAWN_AT_ONCE // k)
    for start in range(0, DRAWS, step):
        times = rng.multinomial(k, np.full(k, 1 / k), size=min(step, DRAWS - start))
        drawn.append(_kappas(times @ cells))
    kappas = np.concatenate(drawn)
    kappas = kappas[np.isfinite(kappas)]
    if len(kappas) < DRAWS // 2:  # most samples hold one answer only
        return Estimate(by_output.value, math.nan, math.nan, math.nan)
    low, high = np.quantile(kappas, [0.025, 0.975])
    se = max(by_output.se, float(kappas.std(ddof=1)))
    return Estimate(
        by_output.value, se, min(float(low), by_output.low), max(float(high), by_output.high)
    )


def _kappas(cells: FloatArray) -> FloatArray:
    """Cohen's kappa of 2 x 2 tables, shape ``(samples, 4)``: both no, second alone, first alone, both yes; NaN where undefined."""
    share = cells / cells.sum(axis=1, keepdims=True)
    observed = share[:, 0] + share[:, 3]
    a, b = share[:, 2] + share[:, 3], share[:, 1] + share[:, 3]
    chance = a * b + (1 - a) * (1 - b)
    return np.asarray(
        np.divide(observed - chance, 1 - chance, out=np.full(len(cells), np.nan), where=chance < 1)
    )


def review_plan(rate: float | None, rated: int, raters: int, *, limit: float = LIMIT) -> ReviewPlan:
    """Plan the next reviews so that the upper Wilson bound falls under ``limit`` if the rate (0 to 1) stays as it is.

    Never fewer than ``LEAST_OUTPUTS`` in all. Without a rate, the plan is the first ``LEAST_OUTPUTS``.
    """
    second = "" if raters >= LEAST_RATERS else " A second reviewer must rate the same outputs."
    if rate is None or not math.isfinite(rate):
        return ReviewPlan(
            rated=rated,
            more=LEAST_OUTPUTS - rated if rated < LEAST_OUTPUTS else 0,
            total=LEAST_OUTPUTS,
            half_width=_half_width(limit, LEAST_OUTPUTS),
            reason=f"Start with a random {LEAST_OUTPUTS} outputs.{second}",
        )
    unsure = rated < FIRST_OUTPUTS or float(wilson(rate * rated, rated)[0]) < limit
    if rated < LEAST_OUTPUTS and limit <= rate and unsure:
        reason = f"Too few to tell: go on to {LEAST_OUTPUTS} random outputs."
        more = LEAST_OUTPUTS - rated
        return ReviewPlan(
            rated=rated,
            more=more,
            total=LEAST_OUTPUTS,
            half_width=_half_width(rate, LEAST_OUTPUTS),
            reason=f"{reason}{second}",
        )
    total = max(LEAST_OUTPUTS, rated)
    while total <= MOST_REVIEWS and float(wilson(rate * total, total)[1]) >= limit:
        total = math.ceil(total * 1.02)
    if rate >= limit or total > MOST_REVIEWS:
        more = max(0, LEAST_OUTPUTS - rated)
        reason = f"At the present rate no number of reviews shows less than {100 * limit:.0f} %: repair the generator first."
        return ReviewPlan(
            rated=rated, more=more or None, total=None, half_width=None, reason=f"{reason}{second}"
        )
    more = total - rated
    reason = (
        f"{more:,} more reviews would show less than {100 * limit:.0f} %, if the rate stays as it is."
        if more
        else f"Enough outputs are rated to show less than {100 * limit:.0f} %."
    )
    return ReviewPlan(
        rated=rated,
        more=more,
        total=total,
        half_width=_half_width(rate, total),
        reason=f"{reason}{second}",
    )


def _half_width(rate: float, n: int) -> float:
    low, high = wilson(rate * n, n)
    return float(high - low) / 2
