"""The ``performance`` of an assessment as rows of words: metric, training, live, change, floor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from golive.model.config import Config
from golive.model.result import Assessment
from golive.wording.labels import METRIC_WORD
from golive.wording.numbers import metric, percent

SHARES = frozenset({"sensitivity", "specificity", "ppv", "npv", "alert_rate"})
CALIBRATION = {"intercept": "calibration intercept", "slope": "calibration slope", "observed_expected": "observed / expected",
               "ece": "calibration error"}  # fmt: skip
UNBOUNDED = frozenset(
    {"intercept", "slope", "observed_expected", "log_loss", "mae", "rmse", "bias", "r2"}
)


@dataclass(frozen=True)
class Side:
    """A value with the ends of its 95 % interval where they are known."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class MetricRow:
    """One metric on both sides. ``bounded`` metrics lie between 0 and 1."""

    key: str
    name: str
    train: Side | None
    live: Side | None
    change: Side | None
    floor: float | None = None

    @property
    def bounded(self) -> bool:
        """Whether the metric lies between 0 and 1."""
        return self.key not in UNBOUNDED

    def words(self, side: str) -> str:
        """``0.733 (0.710 to 0.754)``; a dash when it is unknown. What is written in percent changes by percentage points."""
        found: Side | None = getattr(self, side)
        if found is None:
            return "–"
        share = self.key in SHARES
        if side == "change":
            say: Callable[[float], str] = _points if share else _signed
            unit = " points" if share else ""
        else:
            say, unit = (percent if share else metric), ""
        if found.low is None or found.high is None:
            return f"{say(found.value)}{unit}"
        return f"{say(found.value)}{unit} ({say(found.low)} to {say(found.high)})"

    def floor_words(self) -> str:
        """The agreed floor in the units of the metric; a dash when none was agreed."""
        if self.floor is None:
            return "–"
        return percent(self.floor) if self.key in SHARES else metric(self.floor)


def _points(value: float) -> str:
    return f"{100 * value:+.1f}"


def _signed(value: float) -> str:
    return f"{value:+.3f}"


def _side(found: Mapping[str, Any], name: str, low: str, high: str) -> Side | None:
    value = found.get(name)
    if not isinstance(value, int | float):
        return None
    ends = [found.get(end) for end in (low, high)]
    return Side(float(value), *(float(e) if isinstance(e, int | float) else None for e in ends))


def _row(key: str, name: str, found: Any, config: Config) -> list[MetricRow]:
    if not isinstance(found, Mapping):
        return []
    train = _side(found, "train", "train_low", "train_high")
    live = _side(found, "live", "live_low", "live_high")
    if train is None and live is None:
        return []
    return [
        MetricRow(
            key, name, train, live, _side(found, "change", "low", "high"), config.floors.get(key)
        )
    ]


def metric_rows(assessment: Assessment, config: Config) -> tuple[MetricRow, ...]:
    """Every overall metric of the assessment, the primary one first; empty when nothing was measured."""
    found = assessment.measured.plain()
    names = dict.fromkeys((found.get("primary_metric", ""), *METRIC_WORD))
    rows: list[MetricRow] = []
    at_threshold = found.get("at_threshold") or {}
    for key in names:
        if key in METRIC_WORD:
            rows += _row(key, METRIC_WORD[key], found.get(key) or at_threshold.get(key), config)
    calibration = found.get("calibration") or {}
    for key, name in CALIBRATION.items():
        rows += _row(key, name, calibration.get(key), config)
    return tuple(rows)


def sizes(assessment: Assessment) -> str:
    """On how many rows and events performance rests: ``5,466 live rows with a known outcome, 494 of them events``."""
    found = assessment.measured.plain()
    n, counts = found.get("n") or {}, (found.get("counts") or {}).get("live") or {}
    if not isinstance(n.get("live"), int):
        return ""
    events = counts.get("n_events")
    tail = f", {events:,} of them events" if isinstance(events, int) else ""
    train = f"; {n['train']:,} in training" if isinstance(n.get("train"), int) else ""
    return f"{n['live']:,} live rows with an outcome and an output{tail}{train}"
