"""The feed itself: days without rows, times in the wrong order, dates in the future."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from golive.compare.proportions import newcombe, two_share_p
from golive.compare.words import percent, sizes
from golive.model.config import Config
from golive.model.finding import Effect, Finding, Route, Severity, Verdict, finding
from golive.model.profile import IntArray, Profile, TimeProfile

USUAL_ROWS = 10.0
"""Rows a day from which a day without any says something."""
ALPHA = 1e-4
RARE = 0.001
"""Share of training rows with one time after another up to which their order counts as a rule."""
ALARM_SHARE = 0.01


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``feed_stopped``, ``time_order`` and ``future_dates``."""
    return [*_stopped(live, config), *_order(train, live, config), *_future(train, live, config)]


def daily(time: TimeProfile) -> tuple[list[date], IntArray]:
    """Every calendar day from the first to the last with its rows, days without rows included."""
    if not time.days:
        return [], np.zeros(0, dtype=np.int64)
    held = dict(zip(time.days, time.counts.tolist(), strict=True))
    days = [time.days[0] + timedelta(days=i) for i in range((time.days[-1] - time.days[0]).days + 1)]
    return days, np.array([held.get(d, 0) for d in days], dtype=np.int64)


def quiet_stretch(counts: IntArray) -> tuple[int, int, float, float] | None:
    """The run of days that lacks most rows: first and last position, rows expected in it, and the log-likelihood it lacks.

    The usual number of rows of a day is the median over its weekday where there are eight weeks, else over all days. A run
    must be at least twice as unlikely a day as chance over all runs allows.
    """
    n = len(counts)
    if n < 10:
        return None
    usual = np.full(n, float(np.median(counts)))
    if n >= 56:
        for day in range(7):
            usual[day::7] = max(float(np.median(counts[day::7])), 1e-9)
    if float(np.median(usual)) < USUAL_ROWS:
        return None
    ratio = counts / usual
    # Counts vary more than Poisson (holidays, campaigns): the usual spread of the middle days sets the scale.
    spread = max(1.0, float(np.median(np.abs(counts - usual)) / (0.6745 * np.sqrt(np.median(usual)))))
    low = ratio < 0.9
    best: tuple[int, int, float, float] | None = None
    start = 0
    while start < n:
        if not low[start]:
            start += 1
            continue
        end = start
        while end + 1 < n and low[end + 1]:
            end += 1
        first, last = start, end
        expected, seen = float(usual[first : last + 1].sum()), float(counts[first : last + 1].sum())
        deficit = (expected - seen) / (spread * np.sqrt(expected))
        if best is None or deficit > best[3]:
            best = (first, last, expected, float(deficit))
        start = end + 1
    return best


def _stopped(live: Profile, config: Config) -> list[Finding]:
    name = live.roles.time
    column = live.columns.get(name) if name else None
    if name is None or column is None or column.time is None:
        return []
    days, counts = daily(column.time)
    # The first and the last day are rarely whole.
    days, counts = days[1:-1], counts[1:-1]
    found = quiet_stretch(counts)
    if found is None or found[3] < 4.0 + np.log10(max(len(counts), 1)):
        return []
    first, last, expected, deficit = found
    seen = int(counts[first : last + 1].sum())
    lost = 1 - seen / expected
    length = last - first + 1
    span = f"{days[first].day} {days[first]:%b}" + (f" to {days[last].day} {days[last]:%b}" if last > first else "")
    return [
        finding(
            "feed_stopped",
            Verdict.ALARM if lost >= 0.5 else Verdict.WATCH,
            columns=(name,),
            severity=Severity.CRITICAL if lost >= 0.9 else Severity.MAJOR if lost >= 0.5 else Severity.MINOR,
            route=Route.ENGINEERING,
            title=(
                f"{percent(lost)} of the usual live rows are missing on {span} ({length} day{'s' if length > 1 else ''}, "
                f"{seen:,} rows instead of about {expected:,.0f})"
            ),
            explanation=(
                "All rows stopped."
                if lost > 0.9
                else "Part of the feed stopped: about as much as one of several senders."
            )
            + " Patients of those days were not scored, and nothing in the other rows shows it.",
            effect=Effect(name="rows_lost_share", live=lost, change=lost, n_live=seen),
            evidence=(f"{deficit:.1f} times the usual day-to-day spread below the usual number of rows",),
            fix="Alarm on silence: fewer rows than expected per sender and hour.",
        )
    ]


def _order(train: Profile, live: Profile, config: Config) -> list[Finding]:
    found = []
    for (earlier, later), now in live.time_violations.items():
        before = train.time_violations.get((earlier, later), 0)
        if not now or not train.rows or before / train.rows > RARE:
            continue
        # The opposite order must be usual in training: otherwise the two simply coincide.
        if train.time_violations.get((later, earlier), 0) == 0:
            continue
        share_now, share_before = now / live.rows, before / train.rows
        p = float(two_share_p(before, train.rows, now, live.rows))
        if p > ALPHA or share_now <= share_before:
            continue
        low, high = (float(v) for v in newcombe(before, train.rows, now, live.rows))
        found.append(
            finding(
                "time_order",
                Verdict.ALARM if share_now >= ALARM_SHARE else Verdict.WATCH,
                columns=(earlier, later),
                severity=Severity.MAJOR if share_now >= ALARM_SHARE else Severity.MINOR,
                route=Route.ENGINEERING,
                title=(
                    f"In {percent(share_now)} of live rows {earlier} lies after {later}; in training "
                    f"{percent(share_before)} ({sizes(train.rows, live.rows)})"
                ),
                explanation=(
                    "Times in the wrong order come from clocks, time zones or columns that were exchanged; lengths of stay and "
                    "windows computed from them are wrong or negative."
                ),
                effect=Effect(
                    name="time_order_share",
                    train=share_before,
                    live=share_now,
                    change=share_now - share_before,
                    low=low,
                    high=high,
                    n_train=train.rows,
                    n_live=live.rows,
                ),
                rows_affected=now,
                fix=f"Check clocks and time zones of {earlier} and {later}, and refuse rows in which they are out of order.",
            )
        )
    return found


def _future(train: Profile, live: Profile, config: Config) -> list[Finding]:
    found = []
    for name, column in live.columns.items():
        if column.time is None or not column.time.future or not column.time.n:
            continue
        known = train.columns.get(name)
        if known is not None and known.time is not None and known.time.future:
            continue  # planned dates: training has them too
        share = column.time.future / column.time.n
        low, high = (float(v) for v in newcombe(0, max(1, train.rows), column.time.future, column.time.n))
        alarm = share >= ALARM_SHARE
        found.append(
            finding(
                "future_dates",
                Verdict.ALARM if alarm else Verdict.WATCH,
                columns=(name,),
                severity=Severity.MAJOR if alarm else Severity.MINOR,
                route=Route.ENGINEERING,
                title=f"{column.time.future:,} live {name} values ({percent(share)}) lie in the future; in training none",
                explanation="Nothing can have been recorded after the day of this assessment: a wrong clock, year or date order.",
                effect=Effect(
                    name="future_share",
                    train=0.0,
                    live=share,
                    change=share,
                    low=low,
                    high=high,
                    n_train=train.rows,
                    n_live=column.time.n,
                ),
                rows_affected=column.time.future,
                fix=f"Check the clock and the date format of {name} at its source.",
            )
        )
    return found
