"""Over time: performance in windows against the band that training leads one to expect, and when something changed."""

from __future__ import annotations

import math

import numpy as np

from golive.model.finding import Kind, Verdict
from golive.model.measured.course import ChangePoint, TimeLine
from golive.model.measured.intervals import rounded
from golive.model.profile import SMALL_CELL, FloatArray
from golive.model.result import NotAssessed
from golive.outcomes.course.windows import WINDOW_EVENTS, Starts, window_rows, windows
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.performance import Measured
from golive.outcomes.model.usable import Cases
from golive.outcomes.service.outputs import flagged
from golive.stats import ranking
from golive.stats.estimate import Mask
from golive.wording.numbers import day, p_value

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
    live, m = context.live, context.measured
    if live.time is None or np.isnat(live.time).all():
        return
    if min(live.zones) > 0:
        why = f"{live.zones[0]:,} carry a UTC offset and {live.zones[1]:,} do not; the latter were read as UTC"
        out.not_assessed.append(
            NotAssessed(what=f"{context.roles.time}: times in several zones", why=why)
        )
    starts, unit = windows(live.time)
    known = out.measured.estimated
    rows = window_rows(context, starts, estimated=bool(known) and not known.refused)
    out.add(time_line=TimeLine(window=unit, rows=rows))
    if m is not None:
        out.add(windows=good_in_a_row(m, live.time[m.cases_live.place]))
    points = change_points(context)
    out.add(change_points=points)
    since = {EXPLAINED[p.signal]: p for p in points if p.signal in EXPLAINED}
    out.findings = [
        f.model_copy(update={"evidence": (*f.evidence, _said(since[f.kind]))})
        if f.kind in since and f.verdict in (Verdict.ALARM, Verdict.WATCH)
        else f
        for f in out.findings
    ]


def good_in_a_row(m: Measured, time: Starts) -> int:
    """Consecutive stretches of live time without a loss that matters, counted back from the last one.

    Stretches hold ``BLOCK_EVENTS`` events each, so that each can be told from a loss; the rest at the start is left out.
    """
    cases, before = m.cases_live, m.train.get("auroc")
    if cases.score is None or before is None or not before.known:
        return 0
    dated = np.flatnonzero(~np.isnat(time))
    order = dated[np.argsort(time[dated], kind="stable")]
    after = np.cumsum(cases.event[order][::-1])[::-1]  # events from here to the end
    block = (after - 1) // BLOCK_EVENTS if len(after) else after
    good = 0
    for b in range(int(after[0]) // BLOCK_EVENTS if len(after) else 0):
        part = cases.part(np.sort(order[block == b]))
        area = (
            ranking.auroc(part.score, part.event, part.units) if part.score is not None else before
        )
        if area.value < (1 - GOOD_LOSS) * before.value:
            break
        good += 1
    return good


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


def _signals(context: Context) -> dict[str, tuple[FloatArray, Starts]]:
    """Values in time order whose mean is constant as long as nothing changes, with the time of each."""
    live, m = context.live, context.measured
    assert live.time is not None
    found: dict[str, tuple[FloatArray, Starts]] = {}
    known = ~np.isnat(live.time)

    def add(name: str, values: FloatArray, time: Starts) -> None:
        order = np.argsort(time, kind="stable")
        found[name] = (values[order], time[order])

    if live.score is not None:
        here = known & np.isfinite(live.score)
        add("score", live.score[here], live.time[here])
    held = flagged(live, context)
    if held is not None:
        here = known & held[1]
        add("alerts", held[0][here].astype(np.float64), live.time[here])
    if m is not None and m.cases_live.score is not None and m.cases_live.n:
        cases = m.cases_live
        assert cases.score is not None
        time = live.time[cases.place]
        dated = ~np.isnat(time)
        if m.probability:
            residual = cases.event.astype(np.float64) - cases.score
            add("calibration", residual[dated], time[dated])
        if min(cases.n_events, cases.n - cases.n_events) >= WINDOW_EVENTS:
            add("ranking", *_placed(cases, dated, time))
    return found


def _placed(cases: Cases, dated: Mask, time: Starts) -> tuple[FloatArray, Starts]:
    """Per event its share of non-events beaten: the terms of the AUROC that carry most of its noise."""
    assert cases.score is not None
    of_events, _ = ranking.placements(cases.score, cases.event)
    return of_events[dated[cases.event]], time[cases.event & dated]


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


def _said(point: ChangePoint) -> str:
    return f"most likely changed about {day(point.date)} (adjusted {p_value(point.p_adjusted)}, cumulative sum)"
