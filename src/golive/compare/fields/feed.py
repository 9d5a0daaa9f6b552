"""The feed itself: days without rows, times in the wrong order, dates in the future."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from golive.compare.base.share import Share
from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect, Segment
from golive.model.kinds import Verdict
from golive.model.profile import IntArray, Profile
from golive.wording.findings.rows import FeedStopped, FutureDates, TimeOrder

USUAL_ROWS = 5.0
"""Usual rows a day below which silence is not told from chance."""
FEWEST_DAYS = 10
LONGEST = 60
LEAST_DEFICIT = 6.0
"""Times the usual spread: one in a thousand over all runs of days of a year."""
LEAST_LOST = 0.15
HALF, ALL_LOST = 0.5, 0.9
ALPHA = 1e-4
RARE = 0.001
"""Share of training rows with one time after another up to which their order counts as a rule."""
ALARM_SHARE = 0.01
EARLIEST, LATEST = date(1900, 1, 1), date(3000, 1, 1)
"""Days outside stand for "not known" or "never" (1 Jan 1900, 31 Dec 9999); the feed is judged on those between."""


def check(train: Profile, live: Profile, config: Config) -> list[Facts]:
    """``feed_stopped``, ``time_order`` and ``future_dates``."""
    return [*_stopped(live), *_order(train, live), *_future(train, live)]


def daily(days: Sequence[date], counts: IntArray, first: date, last: date) -> IntArray:
    """Rows of every calendar day from ``first`` to ``last``, days without rows included."""
    rows = dict(zip(days, counts.tolist(), strict=True))
    span = (last - first).days + 1
    return np.array([rows.get(first + timedelta(days=i), 0) for i in range(span)], dtype=np.int64)


def quiet_stretch(counts: IntArray) -> tuple[int, int, float, float] | None:
    """The run of at most ``LONGEST`` days that lacks most rows: first and last position, rows expected, and how many
    times its usual spread it lacks.

    The usual number of rows of a day is the median over its weekday where there are eight weeks, else over all days. Counts
    vary more than a Poisson number (holidays, campaigns), so the usual spread of the middle days sets the scale.
    """
    n = len(counts)
    if n < FEWEST_DAYS:
        return None
    usual = np.full(n, float(np.median(counts)))
    if n >= 56:
        for day in range(7):
            usual[day::7] = float(np.median(counts[day::7]))
    typical = float(np.median(usual))
    if typical < USUAL_ROWS:
        return None
    usual = np.maximum(usual, 0.1 * typical)
    spread = max(1.0, float(np.median(np.abs(counts - usual)) / (0.6745 * np.sqrt(typical))))
    lacking = np.concatenate([[0.0], np.cumsum(usual - counts)])
    expected = np.concatenate([[0.0], np.cumsum(usual)])
    best: tuple[int, int, float, float] | None = None
    for length in range(1, min(LONGEST, n // 2) + 1):
        gap = lacking[length:] - lacking[:-length]
        rows = expected[length:] - expected[:-length]
        size = gap / (spread * np.sqrt(rows))
        at = int(np.argmax(size))
        if best is None or size[at] > best[3] + 1e-9:
            best = (at, at + length - 1, float(rows[at]), float(size[at]))
    return best


def _stopped(live: Profile) -> list[FeedStopped]:
    """The longest silence of each site, or of the whole feed where sites are not known or all fell silent."""
    name = live.roles.time
    time = live.columns[name].time if name in live.columns else None
    days = [day for day in time.days if EARLIEST < day < LATEST] if time else []
    if name is None or time is None or not days:
        return []
    # The first and the last day are rarely whole.
    first, last = days[0] + timedelta(days=1), days[-1] - timedelta(days=1)
    if last <= first:
        return []
    whole = _silence(name, None, daily(time.days, time.counts, first, last), first)
    if whole and ((whole.effect.live or 0.0) >= ALL_LOST or len(live.arrivals) < 2):
        return [whole]
    sites = live.roles.site or name
    found = [
        _silence(
            name, (sites, a.site) if a.site else None, daily(a.days, a.counts, first, last), first
        )
        for a in live.arrivals
    ]
    return [one for one in found if one] or ([whole] if whole else [])


def _silence(
    name: str, sender: tuple[str, str] | None, counts: IntArray, first: date
) -> FeedStopped | None:
    """The quiet stretch of one sender; ``name`` is the column of times."""
    found = quiet_stretch(counts)
    if found is None or found[3] < LEAST_DEFICIT:
        return None
    start, end, expected, deficit = found
    seen = int(counts[start : end + 1].sum())
    lost = 1 - seen / expected
    if lost < LEAST_LOST:
        return None
    begin = first + timedelta(days=start)
    segment = (
        Segment(column=sender[0], value=sender[1], since=begin.isoformat()) if sender else None
    )
    return FeedStopped(
        verdict=Verdict.ALARM if lost >= HALF else Verdict.WATCH,
        columns=(sender[0], name) if sender else (name,),
        segment=segment,
        effect=Effect(name="rows_lost_share", live=lost, change=lost, n_live=int(counts.sum())),
        sender=sender,
        first=begin,
        last=first + timedelta(days=end),
        seen=seen,
        expected=expected,
        deficit=deficit,
    )


def _order(train: Profile, live: Profile) -> list[Facts]:
    found: list[Facts] = []
    for (earlier, later), now in live.time_violations.items():
        before = train.time_violations.get((earlier, later), 0)
        if not now or not train.rows or before / train.rows > RARE:
            continue
        # The opposite order must be usual in training: otherwise the two simply coincide.
        if train.time_violations.get((later, earlier), 0) == 0:
            continue
        share = Share((before, now), (train.rows, live.rows))
        if share.p <= ALPHA and share.change > 0:
            found.append(
                TimeOrder(
                    verdict=Verdict.ALARM if share.now >= ALARM_SHARE else Verdict.WATCH,
                    columns=(earlier, later),
                    effect=share.effect("time_order_share", private=True),
                    rows_affected=now,
                )
            )
    return found


def _future(train: Profile, live: Profile) -> list[Facts]:
    found: list[Facts] = []
    for name, column in live.columns.items():
        known = train.columns[name].time if name in train.columns else None
        if not column.time or not column.time.future or not column.time.n:
            continue
        if known is not None and known.future:
            continue  # planned dates: training has them too
        share = Share((0, column.time.future), (train.rows, column.time.n))
        found.append(
            FutureDates(
                verdict=Verdict.ALARM if share.now >= ALARM_SHARE else Verdict.WATCH,
                columns=(name,),
                effect=share.effect("future_share", private=True),
                rows_affected=column.time.future,
            )
        )
    return found
