"""Live data in windows of time: alerts, performance as realised and as estimated, and whether outcomes are complete."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from golive.model.measured.course import Window
from golive.model.measured.intervals import LiveInterval
from golive.model.profile import SMALL_CELL
from golive.outcomes.course.delay import usual_delay
from golive.outcomes.course.season import expected_alerts
from golive.outcomes.course.unlabelled import estimate, inside
from golive.outcomes.model.context import Context
from golive.outcomes.model.performance import Measured
from golive.outcomes.model.usable import Cases
from golive.outcomes.service.outputs import flagged
from golive.stats import ranking
from golive.stats.estimate import Z95, Mask, number, share, units_of

MOST_WINDOWS = 40
WINDOW_EVENTS = 10
"""Events and non-events that a window needs for an AUROC."""

WINDOW_SCORES = 100
"""Scores that a window needs for an estimate without outcomes."""

Starts = npt.NDArray[np.datetime64]


def windows(time: Starts) -> tuple[Starts, str]:
    """First moment of the window of each row (days, weeks from Monday, or months: at most ``MOST_WINDOWS``), and its name."""
    held = time[~np.isnat(time)]
    days = int((held.max() - held.min()).astype("timedelta64[D]").astype(int)) + 1
    day = time.astype("datetime64[D]")
    if days <= MOST_WINDOWS // 2:
        return day, "day"
    if days <= 7 * MOST_WINDOWS:
        weekday = (day.astype(np.int64) + 3) % 7  # 1 Jan 1970 was a Thursday
        return np.where(np.isnat(day), day, day - weekday.astype("timedelta64[D]")), "week"
    return time.astype("datetime64[M]").astype("datetime64[D]"), "month"


def window_rows(context: Context, starts: Starts, *, estimated: bool) -> tuple[Window, ...]:
    """A row per window, the latest ``MOST_WINDOWS``. Windows of 1 to 10 rows carry no figures.

    ``estimated`` adds the AUROC expected without outcomes. ``open`` says that outcomes of the window may still come: its last
    row is younger than 95 % of outcomes take.
    """
    live, m = context.live, context.measured
    held, expected, limit = flagged(live, context), expected_alerts(context), usual_delay(context)
    rows = []
    for start in np.unique(starts[~np.isnat(starts)])[-MOST_WINDOWS:]:
        here = starts == start
        n = int(here.sum())
        row = Window(start=str(start)[:10], n=None if n < SMALL_CELL else n)
        if n < SMALL_CELL:
            rows.append(row)
            continue
        if held is not None and (held[1] & here).any():
            units = None if live.unit is None else units_of(live.unit[here])
            rate = share(held[0][here], held[1][here], units)
            row = row.having(alert_rate=LiveInterval.of(rate))
            if expected is not None:
                band = expected.band(here & held[1], rate.se)
                row = row.having(alert_band=[number(v) for v in band])
        told = {
            **_scores(context, here, estimated=estimated),
            **_outcomes(context, here, limit),
            **({} if m is None else _realised(m.cases_live.part(here[m.cases_live.place]), m)),
        }
        rows.append(row.having(**told))
    return tuple(rows)


def _scores(context: Context, here: Mask, *, estimated: bool) -> dict[str, Any]:
    score = context.live.score
    if score is None:
        return {}
    held = score[here]
    finite = held[np.isfinite(held)]
    row: dict[str, Any] = {"mean_score": number(float(finite.mean())) if len(finite) else None}
    usable = inside(held)
    if estimated and len(usable) >= WINDOW_SCORES:
        row["estimated"] = LiveInterval.of(estimate(usable, context).auroc)
    return row


def _outcomes(context: Context, here: Mask, limit: np.timedelta64 | None) -> dict[str, Any]:
    """Share of rows with an outcome, and whether more may come."""
    live = context.live
    if live.label is None:
        return {}
    n, known = int(here.sum()), int((live.label.codes[here] >= 0).sum())
    row: dict[str, Any] = {}
    if not 0 < known < SMALL_CELL and not 0 < n - known < SMALL_CELL:
        row["outcomes"] = number(known / n)
    if limit is not None and live.time is not None and live.label_time is not None:
        ends = [
            t[~np.isnat(t)].max() for t in (live.time, live.label_time) if not np.isnat(t).all()
        ]
        row["open"] = bool(live.time[here].max() + limit > max(ends))
    return row


def _realised(part: Cases, m: Measured) -> dict[str, Any]:
    """Primary metric of one window with its interval, and the band around training's value at the window's size."""
    events, others = part.n_events, part.n - part.n_events
    row: dict[str, Any] = {"n_cases": None if 0 < part.n < SMALL_CELL else part.n}
    small = any(0 < c < SMALL_CELL for c in (events, others))
    row["n_events"] = None if small else events
    if part.score is None or min(events, others) < WINDOW_EVENTS:
        return row
    area = ranking.auroc(part.score, part.event, part.units)
    row["auroc"] = LiveInterval.of(area)
    if not small and m.probability:
        row["observed"], row["expected"] = (
            number(float(part.event.mean())),
            number(float(part.score.mean())),
        )
    before = m.train.get(m.primary)
    if before is not None and before.known:
        half = Z95 * math.hypot(area.se, before.se)
        row["expected_band"] = [
            number(max(0.0, before.value - half)),
            number(min(1.0, before.value + half)),
        ]
        row["inside"] = bool(area.value >= before.value - half)
    return row
