"""Without outcomes: what performance would be if the probabilities are right (confidence-based estimation, CBPE).

If each probability means what it says, a live row with probability p is an event p times and none 1 - p times; counting so
gives the expected AUROC, sensitivity and PPV without one outcome (Guillory 2021; NannyML's CBPE). It holds only as long as
the same score means the same risk, and while live inputs lie where training had some: both are looked at first, and when one
fails, the answer is "cannot judge" with the reason, not a number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from golive.model.finding import Effect
from golive.model.measured.course import WithoutOutcomes
from golive.model.profile import FloatArray
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.verdicts import FEWEST, effect_of, of_drop
from golive.stats.estimate import Estimate, change, number, pair, plain
from golive.wording.findings.validity import Doubt, EstimatedDrop, NotEstimated, Refusal

FEWEST_ROWS, FEWEST_EVENTS = 300, 50
"""Scored rows on both sides, and training events, below which nothing is estimated."""

BINS, FOLDS = 2_000, 50
MOST_ERROR = 0.03
"""Calibration error on training, beyond chance, up to which its probabilities are taken at their word."""

MOST_OUTSIDE, MOST_MISSING = 0.02, 0.05
"""Share of live inputs outside 99.8 % of training's, and rise of the missing share, above which inputs do not overlap."""


@dataclass(frozen=True)
class Expected:
    """Expected performance of one side; NaN where no threshold is declared."""

    auroc: Estimate
    sensitivity: float
    ppv: float
    prevalence: float


def unlabelled(context: Context, out: Outcomes) -> None:
    """``performance_estimated_drop`` where outcomes are too few, and what is estimated beside what was realised."""
    train, live, column, m = context.train, context.live, context.roles.score, context.figures
    if live.score is None or train.score is None or column is None or context.bounds != (0.0, 1.0):
        return
    realised = context.smaller >= FEWEST
    columns, n = (column,), (train.rows, live.rows)
    if refused := refusals(context):
        out.add(estimated=WithoutOutcomes(refused=tuple(r.reason for r in refused)))
        if not realised:
            effect = Effect.between("auroc", None, None, n=n)
            out.facts.append(NotEstimated(columns=columns, effect=effect, refusals=tuple(refused)))
        return
    now, before = estimate(inside(live.score), context), estimate(inside(train.score), context)
    found = WithoutOutcomes(
        auroc=pair(before.auroc, now.auroc),
        sensitivity=number(now.sensitivity),
        ppv=number(now.ppv),
        prevalence=number(now.prevalence),
    )
    if realised and m is not None and "auroc" in m.live:
        found = found.having(realised=number(m.live["auroc"].value))
    out.add(estimated=found)
    if not realised:
        out.facts.append(
            EstimatedDrop(
                verdict=of_drop(*change(before.auroc, now.auroc)),
                columns=columns,
                effect=effect_of("auroc", before.auroc, now.auroc, n),
                auroc=(before.auroc, now.auroc),
                event_rate=(before.prevalence, now.prevalence),
            )
        )


def inside(score: FloatArray) -> FloatArray:
    """The scores that are probabilities."""
    return score[np.isfinite(score) & (score >= 0) & (score <= 1)]


def refusals(context: Context) -> list[Refusal]:
    """Why performance must not be estimated: too few rows, probabilities that do not hold, inputs outside training's."""
    train = context.training
    live = inside(context.live.score) if context.live.score is not None else np.zeros(0)
    if train is None or train.score is None:
        return [Refusal(Doubt.NO_OUTCOMES)]
    few = min(train.n, len(live)) < FEWEST_ROWS or train.smaller < FEWEST_EVENTS
    if few or context.recalibrated is None:
        least = FEWEST_ROWS, FEWEST_EVENTS
        return [Refusal(Doubt.TOO_FEW, n=(train.n, len(live)), least=least)]
    found = []
    if (error := context.recalibrated.error) > MOST_ERROR:
        found.append(Refusal(Doubt.MISCALIBRATED, error))
    if (outside := _outside(train.score, live)) > MOST_OUTSIDE:
        found.append(Refusal(Doubt.SCORES_APART, outside))
    for name, values in context.live.features.items():
        before = context.train.features.get(name)
        if before is not None and (apart := _apart(name, before, values)) is not None:
            found.append(apart)
    return found


def _outside(before: FloatArray, now: FloatArray) -> float:
    """Share of ``now`` outside 99.8 % of ``before``."""
    low, high = np.quantile(before, [0.001, 0.999])
    return float(((now < low) | (now > high)).mean())


def _apart(name: str, before: FloatArray, now: FloatArray) -> Refusal | None:
    """Why one input does not overlap with training, or ``None``."""
    more = float(np.isnan(now).mean()) - float(np.isnan(before).mean())
    if more > MOST_MISSING:
        return Refusal(Doubt.INPUT_MISSING, more, name)
    now, before = now[np.isfinite(now)], before[np.isfinite(before)]
    if len(now) < FEWEST or len(before) < FEWEST_ROWS:
        return None
    outside = _outside(before, now)
    return Refusal(Doubt.INPUT_APART, outside, name) if outside > MOST_OUTSIDE else None


def estimate(score: FloatArray, context: Context) -> Expected:
    """Expected AUROC of scores (0 to 1) with its sampling error (jackknife over ``FOLDS`` parts), and sensitivity and PPV at
    the threshold. Rows are ranked by their score and weighed by the probability it stands for in training.
    """
    levels, threshold = context.recalibrated, context.config.operating_threshold
    assert levels is not None
    p = levels.apply(score)
    edges = np.unique(np.quantile(score, np.linspace(0, 1, BINS)))
    place = np.searchsorted(edges, score)
    fold = np.random.default_rng(context.config.seed).integers(0, FOLDS, len(p))
    width = len(edges) + 1
    events, others = (
        np.bincount(fold * width + place, weights=w, minlength=FOLDS * width).reshape(FOLDS, width)
        for w in (p, 1 - p)
    )
    whole = float(_expected(events.sum(axis=0)[None], others.sum(axis=0)[None])[0])
    without = _expected(events.sum(axis=0) - events, others.sum(axis=0) - others)
    se = math.sqrt((FOLDS - 1) / FOLDS * float(((without - without.mean()) ** 2).sum()))
    if threshold is None:
        return Expected(plain(whole, se), math.nan, math.nan, float(p.mean()))
    above = score >= threshold
    found = float(p[above].sum())
    ppv = found / int(above.sum()) if above.any() else math.nan
    return Expected(plain(whole, se), found / float(p.sum()), ppv, float(p.mean()))


def _expected(events: FloatArray, others: FloatArray) -> FloatArray:
    """AUROC of binned weights (shape k by bins): events beat the others below them, and half of those in their bin."""
    below = np.cumsum(others, axis=1) - others
    won = (events * (below + others / 2)).sum(axis=1)
    return np.asarray(won / (events.sum(axis=1) * others.sum(axis=1)), dtype=np.float64)
