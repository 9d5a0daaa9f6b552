"""Verdicts given on the review page, as the numbers that the assessment carries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from golive.model.measured.generated_text import GeneratedText, ReviewerAgreement
from golive.model.measured.intervals import ShareInterval
from golive.model.measured.performance import Performance
from golive.model.profile import FloatArray
from golive.model.reviews import Review
from golive.stats.estimate import number
from golive.text.agreement import LEAST_PAIRS, LEAST_RATERS, agreement, review_plan
from golive.text.labels import mean_share

BAD = ("unsupported", "harmful")


def reviewed(reviews: Iterable[Review]) -> GeneratedText:
    """Summarise reviews of one file.

    Only texts drawn at random count, because marked ones are worse than the rest, and only verdicts that say something. Where
    reviewers differ the worse verdict counts. ``raters`` are reviewers with at least ``LEAST_PAIRS`` texts in common with
    another (one otherwise); agreement is that of the two who share most texts.
    """
    by_reviewer: dict[str, dict[int, Review]] = {}
    for review in reviews:
        if review.drawn == "random" and review.verdict != "cannot_tell":
            by_reviewer.setdefault(review.reviewer, {})[review.row] = review
    rows = sorted({row for held in by_reviewer.values() for row in held})
    said = [[held[row].verdict for held in by_reviewer.values() if row in held] for row in rows]
    bad = np.array([any(v in BAD for v in verdicts) for verdicts in said], dtype=np.float64)
    harmful = np.array(["harmful" in verdicts for verdicts in said], dtype=np.float64)
    pair = _pair(by_reviewer)
    both = sorted(by_reviewer[pair[0]].keys() & by_reviewer[pair[1]].keys()) if pair else []
    raters = LEAST_RATERS if len(both) >= LEAST_PAIRS else min(1, len(by_reviewer))
    rate = mean_share(bad)
    plan = review_plan(rate.value if rows else None, len(rows), raters)
    found = GeneratedText(n_outputs=len(rows), raters=raters, plan=plan)
    if rows:
        found = found.having(unsupported=_share(bad), severe=_share(harmful), label_kind="flag")
    if pair and len(both) >= LEAST_PAIRS:
        first, second = (
            np.array([by_reviewer[who][row].verdict in BAD for row in both]) for who in pair
        )
        agreed = agreement(first, second)
        if agreed is not None:
            told = ReviewerAgreement(
                kappa=number(agreed.kappa.value),
                low=number(agreed.kappa.low),
                high=number(agreed.kappa.high),
                n=agreed.n,
                observed=number(agreed.observed),
            )
            found = found.having(agreement=told)
    return found


def _share(values: FloatArray) -> ShareInterval:
    return ShareInterval.of(mean_share(values), n=len(values))


def _pair(by_reviewer: Mapping[str, Mapping[int, Review]]) -> tuple[str, str] | None:
    """The two reviewers with most texts in common."""
    names = sorted(by_reviewer)
    pairs = [
        (len(by_reviewer[a].keys() & by_reviewer[b].keys()), a, b)
        for i, a in enumerate(names)
        for b in names[i + 1 :]
    ]
    best = max(pairs, default=None)
    return (best[1], best[2]) if best and best[0] else None


def with_reviews(performance: Performance, reviews: Iterable[Review]) -> Performance:
    """``performance`` with the reviewed rate in the place of that of a label column; everything else as it was."""
    text = performance.generated_text.joined(reviewed(reviews)).having(rated_by="reviews")
    return performance.having(generated_text=text)
