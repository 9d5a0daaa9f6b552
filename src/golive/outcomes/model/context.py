"""What every part of outcomes looks at, and where it puts what it found."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from golive.model.columns import Roles
from golive.model.config import Config
from golive.model.errors import GoLiveError
from golive.model.facts import Facts
from golive.model.finding import Finding
from golive.model.measured.performance import Performance
from golive.model.profile import SMALL_CELL
from golive.model.result import NotAssessed
from golive.outcomes.model.performance import EventFigures, measure
from golive.outcomes.model.target import (
    Cases,
    Target,
    cases,
    events,
    limits,
    target_of,
    without_repeats,
)
from golive.profile.rows.scored import Scored
from golive.stats.recalibration import Recalibration, recalibration
from golive.wording.numbers import head_count
from golive.wording.text import listing

_log = logging.getLogger(__name__)


@dataclass
class Outcomes:
    """What outcomes say: ``performance`` (``None`` when no column has a role that is looked at), facts, gaps."""

    performance: Performance | None = None
    facts: list[Facts] = field(default_factory=list)
    not_assessed: list[NotAssessed] = field(default_factory=list)

    @property
    def findings(self) -> list[Finding]:
        """``facts`` with their words; one that cannot be put into words is noted as not assessed."""
        said: list[Finding] = []
        for fact in self.facts:
            with self.gap(f"{fact.kind} of {listing(fact.columns)}"):
                said.append(fact.finding())
        return said

    @property
    def measured(self) -> Performance:
        """``performance``, empty where nothing was measured yet."""
        return self.performance or Performance()

    def add(self, **parts: Any) -> None:
        """Put parts of performance, by JSON key, beside what is there."""
        self.performance = self.measured.having(**parts)

    def miss(self, what: str, why: str) -> None:
        """Note ``what`` was not assessed, and why."""
        self.not_assessed.append(NotAssessed(what=what, why=why))

    @contextmanager
    def gap(self, what: str, failed: str = "the check failed") -> Iterator[None]:
        """A part that fails is noted as ``what`` was not assessed: a result with one gap, named, is worth more than none.

        Its message could quote a value, so only its kind is told. What is wrong with the input goes through.
        """
        try:
            yield
        except GoLiveError:
            raise
        except Exception as error:
            _log.exception("'%s' failed", what)
            self.miss(what, f"{failed} ({type(error).__name__}); see the log")

    def miss_rows(self, count: int, what: str, why: str) -> None:
        """Note that ``count`` live rows took no part, where there are any; 1 to 10 are not told."""
        if count:
            self.miss(f"{head_count(count)} live rows ({what})", why)


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
    figures: EventFigures | None = None

    @property
    def output(self) -> str:
        """The column with the score, else the prediction."""
        return self.roles.score or self.roles.prediction or ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Output and outcome, as findings name them."""
        return tuple(c for c in (self.output, self.roles.label) if c)

    @property
    def smaller(self) -> int:
        """Live events or non-events with an output, whichever are fewer; 0 where nothing is known of an event."""
        return self.figures.cases_live.smaller if self.figures is not None else 0

    @cached_property
    def training(self) -> Cases | None:
        """Training scores with outcomes, or ``None`` where there are none."""
        known = self.train.label is not None and self.train.score is not None
        if self.target is None or self.target.task != "event" or not known:
            return None
        return cases(self.train, self.target, self.config, self.bounds)

    @cached_property
    def recalibrated(self) -> Recalibration | None:
        """Scores as probabilities that hold in training; ``None`` without both classes there."""
        train = self.training
        if train is None or train.score is None or train.smaller == 0:
            return None
        return recalibration(train.score, train.event, train.units, seed=self.config.seed)


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
    earlier = earlier if earlier and earlier.n else None
    figures = measure(earlier, current, config, probability=bounds == (0.0, 1.0))
    return replace(context, figures=figures)


MOST_NAMED, LONGEST_NAME = 3, 20


def left_out(context: Context, out: Outcomes) -> None:
    """Repeats, contradictions, scores that cannot be read or lie outside their range, rows without outcome or time."""
    name, label, live, target = context.output, context.roles.label, context.live, context.target
    figures = context.figures
    of = figures.cases_live if figures is not None else None
    if of is None and target is not None and target.task == "event" and live.label is not None:
        of = cases(live, target, context.config, context.bounds)
    out.miss_rows(
        context.repeated[1],
        "predictions sent more than once",
        "repeats of the same id, time, score and outcome count once",
    )
    out.miss_rows(
        context.contradicting,
        "the same prediction with two outcomes",
        "id, time and score agree and the outcomes do not; which one is right cannot be told, so none was used",
    )
    out.miss_rows(
        live.unparsed.get("score", 0) if name else 0,
        f"{name}: text",
        "these values are no numbers, so their rows were left out of performance",
    )
    out.miss_rows(
        live.unparsed.get("time", 0),
        f"{context.roles.time}: no date",
        "these values are no dates, so their rows are not on the time line",
    )
    if of is None:
        return
    outside = "these scores lie outside their range and were left out of performance"
    out.miss_rows(of.outside, f"{name}: out of range", outside)
    if figures is not None:
        waiting = "performance is measured on the other rows"
        out.miss_rows(of.unlabelled, f"{label}: no outcome yet", waiting)
    out.miss_rows(of.unknown_labels, f"{label}: unknown values", _unknown(context))


def _unknown(context: Context) -> str:
    """Outcome values that training never had, the frequent and short ones by name."""
    target, label = context.target, context.live.label
    assert target is not None
    assert label is not None
    _, known, _ = events(label, target)
    counts = np.bincount(label.codes[(label.codes >= 0) & ~known], minlength=len(label.names))
    order = np.argsort(-counts, kind="stable")[:MOST_NAMED]
    frequent = (label.names[i] for i in order if counts[i] >= SMALL_CELL)
    names = [name for name in frequent if len(name) <= LONGEST_NAME]
    named = f" ({', '.join(names)})" if names else ""
    return f"training has no such outcome value{named}; it has {', '.join(target.known[:MOST_NAMED])}; the rows were left out"
