"""Performance of an event score in training and live data, as numbers with intervals: the ``performance`` of a result.

What is due to the number of events and what to the model is kept apart: Brier score, PPV and net benefit move when the event
gets rarer although the model is the same, so each is also given as it would be at the event rate of training.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from golive.model.config import Config
from golive.model.profile import FloatArray
from golive.outcomes.model.usable import Cases
from golive.stats import calibration as cal
from golive.stats import operating_point as op
from golive.stats import ranking
from golive.stats.estimate import UNKNOWN, Estimate, Mask, Units, number, pair, patients, share

Metric = Callable[[FloatArray, Mask, Units | None], Estimate]

PROBABILITY: dict[str, Metric] = {
    "brier": cal.brier,
    "log_loss": cal.log_loss,
    "intercept": cal.intercept,
    "slope": cal.slope,
    "observed_expected": cal.observed_expected,
}
PER_PATIENTS = 100


@dataclass(frozen=True)
class Measured:
    """Both sides of an event score: estimates by metric, ``train`` empty where training has no outputs with outcomes."""

    train: dict[str, Estimate]
    live: dict[str, Estimate]
    cases_train: Cases | None
    cases_live: Cases
    primary: str
    probability: bool
    standardised: dict[str, Estimate] = field(default_factory=dict)

    def both(self, name: str) -> tuple[Estimate, Estimate]:
        """Training and live estimate of a metric."""
        return self.train.get(name, UNKNOWN), self.live.get(name, UNKNOWN)

    def hidden(self, name: str) -> tuple[str, ...]:
        """Sides (``train``, ``live``) on which a share at the threshold would give away a count of 1 to 10 patients."""
        if name not in op.HIDEABLE:
            return ()
        sides = (("train", self.cases_train), ("live", self.cases_live))
        return tuple(
            side
            for side, held in sides
            if held is not None
            and held.flagged is not None
            and op.rests_on_few(name, held.flagged, held.event)
        )


def estimates(
    side: Cases, *, probability: bool, seed: int, full: bool = True
) -> dict[str, Estimate]:
    """Every metric of one side. ``full`` also computes what needs a fit or draws (calibration)."""
    everyone = np.ones(side.n, dtype=bool)
    found = {"prevalence": share(side.event, everyone, side.units)}
    if side.score is not None:
        found["auroc"] = ranking.auroc(side.score, side.event, side.units)
        found["auprc"] = ranking.average_precision(side.score, side.event, side.units)
        if probability and side.n:
            wanted = (
                PROBABILITY
                if full
                else {"brier": cal.brier, "observed_expected": cal.observed_expected}
            )
            found |= {
                name: metric(side.score, side.event, side.units) for name, metric in wanted.items()
            }
            if full:
                found["ece"] = cal.calibration_error(side.score, side.event, side.units, seed=seed)
    if side.flagged is not None:
        found |= op.rates(side.flagged, side.event, side.units)
        found["balanced_accuracy"] = op.balanced_accuracy(side.flagged, side.event, side.units)
    return found


def measure(train: Cases | None, live: Cases, config: Config, *, probability: bool) -> Measured:
    """Measure both sides. ``train`` is ``None`` where training has no outputs or no outcomes."""
    now = estimates(live, probability=probability, seed=config.seed)
    before = (
        estimates(train, probability=probability, seed=config.seed)
        if train is not None and train.n
        else {}
    )
    primary = "auroc" if live.score is not None else "balanced_accuracy"
    return Measured(
        before, now, train, live, primary, probability, _standardised(before, live, probability)
    )


def _standardised(
    before: dict[str, Estimate], live: Cases, probability: bool
) -> dict[str, Estimate]:
    """Live Brier score as it would be at the event rate of training: events and non-events weighed to that rate."""
    prevalence = before.get("prevalence", UNKNOWN).value
    rate = live.n_events / live.n if live.n else 0.0
    if not probability or live.score is None or not 0 < rate < 1 or not 0 < prevalence < 1:
        return {}
    weights = np.where(live.event, prevalence / rate, (1 - prevalence) / (1 - rate))
    return {"brier": cal.brier(live.score, live.event, live.units, weights)}


def described(m: Measured, config: Config) -> dict[str, Any]:
    """The numbers as JSON, with the keys that readiness reads (``golive.readiness.measures``) and those that pages draw."""
    live = m.cases_live
    counts = {"n_events": live.n_events, "n_nonevents": live.n - live.n_events}
    out: dict[str, Any] = {
        "task": "event",
        "primary_metric": m.primary,
        "n": {"train": m.cases_train.n if m.cases_train else 0, "live": live.n},
        "patients": {"live": patients(live.units, live.n)},
        "counts": {
            k: _counts(v) for k, v in (("train", m.cases_train), ("live", live)) if v is not None
        },
        "prevalence": pair(*m.both("prevalence")),
    }
    for name in dict.fromkeys((m.primary, "auroc", "auprc", "brier", "log_loss")):
        if name in m.live:
            out[name] = {**pair(*m.both(name)), **counts}
    if "brier" in out:
        out["brier"] |= _brier_parts(m)
    if m.probability and "slope" in m.live:
        out["calibration"] = _calibration(m, counts)
    if live.flagged is not None:
        out["at_threshold"] = _at_threshold(m, config, counts)
        out["net_benefit"] = _net_benefit(m, config)
    if live.score is not None:
        out["curves"] = _curves(m, config)
    return out


def _counts(side: Cases) -> dict[str, int]:
    names = (
        "rows",
        "repeated",
        "unscored",
        "outside",
        "unlabelled",
        "unknown_labels",
        "n",
        "n_events",
    )
    return {name: getattr(side, name) for name in names}


def _brier_parts(m: Measured) -> dict[str, float | None]:
    """The live Brier score at the event rate of training, and each side's gain over always saying its event rate."""
    parts: dict[str, float | None] = {}
    if "brier" in m.standardised:
        parts |= m.standardised["brier"].side("live_at_training_prevalence")
    for name, side in (("train", m.train), ("live", m.live)):
        rate, score = side.get("prevalence", UNKNOWN).value, side.get("brier", UNKNOWN).value
        parts[f"{name}_skill"] = number(1 - score / (rate * (1 - rate))) if 0 < rate < 1 else None
    return parts


