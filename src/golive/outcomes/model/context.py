"""What every part of outcomes looks at, and where it puts what it found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.finding import Finding
from golive.model.measured.performance import Performance
from golive.model.result import NotAssessed
from golive.outcomes.model.performance import Measured, measure
from golive.outcomes.model.target import Target, target_of
from golive.outcomes.model.usable import Cases, cases, limits, without_repeats
from golive.profile.rows.scored import Scored
from golive.stats.recalibration import Recalibration, recalibration


@dataclass
class Outcomes:
    """What outcomes say: ``performance`` (``None`` when no column has a role that is looked at), findings, gaps."""

    performance: Performance | None = None
    findings: list[Finding] = field(default_factory=list)
    not_assessed: list[NotAssessed] = field(default_factory=list)

    @property
    def measured(self) -> Performance:
        """``performance``, empty where nothing was measured yet."""
        return self.performance or Performance()

    def add(self, **parts: Any) -> None:
        """Put parts of performance, by JSON key, beside what is there."""
        self.performance = self.measured.having(**parts)


@dataclass(frozen=True)
class Context:
    """What every part of outcomes looks at. ``train`` and ``live`` are without repeated predictions.

    ``repeated`` counts these on both sides; ``contradicting`` live rows that were left out for having two outcomes.
    """

    train: Scored
    live: Scored
    roles: Roles
    config: Config
    target: Target | None
    bounds: tuple[float, float] | None
    repeated: tuple[int, int]
    contradicting: int = 0
    measured: Measured | None = None

    @property
    def output(self) -> str:
        """The column with the score, else the prediction."""
        return self.roles.score or self.roles.prediction or ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Output and outcome, as findings name them."""
        return tuple(c for c in (self.output, self.roles.label) if c)

    @cached_property
    def training(self) -> Cases | None:
        """Training scores with outcomes, or ``None`` where there are none."""
        train, target = self.train, self.target
        if target is None or target.task != "event" or train.label is None or train.score is None:
            return None
        return cases(train, target, self.config, self.bounds)

    @cached_property
    def recalibrated(self) -> Recalibration | None:
        """Scores as probabilities that hold in training; ``None`` without both classes there."""
        held = self.training
        if held is None or held.score is None or held.n_events in (0, held.n):
            return None
        return recalibration(held.score, held.event, held.units, seed=self.config.seed)


def context_of(train: Scored, live: Scored, roles: Roles, config: Config) -> Context:
    """Leave out repeats, decide the target, and measure both sides where scores meet outcomes."""
    before, twice, _ = without_repeats(train, roles.model_version)
    now, again, contradicting = without_repeats(live, roles.model_version)
    target = target_of(before, now)
    bounds = limits(before, now, roles.score, config)
    context = Context(before, now, roles, config, target, bounds, (twice, again), contradicting)
    if target is None or target.task != "event" or now.label is None:
        return context
    current = cases(now, target, config, bounds, repeated=again)
    if current.n == 0 or (current.score is None and current.flagged is None):
        return context
    earlier: Cases | None = None
    if before.label is not None and (before.score is not None or current.score is None):
        earlier = cases(before, target, config, bounds, repeated=twice)
    probability = bounds == (0.0, 1.0)
    measured = measure(
        earlier if earlier and earlier.n else None, current, config, probability=probability
    )
    return replace(context, measured=measured)
