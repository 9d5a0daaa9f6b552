"""Outputs that need no outcome to be wrong: scores outside their range, a changed alert rate, the load of alerts by site."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from golive.model.kinds import Severity, Verdict
from golive.model.measured.intervals import rounded
from golive.model.measured.performance import AtThreshold, PerDay, ScoreHistogram
from golive.model.measured.service import AlertLoad
from golive.model.profile import SMALL_CELL, FloatArray, cell_share, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.performance import per_100
from golive.outcomes.model.target import flags
from golive.outcomes.model.verdicts import effect_of, of_rise, share_effect
from golive.profile.rows.scored import Scored, Times
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
)
from golive.wording.findings.service import AlertRateShift, ScoresOutside

ALARM_SHARE, CRITICAL_SHARE = 0.001, 0.01
"""Share of live scores outside their range from which it matters (OBS-02 of the readiness model), and from which it is critical."""

ALARM_RATIO, WATCH_RATIO = 0.25, 0.10
"""Relative change of the alert rate (OBS-02)."""

FEWEST_ROWS = 100
HISTOGRAM_BINS = 20
_Z99_OF_95 = Z99 / Z95


def outputs(context: Context, out: Outcomes) -> None:
    """``score_out_of_range``, ``alert_rate_shift``, the alert rate on all scored rows, and the histogram of scores."""
    live, bounds = context.live.score, context.bounds
    if live is not None and bounds is not None:
        out.facts += _scores_outside(context, live, bounds)
        out.add(score_histogram=_histogram(context, bounds))
    _alerts(context, out)


def _scores_outside(
    context: Context, live: FloatArray, bounds: tuple[float, float]
) -> Iterator[ScoresOutside]:
    """Live scores that no probability can be (or outside the declared range), with the value that stands out."""
    now, odd = _outside(live, bounds)
    if context.roles.score is None or len(odd) == 0:
        return
    before = context.train.score
    then, odd_then = _outside(before if before is not None else np.zeros(0), bounds)
    values, counts = np.unique(odd, return_counts=True)
    most = int(np.argmax(counts))
    mark = counts[most] >= SMALL_CELL and counts[most] >= 0.5 * len(odd)
    part, share_then = len(odd) / len(now), cell_share(len(odd_then), len(then))
    yield ScoresOutside(
        verdict=Verdict.ALARM if part >= ALARM_SHARE else Verdict.WATCH,
        columns=(context.roles.score,),
        severity=Severity.CRITICAL if part >= CRITICAL_SHARE else None,
        effect=share_effect("outside_share", len(odd), len(now), share_then, len(then)),
        rows_affected=len(odd),
        bounds=bounds,
        mark=float(values[most]) if mark else None,
        marked=int(counts[most]),
    )


def _outside(score: FloatArray, bounds: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """The scores that are numbers, and those of them outside their bounds."""
    known = score[np.isfinite(score)]
    return known, known[(known < bounds[0]) | (known > bounds[1])]


def flagged(side: Scored, context: Context) -> tuple[Mask, Mask] | None:
    """Per row whether it is flagged, and whether it has an output in range; ``None`` without threshold and prediction."""
    threshold = context.config.operating_threshold
    if side.score is not None and threshold is not None:
        low, high = context.bounds or (-np.inf, np.inf)
        here = np.isfinite(side.score) & (side.score >= low) & (side.score <= high)
        return np.nan_to_num(side.score, nan=-np.inf) >= threshold, here
    prediction, target = side.prediction, context.target
    if prediction is None or target is None or len(prediction.names) > 2:
        return None
    return flags(prediction, target)


def _rate(side: Scored, context: Context) -> tuple[Estimate, int]:
    marks = flagged(side, context)
    if marks is None:
        return UNKNOWN, 0
    return share(*marks, units_of(side.unit)), int(marks[1].sum())


def _alerts(context: Context, out: Outcomes) -> None:
    live, threshold = context.live, context.config.operating_threshold
    (before, n_before), (now, n_now) = (_rate(side, context) for side in (context.train, live))
    if not now.known:
        return
    at = out.measured.at_threshold or AtThreshold(threshold=threshold)
    at = at.having(alert_rate=pair(before, now).having(n=n_now), alerts_per_100=per_100(now))
    if days := covered_days(live):
        patients, alerts = number(live.rows / days), number(now.value * n_now / days)
        at = at.having(per_day=PerDay(patients=patients, alerts=alerts, days=days))
    out.add(at_threshold=at)
    if threshold is not None and live.score is not None and now.value in (0.0, 1.0):
        nobody = now.value == 0
        which, whom = ("above", "nobody is") if nobody else ("at or below", "everybody is")
        out.miss(f"threshold {threshold:g}", f"it lies {which} every live score, so {whom} flagged")
    if before.known:
        out.facts.append(_alert_rate_shift(context, before, now, (n_before, n_now)))


def covered_days(side: Scored) -> int | None:
    """Calendar days from the first to the last row, or ``None`` without times."""
    known = side.time[~np.isnat(side.time)] if side.time is not None else None
    if known is None or len(known) == 0:
        return None
    first, last = known.min().astype("datetime64[D]"), known.max().astype("datetime64[D]")
    return int((last - first).astype(int)) + 1


def seconds_between(start: Times | None, end: Times | np.datetime64 | None) -> FloatArray:
    """Whole seconds per row; NaN where either time is missing, nothing where either column is."""
    if start is None or end is None:
        return np.zeros(0)
    return np.asarray((end - start).astype("timedelta64[s]") / np.timedelta64(1, "s"))


def _alert_rate_shift(
    context: Context, before: Estimate, now: Estimate, n: tuple[int, int]
) -> AlertRateShift:
    """Judged at 99 %: alert rates are looked at on every assessment, with or without outcomes."""
    d, low, high = change(before, now)
    below, above = d - (d - low) * _Z99_OF_95, d + (high - d) * _Z99_OF_95
    found = AlertRateShift(
        verdict=Verdict.CANNOT_JUDGE,
        columns=(context.output,),
        effect=effect_of("alert_rate", before, now, n),
        before=before,
        now=now,
        least=FEWEST_ROWS,
    )
    verdict = of_rise(
        abs(found.relative),
        real=below > 0 or above < 0,
        alarm=ALARM_RATIO,
        watch=WATCH_RATIO,
        enough=min(n) >= FEWEST_ROWS,
    )
    return replace(found, verdict=verdict)


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


FEWEST_DAYS = 7
REPEAT = np.timedelta64(24, "h")


def alert_load(context: Context, out: Outcomes) -> None:
    """``Alerts`` of performance: ``n``, ``days``, ``per_day`` by site (11 or more alerts), the most at one site, the agreed ``limit``,
    and ``repeats``, the share of alerts that follow another of the same id within 24 hours (``None`` without ids that recur).
    """
    live, days = context.live, covered_days(context.live)
    raised = _raised(context)
    if raised is None or not days or days < FEWEST_DAYS:
        return
    total = int(raised.sum())
    if total < SMALL_CELL:
        return
    per_day = _by_site(live, context.roles.site, raised, days) or {"": total / days}
    most = max(per_day, key=lambda name: per_day[name])
    found = AlertLoad(
        n=total,
        days=days,
        per_day={name: number(value) for name, value in per_day.items()} if most else {},
        load=number(per_day[most]),
        where=most or None,
        limit=context.config.alert_limit_per_day,
        repeats=_repeats(live, raised),
    )
    out.add(alerts=found)


def _raised(context: Context) -> Mask | None:
    """Rows that alert: the prediction where there is one, else the score against the declared threshold."""
    live, target, threshold = context.live, context.target, context.config.operating_threshold
    if live.prediction is not None and target is not None and target.task == "event":
        yes, known = flags(live.prediction, target)
        return yes & known
    if live.score is None or threshold is None:
        return None
    return np.asarray(np.nan_to_num(live.score, nan=-np.inf) >= threshold)


def _by_site(live: Scored, site: str | None, raised: Mask, days: float) -> dict[str, float]:
    coded = live.slices.get(site or "")
    if coded is None:
        return {}
    counts = {name: int((raised & (coded.codes == i)).sum()) for i, name in enumerate(coded.names)}
    return {name: n / days for name, n in counts.items() if n >= SMALL_CELL}


def _repeats(live: Scored, raised: Mask) -> float | None:
    if live.unit is None or live.time is None:
        return None
    use = raised & ~np.isnat(live.time) & (live.unit >= 0)
    unit, time = live.unit[use], live.time[use]
    if len(np.unique(unit)) == len(unit):
        return None  # every id alerts once: ids of visits say nothing about patients
    order = np.lexsort((time, unit))
    unit, time = unit[order], time[order]
    again = int(((np.diff(unit) == 0) & (np.diff(time) <= REPEAT)).sum())
    return None if is_small(again) else number(again / len(unit))