def _calibration(m: Measured, counts: dict[str, int]) -> dict[str, Any]:
    out: dict[str, Any] = dict(counts)
    for name in ("intercept", "slope", "observed_expected", "ece"):
        before, now = m.both(name)
        out[name] = {**pair(before, now), "se": number(now.se)}
    return out


def _at_threshold(m: Measured, config: Config, counts: dict[str, int]) -> dict[str, Any]:
    out: dict[str, Any] = {"threshold": config.operating_threshold, **counts}
    for name in ("sensitivity", "specificity", "ppv", "npv", "alert_rate", "balanced_accuracy"):
        before, now = m.both(name)
        hidden = m.hidden(name)
        shown = (UNKNOWN if "train" in hidden else before, UNKNOWN if "live" in hidden else now)
        out[name] = pair(*shown) | ({"hidden": list(hidden)} if hidden else {})
        if "live" in hidden and now.known and name in config.floors:
            out[name]["against_floor"] = op.against_floor(now, config.floors[name])
    out["needed_to_evaluate"] = op.needed_to_evaluate(
        UNKNOWN if "live" in m.hidden("ppv") else m.live["ppv"]
    )
    rate = m.live["alert_rate"]
    alerts = [number(PER_PATIENTS * v) for v in (rate.value, rate.low, rate.high)]
    out["alerts_per_100"] = dict(zip(("live", "live_low", "live_high"), alerts, strict=True))
    usual = m.train.get("prevalence", UNKNOWN).value
    if math.isfinite(usual) and not {"live"} & {*m.hidden("ppv"), *m.hidden("specificity")}:
        at = op.ppv_at(usual, m.live["sensitivity"].value, m.live["specificity"].value)
        out["ppv"]["live_at_training_prevalence"] = number(at)
    return out


def _net_benefit(m: Measured, config: Config) -> dict[str, Any] | None:
    live, threshold = m.cases_live, config.operating_threshold
    if threshold is None or live.flagged is None or not m.probability:
        return None
    model = op.net_benefit(live.flagged, live.event, threshold, live.units)
    everyone = op.net_benefit(np.ones(live.n, dtype=bool), live.event, threshold, live.units)
    if not model.known:
        return None
    workups = op.needed_to_evaluate(UNKNOWN if "live" in m.hidden("ppv") else m.live["ppv"])["live"]
    return {
        "n_events": live.n_events,
        "model": number(model.value),
        "low": number(model.low),
        "high": number(model.high),
        "treat_all": number(everyone.value),
        "workups_per_true_positive": workups,
    }


def _curves(m: Measured, config: Config) -> dict[str, Any]:
    """What pages draw: ROC points, calibration curves, the table of thresholds."""
    out: dict[str, Any] = {}
    for name, side in (("train", m.cases_train), ("live", m.cases_live)):
        if side is None or side.score is None or side.n == 0:
            continue
        out[name] = {"roc": ranking.roc_points(side.score, side.event)}
        if m.probability:
            out[name]["calibration"] = cal.curve(side.score, side.event, side.units)
        out[name]["thresholds"] = op.table(side.score, side.event, config.operating_threshold)
    return out
