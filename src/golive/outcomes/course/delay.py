"""When outcomes become known: how long they take, which are overdue, and how early alerts come."""

from __future__ import annotations

import numpy as np

from golive.model.finding import Effect
from golive.model.kinds import Verdict
from golive.model.measured.performance import LeadTime, OutcomeLabels
from golive.model.profile import FloatArray, is_small
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.verdicts import exceeds, of_rise, share_effect
from golive.outcomes.service.outputs import seconds_between
from golive.profile.rows.scored import Scored, Times
from golive.stats.estimate import Mask, number
from golive.wording.findings.service import LateOutcomes

FEWEST = 100
ALARM_SHARE, WATCH_SHARE = 0.05, 0.01
_USUAL = 0.99
_DAY = 86_400.0


def delay(context: Context, out: Outcomes) -> None:
    """``label_delay``, and ``OutcomeLabels`` and ``LeadTime`` of performance."""
    live = context.live
    if live.label is None:
        return
    if live.rows:
        known = int((live.label.codes >= 0).sum())
        out.add(labels=OutcomeLabels(coverage=number(known / live.rows), n=live.rows))
    if live.label_time is None or live.time is None:
        return
    took, before = waiting(live), _finite(waiting(context.train))
    if not np.isfinite(took).any():
        return
    early = int((took < 0).sum())
    middle, late = (number(float(q)) for q in np.quantile(_finite(took), [0.5, 0.95]))
    labels = out.measured.labels.having(
        delay_days_p50=middle,
        delay_days_p95=late,
        before_the_row=None if is_small(early) else early,
    )
    out.add(labels=labels)
    why = "the outcome was known before the score was given: it is no prediction, or one of the two times is wrong"
    out.miss_rows(early, "outcome before the row", why)
    _lead(context, took, out)
    if len(before) >= FEWEST:
        out.facts.append(_judged(context, live.time, took, before))


def waiting(side: Scored) -> FloatArray:
    """Days from the row's time to the time its outcome was known; NaN where either is missing."""
    return seconds_between(side.time, side.label_time) / _DAY


def _finite(values: FloatArray) -> FloatArray:
    return values[np.isfinite(values)]


def usual_delay(context: Context) -> np.timedelta64 | None:
    """Time within which 95 % of outcomes were known in training (in live data, where training has too few); ``None`` unknown."""
    for side in (context.train, context.live):
        took = _finite(waiting(side))
        took = took[took >= 0]
        if len(took) >= FEWEST:
            return np.timedelta64(round(float(np.quantile(took, 0.95)) * _DAY), "s")
    return None


def last_moment(side: Scored) -> np.datetime64 | None:
    """The last time of a row or of an outcome; ``None`` without any."""
    ends = [t[~np.isnat(t)] for t in (side.time, side.label_time) if t is not None]
    return max((t.max() for t in ends if len(t)), default=None)


def _lead(context: Context, took: FloatArray, out: Outcomes) -> None:
    """Hours from a true alert to the time its outcome was known."""
    m = context.figures
    if m is None or m.cases_live.flagged is None:
        return
    hours = _finite(24 * took[m.cases_live.place][m.cases_live.flagged & m.cases_live.event])
    if len(hours) < FEWEST // 5:
        return
    low, middle, high = (number(float(v)) for v in np.quantile(hours, [0.25, 0.5, 0.75]))
    out.add(lead_time=LeadTime(n=len(hours), hours_p25=low, hours_p50=middle, hours_p75=high))


def _judged(context: Context, time: Times, took: FloatArray, before: FloatArray) -> LateOutcomes:
    """Outcomes later than 99 % of training's, or still missing after that time, among rows old enough to have one."""
    limit, n_train = float(np.quantile(before, _USUAL)), len(before)
    due = seconds_between(time, last_moment(context.live)) / _DAY > limit
    late: Mask = due & ~(took <= limit)  # a missing outcome is late as well
    n, count, then = int(due.sum()), int(late.sum()), float((before > limit).mean())
    verdict = of_rise(
        count / max(1, n) - then,
        real=exceeds(count, n, then),
        alarm=ALARM_SHARE,
        watch=WATCH_SHARE,
        enough=n >= FEWEST,
    )
    name, judged, since = "late_outcome_share", n >= FEWEST, ""
    if verdict in (Verdict.ALARM, Verdict.WATCH):
        start = np.quantile(time[late].astype(np.int64), 0.1)
        since = str(start.astype("datetime64[s]"))[:10]
    effect = share_effect(name, count, n, then, n_train)
    return LateOutcomes(
        verdict=verdict,
        columns=(context.roles.label or "",),
        effect=effect if judged else Effect.between(name, None, None, n=(n_train, n)),
        rows_affected=count if judged else None,
        limit=limit,
        since=since,
    )
