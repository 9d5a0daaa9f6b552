"""The feed itself: days without rows, times in the wrong order, dates in the future."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from golive.model.config import Config
from golive.model.finding import Effect, Finding, Kind, Segment, Verdict, finding
from golive.model.profile import IntArray, Profile, cell_share, is_small
from golive.stats.proportions import newcombe, two_share_p
from golive.wording.numbers import cell, sizes

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


def check(train: Profile, live: Profile, config: Config) -> list[Finding]:
    """``feed_stopped``, ``time_order`` and ``future_dates``."""
    return [*_stopped(live), *_order(train, live), *_future(train, live)]


def daily(days: Sequence[date], counts: IntArray, first: date, last: date) -> IntArray:
    """Rows of every calendar day from ``first`` to ``last``, days without rows included."""
    held = dict(zip(days, counts.tolist(), strict=True))
    span = (last - first).days + 1
    return np.array([held.get(first + timedelta(days=i), 0) for i in range(span)], dtype=np.int64)


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


def _stopped(live: Profile) -> list[Finding]:
    """The longest silence of each site, or of the whole feed where sites are not known or all fell silent."""
    name = live.roles.time
    column = live.columns.get(name) if name else None
    if name is None or column is None or column.time is None or not column.time.days:
        return []
    days = [day for day in column.time.days if EARLIEST < day < LATEST]
    if not days:
        return []
    # The first and the last day are rarely whole.
    first, last = days[0] + timedelta(days=1), days[-1] - timedelta(days=1)
    if last <= first:
        return []
    whole = _silence(name, None, daily(column.time.days, column.time.counts, first, last), first)
    if whole is not None and (
        whole.effect is None or (whole.effect.live or 0.0) >= ALL_LOST or len(live.arrivals) < 2
    ):
        return [whole]
    found = [
        _silence(name, a.site, daily(a.days, a.counts, first, last), first, live)
        for a in live.arrivals
    ]
    made = [f for f in found if f is not None]
    return made or ([whole] if whole is not None else [])


def _silence(
    name: str, site: str | None, counts: IntArray, first: date, live: Profile | None = None
) -> Finding | None:
    found = quiet_stretch(counts)
    if found is None or found[3] < LEAST_DEFICIT:
        return None
    start, end, expected, deficit = found
    seen = int(counts[start : end + 1].sum())
    lost, length = 1 - seen / expected, end - start + 1
    if lost < LEAST_LOST:
        return None
    begin, finish = first + timedelta(days=start), first + timedelta(days=end)
    span = f"{begin.day} {begin:%b}" + (f" to {finish.day} {finish:%b}" if end > start else "")
    column = live.roles.site if live is not None and live.roles.site else name
    rows = "no rows" if seen == 0 else "fewer than 11 rows" if is_small(seen) else f"{seen:,} rows"
    who = f"{column} {site} sent" if site else "the feed brought"
    return finding(
        Kind.FEED_STOPPED,
        Verdict.ALARM if lost >= HALF else Verdict.WATCH,
        columns=(column, name) if site else (name,),
        segment=Segment(column=column, value=site, since=begin.isoformat()) if site else None,
        title=(
            f"{who[0].upper()}{who[1:]} {rows} on {span} ({length} day{'s' if length > 1 else ''}) instead of about "
            f"{expected:,.0f}"
        ),
        explanation=(
            "Patients of those days were not scored, and nothing in the other rows shows it. "
            + ("The other senders went on." if site else "")
        ).strip(),
        effect=Effect(name="rows_lost_share", live=lost, change=lost, n_live=int(counts.sum())),
        evidence=(
            f"{deficit:.1f} times the usual day-to-day spread below the usual number of rows",
            f"{span}, usually about {expected / length:,.0f} rows a day",
        ),
        ruled_out=(
            "a quiet weekend: each day is held against its own weekday where eight weeks are known",
        ),
        fix="Alarm on silence: fewer rows than expected per sender and hour.",
    )


def _order(train: Profile, live: Profile) -> list[Finding]:
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
        whole = not (is_small(before) or is_small(now))
        found.append(
            finding(
                Kind.TIME_ORDER,
                Verdict.ALARM if share_now >= ALARM_SHARE else Verdict.WATCH,
                columns=(earlier, later),
                title=(
                    f"In {_of(now, live.rows, 'live rows')} {earlier} lies after {later}; in training "
                    f"{cell(before, train.rows) if before else 'none'} ({sizes(train.rows, live.rows)})"
                ),
                explanation=(
                    "Times in the wrong order come from clocks, time zones or columns that were exchanged; lengths of stay and "
                    "windows computed from them are wrong or negative."
                ),
                effect=Effect(
                    name="time_order_share",
                    train=cell_share(before, train.rows),
                    live=cell_share(now, live.rows),
                    change=share_now - share_before if whole else None,
                    low=low if whole else None,
                    high=high if whole else None,
                    n_train=train.rows,
                    n_live=live.rows,
                ),
                rows_affected=now,
                fix=f"Check clocks and time zones of {earlier} and {later}, and refuse rows in which they are out of order.",
            )
        )
    return found


def _future(train: Profile, live: Profile) -> list[Finding]:
    found = []
    for name, column in live.columns.items():
        if column.time is None or not column.time.future or not column.time.n:
            continue
        known = train.columns.get(name)
        if known is not None and known.time is not None and known.time.future:
            continue  # planned dates: training has them too
        future = column.time.future
        share, part = future / column.time.n, cell_share(future, column.time.n)
        low, high = (float(v) for v in newcombe(0, max(1, train.rows), future, column.time.n))
        shown = _of(future, column.time.n, f"live {name} values")
        alarm = share >= ALARM_SHARE
        found.append(
            finding(
                Kind.FUTURE_DATES,
                Verdict.ALARM if alarm else Verdict.WATCH,
                columns=(name,),
                title=f"{shown[0].upper()}{shown[1:]} lie in the future; in training none",
                explanation="Nothing can have been recorded after the day of this assessment: a wrong clock, year or date order.",
                effect=Effect(
                    name="future_share",
                    train=0.0,
                    live=part,
                    change=part,
                    low=None if part is None else low,
                    high=None if part is None else high,
                    n_train=train.rows,
                    n_live=column.time.n,
                ),
                rows_affected=future,
                fix=f"Check the clock and the date format of {name} at its source.",
            )
        )
    return found


def _of(rows: int, n: int, what: str) -> str:
    return (
        f"a few (fewer than 11) of {n:,} {what}" if is_small(rows) else f"{cell(rows, n)} of {what}"
    )
