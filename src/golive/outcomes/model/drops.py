"""Judged on all patients together: performance lower than in training, probabilities that no longer hold, floors missed."""

from __future__ import annotations

import math
from collections.abc import Iterator

from golive.model.config import Config
from golive.model.facts import Facts
from golive.model.finding import Effect
from golive.model.kinds import Kind, Severity, Verdict
from golive.outcomes.model.performance import EventFigures
from golive.outcomes.model.verdicts import FEWEST, effect_of, of_drop
from golive.stats.estimate import UNKNOWN, Estimate, change
from golive.wording.findings.performance import (
    BelowFloor,
    CalibrationDrift,
    EventDrop,
    Lacking,
    NotJudged,
    Shortage,
)
from golive.wording.metrics import METRICS

RATIO, SLOPE = (0.8, 1.25), 0.2
"""Observed to expected, and distance of the slope from 1, outside which probabilities mislead (CLN-03 of the readiness model)."""

_CRITICAL_DROP = 0.1
_Z_CALIBRATION = 2.807
"""Two questions at once (level and slope): each at 99.5 %, two-sided."""


def critical(verdict: Verdict, d: float) -> Severity | None:
    """A drop of a tenth or more is worse than others."""
    return Severity.CRITICAL if verdict is Verdict.ALARM and d <= -_CRITICAL_DROP else None


def _shortage(m: EventFigures) -> Shortage | None:
    """Why nothing can be said of performance: the smaller class on either side."""
    live, train = m.cases_live, m.cases_train
    if live.smaller < FEWEST:
        events = live.n_events == live.smaller
        return Shortage(
            Lacking.LIVE_EVENTS if events else Lacking.LIVE_OTHERS, FEWEST, live.smaller
        )
    if train is None or train.n == 0:
        return Shortage(Lacking.TRAINING, FEWEST)
    return Shortage(Lacking.TRAINING_CASES, FEWEST) if train.smaller < FEWEST else None


def _shortage_of_calibration(m: EventFigures) -> Shortage | None:
    """Why nothing can be said of probabilities: fewer than ``FEWEST`` events or non-events promised on a side, or one class."""
    for live, side in ((True, m.cases_live), (False, m.cases_train)):
        if side is None or side.score is None or side.n == 0:
            return Shortage(Lacking.SCORES, FEWEST, live=live)
        promised = float(side.score.sum())
        if min(promised, side.n - promised) < FEWEST:
            return Shortage(Lacking.PROMISED, FEWEST, live=live)
        if side.smaller == 0:
            return Shortage(Lacking.BOTH_CLASSES, FEWEST, live=live)
    return None


def performance_drop(m: EventFigures, columns: tuple[str, ...]) -> Facts:
    """Primary metric live against training: ``alarm`` when the interval of the change is below 0 and the drop is 0.03 or more."""
    if (shortage := _shortage(m)) is not None:
        kind, effect = Kind.PERFORMANCE_DROP, Effect.between(m.primary, None, None, n=m.sizes)
        return NotJudged(kind=kind, columns=columns, effect=effect, shortage=shortage)
    before, now = m.both(m.primary)
    d, low, high = change(before, now)
    verdict = of_drop(d, low, high)
    return EventDrop(
        verdict=verdict,
        columns=columns,
        severity=critical(verdict, d),
        effect=effect_of(m.primary, before, now, m.sizes),
        metric=m.primary,
        figures=(before, now),
        worse=high < 0,
        n_events=m.cases_live.n_events,
        prevalence=m.both("prevalence"),
        brier=m.both("brier"),
        standardised=m.standardised,
    )


def calibration_drift(m: EventFigures, columns: tuple[str, ...]) -> Facts | None:
    """Level (intercept) and spread (slope) of the probabilities, live against training; ``None`` for a score that is none."""
    if not m.probability or m.cases_live.score is None:
        return None
    level, tilt = m.both("intercept"), m.both("slope")
    ratio = m.live.get("observed_expected", UNKNOWN)
    shortage = _shortage_of_calibration(m)
    if shortage is None and not all(e.known for e in (ratio, *level, *tilt)):
        shortage = Shortage(Lacking.SPREAD, FEWEST)
    if shortage is not None:
        effect = Effect.between("observed_expected", None, None, n=m.sizes)
        kind = Kind.CALIBRATION_DRIFT
        return NotJudged(kind=kind, columns=columns, effect=effect, shortage=shortage)
    verdict, moved = _calibration(ratio, level, tilt)
    far = verdict is Verdict.ALARM and not 0.5 <= ratio.value <= 2
    return CalibrationDrift(
        verdict=verdict,
        columns=columns,
        severity=Severity.CRITICAL if far else None,
        effect=effect_of("observed_expected", m.both("observed_expected")[0], ratio, m.sizes),
        promised=float(m.cases_live.score.mean()),
        n_events=m.cases_live.n_events,
        ratio=ratio,
        slope=tilt,
        intercept=level,
        moved=moved,
    )


def _calibration(
    ratio: Estimate, level: tuple[Estimate, Estimate], tilt: tuple[Estimate, Estimate]
) -> tuple[Verdict, bool]:
    """Alarm when level or spread moved and is off now; also whether either of them moved."""
    level_moved, tilt_moved = _beyond(*level), _beyond(*tilt)
    moved = level_moved or tilt_moved
    off, steep = not RATIO[0] <= ratio.value <= RATIO[1], abs(tilt[1].value - 1) > SLOPE
    if (level_moved and off) or (tilt_moved and steep):
        return Verdict.ALARM, moved
    if moved or not (_touches(ratio, *RATIO) and _touches(tilt[1], 1 - SLOPE, 1 + SLOPE)):
        return Verdict.WATCH, moved
    wide = ratio.high > RATIO[1] or ratio.low < RATIO[0]
    return Verdict.CANNOT_JUDGE if wide else Verdict.QUIET, moved


def _beyond(before: Estimate, now: Estimate) -> bool:
    """Whether two coefficients differ at 99.5 %."""
    return abs(now.value - before.value) > _Z_CALIBRATION * math.hypot(before.se, now.se)


def _touches(estimate: Estimate, low: float, high: float) -> bool:
    """Whether some value of the 95 % interval lies between two limits."""
    return estimate.low <= high and estimate.high >= low


def below_floor(m: EventFigures, config: Config, columns: tuple[str, ...]) -> Iterator[Facts]:
    """Each declared floor against the live interval: all below is ``alarm``, the value below ``watch``, crossing ``cannot_judge``.

    A floor that nothing can be held against is said too, because silence reads like a pass.
    """
    live = m.cases_live
    for name, floor in config.floors.items():
        agreed = Estimate(floor, 0.0, floor, floor)
        yield BelowFloor(
            verdict=_against_floor(m.live.get(name, UNKNOWN), floor, enough=live.smaller >= FEWEST),
            columns=columns,
            effect=effect_of(name, agreed, m.shown(name)[1], (0, live.n)),
            metric=name,
            floor=floor,
            now=m.live.get(name, UNKNOWN),
            n_events=live.n_events,
            hidden="live" in m.hidden(name),
            no_decision=METRICS[name].share and live.flagged is None,
        )


def _against_floor(now: Estimate, floor: float, *, enough: bool) -> Verdict:
    if not (enough and now.known):
        return Verdict.CANNOT_JUDGE
    if now.high < floor:
        return Verdict.ALARM
    if now.value < floor:
        return Verdict.WATCH
    return Verdict.QUIET if now.low >= floor else Verdict.CANNOT_JUDGE
