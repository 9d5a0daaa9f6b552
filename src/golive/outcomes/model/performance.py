"""Performance of an event score in training and live data, as numbers with intervals: the ``performance`` of a result.

What is due to the number of events and what to the model is kept apart: Brier score, PPV and net benefit move when the event
gets rarer although the model is the same, so each is also given as it would be at the event rate of training.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from golive.model.config import Config
from golive.model.measured.intervals import LiveInterval, Metric
from golive.model.measured.performance import (
    AtThreshold,
    Brier,
    Calibration,
    CaseCounts,
    CountsOfBoth,
    Curves,
    CurvesOfBoth,
    NetBenefit,
    Performance,
    Sizes,
)
from golive.model.profile import FloatArray
from golive.outcomes.model.target import Cases
from golive.stats import calibration as cal
from golive.stats import operating_point as op
from golive.stats import ranking
from golive.stats.estimate import UNKNOWN, Estimate, Mask, Units, number, pair, patients, share

Figure = Callable[[FloatArray, Mask, Units | None], Estimate]

RANKING: dict[str, Figure] = {"auroc": ranking.auroc, "auprc": ranking.average_precision}
PROBABILITY: dict[str, Figure] = {
    "brier": cal.brier,
    "log_loss": cal.log_loss,
    "intercept": cal.intercept,
    "slope": cal.slope,
    "observed_expected": cal.observed_expected,
}
PER_PATIENTS = 100


@dataclass(frozen=True)
class EventFigures:
    """Both sides of an event score: estimates by metric, ``train`` empty where training has no outputs with outcomes.

    ``standardised`` is the live Brier score as it would be at the event rate of training.
    """

    train: dict[str, Estimate]
    live: dict[str, Estimate]
    cases_train: Cases | None
    cases_live: Cases
    primary: str
    probability: bool
    standardised: Estimate = UNKNOWN

    @property
    def sizes(self) -> tuple[int, int]:
        """Cases of training and of live data."""
        return self.cases_train.n if self.cases_train else 0, self.cases_live.n

    @property
    def sides(self) -> Iterator[tuple[Literal["train", "live"], Cases]]:
        """Each side that there is, with its key in a result."""
        if self.cases_train is not None:
            yield "train", self.cases_train
        yield "live", self.cases_live

    def both(self, name: str) -> tuple[Estimate, Estimate]:
        """Training and live estimate of a metric."""
        return self.train.get(name, UNKNOWN), self.live.get(name, UNKNOWN)

    def hidden(self, name: str) -> tuple[str, ...]:
        """Sides (``train``, ``live``) on which a share at the threshold would give away a count of 1 to 10 patients."""
        if name not in op.HIDEABLE:
            return ()
        return tuple(
            side
            for side, cases in self.sides
            if cases.flagged is not None and op.rests_on_few(name, cases.flagged, cases.event)
        )

    def shown(self, name: str) -> tuple[Estimate, Estimate]:
        """``both``, unknown on a side on which it is hidden."""
        before, now = self.both(name)
        hidden = self.hidden(name)
        return UNKNOWN if "train" in hidden else before, UNKNOWN if "live" in hidden else now


def estimates(side: Cases, *, probability: bool, seed: int) -> dict[str, Estimate]:
    """Every metric of one side."""
    everyone = np.ones(side.n, dtype=bool)
    found = {"prevalence": share(side.event, everyone, side.units)}
    if side.score is not None:
        rows = side.score, side.event, side.units
        found |= {name: figure(*rows) for name, figure in RANKING.items()}
        if probability and side.n:
            found |= {name: figure(*rows) for name, figure in PROBABILITY.items()}
            found["ece"] = cal.calibration_error(*rows, seed=seed)
    if side.flagged is not None:
        found |= op.rates(side.flagged, side.event, side.units)
        found["balanced_accuracy"] = op.balanced_accuracy(side.flagged, side.event, side.units)
    return found


def measure(train: Cases | None, live: Cases, config: Config, *, probability: bool) -> EventFigures:
    """Measure both sides. ``train`` is ``None`` where training has no outputs or no outcomes."""
    before, now = (
        estimates(side, probability=probability, seed=config.seed) if side and side.n else {}
        for side in (train, live)
    )
    primary = "auroc" if live.score is not None else "balanced_accuracy"
    same = _standardised(before, live, probability)
    return EventFigures(before, now, train, live, primary, probability, same)


def _standardised(before: dict[str, Estimate], live: Cases, probability: bool) -> Estimate:
    """Live Brier score as it would be at the event rate of training: events and non-events weighed to that rate."""
    prevalence = before.get("prevalence", UNKNOWN).value
    rate = live.n_events / live.n if live.n else 0.0
    if not probability or live.score is None or not 0 < rate < 1 or not 0 < prevalence < 1:
        return UNKNOWN
    weights = np.where(live.event, prevalence / rate, (1 - prevalence) / (1 - rate))
    return cal.brier(live.score, live.event, live.units, weights)


def described(m: EventFigures, config: Config) -> Performance:
    """What was measured of an event, as a result carries it."""
    live = m.cases_live
    counts = {"n_events": live.n_events, "n_nonevents": live.n - live.n_events}
    names = CaseCounts.model_fields
    out = Performance(
        task="event",
        primary_metric=m.primary,
        n=Sizes(train=m.sizes[0], live=m.sizes[1]),
        patients=Sizes(live=patients(live.units, live.n)),
        counts=CountsOfBoth(
            **{s: CaseCounts(**{k: getattr(cases, k) for k in names}) for s, cases in m.sides}
        ),
        prevalence=pair(*m.both("prevalence")),
    )
    whole = dict.fromkeys((m.primary, "auroc", "auprc", "brier", "log_loss"))
    figures = {name: pair(*m.both(name)).having(**counts) for name in whole if name in m.live}
    if "brier" in figures:
        figures["brier"] = _brier(m, figures["brier"])
    out = out.having(**figures)
    if m.probability and "slope" in m.live:
        out = out.having(calibration=_calibration(m, counts))
    if live.flagged is not None:
        out = out.having(
            at_threshold=_at_threshold(m, config, counts), net_benefit=_net_benefit(m, config)
        )
    return out if live.score is None else out.having(curves=_curves(m, config))


def _brier(m: EventFigures, found: Metric) -> Brier:
    """Also the live Brier score at the event rate of training, and each side's gain over always saying its event rate."""
    parts: dict[str, float | None] = {}
    same = m.standardised
    if same.known:
        for end, value in (("", same.value), ("_low", same.low), ("_high", same.high)):
            parts[f"live_at_training_prevalence{end}"] = number(value)
    for name, side in (("train", m.train), ("live", m.live)):
        rate, score = side.get("prevalence", UNKNOWN).value, side.get("brier", UNKNOWN).value
        parts[f"{name}_skill"] = number(1 - score / (rate * (1 - rate))) if 0 < rate < 1 else None
    return Brier().joined(found).having(**parts)


