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

from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.measured.course import WithoutOutcomes
from golive.model.profile import FloatArray
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.drops import ALARM_DROP, FEWEST, PASS_DROP
from golive.stats.estimate import Estimate, change, number, pair, plain
from golive.wording.numbers import metric, percent, sizes

FEWEST_ROWS, FEWEST_EVENTS = 300, 50
"""Scored rows on both sides, and training events, below which nothing is estimated."""

BINS, FOLDS = 2_000, 50
MOST_ERROR = 0.03
"""Calibration error on training, beyond chance, up to which its probabilities are taken at their word."""

MOST_OUTSIDE, MOST_MISSING = 0.02, 0.05
"""Share of live inputs outside 99.8 % of training's, and rise of the missing share, above which inputs do not overlap."""


@dataclass(frozen=True)
class Estimated:
    """Expected performance of one side; NaN where no threshold is declared."""

    auroc: Estimate
    sensitivity: float
    ppv: float
    prevalence: float


def unlabelled(context: Context, out: Outcomes) -> None:
    """``performance_estimated_drop`` where outcomes are too few, and what is estimated beside what was realised."""
    train, live = context.train, context.live
    if (
        live.score is None
        or train.score is None
        or context.bounds != (0.0, 1.0)
        or context.roles.score is None
    ):
        return
    m = context.measured
    realised = (
        m is not None
        and min(m.cases_live.n_events, m.cases_live.n - m.cases_live.n_events) >= FEWEST
    )
    reasons = refusals(context)
    if reasons:
        out.add(estimated=WithoutOutcomes(refused=tuple(reasons)))
        if not realised:
            out.findings.append(_refused(context, reasons))
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
        out.findings.append(_finding(context, before, now))


def inside(score: FloatArray) -> FloatArray:
    """The scores that are probabilities."""
    return score[np.isfinite(score) & (score >= 0) & (score <= 1)]


def refusals(context: Context) -> list[str]:
    """Why performance must not be estimated: too few rows, probabilities that do not hold, inputs outside training's."""
    held = context.training
    live = inside(context.live.score) if context.live.score is not None else np.zeros(0)
    if held is None or held.score is None:
        return ["training has no outcomes, so nothing shows that its probabilities hold"]
    few = (
        min(held.n, len(live)) < FEWEST_ROWS
        or min(held.n_events, held.n - held.n_events) < FEWEST_EVENTS
    )
    if few or context.recalibrated is None:
        return [
            f"it takes {FEWEST_ROWS} scores on both sides, and {FEWEST_EVENTS} training rows with the event and as many without; "
            f"there are {held.n:,} training and {len(live):,} live scores"
        ]
    reasons = []
    error = context.recalibrated.error
    if error > MOST_ERROR:
        reasons.append(
            f"the probabilities do not hold even in training (error {percent(error)} after recalibration)"
        )
    low, high = np.quantile(held.score, [0.001, 0.999])
    outside = float(((live < low) | (live > high)).mean())
    if outside > MOST_OUTSIDE:
        reasons.append(f"{percent(outside)} of live scores lie where training had almost none")
    for name, values in context.live.features.items():
        before = context.train.features.get(name)
        if before is not None and (why := _apart(name, before, values)):
            reasons.append(why)
    return reasons


def _apart(name: str, before: FloatArray, now: FloatArray) -> str:
    """Why one input does not overlap with training, or an empty string."""
    more = float(np.isnan(now).mean()) - float(np.isnan(before).mean())
    if more > MOST_MISSING:
        return (
            f"{name} is missing in {100 * more:.0f} points more of live rows than of training rows"
        )
    held, then = now[np.isfinite(now)], before[np.isfinite(before)]
    if len(held) < FEWEST or len(then) < FEWEST_ROWS:
        return ""
    low, high = np.quantile(then, [0.001, 0.999])
    outside = float(((held < low) | (held > high)).mean())
    return (
        f"{percent(outside)} of live {name} lies where training had almost none"
        if outside > MOST_OUTSIDE
        else ""
    )


def estimate(score: FloatArray, context: Context) -> Estimated:
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
    shape = (FOLDS, width)
    events = np.bincount(fold * width + place, weights=p, minlength=FOLDS * width).reshape(shape)
    others = np.bincount(fold * width + place, weights=1 - p, minlength=FOLDS * width).reshape(
        shape
    )
    whole = float(_expected(events.sum(axis=0)[None], others.sum(axis=0)[None])[0])
    without = _expected(events.sum(axis=0) - events, others.sum(axis=0) - others)
    se = math.sqrt((FOLDS - 1) / FOLDS * float(((without - without.mean()) ** 2).sum()))
    if threshold is None:
        return Estimated(plain(whole, se), math.nan, math.nan, float(p.mean()))
    above = score >= threshold
    found = float(p[above].sum())
    ppv = found / int(above.sum()) if above.any() else math.nan
    return Estimated(plain(whole, se), found / float(p.sum()), ppv, float(p.mean()))


def _expected(events: FloatArray, others: FloatArray) -> FloatArray:
    """AUROC of binned weights (shape k by bins): events beat the others below them, and half of those in their bin."""
    below = np.cumsum(others, axis=1) - others
    won = (events * (below + others / 2)).sum(axis=1)
    return np.asarray(won / (events.sum(axis=1) * others.sum(axis=1)), dtype=np.float64)


def _columns(context: Context) -> tuple[str, ...]:
    return (context.roles.score,) if context.roles.score else ()


def _refused(context: Context, reasons: list[str]) -> Finding:
    return finding(
        Kind.PERFORMANCE_ESTIMATED_DROP,
        Verdict.CANNOT_JUDGE,
        columns=_columns(context),
        title=f"Performance is not estimated without outcomes: {reasons[0]}",
        explanation="An estimate takes the probabilities at their word. Where they cannot be trusted, it would look precise and be wrong.",
        effect=Effect(name="auroc", n_train=context.train.rows, n_live=context.live.rows),
        evidence=tuple(reasons),
        fix="Collect outcomes of a sample of live patients, with and without alerts.",
    )


def _finding(context: Context, before: Estimated, now: Estimated) -> Finding:
    d, low, high = change(before.auroc, now.auroc)
    verdict = (
        Verdict.ALARM
        if high < 0 and d <= -ALARM_DROP
        else Verdict.WATCH
        if high < 0
        else Verdict.QUIET
        if low > -PASS_DROP
        else Verdict.CANNOT_JUDGE
    )
    n = sizes(context.train.rows, context.live.rows)
    return finding(
        Kind.PERFORMANCE_ESTIMATED_DROP,
        verdict,
        columns=_columns(context),
        title=f"Estimated without outcomes: AUROC {metric(now.auroc.value)} ({metric(now.auroc.low)} to {metric(now.auroc.high)}) live, {metric(before.auroc.value)} in training ({n})",
        explanation="An estimate from the scores alone (CBPE). It sees another mix of patients; it cannot see that the same score now means another risk. "
        "Only outcomes can show that.",
        effect=Effect(
            name="auroc",
            train=number(before.auroc.value),
            live=number(now.auroc.value),
            change=number(d),
            low=number(low),
            high=number(high),
            n_train=context.train.rows,
            n_live=context.live.rows,
        ),
        evidence=(
            f"expected event rate {percent(now.prevalence)}, in training {percent(before.prevalence)}",
        ),
        fix="Collect outcomes of a sample of live patients, with and without alerts."
        if verdict is not Verdict.QUIET
        else "",
    )
