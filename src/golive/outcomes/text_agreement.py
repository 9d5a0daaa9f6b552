"""Two reviewers: how far they agree beyond chance. And how many outputs to review next."""

from __future__ import annotations

import math
from dataclasses import dataclass

from golive.outcomes.interval import Estimate, Mask, plain, wilson

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


@dataclass(frozen=True)
class Agreement:
    """Cohen's kappa of two reviewers over ``n`` outputs both rated; ``observed`` is the share on which they agree."""

    kappa: Estimate
    observed: float
    n: int
    first_rate: float
    second_rate: float


def agreement(first: Mask, second: Mask) -> Agreement | None:
    """Cohen's kappa of two binary ratings (length n) with the large-sample interval of Fleiss, Cohen and Everitt (1969).

    ``None`` without outputs. Where both reviewers only ever say one thing, kappa is not defined (NaN).
    """
    n = len(first)
    if n == 0:
        return None
    a, b = float(first.mean()), float(second.mean())
    cells = {(i, j): float(((first == bool(i)) & (second == bool(j))).mean()) for i in (0, 1) for j in (0, 1)}
    row, column = {1: a, 0: 1 - a}, {1: b, 0: 1 - b}
    observed = cells[0, 0] + cells[1, 1]
    chance = a * b + (1 - a) * (1 - b)
    if chance >= 1:
        return Agreement(Estimate(math.nan, math.nan, math.nan, math.nan), observed, n, a, b)
    kappa = (observed - chance) / (1 - chance)
    on = sum(cells[i, i] * ((1 - chance) - (row[i] + column[i]) * (1 - observed)) ** 2 for i in (0, 1))
    off = (1 - observed) ** 2 * sum(cells[i, j] * (column[i] + row[j]) ** 2 for i, j in ((0, 1), (1, 0)))
    rest = (observed * chance - 2 * chance + observed) ** 2
    variance = (on + off - rest) / (n * (1 - chance) ** 4)
    value = plain(kappa, math.sqrt(max(variance, 0.0)))
    return Agreement(Estimate(kappa, value.se, max(-1.0, value.low), min(1.0, value.high)), observed, n, a, b)


@dataclass(frozen=True)
class ReviewPlan:
    """How many more outputs to review. ``more`` is ``None`` when no number would show the limit at the present rate.

    ``total`` is the number of rated outputs that would do, ``half_width`` what the interval's half width then is.
    """

    rated: int
    more: int | None
    total: int | None
    half_width: float | None
    reason: str


def review_plan(rate: float | None, rated: int, raters: int, *, limit: float = LIMIT) -> ReviewPlan:
    """Plan the next reviews so that the upper Wilson bound falls under ``limit`` if the rate (0 to 1) stays as it is.

    Never fewer than ``LEAST_OUTPUTS`` in all. Without a rate, the plan is the first ``LEAST_OUTPUTS``.
    """
    second = "" if raters >= LEAST_RATERS else " A second reviewer must rate the same outputs."
    if rate is None or not math.isfinite(rate):
        return ReviewPlan(
            rated,
            LEAST_OUTPUTS - rated if rated < LEAST_OUTPUTS else 0,
            LEAST_OUTPUTS,
            _half_width(limit, LEAST_OUTPUTS),
            f"Start with a random {LEAST_OUTPUTS} outputs.{second}",
        )
    unsure = rated < FIRST_OUTPUTS or float(wilson(rate * rated, rated)[0]) < limit
    if rated < LEAST_OUTPUTS and limit <= rate and unsure:
        reason = f"Too few to tell: go on to {LEAST_OUTPUTS} random outputs."
        more = LEAST_OUTPUTS - rated
        return ReviewPlan(rated, more, LEAST_OUTPUTS, _half_width(rate, LEAST_OUTPUTS), f"{reason}{second}")
    total = max(LEAST_OUTPUTS, rated)
    while total <= MOST_REVIEWS and float(wilson(rate * total, total)[1]) >= limit:
        total = math.ceil(total * 1.02)
    if rate >= limit or total > MOST_REVIEWS:
        more = max(0, LEAST_OUTPUTS - rated)
        reason = (
            f"At the present rate no number of reviews shows less than {100 * limit:.0f} %: repair the generator first."
        )
        return ReviewPlan(rated, more or None, None, None, f"{reason}{second}")
    more = total - rated
    reason = (
        f"{more:,} more reviews would show less than {100 * limit:.0f} %, if the rate stays as it is."
        if more
        else f"Enough outputs are rated to show less than {100 * limit:.0f} %."
    )
    return ReviewPlan(rated, more, total, _half_width(rate, total), f"{reason}{second}")


def _half_width(rate: float, n: int) -> float:
    low, high = wilson(rate * n, n)
    return float(high - low) / 2