def _calibration(m: EventFigures, counts: dict[str, int]) -> Calibration:
    names = ("intercept", "slope", "observed_expected", "ece")
    figures = {n: pair(*m.both(n)).having(se=number(m.both(n)[1].se)) for n in names}
    return Calibration().having(**counts, **figures)


def _at_threshold(m: EventFigures, config: Config, counts: dict[str, int]) -> AtThreshold:
    shares: dict[str, Metric] = {}
    for name in ("sensitivity", "specificity", "ppv", "npv", "alert_rate", "balanced_accuracy"):
        now, hidden, found = m.both(name)[1], m.hidden(name), pair(*m.shown(name))
        if hidden:
            found = found.having(hidden=hidden)
        if "live" in hidden and now.known and name in config.floors:
            found = found.having(against_floor=op.against_floor(now, config.floors[name]))
        shares[name] = found
    usual = m.train.get("prevalence", UNKNOWN).value
    if math.isfinite(usual) and "live" not in (*m.hidden("ppv"), *m.hidden("specificity")):
        at = op.ppv_at(usual, m.live["sensitivity"].value, m.live["specificity"].value)
        shares["ppv"] = shares["ppv"].having(live_at_training_prevalence=number(at))
    return AtThreshold(
        threshold=config.operating_threshold,
        needed_to_evaluate=op.needed_to_evaluate(m.shown("ppv")[1]),
        alerts_per_100=per_100(m.live["alert_rate"]),
    ).having(**counts, **shares)


def per_100(rate: Estimate) -> LiveInterval:
    """Alerts per hundred patients."""
    low, value, high = (PER_PATIENTS * v for v in (rate.low, rate.value, rate.high))
    return LiveInterval.of(Estimate(value, PER_PATIENTS * rate.se, low, high))


def _net_benefit(m: EventFigures, config: Config) -> NetBenefit | None:
    live, threshold = m.cases_live, config.operating_threshold
    if threshold is None or live.flagged is None or not m.probability:
        return None
    model = op.net_benefit(live.flagged, live.event, threshold, live.units)
    everyone = op.net_benefit(np.ones(live.n, dtype=bool), live.event, threshold, live.units)
    if not model.known:
        return None
    return NetBenefit(
        n_events=live.n_events,
        model=number(model.value),
        low=number(model.low),
        high=number(model.high),
        treat_all=number(everyone.value),
        workups_per_true_positive=op.needed_to_evaluate(m.shown("ppv")[1]).value,
    )


def _curves(m: EventFigures, config: Config) -> CurvesOfBoth:
    """What pages draw: ROC points, calibration curves, the table of thresholds."""
    out: dict[str, Curves] = {}
    for name, side in m.sides:
        if side.score is None or side.n == 0:
            continue
        drawn = Curves(
            roc=ranking.roc_points(side.score, side.event),
            thresholds=op.table(side.score, side.event, config.operating_threshold),
        )
        if m.probability:
            drawn = drawn.having(calibration=cal.curve(side.score, side.event, side.units))
        out[name] = drawn
    return CurvesOfBoth(**out)
