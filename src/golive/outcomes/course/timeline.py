"""Over time: performance in windows against the band that training leads one to expect, and when something changed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from golive.model.kinds import Kind
from golive.model.measured.course import ChangePoint, TimeLine, Window
from golive.model.measured.intervals import LiveInterval, rounded
from golive.model.profile import SMALL_CELL, FloatArray, is_small
from golive.outcomes.course.delay import last_moment, usual_delay
from golive.outcomes.course.season import expected_alerts
from golive.outcomes.course.unlabelled import estimate, inside
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.performance import EventFigures
from golive.outcomes.model.target import Cases
from golive.outcomes.service.outputs import flagged
from golive.stats import ranking
from golive.stats.estimate import UNKNOWN, Z95, Mask, number, share, units_of
from golive.wording.findings.performance import Dated

MOST_WINDOWS = 40
WINDOW_EVENTS = 10
"""Events and non-events that a window needs for an AUROC."""

WINDOW_SCORES = 100
"""Scores that a window needs for an estimate without outcomes."""

Starts = npt.NDArray[np.datetime64]


def windows(time: Starts) -> tuple[Starts, str]:
    """First moment of the window of each row (days, weeks from Monday, or months: at most ``MOST_WINDOWS``), and its name."""
    known = time[~np.isnat(time)]
    days = int((known.max() - known.min()).astype("timedelta64[D]").astype(int)) + 1
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
    live, m = context.live, context.figures
    marks, expected, limit = flagged(live, context), expected_alerts(context), usual_delay(context)
    rows = []
    for start in np.unique(starts[~np.isnat(starts)])[-MOST_WINDOWS:]:
        here = starts == start
        n = int(here.sum())
        row = Window(start=str(start)[:10], n=None if n < SMALL_CELL else n)
        rows.append(row)
        if n < SMALL_CELL:
            continue
        figures = _scores(context, here, estimated=estimated) | _outcomes(context, here, limit)
        if marks is not None and (marks[1] & here).any():
            units = None if live.unit is None else units_of(live.unit[here])
            rate = share(marks[0][here], marks[1][here], units)
            figures["alert_rate"] = LiveInterval.of(rate)
            if expected is not None:
                band = expected.band(here & marks[1], rate.se)
                figures["alert_band"] = [number(v) for v in band]
        if m is not None:
            figures |= _realised(m.cases_live.part(here[m.cases_live.place]), m)
        rows[-1] = row.having(**figures)
    return tuple(rows)


def _scores(context: Context, here: Mask, *, estimated: bool) -> dict[str, Any]:
    if context.live.score is None:
        return {}
    score = context.live.score[here]
    finite, usable = score[np.isfinite(score)], inside(score)
    figures: dict[str, Any] = {"mean_score": number(float(finite.mean())) if len(finite) else None}
    if estimated and len(usable) >= WINDOW_SCORES:
        figures["estimated"] = LiveInterval.of(estimate(usable, context).auroc)
    return figures


def _outcomes(context: Context, here: Mask, limit: np.timedelta64 | None) -> dict[str, Any]:
    """Share of rows with an outcome, and whether more may come."""
    live = context.live
    if live.label is None:
        return {}
    n, known = int(here.sum()), int((live.label.codes[here] >= 0).sum())
    figures: dict[str, Any] = {}
    if not is_small(known) and not is_small(n - known):
        figures["outcomes"] = number(known / n)
    if limit is not None and live.time is not None and live.label_time is not None:
        figures["open"] = bool(live.time[here].max() + limit > last_moment(live))
    return figures


def _realised(part: Cases, m: EventFigures) -> dict[str, Any]:
    """Primary metric of one window with its interval, and the band around training's value at the window's size."""
    small = is_small(part.n_events) or is_small(part.n - part.n_events)
    figures: dict[str, Any] = {
        "n_cases": None if is_small(part.n) else part.n,
        "n_events": None if small else part.n_events,
    }
    if part.score is None or part.smaller < WINDOW_EVENTS:
        return figures
    area = ranking.auroc(part.score, part.event, part.units)
    figures["auroc"] = LiveInterval.of(area)
    if not small and m.probability:
        figures["observed"] = number(float(part.event.mean()))
        figures["expected"] = number(float(part.score.mean()))
    before = m.train.get(m.primary, UNKNOWN)
    if before.known:
        half = Z95 * math.hypot(area.se, before.se)
        ends = max(0.0, before.value - half), min(1.0, before.value + half)
        figures["expected_band"] = [number(end) for end in ends]
        figures["inside"] = bool(area.value >= before.value - half)
    return figures


GOOD_LOSS = 0.05
"""Relative loss of AUROC up to which a stretch counts as good (OBS-03 of the readiness model, level 3)."""

BLOCK_EVENTS = 100
ALPHA = 0.01
_TRIM = 0.02

EXPLAINED = {
    "calibration": Kind.CALIBRATION_DRIFT,
    "ranking": Kind.PERFORMANCE_DROP,
    "alerts": Kind.ALERT_RATE_SHIFT,
}
"""What changed, and the finding to which its date belongs."""


def timeline(context: Context, out: Outcomes) -> None:
    """``TimeLine``, good stretches in a row up to the last, and ``ChangePoint`` of performance; dates for findings."""
    live, m = context.live, context.figures
    if live.time is None or np.isnat(live.time).all():
        return
    if min(live.zones) > 0:
        why = f"{live.zones[0]:,} carry a UTC offset and {live.zones[1]:,} do not; the latter were read as UTC"
        out.miss(f"{context.roles.time}: times in several zones", why)
    starts, unit = windows(live.time)
    known = out.measured.estimated
    rows = window_rows(context, starts, estimated=bool(known) and not known.refused)
    points = change_points(context)
    out.add(time_line=TimeLine(window=unit, rows=rows), change_points=points)
    if m is not None:
        out.add(windows=good_in_a_row(m, live.time[m.cases_live.place]))
    since = {EXPLAINED[p.signal]: p for p in points if p.signal in EXPLAINED}
    out.facts = [
        replace(f, changed=since.get(f.kind)) if isinstance(f, Dated) and f.active else f
        for f in out.facts
    ]


def good_in_a_row(m: EventFigures, time: Starts) -> int:
    """Consecutive stretches of live time without a loss that matters, counted back from the last one.

    Stretches hold ``BLOCK_EVENTS`` events each, so that each can be kept apart from a loss; the rest at the start is left out.
    """
    cases, before = m.cases_live, m.train.get("auroc", UNKNOWN)
    if cases.score is None or not before.known:
        return 0
    dated = np.flatnonzero(~np.isnat(time))
    order = dated[np.argsort(time[dated], kind="stable")]
    after = np.cumsum(cases.event[order][::-1])[::-1]  # events from here to the end
    block = (after - 1) // BLOCK_EVENTS
    blocks = int(after.max(initial=0)) // BLOCK_EVENTS
    for b in range(blocks):
        rows = np.sort(order[block == b])
        units = None if cases.units is None else cases.units[rows]
        area = ranking.auroc(cases.score[rows], cases.event[rows], units)
        if area.value < (1 - GOOD_LOSS) * before.value:
            return b
    return blocks


def cusum(values: FloatArray) -> tuple[float, int]:
    """p-value of "the mean never changed" and the position after which it most likely did, for values in time order.

    The largest distance of the cumulative sum from its straight line, over the standard deviation, follows Kolmogorov's
    distribution when nothing changed (Brownian bridge; Ploberger and Kraemer 1992).
    """
    from scipy.special import kolmogorov

    n = len(values)
    spread = float(values.std())
    if n < 2 or spread == 0:
        return 1.0, 0
    bridge = np.cumsum(values - values.mean())[:-1] / (spread * math.sqrt(n))
    part = np.arange(1, n) / n
    trimmed = (part >= _TRIM) & (part <= 1 - _TRIM)
    standard = np.where(trimmed, np.abs(bridge) / np.sqrt(part * (1 - part)), 0.0)
    return float(kolmogorov(float(np.abs(bridge).max()))), int(np.argmax(standard)) + 1


Signal = tuple[FloatArray, Starts]
"""Values whose mean is constant as long as nothing changes, and the time of each."""


def _signals(context: Context) -> dict[str, Signal]:
    """Scores, alerts, residuals of the probabilities, and per event its share of non-events beaten: the terms of the AUROC
    that carry most of its noise. In time order, where there is a time.
    """
    live, m = context.live, context.figures
    assert live.time is not None
    found: dict[str, Signal] = {}
    if live.score is not None:
        here = np.isfinite(live.score)
        found["score"] = live.score[here], live.time[here]
    if (marks := flagged(live, context)) is not None:
        flags, here = marks
        found["alerts"] = flags[here].astype(np.float64), live.time[here]
    if m is not None and m.cases_live.score is not None:
        cases, time = m.cases_live, live.time[m.cases_live.place]
        if m.probability:
            found["calibration"] = cases.event.astype(np.float64) - m.cases_live.score, time
        if cases.smaller >= WINDOW_EVENTS:
            beaten, _ = ranking.placements(m.cases_live.score, cases.event)
            found["ranking"] = beaten, time[cases.event]
    return {name: _in_order(*signal) for name, signal in found.items()}


def _in_order(values: FloatArray, time: Starts) -> Signal:
    dated = ~np.isnat(time)
    order = np.argsort(time[dated], kind="stable")
    return values[dated][order], time[dated][order]


def change_points(context: Context) -> tuple[ChangePoint, ...]:
    """The most likely single change of each signal, where p (Benjamini-Hochberg over signals) is at most ``ALPHA``."""
    from scipy.stats import false_discovery_control

    signals = {k: v for k, v in _signals(context).items() if len(v[0]) >= 2 * SMALL_CELL}
    if not signals:
        return ()
    found = {name: cusum(values) for name, (values, _) in signals.items()}
    adjusted = false_discovery_control([p for p, _ in found.values()])
    points = []
    for (name, (_, at)), p in zip(found.items(), adjusted, strict=True):
        values, time = signals[name]
        if p <= ALPHA and min(at, len(values) - at) >= SMALL_CELL:
            point = ChangePoint(
                signal=name,
                date=str(time[at])[:10],
                p_adjusted=rounded(float(p)),
                before=rounded(float(values[:at].mean())),
                after=rounded(float(values[at:].mean())),
                n_before=at,
                n_after=len(values) - at,
            )
            points.append(point)
    return tuple(points)
