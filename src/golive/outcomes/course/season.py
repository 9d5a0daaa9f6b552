"""The same weekdays and months of training: is a change of live data more than the time of the week or of the year?

Training is weighed to the weekdays (or months) of the live rows, where it has each of them on enough days; where it has not,
that is said, because then a season cannot be told from a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from golive.model.finding import Finding, Kind, Verdict
from golive.model.measured.course import SameSeason, Seasons
from golive.model.profile import SMALL_CELL, FloatArray
from golive.model.result import NotAssessed
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.target import events
from golive.outcomes.service.outputs import WATCH_RATIO, flagged
from golive.profile.rows.scored import Scored
from golive.stats.calibration import weighted_mean
from golive.stats.estimate import Z95, Estimate, Mask, change, pair, units_of
from golive.wording.numbers import percent

Kinds = npt.NDArray[np.int64]

NAMES = {
    "weekday": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "month": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
LEAST_DAYS = {"weekday": 4, "month": 14}
"""Days of training that a weekday, or a month, needs to stand for itself."""


@dataclass(frozen=True)
class Season:
    """Kind of each row on both sides (-1: no time) of one calendar, and the kinds of live data that training lacks."""

    calendar: str
    train: Kinds
    live: Kinds
    lacking: tuple[int, ...]

    @property
    def covered(self) -> bool:
        """Whether training has every kind that live data has."""
        return not self.lacking

    def weights(self) -> FloatArray:
        """Weight of each training row that gives training the live mix of kinds; 0 for kinds that live data has not."""
        size = len(NAMES[self.calendar])
        now, then = (
            np.bincount(k[k >= 0], minlength=size).astype(float) for k in (self.live, self.train)
        )
        ratio = np.divide(now / now.sum(), then / then.sum(), out=np.zeros(size), where=then > 0)
        return np.asarray(np.where(self.train >= 0, ratio[self.train], 0.0), dtype=np.float64)


def kinds(time: npt.NDArray[np.datetime64], calendar: str) -> Kinds:
    """Weekday (0 is Monday) or month (0 is January) of each moment; -1 where there is none."""
    day = time.astype("datetime64[D]")
    number = (
        (day.astype(np.int64) + 3) % 7
        if calendar == "weekday"
        else day.astype("datetime64[M]").astype(np.int64) % 12
    )
    return np.where(np.isnat(time), -1, number).astype(np.int64)


def season_of(train: Scored, live: Scored, calendar: str) -> Season | None:
    """Both sides by weekday or month; ``None`` without times on either side."""
    if (
        train.time is None
        or live.time is None
        or np.isnat(train.time).all()
        or np.isnat(live.time).all()
    ):
        return None
    then, now = kinds(train.time, calendar), kinds(live.time, calendar)
    present = np.flatnonzero(
        np.bincount(now[now >= 0], minlength=len(NAMES[calendar])) >= SMALL_CELL
    )
    days = [len(np.unique(train.time[then == k].astype("datetime64[D]"))) for k in present]
    lacking = tuple(int(k) for k, d in zip(present, days, strict=True) if d < LEAST_DAYS[calendar])
    return Season(calendar, then, now, lacking) if len(present) else None


def season(context: Context, out: Outcomes) -> None:
    """``Season`` of performance: alert rate, mean score and event rate against the same weekdays and the same months of training.

    An alert rate that left training's but not that of the same months is no alarm: the season explains it.
    """
    if context.live.time is None or np.isnat(context.live.time).all():
        return
    found = Seasons()
    for calendar in NAMES:
        here = season_of(context.train, context.live, calendar)
        if here is None:
            why = "training has no times, so the same season of it cannot be looked at"
            out.not_assessed.append(NotAssessed(what="season", why=why))
            return
        if not here.covered:
            named = ", ".join(NAMES[calendar][k] for k in here.lacking)
            why = f"training has too few days of {named}; there, a season cannot be told from a change"
            out.not_assessed.append(NotAssessed(what=f"the same {calendar}s of training", why=why))
            found = found.having(**{calendar: SameSeason(covered=False, why=why)})
            continue
        both = {
            name: _standardised(*values, here, context)
            for name, values in _signals(context).items()
        }
        told = {name: pair(*e) for name, e in both.items()}
        found = found.having(**{calendar: SameSeason(covered=True).having(**told)})
        if "alert_rate" in both:
            out.findings = [_explained(f, calendar, *both["alert_rate"]) for f in out.findings]
    out.add(season=found)


Values = tuple[FloatArray, Mask]


def _signals(context: Context) -> dict[str, tuple[Values, Values]]:
    """Per signal, values and which rows have one, on both sides."""
    sides = (context.train, context.live)
    found: dict[str, tuple[Values, Values]] = {}
    marks = [flagged(side, context) for side in sides]
    if marks[0] is not None and marks[1] is not None:
        found["alert_rate"] = _pair(
            (marks[0][0].astype(float), marks[0][1]), (marks[1][0].astype(float), marks[1][1])
        )
    scores = [side.score for side in sides]
    if scores[0] is not None and scores[1] is not None:
        low, high = context.bounds or (-np.inf, np.inf)
        found["mean_score"] = _pair(
            *((s, (s >= low) & (s <= high)) for s in scores if s is not None)
        )
    target = context.target
    if target is not None and target.task == "event" and all(s.label is not None for s in sides):
        known = [events(s.label, target) for s in sides if s.label is not None]
        found["event_rate"] = _pair(*((e.astype(float), here) for e, here, _ in known))
    return found


def _pair(first: Values, second: Values) -> tuple[Values, Values]:
    return first, second


def _standardised(
    train: Values, live: Values, here: Season, context: Context
) -> tuple[Estimate, Estimate]:
    """Mean of training at the live mix of kinds, and of live data, both with intervals by patient."""
    sides = []
    for side, (values, known), weights in (
        (context.train, train, here.weights()),
        (context.live, live, (here.live >= 0).astype(float)),
    ):
        use = known & (weights > 0)
        units = None if side.unit is None else units_of(side.unit[use])
        sides.append(weighted_mean(values[use], weights[use], units))
    return sides[0], sides[1]


def _explained(finding: Finding, calendar: str, before: Estimate, now: Estimate) -> Finding:
    if finding.kind is not Kind.ALERT_RATE_SHIFT or not before.known or not now.known:
        return finding
    d, low, high = change(before, now)
    said = f"against the same {calendar}s of training: {percent(before.value)} then, {percent(now.value)} live"
    update: dict[str, Any] = {
        "evidence": (
            *finding.evidence,
            f"{said} (change {100 * low:+.1f} to {100 * high:+.1f} points)",
        )
    }
    gone = low <= 0 <= high and abs(d) < WATCH_RATIO * before.value
    if calendar == "month" and gone and finding.verdict is Verdict.ALARM:
        why = f"The same months of training had as many alerts ({percent(before.value)}): the season explains it."
        update |= {"verdict": Verdict.WATCH, "explanation": f"{finding.explanation} {why}"}
    return finding.model_copy(update=update)


@dataclass(frozen=True)
class Expected:
    """Alert rate that training leads one to expect of live rows: by month where training has them, by weekday, or overall."""

    by: str
    rate: FloatArray
    se: FloatArray
    kind: Kinds

    def band(self, rows: Mask, spread: float) -> tuple[float, float]:
        """Bounds (95 %) of the alert rate of ``rows`` whose own standard error is ``spread``."""
        share = np.bincount(self.kind[rows], minlength=len(self.rate)) / max(1, int(rows.sum()))
        middle = float(share @ self.rate)
        half = Z95 * float(np.hypot(np.sqrt(float((share**2) @ (self.se**2))), spread))
        return max(0.0, middle - half), min(1.0, middle + half)


def expected_alerts(context: Context) -> Expected | None:
    """What training says of alerts over time; ``None`` without alerts in training."""
    held = flagged(context.train, context)
    if held is None or not held[1].any():
        return None
    marks, here = held
    for calendar in ("month", "weekday"):
        found = season_of(context.train, context.live, calendar)
        if found is not None and found.covered:
            size = len(NAMES[calendar])
            kind, use = found.train, here & (found.train >= 0)
            n = np.bincount(kind[use], minlength=size).astype(float)
            rate = np.bincount(kind[use], weights=marks[use], minlength=size) / np.maximum(n, 1)
            return Expected(
                calendar,
                rate,
                np.sqrt(rate * (1 - rate) / np.maximum(n, 1)),
                np.maximum(found.live, 0),
            )
    rate = float(marks[here].mean())
    overall = np.array([rate]), np.array([float(np.sqrt(rate * (1 - rate) / int(here.sum())))])
    return Expected("", *overall, np.zeros(context.live.rows, dtype=np.int64))
