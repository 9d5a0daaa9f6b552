"""The same weekdays and months of training: is a change of live data more than the time of the week or of the year?

Training is weighed to the weekdays (or months) of the live rows, where it has each of them on enough days; where it has not,
that is said, because then a season cannot be told from a change.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from golive.model.kinds import REGISTER, Verdict
from golive.model.measured.course import SameSeason, Seasons
from golive.model.profile import SMALL_CELL, FloatArray
from golive.outcomes.model.context import Context, Outcomes
from golive.outcomes.model.target import events
from golive.outcomes.service.outputs import WATCH_RATIO, flagged
from golive.profile.rows.scored import Scored
from golive.stats.calibration import weighted_mean
from golive.stats.estimate import Z95, Estimate, Mask, change, pair, units_of
from golive.wording.findings.service import AlertRateShift

Kinds = npt.NDArray[np.int64]

NAMES = {
    "weekday": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "month": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
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
    if train.time is None or live.time is None or np.isnat(train.time).all():
        return None
    then, now = kinds(train.time, calendar), kinds(live.time, calendar)
    rows = np.bincount(now[now >= 0], minlength=len(NAMES[calendar]))
    present = np.flatnonzero(rows >= SMALL_CELL)
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
            out.miss(
                "season", "training has no times, so the same season of it cannot be looked at"
            )
            return
        if not here.covered:
            named = ", ".join(NAMES[calendar][k] for k in here.lacking)
            why = f"training has too few days of {named}; there, a season cannot be told from a change"
            out.miss(f"the same {calendar}s of training", why)
            found = found.having(**{calendar: SameSeason(covered=False, why=why)})
            continue
        both = {name: _standardised(v, here, context) for name, v in _signals(context).items()}
        figures = {name: pair(*e) for name, e in both.items()}
        found = found.having(**{calendar: SameSeason(covered=True).having(**figures)})
        if "alert_rate" in both and all(e.known for e in both["alert_rate"]):
            out.facts = [
                _explained(f, calendar, *both["alert_rate"]) if isinstance(f, AlertRateShift) else f
                for f in out.facts
            ]
    out.add(season=found)


Values = tuple[FloatArray, Mask]
"""Values, and which rows have one."""


def _signals(context: Context) -> dict[str, tuple[Values, ...]]:
    """Each signal that both sides have, training first."""
    low, high = context.bounds or (-np.inf, np.inf)
    target = context.target
    found: dict[str, list[Values]] = {"alert_rate": [], "mean_score": [], "event_rate": []}
    for side in (context.train, context.live):
        if (marks := flagged(side, context)) is not None:
            found["alert_rate"].append((marks[0].astype(float), marks[1]))
        if (score := side.score) is not None:
            found["mean_score"].append((score, (score >= low) & (score <= high)))
        if side.label is not None and target is not None and target.task == "event":
            event, known, _ = events(side.label, target)
            found["event_rate"].append((event.astype(float), known))
    return {name: tuple(sides) for name, sides in found.items() if len(sides) == 2}


def _standardised(
    sides: tuple[Values, ...], here: Season, context: Context
) -> tuple[Estimate, Estimate]:
    """Mean of training at the live mix of kinds, and of live data, both with intervals by patient."""

    def mean(side: Scored, values: Values, weights: FloatArray) -> Estimate:
        use = values[1] & (weights > 0)
        units = None if side.unit is None else units_of(side.unit[use])
        return weighted_mean(values[0][use], weights[use], units)

    train, live = sides
    return (
        mean(context.train, train, here.weights()),
        mean(context.live, live, (here.live >= 0).astype(float)),
    )


def _explained(
    found: AlertRateShift, calendar: str, before: Estimate, now: Estimate
) -> AlertRateShift:
    """With what is left of the change in this calendar; no alarm, but as severe, where the same months had as many alerts."""
    d, low, high = change(before, now)
    gone = low <= 0 <= high and abs(d) < WATCH_RATIO * before.value
    alarm = found.verdict is Verdict.ALARM
    found = replace(found, seasons=(*found.seasons, (calendar, before, now)))
    if not (calendar == "month" and gone and alarm):
        return found
    severity = REGISTER[found.kind].severity(found.verdict)
    return replace(found, verdict=Verdict.WATCH, severity=severity, season=True)


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
    marks = flagged(context.train, context)
    if marks is None or not marks[1].any():
        return None
    flags, here = marks
    size, calendar, rows = 1, "", np.zeros(context.live.rows, dtype=np.int64)
    kind = np.zeros(len(flags), dtype=np.int64)
    for name in ("month", "weekday"):
        found = season_of(context.train, context.live, name)
        if found is not None and found.covered:
            size, calendar, rows = len(NAMES[name]), name, np.maximum(found.live, 0)
            kind, here = found.train, here & (found.train >= 0)
            break
    n = np.maximum(np.bincount(kind[here], minlength=size), 1).astype(float)
    rate = np.bincount(kind[here], weights=flags[here], minlength=size) / n
    return Expected(calendar, rate, np.sqrt(rate * (1 - rate) / n), rows)
