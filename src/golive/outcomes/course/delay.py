"""When outcomes become known: how long they take, which are overdue, and how early alerts come."""

from __future__ import annotations

import numpy as np

from golive.model.finding import Effect, Finding, Kind, Verdict, finding
from golive.model.measured.performance import LeadTime, OutcomeLabels
from golive.model.profile import SMALL_CELL, FloatArray, cell_share, is_small
from golive.model.result import NotAssessed
from golive.outcomes.model.context import Context, Outcomes
from golive.profile.rows.scored import Scored
from golive.stats.estimate import Z99, number, wilson
from golive.wording.numbers import cell, day, percent, rows, sizes

FEWEST = 100
ALARM_SHARE, WATCH_SHARE = 0.05, 0.01
_USUAL = 0.99
_DAY = 86_400.0


def delay(context: Context, out: Outcomes) -> None:
    """``label_delay``, and ``OutcomeLabels`` and ``LeadTime`` of performance."""
    live, train = context.live, context.train
    if live.label is not None and live.rows:
        known = int((live.label.codes >= 0).sum())
        out.add(labels=OutcomeLabels(coverage=number(known / live.rows), n=live.rows))
    if live.label_time is None or live.time is None or live.label is None:
        return
    took, before = waiting(live), waiting(train)
    before = before[np.isfinite(before)]
    held = took[np.isfinite(took)]
    if len(held) == 0:
        return
    early = int((held < 0).sum())
    middle, late = np.quantile(held, [0.5, 0.95])
    labels = out.measured.labels.having(
        delay_days_p50=number(float(middle)),
        delay_days_p95=number(float(late)),
        before_the_row=None if is_small(early) else early,
    )
    out.add(labels=labels)
    if early:
        shown = "fewer than 11" if early < SMALL_CELL else f"{early:,}"
        why = "the outcome was known before the score was given: it is no prediction, or one of the two times is wrong"
        out.not_assessed.append(
            NotAssessed(what=f"{shown} live rows (outcome before the row)", why=why)
        )
    _lead(context, took, out)
    if len(before) >= FEWEST:
        out.findings.append(_finding(context, took, before))


def waiting(side: Scored) -> FloatArray:
    """Days from the row's time to the time its outcome was known; NaN where either is missing."""
    if side.time is None or side.label_time is None:
        return np.zeros(0)
    known = ~(np.isnat(side.time) | np.isnat(side.label_time))
    return np.where(
        known,
        (side.label_time - side.time).astype("timedelta64[s]").astype(np.float64) / _DAY,
        np.nan,
    )


def usual_delay(context: Context) -> np.timedelta64 | None:
    """Time within which 95 % of outcomes were known in training (in live data, where training has too few); ``None`` unknown."""
    for side in (context.train, context.live):
        took = waiting(side)
        took = took[np.isfinite(took) & (took >= 0)]
        if len(took) >= FEWEST:
            return np.timedelta64(round(float(np.quantile(took, 0.95)) * _DAY), "s")
    return None


def _lead(context: Context, took: FloatArray, out: Outcomes) -> None:
    """Hours from a true alert to the time its outcome was known."""
    m = context.measured
    if m is None or m.cases_live.flagged is None:
        return
    hours = 24 * took[m.cases_live.place][m.cases_live.flagged & m.cases_live.event]
    hours = hours[np.isfinite(hours)]
    if len(hours) < FEWEST // 5:
        return
    low, middle, high = (number(float(v)) for v in np.quantile(hours, [0.25, 0.5, 0.75]))
    found = LeadTime(n=len(hours), hours_p25=low, hours_p50=middle, hours_p75=high)
    out.add(lead_time=found)


def _finding(context: Context, took: FloatArray, before: FloatArray) -> Finding:
    """Outcomes later than 99 % of training's, or still missing after that time, among rows old enough to have one."""
    live = context.live
    assert live.time is not None
    assert live.label_time is not None
    limit = float(np.quantile(before, _USUAL))
    end = np.nanmax(
        np.array(
            [np.nanmax(t[~np.isnat(t)].astype(np.int64)) for t in (live.time, live.label_time)]
        )
    )
    age = (end - live.time.astype(np.int64)) / _DAY
    due = ~np.isnat(live.time) & (age > limit)
    late = due & ~(took <= limit)  # a missing outcome is late as well
    n, count = int(due.sum()), int(late.sum())
    name = (context.roles.label or "",)
    if n < FEWEST:
        return finding(
            Kind.LABEL_DELAY,
            Verdict.CANNOT_JUDGE,
            columns=name,
            title=f"Live data is too young to say whether outcomes come later than in training ({rows(n)} are older than {limit:.1f} days)",
            effect=Effect(name="late_outcome_share", n_train=len(before), n_live=n),
        )
    then = float((before > limit).mean())
    low, high = (float(v) for v in wilson(count, n))
    real, rise = float(wilson(count, n, Z99)[0]) > then, count / n - then
    verdict = (
        Verdict.ALARM
        if real and rise >= ALARM_SHARE
        else Verdict.WATCH
        if real and rise >= WATCH_SHARE
        else Verdict.QUIET
    )
    active = verdict is not Verdict.QUIET
    since = (
        str(np.quantile(live.time[late].astype(np.int64), 0.1).astype("datetime64[s]"))[:10]
        if active
        else ""
    )
    tail = f", most of them since {day(since)}" if since else ""
    return finding(
        Kind.LABEL_DELAY,
        verdict,
        columns=name,
        title=f"{cell(count, n)} of live outcomes are later than {limit:.1f} days or still missing after that{tail}; in training {percent(then)} were ({sizes(len(before), n)})",
        explanation="Performance of the latest weeks is then measured on the few patients whose outcome came early, who are seldom typical."
        if active
        else "Outcomes come back about as fast as in training.",
        effect=Effect(
            name="late_outcome_share",
            train=then,
            live=cell_share(count, n),
            change=None if is_small(count) else rise,
            low=None if is_small(count) else low - then,
            high=None if is_small(count) else high - then,
            n_train=len(before),
            n_live=n,
        ),
        rows_affected=count,
        fix="Judge only rows whose outcome window is over, and agree on a date for the review of the open ones."
        if active
        else "",
    )
