"""Outputs that need no outcome to be wrong: scores outside their range, and a changed alert rate."""

from __future__ import annotations

import numpy as np

from golive.model.finding import Effect, Finding, Kind, Severity, Verdict, finding
from golive.model.measured.intervals import rounded
from golive.model.measured.performance import AtThreshold, PerDay, ScoreHistogram
from golive.model.profile import SMALL_CELL, FloatArray, cell_share, is_small
from golive.model.result import NotAssessed
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.drops import effect
from golive.outcomes.model.performance import per_100
from golive.outcomes.model.target import flags
from golive.profile.rows.scored import Scored
from golive.stats.estimate import (
    UNKNOWN,
    Z95,
    Z99,
    Estimate,
    Mask,
    change,
    number,
    pair,
    share,
    units_of,
    wilson,
)
from golive.wording.numbers import percent, sizes

ALARM_SHARE = 0.001
"""Share of live scores outside their range from which it matters (OBS-02 of the readiness model)."""

ALARM_RATIO, WATCH_RATIO = 0.25, 0.10
"""Relative change of the alert rate (OBS-02)."""

FEWEST_ROWS = 100
HISTOGRAM_BINS = 20
_Z99_OF_95 = Z99 / Z95


def outputs(context: Context, out: Outcomes) -> None:
    """``score_out_of_range``, ``alert_rate_shift``, the alert rate on all scored rows, and the histogram of scores."""
    if (outside := score_out_of_range(context)) is not None:
        out.findings.append(outside)
    _alerts(context, out)
    if context.live.score is not None and context.bounds is not None:
        out.add(score_histogram=_histogram(context, context.bounds))


def score_out_of_range(context: Context) -> Finding | None:
    """Live scores that no probability can be (or outside the declared range), with the value that stands out."""
    score, bounds = context.live.score, context.bounds
    if score is None or bounds is None or context.roles.score is None:
        return None
    held = score[np.isfinite(score)]
    odd = held[(held < bounds[0]) | (held > bounds[1])]
    if len(odd) == 0:
        return None
    part = len(odd) / len(held)
    before = context.train.score
    then = before[np.isfinite(before)] if before is not None else np.zeros(0)
    n_then = len(then)
    share_then = cell_share(int(((then < bounds[0]) | (then > bounds[1])).sum()), n_then)
    values, counts = np.unique(odd, return_counts=True)
    most = int(np.argmax(counts))
    mark = counts[most] >= SMALL_CELL and counts[most] >= 0.5 * len(odd)
    shown = (
        f"Fewer than 11 of {len(held):,} live scores"
        if len(odd) < SMALL_CELL
        else f"{len(odd):,} live scores ({percent(part)})"
    )
    whole = len(odd) >= SMALL_CELL
    named = f"; {values[most]:g} stands in {counts[most]:,} of them" if mark else ""
    why = (
        f"{values[most]:g} is how some services write 'not computed': downstream it counts as a very low or impossible risk."
        if mark
        else "A score outside its range is not a probability; someone downstream will still compare it with the threshold."
    )
    low, high = wilson(len(odd), len(held))
    return finding(
        Kind.SCORE_OUT_OF_RANGE,
        Verdict.ALARM if part >= ALARM_SHARE else Verdict.WATCH,
        columns=(context.roles.score,),
        severity=Severity.CRITICAL if part >= 0.01 else None,
        title=f"{shown} lie outside {bounds[0]:g} to {bounds[1]:g}{named} ({sizes(n_then, len(held))})",
        explanation=why,
        effect=Effect(
            name="outside_share",
            train=share_then,
            live=part if whole else None,
            change=part - share_then if share_then is not None and whole else None,
            low=float(low) if whole else None,
            high=float(high) if whole else None,
            n_train=n_then,
            n_live=len(held),
        ),
        rows_affected=len(odd),
        fix="Send no score when none was computed, say so to the user, and refuse scores outside the range at the interface.",
    )


def flagged(side: Scored, context: Context) -> tuple[Mask, Mask] | None:
    """Per row whether it is flagged, and whether it has an output in range; ``None`` without threshold and prediction."""
    threshold = context.config.operating_threshold
    if side.score is not None and threshold is not None:
        here = np.isfinite(side.score)
        if context.bounds is not None:
            here &= (side.score >= context.bounds[0]) & (side.score <= context.bounds[1])
        return np.nan_to_num(side.score, nan=-np.inf) >= threshold, here
    if (
        side.prediction is not None
        and len(side.prediction.names) <= 2
        and context.target is not None
    ):
        return flags(side.prediction, context.target)
    return None


