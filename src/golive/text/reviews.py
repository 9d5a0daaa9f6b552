"""Reviewers: how far two agree beyond chance, how many outputs to review next, and verdicts of the review page as numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from golive.model.measured.generated_text import (
    Detector,
    GeneratedText,
    ReviewerAgreement,
    ReviewPlan,
)
from golive.model.measured.intervals import Interval, ShareInterval, number
from golive.model.measured.performance import Performance
from golive.model.profile import SMALL_CELL, FloatArray
from golive.model.reviews import Review, ReviewVerdict
from golive.stats.estimate import UNKNOWN, Estimate, Mask, Units, patients, plain, units_of, wilson
from golive.stats.ranking import auroc, auroc_gain
from golive.text.labels import mean_share

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

    def as_result(self) -> ReviewerAgreement:
        """As a result carries it."""
        k = self.kappa
        ends = {"kappa": k.value, "low": k.low, "high": k.high, "observed": self.observed}
        return ReviewerAgreement(n=self.n, **{key: number(value) for key, value in ends.items()})


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
    cell = np.array([[(first == i) & (second == j) for j in (False, True)] for i in (False, True)])
    share = cell.mean(axis=-1)
    rows, columns = np.array([1 - a, a]), np.array([1 - b, b])
    observed, chance = float(np.trace(share)), float(rows @ columns)
    if chance >= 1:
        return Agreement(UNKNOWN, observed, n)
    kappa = (observed - chance) / (1 - chance)
    on = (np.diag(share) * ((1 - chance) - (rows + columns) * (1 - observed)) ** 2).sum()
    apart = share[0, 1] * (columns[0] + rows[1]) ** 2 + share[1, 0] * (columns[1] + rows[0]) ** 2
    off = (1 - observed) ** 2 * apart
    rest = (observed * chance - 2 * chance + observed) ** 2
    variance = float(on + off - rest) / (n * (1 - chance) ** 4)
    value = plain(kappa, math.sqrt(max(variance, 0.0)))
    if units is not None:
        value = _by_patient(cell, units, value)
    low, high = (float(np.clip(v, -1.0, 1.0)) for v in (value.low, value.high))
    return Agreement(Estimate(kappa, value.se, low, high), observed, n)


def _by_patient(cell: Mask, units: Units, by_output: Estimate) -> Estimate:
    """``by_output`` with bounds at the 2.5th and 97.5th percentile of kappa over bootstrap samples of patients (fixed seed).

    ``cell`` marks the outputs of each of the four cells, shape (2, 2, n).
    """
    unbounded = Estimate(by_output.value, math.nan, math.nan, math.nan)
    if patients(units, len(units)) < 2:
        return unbounded
    size = int(units.max()) + 1
    cells = np.stack([np.bincount(units[c], minlength=size) for c in cell.reshape(4, -1)], axis=1)
    cells = cells[cells.sum(axis=1) > 0].astype(np.float64)
    rng, k, drawn = np.random.default_rng(0), len(cells), []
    step = max(1, _DRAWN_AT_ONCE // k)
    for start in range(0, DRAWS, step):
        times = rng.multinomial(k, np.full(k, 1 / k), size=min(step, DRAWS - start))
        drawn.append(_kappas(times @ cells))
    kappas = np.concatenate(drawn)
    kappas = kappas[np.isfinite(kappas)]
    if len(kappas) < DRAWS // 2:  # most samples hold one answer only
        return unbounded
    low, high = np.quantile(kappas, [0.025, 0.975])
    se = max(by_output.se, float(kappas.std(ddof=1)))
    ends = min(float(low), by_output.low), max(float(high), by_output.high)
    return Estimate(by_output.value, se, *ends)


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
    left, below = max(0, LEAST_OUTPUTS - rated), f"less than {100 * limit:.0f} %"
    known = rate is not None and math.isfinite(rate)
    expected = rate if rate is not None and known else limit

    def plan(more: int | None, total: int | None, reason: str) -> ReviewPlan:
        width = None
        if total is not None:
            low, high = wilson(expected * total, total)
            width = float(high - low) / 2
        reason += second
        return ReviewPlan(rated=rated, more=more, total=total, half_width=width, reason=reason)

    if not known:
        return plan(left, LEAST_OUTPUTS, f"Start with a random {LEAST_OUTPUTS} outputs.")
    unsure = rated < FIRST_OUTPUTS or float(wilson(expected * rated, rated)[0]) < limit
    if rated < LEAST_OUTPUTS and limit <= expected and unsure:
        too_few = f"Too few to tell: go on to {LEAST_OUTPUTS} random outputs."
        return plan(left, LEAST_OUTPUTS, too_few)
    total = max(LEAST_OUTPUTS, rated)
    while total <= MOST_REVIEWS and float(wilson(expected * total, total)[1]) >= limit:
        total = math.ceil(total * 1.02)
    if expected >= limit or total > MOST_REVIEWS:
        never = (
            f"At the present rate no number of reviews shows {below}: repair the generator first."
        )
        return plan(left or None, None, never)
    more = total - rated
    reason = f"{more:,} more reviews would show {below}, if the rate stays as it is."
    return plan(more, total, reason if more else f"Enough outputs are rated to show {below}.")


BAD: frozenset[ReviewVerdict] = frozenset(("unsupported", "harmful"))


def reviewed(reviews: Iterable[Review]) -> GeneratedText:
    """Summarise reviews of one file.

    Only texts drawn at random count, because marked ones are worse than the rest, and only verdicts that say something. Where
    reviewers differ the worse verdict counts. ``raters`` are reviewers with at least ``LEAST_PAIRS`` texts in common with
    another (one otherwise); agreement is that of the two who share most texts.
    """
    by_reviewer: dict[str, dict[int, ReviewVerdict]] = {}
    for review in reviews:
        if review.drawn == "random" and review.verdict != "cannot_tell":
            by_reviewer.setdefault(review.reviewer, {})[review.row] = review.verdict
    given: dict[int, set[ReviewVerdict]] = {}
    for verdicts in by_reviewer.values():
        for row, verdict in verdicts.items():
            given.setdefault(row, set()).add(verdict)
    bad = np.array([not BAD.isdisjoint(given[row]) for row in sorted(given)], dtype=np.float64)
    harmful = np.array(["harmful" in given[row] for row in sorted(given)], dtype=np.float64)
    first, second = _pair(by_reviewer)
    both = sorted(first.keys() & second.keys())
    raters = LEAST_RATERS if len(both) >= LEAST_PAIRS else min(1, len(by_reviewer))
    rate = mean_share(bad)
    plan = review_plan(rate.value if given else None, len(given), raters)
    found = GeneratedText(n_outputs=len(given), raters=raters, plan=plan)
    if given:
        n = len(given)
        severe = ShareInterval.of(mean_share(harmful), n=n)
        unsupported = ShareInterval.of(rate, n=n)
        found = found.having(unsupported=unsupported, severe=severe, label_kind="flag")
    if len(both) >= LEAST_PAIRS:
        agreed = agreement(*(np.array([v[row] in BAD for row in both]) for v in (first, second)))
        found = found.having(agreement=agreed.as_result()) if agreed else found
    return found


def _pair(
    by_reviewer: Mapping[str, dict[int, ReviewVerdict]],
) -> tuple[dict[int, ReviewVerdict], dict[int, ReviewVerdict]]:
    """Verdicts of the two reviewers with most texts in common; empty where no two have any."""
    pairs = combinations(sorted(by_reviewer), 2)
    common = [(len(by_reviewer[a].keys() & by_reviewer[b].keys()), a, b) for a, b in pairs]
    n, a, b = max(common, default=(0, "", ""))
    return (by_reviewer[a], by_reviewer[b]) if n else ({}, {})


def with_reviews(performance: Performance, reviews: Iterable[Review]) -> Performance:
    """``performance`` with the reviewed rate in the place of that of a label column; everything else as it was."""
    text = performance.generated_text.joined(reviewed(reviews)).having(rated_by="reviews")
    return performance.having(generated_text=text)


LEAST_EACH = SMALL_CELL
"""Hallucinated and clean outputs needed each before a detector is measured: both counts are shown."""


def detection(
    score: FloatArray, lengths: FloatArray, hallucinated: Mask, unit: Any = None
) -> Detector | None:
    """AUROC against reviewers' labels of a detector (higher is worse; length n) and of length, and their difference (paired
    DeLong). ``None`` with too few of either kind. ``unit`` numbers the patient or document of each output.

    Length is taken in the direction in which it works (``longer`` or ``shorter`` outputs are hallucinated), which favours the
    rival; the detector beats it only where the whole interval of the difference lies above 0.
    """
    usable = np.isfinite(score)
    units = None if unit is None else units_of(unit[usable])
    score, lengths, hallucinated = score[usable], lengths[usable], hallucinated[usable]
    n, hits = len(score), int(hallucinated.sum())
    if min(hits, n - hits) < LEAST_EACH:
        return None
    longer = auroc(lengths, hallucinated, units).value >= 0.5
    rival = lengths if longer else -lengths
    gain = auroc_gain(score, rival, hallucinated, units)
    return Detector(
        n=n,
        hallucinated=hits,
        auroc=Interval.of(auroc(score, hallucinated, units)),
        length_auroc=Interval.of(auroc(rival, hallucinated, units)),
        length_direction="longer" if longer else "shorter",
        difference=Interval.of(gain),
        beats_length=gain.known and gain.low > 0,
    )