def _rate(side: Scored, context: Context) -> tuple[Estimate, int]:
    held = flagged(side, context)
    if held is None:
        return UNKNOWN, 0
    return share(held[0], held[1], units_of(side.unit)), int(held[1].sum())


def _alerts(context: Context, out: Outcomes) -> None:
    (before, n_before), (now, n_now) = _rate(context.train, context), _rate(context.live, context)
    if not now.known:
        return
    threshold = context.config.operating_threshold
    at = out.measured.at_threshold or AtThreshold(threshold=threshold)
    at = at.having(alert_rate=pair(before, now).having(n=n_now), alerts_per_100=per_100(now))
    days = covered_days(context.live)
    if days:
        per_day = PerDay(
            patients=number(context.live.rows / days),
            alerts=number(now.value * n_now / days),
            days=days,
        )
        at = at.having(per_day=per_day)
    out.add(at_threshold=at)
    if threshold is not None and context.live.score is not None and now.value in (0.0, 1.0):
        which = "above" if now.value == 0 else "at or below"
        whom = "nobody is" if now.value == 0 else "everybody is"
        out.not_assessed.append(
            NotAssessed(
                what=f"threshold {threshold:g}",
                why=f"it lies {which} every live score, so {whom} flagged",
            )
        )
    if before.known:
        out.findings.append(_alert_rate_shift(context, before, now, n_before, n_now))


def covered_days(side: Scored) -> int | None:
    """Calendar days from the first to the last row, or ``None`` without times."""
    if side.time is None:
        return None
    held = side.time[~np.isnat(side.time)]
    if len(held) == 0:
        return None
    first, last = held.min().astype("datetime64[D]"), held.max().astype("datetime64[D]")
    return int((last - first).astype(int)) + 1


def _alert_rate_shift(
    context: Context, before: Estimate, now: Estimate, n_before: int, n_now: int
) -> Finding:
    d, low, high = change(before, now)
    # 99 %: alert rates are looked at on every assessment, with or without outcomes.
    wide_low, wide_high = d - (d - low) * _Z99_OF_95, d + (high - d) * _Z99_OF_95
    relative = d / before.value if before.value > 0 else np.inf if d > 0 else 0.0
    real = wide_low > 0 or wide_high < 0
    few = min(n_before, n_now) < FEWEST_ROWS
    verdict = (
        Verdict.CANNOT_JUDGE
        if few
        else Verdict.ALARM
        if real and abs(relative) >= ALARM_RATIO
        else Verdict.WATCH
        if real and abs(relative) >= WATCH_RATIO
        else Verdict.QUIET
    )
    active = verdict in (Verdict.ALARM, Verdict.WATCH)
    more = "more" if d > 0 else "fewer"
    said = f"{percent(now.value)} of live patients are flagged; in training {percent(before.value)}"
    return finding(
        Kind.ALERT_RATE_SHIFT,
        verdict,
        columns=(context.output,),
        title=f"{said} ({sizes(n_before, n_now)})",
        explanation=f"The team gets {percent(abs(relative))} {more} alerts for the same number of patients than the threshold was chosen for."
        if active
        else "The team gets about as many alerts as the threshold was chosen for."
        if verdict is Verdict.QUIET
        else f"At least {FEWEST_ROWS} scored rows are needed on each side.",
        effect=effect("alert_rate", before, now, n_before, n_now),
        fix="Find out which inputs moved the score, repair those, then set the threshold anew with the team that answers the alerts."
        if active
        else "",
    )


def _histogram(context: Context, bounds: tuple[float, float]) -> ScoreHistogram:
    """Rows per score bin on both sides; cells of 1 to 10 rows are ``None``."""
    edges = np.linspace(bounds[0], bounds[1], HISTOGRAM_BINS + 1)

    def counts(score: FloatArray | None) -> tuple[int | None, ...]:
        if score is None:
            return ()
        found = np.histogram(score[np.isfinite(score)], edges)[0]
        return tuple(None if is_small(int(c)) else int(c) for c in found)

    return ScoreHistogram(
        edges=tuple(rounded(float(e)) for e in edges),
        train=counts(context.train.score),
        live=counts(context.live.score),
    )
